// SPDX-License-Identifier: MIT
// The packets of a QUIC datagram (RFC 9000 section 17, RFC 9369) and what can be read of them without the connection's
// keys: headers, and the ClientHello of Initial packets, whose keys everyone can derive.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "packet/cursor.h"

namespace fid::packet {

enum class QuicType : std::uint8_t { initial, zero_rtt, handshake, retry, negotiation, one_rtt };

struct QuicHeader {
    std::size_t offset = 0;  ///< in the datagram
    QuicType type = QuicType::one_rtt;
    std::uint8_t first = 0;
    std::uint32_t version = 0;
    Bytes dcid, scid;
    Bytes token;  ///< Initial and Retry
    std::uint64_t token_length = 0;
    std::uint64_t length = 0;       ///< of packet number and payload; 0 where the type has no such field
    std::size_t number_offset = 0;  ///< of the (protected) packet number, from the packet's start
    Bytes packet;                   ///< from the first byte to the end of what is there
};

[[nodiscard]] std::string_view quic_type_name(QuicType type);
/// "v1"; empty where unknown.
[[nodiscard]] std::string_view quic_version_name(std::uint32_t version);
/// A variable-length integer (RFC 9000 section 16).
[[nodiscard]] std::uint64_t quic_integer(Cursor& in);
/// Reads a packet and moves behind it; false where the bytes are not QUIC or end within the header.
bool next_quic(Cursor& in, QuicHeader& header);

/// The contiguous beginning of the client's CRYPTO stream in this datagram's Initial packets: a handshake message,
/// empty where there is none or it cannot be opened (the server's need the client's connection id).
[[nodiscard]] std::vector<std::uint8_t> quic_client_crypto(Bytes datagram);

}  // namespace fid::packet
