// SPDX-License-Identifier: MIT
#include "cmd/connect/measure.h"

#include <array>

#include "cmd/connect/measure_report.h"
#include "cmd/connect/settings.h"
#include "cmd/dial_options.h"
#include "cmd/loop.h"
#include "cmd/recording.h"
#include "cmd/values.h"
#include "report/interrupt.h"

namespace fid::cmd::connect {
namespace {

using transport::Task;

Result<MeasurePlan> read_plan(const Arguments& args) {
    MeasurePlan plan;
    for (const MeasureMode mode : {MeasureMode::latency, MeasureMode::send, MeasureMode::receive, MeasureMode::both})
        if (args.value("--mode") == mode_name(mode)) plan.mode = mode;
    constexpr std::uint64_t most_trips = 1'000'000'000'000, most_streams = 1000, most_size = std::uint64_t{64} << 20U;
    if (args.has("--count")) {
        const auto count = read_count("--count", args.value("--count"), 1, most_trips);
        if (!count) return std::unexpected(count.error());
        if (plan.mode && *plan.mode != MeasureMode::latency)
            return fail(Status::usage, "--count is for round trips, not --mode", std::string(mode_name(*plan.mode)));
        plan.count = *count;
    }
    if (!plan.count || args.has("--for")) {
        const auto duration = read_duration("--for", args.value("--for"));
        if (!duration) return std::unexpected(duration.error());
        if (*duration == std::chrono::nanoseconds())
            return fail(Status::usage, "--for wants a time to measure, not", "'0'", {}, "like 5s, 500ms");
        plan.duration = *duration;
    }
    const auto warmup = read_duration("--warmup", args.value("--warmup"));
    if (!warmup) return std::unexpected(warmup.error());
    plan.warmup = *warmup;
    const auto streams = read_count("--streams", args.value("--streams"), 1, most_streams);
    if (!streams) return std::unexpected(streams.error());
    plan.streams = static_cast<std::size_t>(*streams);
    if (args.has("--size")) {
        const auto size = read_size("--size", args.value("--size"));
        if (!size) return std::unexpected(size.error());
        if (*size == 0 || *size > most_size)
            return fail(Status::usage, "--size is 1 byte to 64 MiB, not", std::string(args.value("--size")));
        plan.size = static_cast<std::size_t>(*size);
    }
    return plan;
}

/// Nothing came where something had to.
std::optional<Error> silence(const Measured& measured, const Settings& settings) {
    const bool nothing = measured.mode == MeasureMode::latency
                             ? measured.round_trips.count() == 0
                             : measured.mode != MeasureMode::send && measured.received == 0;
    if (!nothing || report::interrupted()) return std::nullopt;
    return Error{Status::timeout,
                 "nothing was received from",
                 settings.endpoint.text(),
                 {},
                 "--mode send measures servers that say nothing"};
}

Task<void> work(Context& context, Settings settings, MeasurePlan plan, bool& begun, Status& status) {
    const auto executor = co_await transport::asio::this_coro::executor;
    MeasureWatcher watcher;
    watcher.on_start = [&](const Measured& measured) {
        begun = true;
        tell_start(context.out, measured, plan);
    };
    watcher.on_interval = [&](const MeasuredInterval& interval) { tell_interval(context.out, interval); };
    watcher.stop = [&] { return report::interrupted() || context.out.closed(); };
    auto measuring = run_measurement(executor, settings.endpoint, settings.dial, plan, watcher);
    Measured measured = co_await std::move(measuring);
    if (measured.begun) tell_summary(context.out, measured, settings.endpoint, plan);
    if (!measured.error && measured.begun) measured.error = silence(measured, settings);
    if (measured.error) status = context.log.error(*measured.error);
}

}  // namespace

std::vector<Option> measure_options() {
    constexpr std::string_view group = "Measuring";
    return {
        {.names = "--measure", .help = "how fast is the way to an echo, discard or chargen server?", .group = group},
        {.names = "--mode",
         .value = "MODE",
         .help = "latency, send, receive or both, without asking what the server does",
         .group = group,
         .choices = {"latency", "send", "receive", "both"}},
        {.names = "--for", .value = "TIME", .help = "how long to measure", .group = group, .fallback = "5s"},
        {.names = "--streams", .value = "N", .help = "connections at the same time", .group = group, .fallback = "1"},
        {.names = "--size",
         .value = "SIZE",
         .help = "bytes of a message (default: 64 for round trips; else 128k, 64k of a WebSocket, 1400 of UDP)",
         .group = group},
        {.names = "--warmup", .value = "TIME", .help = "before it counts", .group = group, .fallback = "0s"}};
}

Status measure(Context& context) {
    auto plan = read_plan(context.args);
    if (!plan) return context.log.error(plan.error());
    auto settings = read_settings(context);
    if (!settings) return context.log.error(settings.error());
    settings->dial.websocket.binary = true;
    plan->patience = settings->dial.timeout;
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    settings->dial.recorder = recorder->get();
    Status status = Status::success;
    {
        bool begun = false;
        Loop loop;
        // Once it has begun, the measuring itself looks for Ctrl-C: there is something to tell.
        loop.on_interrupt([&] {
            if (!begun) loop.stop();
        });
        loop.spawn(work(context, std::move(*settings), *plan, begun, status));
        loop.run();
    }
    if (*recorder)
        if (auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    return status;
}

}  // namespace fid::cmd::connect
