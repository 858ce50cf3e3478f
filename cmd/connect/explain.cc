// SPDX-License-Identifier: MIT
#include "cmd/connect/explain.h"

#include <array>

#include "cmd/connect/events.h"
#include "report/block.h"
#include "transport/lookup.h"
#include "transport/open.h"
#include "transport/race.h"

namespace fid::cmd::connect {
namespace {

using report::Field;
using report::List;
using report::Type;

constexpr std::array plan_fields{
    Field{"endpoint", Type::text, "what was asked for, without a password"},
    Field{"scheme", Type::text, "tcp where none was written"},
    Field{"host", Type::text, "null for a Unix socket"},
    Field{"port", Type::integer, "the port, also where it is the scheme's own"},
    Field{"path", Type::text, "of a Unix socket, or of the request for a WebSocket"},
    Field{"addresses", Type::list, "of the host, or of the nearest proxy, in the order they are tried"},
    Field{"steps", Type::list, "what is done one after another"},
    Field{"socket_options", Type::list, "what is set on the socket"},
    Field{"timeout_ms", Type::real, "for all steps together; null: none"},
    Field{"retries", Type::integer, "how often all is tried again"},
};

std::string joined(const List& list, std::string_view between) {
    Text text;
    report::Value(list).write_plain(text, true, between);
    return text.take();
}

bool speaks_tls(const Endpoint& hop) { return hop.scheme == "tls" || hop.scheme == "wss" || hop.scheme == "https"; }

std::string describe_tls(const transport::TlsOptions& tls, const Endpoint& hop, bool last) {
    std::string text = "TLS with " + (last && !tls.name.empty() ? tls.name : hop.host);
    if (!tls.verify)
        text += ", not verified";
    else
        text += ", verified by " + (tls.ca.empty() ? "the system's authorities" : tls.ca);
    if (!tls.certificate.empty()) text += ", our certificate " + tls.certificate;
    if (last && !tls.alpn.empty()) {
        text += ", ALPN";
        for (const std::string& one : tls.alpn) text += " " + one;
    }
    return text;
}

std::string place_of(const Endpoint& hop) {
    Endpoint bare = hop;
    bare.scheme.clear();
    bare.path.clear();
    bare.port = hop.port_or_default();
    return bare.text();
}

std::string describe_local(const Endpoint& target) {
    if (target.scheme == "exec") return "run " + target.path + " by /bin/sh -c";
    if (target.scheme == "fd") return "use descriptor " + std::to_string(target.descriptor.value_or(0));
    if (target.scheme == "unix") return "connect to " + target.text();
    return target.path.empty() ? "make a pseudo terminal" : "make a pseudo terminal, linked from " + target.path;
}

/// `first`: the endpoint, not that of --to.
List list_steps(const Settings& settings, const Endpoint& target, bool first) {
    const auto& dial = settings.dial;
    const bool upgrades = first && !dial.starttls.empty();
    List steps;
    if (target.scheme == "unix" || transport::is_local(target)) {
        steps.emplace_back(describe_local(target));
    } else {
        std::vector<Endpoint> hops = dial.proxies;
        hops.push_back(target);
        steps.emplace_back(std::string(target.scheme == "udp" ? "send datagrams to " : "connect to ") +
                           place_of(hops.front()));
        for (std::size_t i = 0; i < hops.size(); ++i) {
            const bool last = i + 1 == hops.size();
            if (last && upgrades) steps.emplace_back("STARTTLS of " + dial.starttls);
            if (speaks_tls(hops[i]) || (last && upgrades)) steps.emplace_back(describe_tls(dial.tls, hops[i], last));
            if (last) break;
            std::string tunnel = hops[i].scheme + " tunnel to " + place_of(hops[i + 1]);
            if (!hops[i].user.empty()) tunnel += " as " + hops[i].user;
            steps.emplace_back(std::move(tunnel));
        }
    }
    const bool websocket = target.scheme == "ws" || target.scheme == "wss" || (first && settings.websocket);
    if (websocket) {
        std::string text = "WebSocket " + (target.path.empty() ? "/" : target.path);
        for (const std::string& protocol : dial.websocket.protocols) text += ", subprotocol " + protocol;
        for (const auto& [name, value] : dial.websocket.headers) text += ", header " + name;  // a value may be a secret
        if (dial.websocket.deflate) text += ", compression offered";
        steps.emplace_back(std::move(text));
    }
    if (settings.frame && target.scheme != "udp" && !websocket)
        steps.emplace_back("messages: " +
                           std::string(transport::framing_names()[static_cast<std::size_t>(*settings.frame)]));
    return steps;
}

constexpr double milliseconds_a_second = 1e3;

List list_socket_options(const Settings& settings, const Endpoint& target) {
    const auto& socket = settings.dial.socket;
    List list;
    if (transport::is_local(target)) return list;
    const auto add = [&list](std::string name, const auto& value) {
        if (value) list.emplace_back(std::move(name) + " " + std::to_string(*value));
    };
    if (socket.source) list.emplace_back("source " + socket.source->text());
    if (socket.source_port != 0) list.emplace_back("source port " + std::to_string(socket.source_port));
    if (!socket.interface.empty()) list.emplace_back("interface " + socket.interface);
    if (target.scheme != "unix" && target.scheme != "udp" && socket.no_delay) list.emplace_back("no delay");
    if (socket.keep_alive) list.emplace_back("keep alive");
    add("ttl", socket.ttl);
    add("tos", socket.tos);
    add("send buffer", socket.send_buffer);
    add("receive buffer", socket.receive_buffer);
    return list;
}

Status explain_endpoint(Context& context, const Settings& settings, const Endpoint& target, bool first) {
    const auto& dial = settings.dial;
    const bool local = target.scheme == "unix" || transport::is_local(target);
    const Endpoint& nearest = dial.proxies.empty() ? target : dial.proxies.front();
    List addresses;
    Status status = Status::success;
    if (!local) {
        auto found = transport::lookup(nearest.host, dial.family);
        if (found)
            for (const Address& address : transport::interleave(*found)) addresses.emplace_back(address.text());
        else
            status = context.log.error(found.error());
    }
    const List steps = list_steps(settings, target, first), options = list_socket_options(settings, target);
    const bool limited = dial.timeout != dial.timeout.zero();
    if (context.out.plain_text()) {
        constexpr std::size_t column = 16;
        report::Block block(context.out, column);
        block.line(first ? "endpoint" : "to", target.text());
        if (!local) block.line("addresses", joined(addresses, " "));
        for (std::size_t i = 0; i < steps.size(); ++i)
            block.line("step " + std::to_string(i + 1), joined({steps[i]}, {}));
        if (!options.empty()) block.line("socket", joined(options, ", "));
        if (limited) block.real("timeout", milliseconds(dial.timeout) / milliseconds_a_second, 1, "s");
        if (settings.flow.retries != 0) block.count("retries", settings.flow.retries);
        return status;
    }
    report::Record record(plan_record);
    record.set("endpoint", target.text()).set("scheme", target.scheme.empty() ? "tcp" : target.scheme);
    if (!local) record.set("host", target.host).set("port", unsigned{*target.port_or_default()});
    if (!target.path.empty()) record.set("path", target.path);
    record.set("addresses", addresses).set("steps", steps).set("socket_options", options);
    if (limited) record.set("timeout_ms", milliseconds(dial.timeout));
    record.set("retries", settings.flow.retries);
    context.out.write(record);
    return status;
}

}  // namespace

const report::RecordType plan_record{"plan", "What would be done (--explain).", plan_fields};

std::vector<Option> explain_options() {
    return {{.names = "--explain", .help = "tell what would be opened, and how, and open nothing"}};
}

Status explain(Context& context, const Settings& settings) {
    for (const Endpoint* const target : {&settings.endpoint, settings.to ? &*settings.to : nullptr}) {
        if (target == nullptr) continue;
        if (auto fit = transport::openable(*target, settings.dial); !fit) return context.log.error(fit.error());
    }
    const Status status = explain_endpoint(context, settings, settings.endpoint, true);
    if (!settings.to || status != Status::success) return status;
    return explain_endpoint(context, settings, *settings.to, false);
}

}  // namespace fid::cmd::connect
