// SPDX-License-Identifier: MIT
#include "cmd/resolve/modes.h"

#include <algorithm>
#include <array>
#include <span>

#include "cmd/resolve/bulk.h"
#include "cmd/resolve/system.h"

namespace fid::cmd::resolve {
namespace {

using Names = std::span<const std::string_view>;

constexpr auto of_bulk = std::to_array<std::string_view>({"--window", "--rate", "--retries", "--resume"});
constexpr auto not_with_bulk =
    std::to_array<std::string_view>({"--reverse", "--file", "--search", "--dig", "--json=rfc8427"});

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
    Mode{
        "@mdns", [](const Arguments&, const Settings& settings) { return settings.multicast; }, {}, not_with_multicast},
    Mode{"--system", [](const Arguments& args, const Settings&) { return wants_system(args); }, {}, not_with_system},
};

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
    for (const Mode& mode : modes)
        for (const std::string_view option : mode.own) {
            // What several modes listen to belongs to all of them.
            if (&mode == chosen || !args.has(option)) continue;
            if (chosen != nullptr && std::ranges::find(chosen->own, option) != chosen->own.end()) continue;
            return fail(Status::usage, std::string(option) + " belongs to " + std::string(mode.title), {});
        }
    return {};
}

}  // namespace fid::cmd::resolve
