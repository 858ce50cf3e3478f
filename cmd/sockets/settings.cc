// SPDX-License-Identifier: MIT
#include "cmd/sockets/settings.h"

#include <algorithm>
#include <array>

#include "cmd/values.h"

namespace fid::cmd::sockets {
namespace {

using core::bit;
using core::Kind;

struct KindOption {
    std::string_view name;
    Kind kind;
};
constexpr std::array<KindOption, 6> kind_options{{{"--tcp", Kind::tcp},
                                                  {"--udp", Kind::udp},
                                                  {"--raw", Kind::raw},
                                                  {"--unix", Kind::unix_domain},
                                                  {"--netlink", Kind::netlink},
                                                  {"--packet", Kind::packet}}};
constexpr core::KindMask usual_kinds = bit(Kind::tcp) | bit(Kind::udp) | bit(Kind::raw);

core::KindMask read_kinds(const Arguments& args, const core::Filter& filter) {
    core::KindMask chosen = 0;
    for (const KindOption& option : kind_options)
        if (args.has(option.name)) chosen |= bit(option.kind);
    if (chosen != 0) return chosen;
    // Where a family was asked for, sockets that have none were not.
    const core::KindMask possible = args.has("-4") != args.has("-6") ? usual_kinds : core::every_kind;
    return possible & (args.has("--all") ? core::every_kind : usual_kinds | filter.named_kinds());
}

Result<void> check_together(const Arguments& args) {
    constexpr std::array<std::string_view, 4> modes{"--summary", "--watch", "--wait", "--diff"};
    std::string_view first;
    for (const std::string_view mode : modes) {
        if (!args.has(mode)) continue;
        if (!first.empty())
            return fail(Status::usage, std::string(first) + " and " + std::string(mode) + " exclude each other", {});
        first = mode;
    }
    if (args.has("--timeout") && !args.has("--wait"))
        return fail(Status::usage, "--timeout is for --wait", {}, {}, "fid sockets --wait :8080 --timeout 10s");
    if (args.has("--interval") && !args.has("--watch")) return fail(Status::usage, "--interval is for --watch", {});
    if (args.has("--wait") && args.words().empty())
        return fail(Status::usage, "--wait for what?", {}, {}, "fid sockets --wait :8080");
    if (args.has("--from") &&
        (args.has("--all-netns") || args.has("--via") || args.has("--watch") || args.has("--wait")))
        return fail(Status::usage, "--from is a copy, not this machine", {}, {},
                    "leave out --all-netns, --via, --watch and --wait");
    return {};
}

/// Are the processes shown? They cost a walk through /proc, so not where nobody would see them.
bool wants_holders(const Context& context) {
    if (context.args.has("--no-processes") || context.args.has("--summary")) return false;
    const auto& fields = context.out.options().fields;
    constexpr std::array<std::string_view, 3> of_processes{"pid", "process", "processes"};
    return fields.empty() || std::ranges::any_of(fields, [&](const std::string& field) {
               return std::ranges::find(of_processes, field) != of_processes.end();
           });
}

Result<void> read_times(const Arguments& args, Settings& settings) {
    const auto interval = read_duration("--interval", args.value("--interval"));
    if (!interval) return std::unexpected(interval.error());
    constexpr std::chrono::milliseconds shortest(10);
    if (*interval < shortest)
        return fail(Status::usage, "--interval", std::string(args.value("--interval")), "is too short",
                    "at least 10ms");
    settings.interval = *interval;
    if (!args.has("--timeout")) return {};
    const auto timeout = read_duration("--timeout", args.value("--timeout"));
    if (!timeout) return std::unexpected(timeout.error());
    settings.timeout = *timeout;
    return {};
}

}  // namespace

std::vector<Option> options() {
    return {
        {.names = "-t,--tcp", .help = "TCP sockets", .group = "Which sockets"},
        {.names = "-u,--udp", .help = "UDP sockets", .group = "Which sockets"},
        {.names = "-w,--raw", .help = "raw IP sockets", .group = "Which sockets"},
        {.names = "-x,--unix", .help = "Unix sockets", .group = "Which sockets"},
        {.names = "--netlink", .help = "netlink sockets", .group = "Which sockets"},
        {.names = "--packet", .help = "packet sockets", .group = "Which sockets"},
        {.names = "-a,--all",
         .help = "of every kind, where no kind is chosen (listening or not they are all shown anyway)",
         .group = "Which sockets"},
        {.names = "-4", .help = "IPv4 only", .group = "Which sockets"},
        {.names = "-6", .help = "IPv6 only", .group = "Which sockets"},
        {.names = "-l,--listening",
         .help = "only what waits for others, and from where it can be reached",
         .group = "Which sockets"},
        {.names = "-N,--all-netns", .help = "of all network namespaces (root only)", .group = "Which sockets"},
        {.names = "-i,--info", .help = "what TCP knows: times, windows, losses, rates", .group = "What is shown"},
        {.names = "-o,--timers", .help = "timers and retransmissions", .group = "What is shown"},
        {.names = "-r,--resolve", .help = "names of hosts and services instead of numbers", .group = "What is shown"},
        {.names = "--no-processes", .help = "do not look for the processes, which is faster", .group = "What is shown"},
        {.names = "-n", .help = "numbers, which is the default; accepted for habit's sake", .group = "What is shown"},
        {.names = "-p", .help = "processes, which is the default; accepted for habit's sake", .group = "What is shown"},
        {.names = "-s,--summary", .help = "only how many there are of each kind and state", .group = "What is shown"},
        {.names = "--watch",
         .help = "again and again: on a terminal the list, elsewhere what has changed",
         .group = "Over time"},
        {.names = "--interval", .value = "TIME", .help = "between two looks", .group = "Over time", .fallback = "1s"},
        {.names = "--wait", .help = "until a socket that FILTER fits listens", .group = "Over time"},
        {.names = "--timeout", .value = "TIME", .help = "give up waiting after this time", .group = "Over time"},
        {.names = "--diff",
         .value = "FILE",
         .help = "what has changed since FILE was saved with --json; - for standard input",
         .group = "Over time",
         .complete = Complete::file},
        {.names = "--from",
         .value = "DIR",
         .help = "read this copy of /proc/net (tcp, tcp6, udp, ... of another machine) instead",
         .group = "Source",
         .complete = Complete::directory},
        {.names = "--via",
         .value = "WAY",
         .help = "auto, netlink (sock_diag) or proc (/proc/net)",
         .group = "Source",
         .fallback = "auto",
         .choices = {"auto", "netlink", "proc"}},
    };
}

Result<Settings> read_settings(Context& context) {
    const Arguments& args = context.args;
    if (const auto checked = check_together(args); !checked) return std::unexpected(checked.error());
    Settings settings;
    for (const std::string& word : args.words())
        settings.filter_text += (settings.filter_text.empty() ? "" : " ") + word;
    auto filter = core::Filter::parse(settings.filter_text);
    if (!filter) return std::unexpected(filter.error());
    settings.filter = std::move(*filter);
    if (settings.filter.mixes_and_or())
        context.log.warning("'or' is followed by 'and' without parentheses",
                            "it is read from left to right, as by ss: (A or B) and C");

    if (args.has("--from") && settings.filter.needs_holders())
        return fail(Status::usage, "a copy of /proc/net knows no processes", {}, {}, "leave out process and pid");

    core::Query& query = settings.query;
    query.kinds = read_kinds(args, settings.filter);
    if (args.has("-4") != args.has("-6")) {
        query.v4 = args.has("-4");
        query.v6 = args.has("-6");
    }
    query.listening = args.has("--listening") || args.has("--wait");
    query.info = args.has("--info") && !args.has("--summary");
    query.holders = wants_holders(context);
    query.all_spaces = args.has("--all-netns");
    query.folder = args.value("--from");
    const std::string_view way = args.value("--via");
    query.way = way == "proc" ? core::Way::proc : way == "netlink" ? core::Way::netlink : core::Way::automatic;
    settings.timers = args.has("--timers");
    settings.resolve = args.has("--resolve");
    settings.summary = args.has("--summary");
    settings.watch = args.has("--watch");
    settings.wait = args.has("--wait");
    if (args.has("--diff")) settings.diff = args.value("--diff");
    if (const auto times = read_times(args, settings); !times) return std::unexpected(times.error());
    return settings;
}

}  // namespace fid::cmd::sockets
