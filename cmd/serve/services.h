// SPDX-License-Identifier: MIT
// The small services of RFC 862 to 868, and their kin.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cmd/serve/session.h"

namespace fid::cmd::serve {

struct ServiceDoc {
    std::string_view name;
    std::uint16_t port;  ///< where it listens unless told otherwise: the RFC's port and 7000
    bool has_argument = false;
    bool has_models = false;  ///< --model
    /// Datagrams are answered whoever their sender address names: beyond this machine somebody else may be meant.
    bool answers_datagrams = true;
};
[[nodiscard]] std::span<const ServiceDoc> service_docs();

/// RFC 862: what comes in goes out.
[[nodiscard]] Service echo_service();
/// RFC 863: what comes in is dropped.
[[nodiscard]] Service discard_service();
/// RFC 864: lines of 72 characters, each begun one character later than the one before, for as long as somebody reads
/// them. A datagram is answered with six of them; where the listener is exposed, with no more bytes than it had.
[[nodiscard]] Service chargen_service();
/// RFC 867: date and time of day in words, in local time.
[[nodiscard]] Service daytime_service();
/// RFC 868: seconds since 1900, 32 bits, most significant byte first.
[[nodiscard]] Service time_service();
/// These bytes, to everybody.
[[nodiscard]] Service text_service(std::string text);

/// Reads to the peer's end and drops it, by the kernel where it can.
[[nodiscard]] transport::Task<Result<void>> drop(Session& session);

/// All was said: tells so and reads on, for a while, so that what the peer is still sending does not make the kernel
/// reset the connection before the peer has read.
[[nodiscard]] transport::Task<void> part(Session& session);

}  // namespace fid::cmd::serve
