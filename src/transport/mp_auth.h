// SPDX-License-Identifier: MIT
// How the two ends of Python's multiprocessing.connection prove to each other that they know the same key.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "transport/stream.h"

namespace fid::transport {

/// No message of the dialogue is longer.
inline constexpr std::size_t most_mp_auth_bytes = 256;

/// What answers a challenge (the bytes behind "#CHALLENGE#"): the HMAC-MD5 of 20 bytes, Python's until 3.11; since 3.12
/// a challenge names its digest, "{sha256}" and bytes, and so does the answer, whose HMAC covers the name, too. Nothing
/// where it is neither: the digests are md5, sha256, sha384, sha3_256 and sha3_384.
[[nodiscard]] std::optional<std::string> answer_mp_challenge(std::string_view key, std::string_view challenge);
/// Does `answer` belong to our challenge? One that names a digest is not answered without naming one.
[[nodiscard]] bool is_mp_answer(std::string_view key, std::string_view challenge, std::string_view answer);

/// The client's part over a stream of Framing::mp: answers the peer's challenge, then challenges it, in the form that
/// it used. Status login_refused where either side does not know the key; protocol_violation for any other dialogue,
/// also where the peer ends or lets `timeout` pass (zero: never) without a challenge; timeout where it falls silent
/// later.
[[nodiscard]] Task<Result<void>> authenticate_mp(Stream& messages, std::string key, std::chrono::nanoseconds timeout);

}  // namespace fid::transport
