// SPDX-License-Identifier: MIT
// The ClientHello and ServerHello of TLS (RFC 8446 section 4.1), shared by TLS over TCP and QUIC, and the fingerprints
// made from them: JA3, JA3S and JA4.
#pragma once

#include <cstdint>
#include <string>

#include "packet/cursor.h"

namespace fid::packet {

/// Views into the message. What lies behind the captured bytes is empty.
struct Hello {
    bool complete = false;  ///< every byte was there and consistent: the fingerprints are meaningful
    bool client = true;
    std::uint16_t version = 0;  ///< legacy_version
    Bytes random;
    Bytes session;
    Bytes ciphers;  ///< of the client; the server's one is two bytes
    Bytes compression;
    Bytes extensions;  ///< the block behind its length
    bool has_name = false;
    Bytes server_name;  ///< the first host name
    Bytes alpn;         ///< the list behind its length: length-prefixed names
    Bytes groups;       ///< pairs of bytes, as signature_algorithms and versions
    Bytes point_formats;
    Bytes signature_algorithms;
    Bytes versions;  ///< supported_versions: the client's list, or the server's choice
};

/// `body` is the handshake message without its four-byte header; `whole` says that its claimed length was there.
[[nodiscard]] Hello read_hello(Bytes body, bool client, bool whole);

/// RFC 8701: values that clients send to keep servers tolerant; no fingerprint counts them.
[[nodiscard]] constexpr bool is_grease(std::uint16_t value) {
    return (value & 0x0f0fU) == 0x0a0aU && (value >> 8U) == (value & 0xffU);
}

/// The version that is meant: the highest of supported_versions, or the legacy one.
[[nodiscard]] std::uint16_t effective_version(const Hello& hello);
/// "TLSv1.3"; empty where unknown.
[[nodiscard]] std::string_view tls_version_name(std::uint16_t version);
/// The ALPN names joined by commas, escaped for a terminal.
void put_alpn(Text& out, Bytes list);

/// "771,4865-4866,0-23-65281,29-23,0"; the md5 of it is JA3 (a server's: version, cipher, extensions: JA3S).
[[nodiscard]] std::string ja3_full(const Hello& hello);
/// "t13d1516h2_8daaf6152771_b186095e22b6"; transport is 't' or 'q'.
[[nodiscard]] std::string ja4(const Hello& hello, char transport);

}  // namespace fid::packet
