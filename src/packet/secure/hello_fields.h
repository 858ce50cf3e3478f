// SPDX-License-Identifier: MIT
// Reporting a hello's fields: TLS and QUIC have the same ones, under their own names.
#pragma once

#include "packet/dissector.h"
#include "packet/secure/hello.h"

namespace fid::packet {

/// The dissector's field numbers, in the order of `hello_fields`, start at `first`.
enum HelloField : unsigned {
    hello_version,
    hello_random,
    hello_session,
    hello_ciphers,
    hello_cipher,
    hello_extensions,
    hello_sni,
    hello_alpn,
    hello_groups,
    hello_point_formats,
    hello_signature_algorithms,
    hello_supported_versions,
    hello_ja3,
    hello_ja3_full,
    hello_ja3s,
    hello_ja3s_full,
    hello_ja4,
};
inline constexpr unsigned hello_field_count = hello_ja4 + 1;

/// `base` is the hello's message: offsets are counted from its start and begin at `offset` in the layer; computed
/// copies (decrypted bytes) have no place in the packet and pass located = false.
void visit_hello(const Hello& hello, char transport, unsigned first, Bytes base, std::size_t offset, bool located,
                 FieldSink& sink);

/// "TLSv1.3 ClientHello, SNI example.com, ALPN h2,http/1.1"
void info_hello(const Hello& hello, Text& out);

}  // namespace fid::packet
