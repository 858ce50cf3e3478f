// SPDX-License-Identifier: MIT
#include "cmd/connect/flow.h"

#include <doctest/doctest.h>

#include "cmd/connect/dump.h"
#include "cmd/connect/tee.h"
#include "cmd/connect/throttle.h"

using namespace fid;
using namespace fid::cmd::connect;
using transport::Clock;

namespace {

std::string dump(std::string_view bytes, std::uint64_t offset = 0) {
    Text out;
    put_hex_lines('>', offset, as_bytes(bytes), out);
    return out.take();
}

/// Bytes sent by a sender that is never late, over ten seconds, and the most in any 100 ms.
std::pair<double, double> simulate(std::uint64_t rate, Clock::duration lateness) {
    Pace pace(rate);
    auto now = Clock::now();
    const auto start = now;
    double sent = 0, most = 0;
    std::vector<std::pair<Clock::time_point, double>> window;
    while (now < start + std::chrono::seconds(10)) {
        const auto next = pace.next(now);
        if (next > now) now = next + lateness;
        const auto piece = static_cast<double>(pace.piece());
        pace.spend(pace.piece());
        sent += piece;
        window.emplace_back(now, piece);
        double burst = 0;
        for (auto one = window.rbegin(); one != window.rend() && one->first > now - std::chrono::milliseconds(1); ++one)
            burst += one->second;
        most = std::max(most, burst);
    }
    return {sent / 10, most};
}

}  // namespace

TEST_CASE("dump: lines as hexdump -C has them") {
    CHECK(dump("hello\n") == "> 00000000  68 65 6c 6c 6f 0a                                 |hello.|\n");
    CHECK(dump("0123456789abcdef\x1b\xff", 16) ==
          "> 00000010  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
          "> 00000020  1b ff                                             |..|\n");
    CHECK(dump("") == "> 00000000                                                    ||\n");
    CHECK(dump("x", 0x1'0000'0000).starts_with("> 100000000  78"));
}

TEST_CASE("tee: whose bytes a file gets") {
    CHECK(read_tee("f")->sent);
    CHECK(read_tee("f")->received);
    CHECK(!read_tee("sent=f")->received);
    CHECK(read_tee("received=a=b")->path == "a=b");
    CHECK(!read_tee("received=a=b")->sent);
    for (const char* const wrong : {"", "-", "sent=", "received=-"}) CHECK(!read_tee(wrong));
}

TEST_CASE("pace: the rate is kept, late timers or not, without bursts") {
    for (const std::uint64_t rate : {1024U, 1'000'000U, 1U << 30U}) {
        for (const auto lateness : {std::chrono::milliseconds(0), std::chrono::milliseconds(5)}) {
            const auto [reached, most] = simulate(rate, lateness);
            CAPTURE(rate);
            CHECK(reached == doctest::Approx(static_cast<double>(rate)).epsilon(0.02));
            CHECK(most <= static_cast<double>(rate) / 10 + 1);
        }
    }
    CHECK(Pace(1).piece() == 1);
}

TEST_CASE("retry: pauses double up to a minute, less up to half") {
    using std::chrono::milliseconds;
    CHECK(pause_before(2, milliseconds(500), 0) == milliseconds(500));
    CHECK(pause_before(2, milliseconds(500), 1) == milliseconds(250));
    CHECK(pause_before(4, milliseconds(500), 0) == milliseconds(2000));
    CHECK(pause_before(1'000'000'000'000, milliseconds(500), 0) == std::chrono::minutes(1));
    CHECK(pause_before(1'000'000, milliseconds(0), 0) == milliseconds(0));
}
