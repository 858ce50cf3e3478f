// SPDX-License-Identifier: MIT
#include "cmd/serve/services.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <vector>

#include "cmd/serve/beside.h"
#include "transport/deadline.h"

namespace fid::cmd::serve {
namespace {

using namespace std::chrono_literals;
using transport::Clock;
using transport::Ending;
using transport::PumpOptions;
using transport::Stream;
using transport::Task;

constexpr std::array docs{
    ServiceDoc{.name = "echo", .port = 7007, .has_models = true},
    ServiceDoc{.name = "discard", .port = 7009, .answers_datagrams = false},
    ServiceDoc{.name = "chargen", .port = 7019},
    ServiceDoc{.name = "daytime", .port = 7013},
    ServiceDoc{.name = "time", .port = 7037},
    ServiceDoc{.name = "text", .port = 8000, .has_argument = true, .has_models = true},
    ServiceDoc{.name = "exec", .port = 8000, .has_argument = true, .has_models = true},
};

/// The largest there are.
constexpr std::size_t datagram_bytes = std::size_t{64} * 1024;
/// What is read at a time from a stream that cannot be spliced: two TLS records.
constexpr std::size_t block_bytes = std::size_t{32} * 1024;
/// Others on the loop get a turn after so many bytes.
constexpr std::size_t turn_bytes = std::size_t{8} * 1024 * 1024;

Task<void> give_turn() {
    const auto executor = co_await transport::asio::this_coro::executor;
    co_await transport::asio::post(executor, transport::as_task);
}

Task<Result<void>> echo(Session& session) {
    Stream& stream = session.stream();
    PumpOptions options;
    if (stream.keeps_boundaries())
        options.block = datagram_bytes;
    else if (stream.input_descriptor() == -1)
        options.block = block_bytes;
    auto pumping = transport::pump(stream, stream, options, session.received);
    auto done = co_await std::move(pumping);
    session.sent = session.received;
    co_return done;
}

bool is_tcp(int socket) {
    int family = AF_UNSPEC;
    socklen_t length = sizeof(family);
    if (socket == -1 || getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &length) != 0) return false;
    return family == AF_INET || family == AF_INET6;
}

/// The kernel drops what TCP has received without copying it anywhere (tcp(7), MSG_TRUNC).
Task<Result<void>> drop_in_kernel(Session& session) {
    constexpr std::size_t most = std::size_t{1} << 20U;
    Stream& stream = session.stream();
    const int socket = stream.input_descriptor();
    std::size_t turn = 0;
    while (true) {
        const ssize_t count = ::recv(socket, nullptr, most, MSG_TRUNC | MSG_DONTWAIT);
        if (count == 0) co_return Result<void>();
        if (count > 0) {
            session.received.add(static_cast<std::size_t>(count));
            turn += static_cast<std::size_t>(count);
            if (turn < turn_bytes) continue;
        } else if (errno == EINTR) {
            continue;
        } else if (errno != EAGAIN) {
            co_return fail_errno(Status::receive_failure, "cannot receive from", std::string(stream.name()), errno);
        }
        // Also now and then while more is there: others get their turn, and a stop is seen.
        turn = 0;
        auto ready = co_await stream.wait_readable();
        if (!ready) co_return ready;
    }
}

/// The ring of lines of RFC 864, a few times: what follows it is itself again.
const std::vector<std::uint8_t>& ring() {
    constexpr unsigned first = ' ', characters = 95, width = 72;
    constexpr std::size_t times = 9;  // 62 KiB, in whole lines
    static const std::vector<std::uint8_t> lines = [] {
        std::vector<std::uint8_t> made;
        for (std::size_t line = 0; line < times * characters; ++line) {
            for (unsigned i = 0; i < width; ++i)
                made.push_back(static_cast<std::uint8_t>(first + (line + i) % characters));
            made.push_back('\r');
            made.push_back('\n');
        }
        return made;
    }();
    return lines;
}
constexpr std::size_t line_bytes = 74;

Task<Result<void>> send_lines(Session& session, const bool& over) {
    std::size_t turn = 0;
    while (!over) {
        auto written = co_await session.stream().write(ring());
        if (!written) co_return written;
        session.sent.add(ring().size());
        turn += ring().size();
        if (turn < turn_bytes) continue;
        turn = 0;
        co_await give_turn();
    }
    co_return Result<void>();
}

/// What somebody says to a chargen server is dropped; that he has gone ends it.
Task<void> listen_meanwhile(Session& session, bool& over) {
    auto discarding = drop(session);
    const auto discarded = co_await std::move(discarding);
    if (discarded && session.stream().ending() != Ending::shared) co_return;
    over = true;
    if (!discarded) session.stream().stop(discarded.error());
}

Task<Result<void>> chargen(Session& session) {
    bool over = false;
    const auto executor = co_await transport::asio::this_coro::executor;
    Beside listening(executor, listen_meanwhile(session, over));
    auto sending = send_lines(session, over);
    auto sent = co_await std::move(sending);
    session.stream().stop({Status::success, "nobody reads any more", {}, {}, {}});
    co_await listening.join();
    // There is no other end than that the client goes.
    const bool gone =
        sent || sent.error().status == Status::send_failure || sent.error().status == Status::receive_failure;
    if (!gone) co_return sent;
    co_return Result<void>();
}

/// Answers each datagram with what `answer` makes of its size.
Task<Result<void>> answer_datagrams(Session& session, std::function<Bytes(std::size_t)> answer) {
    std::vector<std::uint8_t> block(datagram_bytes);
    while (true) {
        auto chunk = co_await session.stream().read(block);
        if (!chunk) co_return std::unexpected(std::move(chunk.error()));
        if (chunk->end) co_return Result<void>();
        session.received.add(chunk->size);
        const Bytes bytes = answer(chunk->size);
        auto written = co_await session.stream().write(bytes);
        if (!written) co_return written;
        session.sent.add(bytes.size());
    }
}

Task<Result<void>> chargen_datagrams(Session& session) {
    std::size_t line = 0;
    const bool exposed = session.exposed;
    auto answering = answer_datagrams(session, [&line, exposed](std::size_t asked) {
        constexpr std::size_t characters = 95;
        constexpr std::size_t most = 6 * line_bytes;  // at most 512 bytes, says the RFC
        const std::size_t at = line++ % characters * line_bytes;
        return Bytes(ring()).subspan(at, exposed ? std::min(asked, most) : most);
    });
    auto answered = co_await std::move(answering);
    co_return answered;
}

bool is_datagrams(const Session& session) { return session.listener.scheme == "udp"; }

/// The same few bytes, whenever asked: a stream is asked by connecting.
Task<Result<void>> answer(Session& session, std::function<std::string()> make) {
    std::string made;
    if (is_datagrams(session)) {
        auto answering = answer_datagrams(session, [&made, &make](std::size_t) {
            made = make();
            return as_bytes(made);
        });
        auto answered = co_await std::move(answering);
        co_return answered;
    }
    made = make();
    auto written = co_await session.stream().write(as_bytes(made));
    if (!written) co_return written;
    session.sent.add(made.size());
    co_await part(session);
    co_return Result<void>();
}

std::string day_and_time() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    localtime_r(&now, &parts);
    std::array<char, 128> text{};
    // The first of the two forms that the RFC shows.
    const std::size_t size = std::strftime(text.data(), text.size(), "%A, %B %d, %Y %H:%M:%S-%Z\r\n", &parts);
    return {text.data(), size};
}

