// SPDX-License-Identifier: MIT
#include "http/worker.h"

#include "http/http1.h"
#include "http/http2.h"

namespace fid::http {
namespace {

/// How exactly time limits are kept, and how long lines of the log wait for others.
constexpr std::chrono::milliseconds tick{250};
constexpr std::size_t input_bytes = std::size_t{64} * 1024;

const Error& too_late() {
    static const Error error{Status::timeout, "the client took too long", {}, {}, {}};
    return error;
}

}  // namespace

Worker::Worker(transport::Executor executor, Handler& handler, const ServerLimits& limits, LogFormat format,
               AccessLog::Sink sink)
    : handler_(handler), limits_(limits), log_(format, std::move(sink)), input_(input_bytes), tick_(executor) {}

transport::Task<void> Worker::serve(transport::StreamPtr stream, std::string peer, bool http2) {
    if (stopping_) co_return;
    const auto deadline = transport::Clock::now() + limits_.idle;
    const auto place = watched_.insert(watched_.end(), {.stream = stream.get(), .deadline = deadline});
    if (http2) {
        auto serving = serve_http2(*this, *stream, *place, peer);
        co_await std::move(serving);
    } else {
        auto serving = serve_http1(*this, *stream, *place, peer);
        co_await std::move(serving);
    }
    watched_.erase(place);
}

transport::Task<void> Worker::run_clock() {
    while (!stopping_ || !watched_.empty()) {
        tick_.expires_after(stopping_ ? tick / 10 : tick);
        co_await tick_.async_wait(transport::as_task);
        end_the_late();
        log_.flush();
    }
}

void Worker::end_the_late() {
    const auto now = transport::Clock::now();
    const bool farewell_over = stopping_ && now >= last_moment_;
    for (const Watched& each : watched_)
        if (now >= each.deadline || farewell_over || (stopping_ && each.idle)) each.stream->stop(too_late());
}

void Worker::stop() {
    if (stopping_) return;
    stopping_ = true;
    last_moment_ = transport::Clock::now() + limits_.farewell;
    for (const Watched& each : watched_)
        if (each.say_goodbye) each.say_goodbye();
    tick_.cancel();
}

void Worker::log(const Request& request, std::string_view peer, unsigned status, std::uint64_t bytes) {
    if (!log_.wanted()) return;
    LogEntry entry;
    entry.peer = peer;
    entry.user = handler_.user(request);
    entry.method = request.method;
    entry.target = request.target;
    entry.major = request.major;
    entry.minor = request.minor;
    entry.status = status;
    entry.bytes = bytes;
    entry.referer = request.value(Known::referer);
    entry.agent = request.value(Known::user_agent);
    entry.seconds = moment().seconds;
    log_.add(entry);
}

}  // namespace fid::http
