// SPDX-License-Identifier: MIT
#include "cmd/ping/options.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "address/endpoint.h"
#include "cmd/recording.h"
#include "cmd/values.h"

namespace fid::cmd::ping {
namespace {

// 65535 less the IP header without options and the ICMP or UDP header.
constexpr std::uint64_t most_data = 65507;
constexpr std::uint64_t fastest = 10'000'000;

Result<void> read_method(const Arguments& arguments, probe::Settings& settings) {
    if (arguments.has("--tcp") && arguments.has("--udp"))
        return fail(Status::usage, "--tcp and --udp exclude each other", {}, {}, "give one of them");
    for (const auto& [option, method, transport] :
         {std::tuple{"--tcp", probe::Method::tcp, Transport::tcp}, {"--udp", probe::Method::udp, Transport::udp}}) {
        if (!arguments.has(option)) continue;
        const auto port = parse_port(arguments.value(option), transport);
        if (!port) return std::unexpected(port.error());
        settings.method = method;
        settings.port = *port;
    }
    return {};
}

Result<void> read_source(const Arguments& arguments, Options& options) {
    using transport::FamilyChoice;
    if (arguments.has("-4") && arguments.has("-6"))
        return fail(Status::usage, "-4 and -6 exclude each other", {}, {}, "give one of them");
    if (arguments.has("-4")) options.family = FamilyChoice::v4;
    if (arguments.has("-6")) options.family = FamilyChoice::v6;
    options.probe.interface = arguments.value("--interface");
    if (!arguments.has("--source")) return {};
    const auto source = Address::parse(arguments.value("--source"));
    if (!source) return std::unexpected(source.error());
    const FamilyChoice family = source->is_v4() ? FamilyChoice::v4 : FamilyChoice::v6;
    if (options.family != FamilyChoice::any && options.family != family)
        return fail(Status::usage, "--source is of another family than",
                    options.family == FamilyChoice::v4 ? "-4" : "-6");
    options.family = family;
    options.probe.source = *source;
    return {};
}

Result<void> read_counts(const Arguments& arguments, Options& options) {
    struct Number {
        std::string_view option;
        std::uint64_t least, most;
        std::uint64_t value = 0;
    };
    std::array numbers{Number{"--count", 1, UINT64_MAX}, Number{"--size", 0, most_data}, Number{"--ttl", 1, 255},
                       Number{"--rate", 1, fastest},     Number{"--max-hops", 1, 255},   Number{"--queries", 1, 10}};
    for (Number& number : numbers) {
        if (!arguments.has(number.option) && arguments.value(number.option).empty()) continue;
        const auto value = read_count(number.option, arguments.value(number.option), number.least, number.most);
        if (!value) return std::unexpected(value.error());
        number.value = *value;
    }
    if (arguments.has("--count")) options.count = numbers[0].value;
    options.probe.size = numbers[1].value;
    if (arguments.has("--ttl")) options.probe.hops = static_cast<std::uint8_t>(numbers[2].value);
    options.probe.plan.rate = static_cast<double>(numbers[3].value);
    options.rate_given = arguments.count("--rate") != 0;
    options.most_hops = static_cast<unsigned>(numbers[4].value);
    options.queries = static_cast<unsigned>(numbers[5].value);
    return {};
}

Result<void> read_times(const Arguments& arguments, Options& options) {
    const auto interval = read_duration("--interval", arguments.value("--interval"));
    if (!interval) return std::unexpected(interval.error());
    const auto wait = read_duration("--wait", arguments.value("--wait"));
    if (!wait) return std::unexpected(wait.error());
    if (wait->count() == 0) return fail(Status::usage, "--wait wants a time to wait, not", "'0'", {}, "like 200ms, 1s");
    options.interval_given = arguments.count("--interval") != 0;
    options.probe.plan.interval = interval->count();
    options.probe.plan.wait = wait->count();
    if (!arguments.has("--timeout")) return {};
    const auto timeout = read_duration("--timeout", arguments.value("--timeout"));
    if (!timeout) return std::unexpected(timeout.error());
    options.probe.deadline = timeout->count();
    return {};
}

Result<void> check_together(const Arguments& arguments, const Options& options) {
    if (options.only_up && options.only_down)
        return fail(Status::usage, "--alive and --down exclude each other", {}, {},
                    "without both all targets are shown");
    if (!options.trace) {
        for (const char* option : {"--max-hops", "--queries", "--resolve"})
            if (arguments.count(option) != 0) return fail(Status::usage, option, "belongs to --trace");
        return {};
    }
    for (const char* option : {"--count", "--interval", "--ttl", "--alive", "--down"})
        if (arguments.count(option) != 0)
            return fail(Status::usage, option, "has no meaning with --trace", {},
                        "--max-hops and --queries say how many probes there are");
    return {};
}

}  // namespace

std::vector<Option> option_list() {
    std::vector<Option> options{
        {.names = "-c,--count",
         .value = "N",
         .help = "probes to each target; one target is probed until interrupted, of several each 3 times or until it "
                 "answers"},
        {.names = "-i,--interval", .value = "TIME", .help = "between two probes to one target", .fallback = "1s"},
        {.names = "-W,--wait", .value = "TIME", .help = "for the answer to a probe", .fallback = "1s"},
        {.names = "--timeout", .value = "TIME", .help = "end after this time, whatever is left"},
        {.names = "--rate",
         .value = "N",
         .help = "at most N probes a second to all targets together",
         .fallback = "1000"},
        {.names = "--alive", .help = "print the targets that are up, nothing else"},
        {.names = "--down", .help = "print the targets that are down, nothing else"},
        {.names = "--tcp",
         .value = "PORT",
         .help = "connect to this port instead; refused is up, too",
         .group = "Probe"},
        {.names = "--udp",
         .value = "PORT",
         .help = "send a datagram instead; an answer or a closed port is up",
         .group = "Probe"},
        {.names = "-s,--size", .value = "BYTES", .help = "of data in a probe", .group = "Probe", .fallback = "56"},
        {.names = "--ttl", .value = "N", .help = "time to live, hop limit", .group = "Probe"},
        {.names = "-4", .help = "IPv4 only", .group = "Probe"},
        {.names = "-6", .help = "IPv6 only", .group = "Probe"},
        {.names = "--source", .value = "ADDR", .help = "send from this address", .group = "Probe"},
        {.names = "--interface",
         .value = "NAME",
         .help = "send through this interface",
         .group = "Probe",
         .complete = Complete::interface},
        {.names = "--trace", .help = "show the routers on the way", .group = "Trace"},
        {.names = "--max-hops", .value = "N", .help = "how far to look", .group = "Trace", .fallback = "30"},
        {.names = "--queries", .value = "N", .help = "probes to each distance", .group = "Trace", .fallback = "3"},
        {.names = "--resolve", .help = "look up the names of the routers", .group = "Trace"},
    };
    std::ranges::move(record_options(), std::back_inserter(options));
    return options;
}

Result<Options> read_options(const Arguments& arguments) {
    Options options;
    options.only_up = arguments.has("--alive");
    options.only_down = arguments.has("--down");
    options.trace = arguments.has("--trace");
    options.resolve = arguments.has("--resolve");
    if (const auto read = read_method(arguments, options.probe); !read) return std::unexpected(read.error());
    if (const auto read = read_source(arguments, options); !read) return std::unexpected(read.error());
    if (const auto read = read_counts(arguments, options); !read) return std::unexpected(read.error());
    if (const auto read = read_times(arguments, options); !read) return std::unexpected(read.error());
    if (const auto checked = check_together(arguments, options); !checked) return std::unexpected(checked.error());
    return options;
}

}  // namespace fid::cmd::ping
