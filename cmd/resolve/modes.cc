// SPDX-License-Identifier: MIT
#include "cmd/resolve/modes.h"

#include <algorithm>
#include <array>
#include <span>

#include "cmd/resolve/bulk.h"
#include "cmd/resolve/decode.h"
#include "cmd/resolve/system.h"

namespace fid::cmd::resolve {
namespace {

using Names = std::span<const std::string_view>;

constexpr auto of_bulk = std::to_array<std::string_view>({"--window", "--rate", "--retries", "--resume"});
constexpr auto not_with_bulk = std::to_array<std::string_view>(
    {"--reverse", "--file", "--search", "--dig", "--json=rfc8427", "--tsig", "--tsig-file", "--0x20"});

constexpr auto of_trace = std::to_array<std::string_view>({"--root"});
constexpr auto of_all_servers = std::to_array<std::string_view>({"--root", "--with-ttl"});
constexpr auto of_compare = std::to_array<std::string_view>({"--with-ttl"});
constexpr auto not_with_compare =
    std::to_array<std::string_view>({"--json=rfc8427", "--short", "--dig", "--search", "--exit"});
// They ask over UDP, which no proxy passes on.
constexpr auto not_with_all_servers =
    std::to_array<std::string_view>({"--json=rfc8427", "--short", "--dig", "--search", "--exit", "--proxy"});
constexpr auto of_watch = std::to_array<std::string_view>({"--count"});
constexpr auto not_with_watch = std::to_array<std::string_view>({"--json=rfc8427", "--short", "--dig", "--exit"});
constexpr auto not_with_time =
    std::to_array<std::string_view>({"--json=rfc8427", "--short", "--dig", "--exit", "--tries", "--search"});
constexpr auto not_with_trace = std::to_array<std::string_view>({"--json=rfc8427", "--proxy"});
constexpr auto of_validate = std::to_array<std::string_view>({"--anchor", "--at", "--require-secure"});
constexpr auto not_with_validate = std::to_array<std::string_view>({"--search", "--dig", "--json=rfc8427", "--exit"});
constexpr auto not_with_transfer = std::to_array<std::string_view>({"--reverse", "--search", "--exit"});
constexpr auto not_with_decode = std::to_array<std::string_view>(
    {"--type", "--class", "--reverse", "--file", "--search", "--record", "--tsig", "--tsig-file", "--tcp", "--port",
     "--tries", "--timeout", "--proxy", "--exit", "--axfr", "--ixfr"});
constexpr auto not_with_system = std::to_array<std::string_view>(
    {"--type", "--class", "--reverse", "--port", "--tcp", "--search", "--dig", "--exit", "--json=rfc8427", "--proxy"});

constexpr auto not_with_multicast =
    std::to_array<std::string_view>({"--port", "--tcp", "--tries", "--search", "--exit", "--proxy", "--source"});

/// "--tcp", or a value of an option that stands for itself: "--json=rfc8427".
bool is_given(const Arguments& args, std::string_view option) {
    const std::size_t equals = option.find('=');
    if (equals == std::string_view::npos) return args.has(option);
    return args.value(option.substr(0, equals)) == option.substr(equals + 1);
}

struct Mode {
    std::string_view title;  ///< in errors: the options that ask for it
    bool (*wanted)(const Arguments&, const Settings&);
    Names own;        ///< options that mean something in this mode only
    Names elsewhere;  ///< options that mean nothing in it
};
constexpr std::array modes{
    Mode{"--bulk and --sweep", [](const Arguments& args, const Settings&) { return wants_bulk(args); }, of_bulk,
         not_with_bulk},
    Mode{"--trace", [](const Arguments&, const Settings& settings) { return settings.trace; }, of_trace,
         not_with_trace},
    Mode{"--all-ns", [](const Arguments& args, const Settings&) { return args.has("--all-ns"); }, of_all_servers,
         not_with_all_servers},
    Mode{"--compare", [](const Arguments& args, const Settings&) { return args.has("--compare"); }, of_compare,
         not_with_compare},
    Mode{"--watch", [](const Arguments& args, const Settings&) { return args.has("--watch"); }, of_watch,
         not_with_watch},
    Mode{"--time", [](const Arguments& args, const Settings&) { return args.has("--time"); }, {}, not_with_time},
    Mode{"--validate", [](const Arguments& args, const Settings&) { return args.has("--validate"); }, of_validate,
         not_with_validate},
    Mode{"a zone transfer",
         [](const Arguments&, const Settings& settings) { return settings.transfer; },
         {},
         not_with_transfer},
    Mode{
        "@mdns", [](const Arguments&, const Settings& settings) { return settings.multicast; }, {}, not_with_multicast},
    Mode{"--system", [](const Arguments& args, const Settings&) { return wants_system(args); }, {}, not_with_system},
    Mode{"--decode", [](const Arguments& args, const Settings&) { return wants_decode(args); }, {}, not_with_decode},
};

bool listens(const Mode& mode, std::string_view option) {
    return std::ranges::find(mode.own, option) != mode.own.end();
}

/// The modes that listen to an option.
std::string owners(std::string_view option) {
    std::string titles;
    for (const Mode& mode : modes)
        if (listens(mode, option)) titles += (titles.empty() ? "" : " and ") + std::string(mode.title);
    return titles;
}

/// What no option alone forbids.
Result<void> check_bulk(const Arguments& args, const Settings& settings) {
    if (settings.exchange.mix_case)
        return fail(Status::usage, "+dns0x20 does not go with --bulk and --sweep", {}, {},
                    "letters in random case are for single questions");
    const auto over_udp = [](const dns::Server& server) { return server.carrier == dns::Carrier::udp; };
    if (args.has("--record") && std::ranges::any_of(settings.servers, over_udp))
        return fail(Status::usage, "--record does not go with --bulk and --sweep over UDP", {}, {},
                    "--tcp, or servers over TLS or HTTPS");
    return {};
}

}  // namespace

Result<void> check_modes(const Arguments& args, const Settings& settings) {
    const Mode* chosen = nullptr;
    for (const Mode& mode : modes) {
        if (!mode.wanted(args, settings)) continue;
        if (chosen != nullptr)
            return fail(Status::usage, std::string(chosen->title) + " does not go with " + std::string(mode.title), {});
        chosen = &mode;
    }
    if (chosen != nullptr)
        for (const std::string_view option : chosen->elsewhere)
            if (is_given(args, option))
                return fail(Status::usage, std::string(option) + " does not go with " + std::string(chosen->title), {});
    if (wants_bulk(args))
        if (auto fits = check_bulk(args, settings); !fits) return fits;
    for (const Mode& mode : modes)
        for (const std::string_view option : mode.own) {
            if (!args.has(option) || (chosen != nullptr && listens(*chosen, option))) continue;
            return fail(Status::usage, std::string(option) + " belongs to " + owners(option), {});
        }
    return {};
}

}  // namespace fid::cmd::resolve
