// SPDX-License-Identifier: MIT
#include "cmd/connect/conversation.h"

#include <array>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>

#include "cmd/connect/events.h"
#include "cmd/connect/opening.h"
#include "cmd/connect/session.h"
#include "cmd/connect/talkers.h"
#include "cmd/loop.h"

namespace fid::cmd::connect {
namespace {

/// One digit after the point; two significant ones where that would say nothing.
void put_milliseconds(std::string_view name, const std::optional<std::chrono::nanoseconds>& time, Text& line) {
    if (!time) return;
    const double value = milliseconds(*time);
    std::array<char, 64> number{};
    std::snprintf(number.data(), number.size(), value < 0.1 ? "%.2g" : "%.1f", value);
    if (!line.empty()) line.put(", ");
    line.put(name);
    line.put(' ');
    line.put(number.data());
    line.put(" ms");
}

/// `first_byte` belongs to the endpoint, not to that of --to. Where there are both, a line each, with its name.
void tell_timings(Context& context, const transport::Timings& timings, std::string_view name,
                  const std::optional<std::chrono::nanoseconds>& first_byte) {
    Text line;
    put_milliseconds("lookup", timings.lookup, line);
    put_milliseconds("connect", timings.connect, line);
    put_milliseconds("proxy", timings.proxy, line);
    put_milliseconds("tls", timings.tls, line);
    put_milliseconds("websocket", timings.websocket, line);
    put_milliseconds("first byte", first_byte, line);
    // A Unix socket, a program: there was nothing to wait for.
    if (line.empty()) line.put(name.empty() ? "nothing was received" : "no waiting");
    Text answer;
    if (!name.empty()) {
        answer.escaped(name);
        answer.put(": ");
    }
    answer.put(line.view());
    context.log.answer(answer.view());
}

/// The bytes of the connections as messages, and what else is to be done with the endpoint's.
transport::Task<Result<void>> prepare(Context& context, const Settings& settings, std::vector<TeeFile> tees,
                                      Sides& sides) {
    const auto executor = co_await transport::asio::this_coro::executor;
    for (Peer* const peer : {&sides.remote, sides.other ? &*sides.other : nullptr}) {
        if (peer == nullptr) continue;
        auto framing = frame(context, settings, *peer);
        auto framed = co_await std::move(framing);
        if (!framed) co_return framed;
    }
    auto& stream = sides.remote.connection.stream;
    auto directed = direct_flow(executor, std::move(stream), settings.flow, std::move(tees));
    if (!directed) co_return std::unexpected(std::move(directed.error()));
    stream = std::move(*directed);
    co_return Result<void>();
}

transport::Task<void> session(Context& context, Settings settings, Talker talker, std::vector<TeeFile> tees,
                              std::shared_ptr<Interruption> interruption, Status& status) {
    auto opening = open_sides(context, settings);
    auto sides = co_await std::move(opening);
    Result<void> ready;
    if (sides) {
        interruption->stop = [below = sides->remote.connection.stream.get()] { below->stop(session_over()); };
        auto preparing = prepare(context, settings, std::move(tees), *sides);
        ready = co_await std::move(preparing);
    } else {
        ready = std::unexpected(std::move(sides.error()));
    }
    if (!ready) {
        const bool stopped = ready.error().status == Status::success;
        status = stopped ? Status::success : context.log.error(ready.error());
    } else {
        auto& [remote, other] = *sides;
        auto talking = other ? talk_to_other(context, settings, remote, *other, interruption)
                             : talker(context, settings, remote, interruption);
        const Outcome outcome = co_await std::move(talking);
        status = outcome.error ? context.log.error(*outcome.error) : outcome.status;
        if (settings.timing) {
            const std::string name = other ? settings.endpoint.text() : "";
            tell_timings(context, remote.connection.timings, name, outcome.first_byte());
            if (other) tell_timings(context, other->connection.timings, settings.to->text(), std::nullopt);
        }
    }
    interruption->stop = [] {};
}

}  // namespace

const Error& session_over() {
    static const Error error{Status::success, "the session is over", {}, {}, {}};
    return error;
}

Status converse(Context& context, Settings settings) { return converse(context, std::move(settings), talk_to_user); }

Status converse(Context& context, Settings settings, Talker talker) {
    auto tees = open_tees(settings.flow.tees);
    if (!tees) return context.log.error(tees.error());
    Status status = Status::success;
    Loop loop;
    const auto interruption = std::make_shared<Interruption>();
    interruption->stop = [&loop] { loop.stop(); };
    loop.on_interrupt([interruption] { interruption->stop(); });
    loop.spawn(session(context, std::move(settings), std::move(talker), std::move(*tees), interruption, status));
    loop.run();
    return status;
}

}  // namespace fid::cmd::connect
