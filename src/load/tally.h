// SPDX-License-Identifier: MIT
// What came of the requests: counted by each thread for itself, added up at the end.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "load/histogram.h"
#include "report/status.h"

namespace fid::load {

/// Why a request has no answer.
enum class Failure : std::uint8_t {
    refused,          ///< nobody listens
    connect,          ///< no connection for another reason
    connect_timeout,  ///< no connection in time
    handshake,        ///< no TLS
    certificate,      ///< the server's certificate cannot be trusted
    send,             ///< the connection broke while the request was sent
    reset,            ///< the server reset the connection
    receive,          ///< reading failed in another way
    closed,           ///< a new connection ended before any byte of the answer
    cut,              ///< the answer broke off
    malformed,        ///< the answer is not HTTP/1, or more came than was asked for
    timeout,          ///< no whole answer in time
};
inline constexpr std::size_t failure_count = 12;

struct FailureKind {
    std::string_view name;   ///< for records: "connect_timeout"
    std::string_view words;  ///< "connection timed out"
    Status status;
};
[[nodiscard]] const FailureKind& describe(Failure failure);

struct Tally {
    std::uint64_t answered = 0;  ///< whole answers, whatever their status
    std::uint64_t sent_bytes = 0, received_bytes = 0;
    std::array<std::uint64_t, 1000> statuses{};  ///< answers by status code
    std::array<std::uint64_t, failure_count> failures{};
    std::uint64_t connections = 0;  ///< that were made
    std::uint64_t reconnects = 0;   ///< connections that the server ended between two answers
    std::uint64_t under_way = 0;    ///< requests without an answer when the time was up
    std::uint64_t unsent = 0;       ///< requests of the schedule that found no connection until then
    Histogram::Time oldest{0};      ///< how long the oldest of both had waited
    Histogram latency;              ///< from the sending to the last byte of the answer
    Histogram corrected;            ///< from the time of the schedule; empty without one
    Histogram connecting;           ///< until a connection stood, TLS included
    Histogram lag;            ///< how late a request of the schedule left although a connection was free: our own delay
    std::string first_error;  ///< words for the first failure that has any

    [[nodiscard]] std::uint64_t failed() const;
    void merge(const Tally& other);
    /// As if nothing had been: the warm-up is over.
    void clear();
};

}  // namespace fid::load
