// SPDX-License-Identifier: MIT
#include "cmd/connect/flow.h"

#include <algorithm>

#include "cmd/connect/dump.h"
#include "cmd/connect/throttle.h"
#include "cmd/values.h"

namespace fid::cmd::connect {
namespace {

constexpr std::chrono::nanoseconds longest_pause = std::chrono::minutes(1);
constexpr std::uint64_t most_retries = 1'000'000'000;

std::unexpected<Error> nothing_to_count() {
    return fail(Status::usage, "--count counts datagrams and messages, and this is a stream of bytes", {}, {},
                "--max-bytes ends after so many bytes, --frame makes messages of them");
}

}  // namespace

std::vector<Option> flow_options() {
    constexpr std::string_view group = "Flow";
    return {{.names = "--hex", .help = "show what passes in hexadecimal on standard error", .group = group},
            {.names = "--tee",
             .value = "[sent=|received=]FILE",
             .help = "write what passes, or one direction of it, to FILE as well; repeat for more",
             .group = group,
             .repeatable = true,
             .complete = Complete::file},
            {.names = "--rate",
             .value = "SIZE",
             .help = "send no more than so many bytes a second; with --check: begin no more than so many ports",
             .group = group},
            {.names = "--delay",
             .value = "TIME",
             .help = "wait so long between the lines, datagrams or messages that are sent",
             .group = group},
            {.names = "--count",
             .value = "N",
             .help = "end once so many datagrams or messages were received; with --measure, after so many round trips",
             .group = group},
            {.names = "--retry",
             .value = "N",
             .help = "dial up to so many times more where the peer refuses or does not answer",
             .group = group},
            {.names = "--backoff",
             .value = "TIME",
             .help = "before the first of them; each further waits up to twice as long",
             .group = group,
             .fallback = "500ms"}};
}

Result<FlowSettings> read_flow(const Context& context, bool messages) {
    const Arguments& args = context.args;
    FlowSettings flow;
    flow.hex = args.has("--hex");
    if (flow.hex && !context.out.plain_text())
        return fail(Status::usage, "--hex does not go with records", {}, {}, "the records hold the bytes");
    for (const std::string& text : args.values("--tee")) {
        auto tee = read_tee(text);
        if (!tee) return std::unexpected(std::move(tee.error()));
        flow.tees.push_back(std::move(*tee));
    }
    if (args.has("--rate")) {
        const auto rate = read_size("--rate", args.value("--rate"));
        if (!rate) return std::unexpected(rate.error());
        if (*rate == 0) return fail(Status::usage, "--rate wants a size above 0, not", "'0'");
        flow.rate = *rate;
    }
    if (args.has("--delay")) {
        const auto delay = read_duration("--delay", args.value("--delay"));
        if (!delay) return std::unexpected(delay.error());
        flow.delay = *delay;
    }
    if (args.has("--count")) {
        const auto count = read_count("--count", args.value("--count"), 1);
        if (!count) return std::unexpected(count.error());
        if (!messages) return nothing_to_count();
        flow.count = *count;
    }
    if (args.has("--retry")) {
        const auto retries = read_count("--retry", args.value("--retry"), 0, most_retries);
        if (!retries) return std::unexpected(retries.error());
        flow.retries = *retries;
    }
    const auto backoff = read_duration("--backoff", args.value("--backoff"));
    if (!backoff) return std::unexpected(backoff.error());
    flow.backoff = *backoff;
    return flow;
}

Result<transport::StreamPtr> direct_flow(transport::Executor executor, transport::StreamPtr stream,
                                         const FlowSettings& settings, std::vector<TeeFile> tees) {
    if (settings.count != 0) {
        if (!stream->keeps_boundaries()) return nothing_to_count();
        stream = make_counted_stream(std::move(stream), settings.count);
    }
    // Dump and files lie under the throttle: they get each piece when it goes.
    if (settings.hex) stream = make_dump_stream(std::move(stream));
    if (!tees.empty()) stream = make_tee_stream(std::move(stream), std::move(tees));
    if (settings.rate != 0 || settings.delay != settings.delay.zero())
        stream = make_throttled_stream(executor, std::move(stream), settings.rate, settings.delay);
    return stream;
}

std::chrono::nanoseconds pause_before(std::uint64_t next, std::chrono::nanoseconds backoff, double random) {
    std::chrono::nanoseconds pause = std::min(backoff, longest_pause);
    for (std::uint64_t i = 2; i < next && pause < longest_pause && pause.count() != 0; ++i)
        pause = std::min(2 * pause, longest_pause);
    const double part = 1 - random / 2;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(pause.count()) * part));
}

}  // namespace fid::cmd::connect
