// SPDX-License-Identifier: MIT
#include "cmd/serve/settings.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <thread>

#include "cmd/tls_identity.h"
#include "cmd/values.h"

namespace fid::cmd::serve {
namespace {

constexpr std::array models{
    std::pair{std::string_view("loop"), Model::loop}, std::pair{std::string_view("threads"), Model::threads},
    std::pair{std::string_view("fork"), Model::fork}, std::pair{std::string_view("single"), Model::single}};

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Also a bare port, which is one of this machine.
Result<Endpoint> read_endpoint(std::string_view text, std::uint16_t port) {
    auto endpoint = is_number(text) ? Endpoint::parse("127.0.0.1", text) : Endpoint::parse(text);
    if (!endpoint) return endpoint;
    if (endpoint->scheme != "unix" && !endpoint->port_or_default()) endpoint->port = port;
    if (auto right = transport::listenable(*endpoint); !right) return std::unexpected(std::move(right.error()));
    return endpoint;
}

/// What clients are told is what they have to write; a Unix socket has no name for it.
void name_tls(Endpoint& endpoint) {
    if (endpoint.scheme.empty() || endpoint.scheme == "tcp") endpoint.scheme = "tls";
    if (endpoint.scheme == "ws") endpoint.scheme = "wss";
    if (endpoint.scheme == "http") endpoint.scheme = "https";
}

Result<void> read_endpoints(const Arguments& args, std::uint16_t port, Plan& plan) {
    for (const std::string& text : args.values("--listen")) {
        auto endpoint = read_endpoint(text, port);
        if (!endpoint) return std::unexpected(std::move(endpoint.error()));
        plan.endpoints.push_back(std::move(*endpoint));
    }
    if (plan.endpoints.empty()) {
        auto endpoint = read_endpoint("127.0.0.1", port);
        if (!endpoint) return std::unexpected(std::move(endpoint.error()));
        plan.endpoints.push_back(std::move(*endpoint));
    }
    for (Endpoint& endpoint : plan.endpoints) {
        if (plan.welcome.always_tls) name_tls(endpoint);
        if (endpoint.scheme != "udp") continue;
        if (plan.welcome.always_tls)
            return fail(Status::usage, "--tls does not go with", endpoint.text(), "there is no TLS over UDP here");
        if (plan.model != Model::loop)
            return fail(Status::usage, "--model does not go with", endpoint.text(), "datagrams are served by the loop");
    }
    return {};
}

Result<void> read_family(const Arguments& args, Plan& plan) {
    if (args.has("-4") && args.has("-6")) return fail(Status::usage, "-4 and -6 exclude each other", {});
    if (args.has("-4")) plan.listen.family = transport::FamilyChoice::v4;
    if (args.has("-6")) plan.listen.family = transport::FamilyChoice::v6;
    return {};
}

Result<void> read_limits(const Arguments& args, Plan& plan) {
    constexpr std::uint64_t most_connections = 1'000'000, most_loops = 256;
    const auto most = read_count("--max-connections", args.value("--max-connections"), 1, most_connections);
    if (!most) return std::unexpected(most.error());
    plan.most = static_cast<std::size_t>(*most);
    if (args.has("--count")) {
        const auto count = read_count("--count", args.value("--count"), 1);
        if (!count) return std::unexpected(count.error());
        plan.count = *count;
    }
    const struct {
        std::string_view name;
        std::chrono::nanoseconds& into;
    } times[]{{"--timeout", plan.welcome.timeout}, {"--idle", plan.idle}, {"--grace", plan.grace}};
    for (const auto& [name, into] : times) {
        const auto time = read_duration(name, args.value(name));
        if (!time) return std::unexpected(time.error());
        into = *time;
    }
    if (plan.idle != std::chrono::nanoseconds::zero())
        plan.listen.datagrams.idle = std::min(plan.listen.datagrams.idle, plan.idle);
    plan.listen.datagrams.peers = std::min(plan.listen.datagrams.peers, plan.most);
    plan.loops = std::max(1U, std::thread::hardware_concurrency());
    if (args.has("--loops")) {
        const auto loops = read_count("--loops", args.value("--loops"), 1, most_loops);
        if (!loops) return std::unexpected(loops.error());
        if (plan.model != Model::loop) return fail(Status::usage, "--loops belongs to --model loop", {});
        plan.loops = static_cast<unsigned>(*loops);
    }
    if (plan.model != Model::loop) plan.loops = 1;
    plan.listen.share_port = plan.loops > 1;
    return {};
}

}  // namespace

std::vector<Option> listen_options() {
    constexpr std::string_view limits = "Limits", tls = "TLS", network = "Network";
    std::vector<Option> options{
        {.names = "-l,--listen",
         .value = "ENDPOINT",
         .help = "where to listen: [tcp://|udp://|tls://|ws://|wss://]ADDRESS:PORT or unix:PATH; repeat for more",
         .repeatable = true},
        {.names = "--count", .value = "N", .help = "end after so many connections"},
        {.names = "-4", .help = "IPv4 only", .group = network},
        {.names = "-6", .help = "IPv6 only", .group = network},
        {.names = "--tls", .help = "speak TLS on every listener", .group = tls},
        {.names = "--ws-origin",
         .value = "ORIGIN",
         .help = "let pages of https://HOST[:PORT] connect as well (* = all); repeat for more",
         .group = "WebSocket",
         .repeatable = true},
        {.names = "--ws-binary", .help = "send all messages as binary ones", .group = "WebSocket"},
        {.names = "--max-connections",
         .value = "N",
         .help = "at the same time; more are closed at once",
         .group = limits,
         .fallback = "10000"},
        {.names = "--timeout",
         .value = "TIME",
         .help = "for the handshakes of TLS and WebSocket",
         .group = limits,
         .fallback = "10s"},
        {.names = "--idle",
         .value = "TIME",
         .help = "end a connection on which nothing passed for so long; 0 = never",
         .group = limits,
         .fallback = "5m"},
        {.names = "--grace",
         .value = "TIME",
         .help = "for connections to end by themselves after Ctrl-C or SIGTERM",
         .group = limits,
         .fallback = "5s"},
        {.names = "--model",
         .value = "MODEL",
         .help = "who serves a connection: the loops, a thread each, a process each, or one after another",
         .fallback = "loop",
         .choices = {"loop", "threads", "fork", "single"}},
        {.names = "--loops", .value = "N", .help = "threads of --model loop (default: one a processor)"},
    };
    std::ranges::move(tls_identity_options(), std::back_inserter(options));
    return options;
}

Result<Plan> read_plan(const Arguments& args, std::uint16_t port) {
    Plan plan;
    for (const auto& [name, model] : models)
        if (args.value("--model") == name) plan.model = model;
    plan.welcome.always_tls = args.has("--tls");
    plan.welcome.websocket.origins = args.values("--ws-origin");
    plan.welcome.websocket.binary = args.has("--ws-binary");
    if (auto read = read_family(args, plan); !read) return std::unexpected(std::move(read.error()));
    if (auto read = read_endpoints(args, port, plan); !read) return std::unexpected(std::move(read.error()));
    if (auto read = read_limits(args, plan); !read) return std::unexpected(std::move(read.error()));
    if (args.has("--tls-key") && !args.has("--tls-cert"))
        return fail(Status::usage, "--tls-key belongs to --tls-cert", {});
    const bool tls = std::ranges::any_of(
        plan.endpoints, [&plan](const Endpoint& each) { return transport::begins_with_tls(each, plan.welcome); });
    if (args.has("--tls-cert") && !tls)
        return fail(Status::usage, "--tls-cert without a listener of TLS", {}, {}, "--tls, or --listen tls://:PORT");
    return plan;
}

Result<void> prepare_tls(Context& context, Plan& plan) {
    const bool tls = std::ranges::any_of(
        plan.endpoints, [&plan](const Endpoint& each) { return transport::begins_with_tls(each, plan.welcome); });
    if (!tls) return {};
    auto server = make_tls_server(context, plan.welcome.recorder != nullptr);
    if (!server) return std::unexpected(std::move(server.error()));
    plan.welcome.tls = std::move(*server);
    return {};
}

}  // namespace fid::cmd::serve
