// SPDX-License-Identifier: MIT
// What an iteration begins with.
#include <fstream>

#include "cmd/resolve/trace.h"
#include "dns/root_hints.h"
#include "transport/lookup.h"

namespace fid::cmd::resolve {
namespace {

/// A @SERVER, with its address.
Result<dns::Server> locate(dns::Server server, transport::FamilyChoice family) {
    if (server.endpoint.address) return server;
    auto found = transport::lookup(server.endpoint.host, family);
    if (!found) return std::unexpected(std::move(found.error()));
    server.endpoint.address = found->front();
    return server;
}

Result<std::vector<dns::Host>> read_root_list(std::string_view list, const Settings& settings) {
    std::vector<dns::Host> hosts;
    while (!list.empty()) {
        std::string_view word = list.substr(0, list.find(','));
        list.remove_prefix(std::min(word.size() + 1, list.size()));
        if (word.starts_with('@')) word.remove_prefix(1);
        auto server = dns::Server::parse(word, settings.port);
        if (!server) return std::unexpected(std::move(server.error()));
        if (server->carrier == dns::Carrier::udp) server->carrier = settings.carrier.value_or(dns::Carrier::udp);
        auto located = locate(std::move(*server), settings.exchange.dial.family);
        if (!located) return std::unexpected(std::move(located.error()));
        hosts.push_back({{}, {*located}});
    }
    return hosts;
}

Result<std::vector<dns::NameServer>> read_root_file(const std::string& path) {
    std::ifstream file(path);
    std::string text;
    constexpr std::size_t most = 1U << 20U;
    for (char c = 0; text.size() < most && file.get(c);) text += c;
    if (!file.eof()) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    return dns::parse_root_hints(text);
}

std::vector<dns::Host> hosts_at(const std::vector<dns::NameServer>& servers, const dns::IterateOptions& options) {
    std::vector<dns::Host> hosts;
    for (const dns::NameServer& server : servers) {
        dns::Host host{server.name, {}};
        for (const Address& address : server.addresses) {
            if (address.is_v4() ? !options.v4 : !options.v6) continue;
            host.servers.push_back(dns::Server::at(address, options.port));
            host.servers.back().carrier = options.carrier;
        }
        if (!host.servers.empty()) hosts.push_back(std::move(host));
    }
    return hosts;
}

/// Is it @HOST, or a list of addresses, and not a file?
bool is_list(std::string_view text) {
    return text.starts_with('@') || Address::parse(text.substr(0, text.find(','))).has_value();
}

}  // namespace

std::vector<Option> trace_options() {
    return {{.names = "--trace", .help = "ask from the root down, and tell each step", .group = "Many servers"},
            {.names = "--root",
             .value = "HINTS",
             .help = "--trace and --all-ns begin there: a file like named.root, or @SERVER,...",
             .group = "Many servers",
             .complete = Complete::file}};
}

Result<dns::IterateOptions> iterate_options(const Arguments& args, const Settings& settings) {
    dns::IterateOptions options;
    if (settings.port != 0) options.port = settings.port;
    options.v4 = settings.exchange.dial.family != transport::FamilyChoice::v6;
    options.v6 = settings.exchange.dial.family != transport::FamilyChoice::v4;
    options.carrier = settings.carrier.value_or(dns::Carrier::udp);
    if (options.carrier == dns::Carrier::tls || options.carrier == dns::Carrier::https)
        return fail(Status::usage, "name servers of zones are asked over UDP or TCP", {});
    if (args.has("--root")) {
        const std::string text(args.value("--root"));
        options.prime = false;
        if (is_list(text)) {
            auto hosts = read_root_list(text, settings);
            if (!hosts) return std::unexpected(std::move(hosts.error()));
            options.root = std::move(*hosts);
        } else {
            const auto servers = read_root_file(text);
            if (!servers) return std::unexpected(servers.error());
            options.root = hosts_at(*servers, options);
        }
    } else if (settings.each_server) {
        options.prime_recursive = true;
        for (const dns::Server& server : settings.servers) {
            auto located = locate(server, settings.exchange.dial.family);
            if (!located) return std::unexpected(std::move(located.error()));
            options.root.push_back({{}, {*located}});
        }
    } else {
        options.root = hosts_at(dns::root_hints(), options);
        // Not everybody should begin with a.root-servers.net.
        const auto first = static_cast<std::ptrdiff_t>(dns::random_bits() % options.root.size());
        std::ranges::rotate(options.root, options.root.begin() + first);
    }
    if (options.root.empty()) return fail(Status::usage, "no root server has an address of that family", {});
    return options;
}

dns::Iteration::Ask iteration_ask(Loop& loop, const Settings& settings) {
    dns::ExchangeOptions exchange = settings.exchange;
    // Another server is asked sooner than the same one again.
    exchange.attempts = settings.attempts.value_or(1);
    if (settings.dnssec.value_or(true) && exchange.query.edns) exchange.query.edns->flags |= dns::flag_dnssec_ok;
    return [&loop, exchange](const dns::Server& server, const dns::Question& question, bool recursion) {
        dns::ExchangeOptions options = exchange;
        auto& flags = options.query.flags;
        constexpr unsigned wanted = packet::dns::flag_recursion_desired;
        flags = static_cast<std::uint16_t>(recursion ? flags | wanted : flags & ~wanted);
        return dns::exchange(loop.executor(), server, question, std::move(options));
    };
}

}  // namespace fid::cmd::resolve