std::string seconds_since_1900() {
    constexpr std::uint64_t until_1970 = 2'208'988'800;
    // 32 bits are full in 2036, and begin again.
    const auto seconds = static_cast<std::uint32_t>(static_cast<std::uint64_t>(std::time(nullptr)) + until_1970);
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(seconds >> shift & 0xffU);
    return bytes;
}

}  // namespace

std::span<const ServiceDoc> service_docs() { return docs; }

Task<Result<void>> drop(Session& session) {
    Stream& stream = session.stream();
    if (is_tcp(stream.input_descriptor())) {
        auto dropping = drop_in_kernel(session);
        auto dropped = co_await std::move(dropping);
        co_return dropped;
    }
    std::vector<std::uint8_t> block(stream.keeps_boundaries() ? datagram_bytes : block_bytes);
    std::size_t turn = 0;
    while (true) {
        auto chunk = co_await stream.read(block);
        if (!chunk) co_return std::unexpected(std::move(chunk.error()));
        if (chunk->end) co_return Result<void>();
        session.received.add(chunk->size);
        turn += chunk->size;
        if (turn < turn_bytes) continue;
        turn = 0;
        co_await give_turn();
    }
}

Task<void> part(Session& session) {
    constexpr auto patience = 2s;
    const auto executor = co_await transport::asio::this_coro::executor;
    const transport::StreamDeadline deadline(executor, session.stream(), patience, [] {
        return Error{Status::success, "the peer had its time", {}, {}, {}};
    });
    auto finished = co_await session.stream().finish();
    if (!finished) co_return;
    // What it says after our end is dropped, and how it goes is its own affair.
    auto discarding = drop(session);
    (void)co_await std::move(discarding);
}

Service echo_service() { return echo; }
Service discard_service() { return drop; }
Service chargen_service() {
    return [](Session& session) { return is_datagrams(session) ? chargen_datagrams(session) : chargen(session); };
}
Service daytime_service() {
    return [](Session& session) { return answer(session, day_and_time); };
}
Service time_service() {
    return [](Session& session) { return answer(session, seconds_since_1900); };
}
Service text_service(std::string text) {
    return [text = std::move(text)](Session& session) { return answer(session, [&text] { return text; }); };
}

}  // namespace fid::cmd::serve
