// SPDX-License-Identifier: MIT
// The few cryptographic operations that reading (never making) packets needs: fingerprints' hashes and the keys of
// QUIC's Initial packets, which are derived from public values (RFC 9001 section 5.2).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/text.h"

namespace fid::packet {

[[nodiscard]] std::string md5_hex(std::string_view text);
[[nodiscard]] std::string sha256_hex(std::string_view text);

using Digest = std::array<std::uint8_t, 32>;
[[nodiscard]] Digest hmac_sha256(Bytes key, Bytes message);
/// HKDF-Expand-Label of TLS 1.3 (RFC 8446 section 7.1) with SHA-256 and an empty context; at most 32 bytes are
/// meaningful.
[[nodiscard]] Digest expand_label(Bytes secret, std::string_view label, std::uint16_t length);

using Block = std::array<std::uint8_t, 16>;
[[nodiscard]] Block aes128_block(Bytes key, Bytes block);
/// The plain text, empty where the tag (the last 16 bytes of `sealed`) does not fit.
[[nodiscard]] std::vector<std::uint8_t> aes128_gcm_open(Bytes key, Bytes nonce, Bytes associated, Bytes sealed);

}  // namespace fid::packet
