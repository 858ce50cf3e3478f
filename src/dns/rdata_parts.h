// SPDX-License-Identifier: MIT
// How the data of each type is made up: parts in wire order, each with its name in JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dns/name.h"

namespace fid::dns {

enum class Part : std::uint8_t {
    u8,
    u16,
    u32,
    u48,
    ipv4,
    ipv6,
    name,
    string,       ///< length and bytes, quoted
    word,         ///< length and bytes, not quoted (CAA's tag)
    strings,      ///< as many as there are
    text,         ///< the rest, quoted
    hex,          ///< the rest
    base64,       ///< the rest
    base64_last,  ///< the rest, which may be missing (a key's)
    salt,         ///< length and bytes in hex, "-" where there are none
    hash,         ///< length and bytes in base32hex
    types,        ///< a bitmap (RFC 4034 section 4.1.2)
    type,         ///< the name of a type
    time,         ///< YYYYMMDDHHMMSS (RFC 4034 section 3.2)
    certificate,  ///< CERT's type: PKIX
    algorithm,    ///< by its name, as CERT has it: RSASHA256
    eui,          ///< the rest: 00-00-5e-00-53-2a
    groups,       ///< 64 bits as 14:4fff:ff20:ee64
    nsap,         ///< the rest as 0x...
    params,       ///< SVCB's parameters
    counted,      ///< 16 bits of length, shown, and bytes in base64 (TSIG)
    error,        ///< the name of a code of TSIG: BADSIG
};

struct RdataPart {
    Part part;
    std::string_view name;
};

/// Empty where the type has no description.
[[nodiscard]] std::span<const RdataPart> rdata_parts(std::uint16_t type);

/// One part as it was read.
struct Piece {
    std::uint64_t number = 0;  ///< u8, u16, u32, u48, error, time, type, certificate, algorithm
    Bytes bytes;               ///< others, without their length
    std::optional<Name> name;
};
/// Takes a part off the data; the cursor fails where it is not there.
[[nodiscard]] Piece take_part(Part part, packet::Cursor& at, Bytes message);

/// The part as a zone file has it; `split` as in RdataStyle. False where its bytes are none of this kind.
[[nodiscard]] bool write_part(Part part, const Piece& piece, Text& out, unsigned split = 0);

/// Hands each type of a bitmap to `each(std::uint16_t)`; false where it breaks a rule.
template <class Each>
bool walk_types(Bytes bitmap, Each each) {
    packet::Cursor at(bitmap);
    int last = -1;
    while (at.remaining() != 0) {
        const int window = at.u8();
        const std::size_t size = at.u8();
        const Bytes bits = at.take(size);
        if (!at.ok() || size == 0 || size > 32 || window <= last) return false;
        last = window;
        for (std::size_t i = 0; i < size * 8; ++i)
            if ((bits[i / 8] >> (7 - i % 8) & 1U) != 0)
                each(static_cast<std::uint16_t>(static_cast<std::size_t>(window) * 256 + i));
    }
    return true;
}

/// One parameter of SVCB (RFC 9460 section 2.2).
struct SvcParam {
    std::uint16_t key = 0;
    Bytes value;
};
[[nodiscard]] std::optional<SvcParam> take_param(Bytes& rest);
/// "alpn"; "key65333" where it has no name.
[[nodiscard]] std::string param_text(std::uint16_t key);
namespace svc {
inline constexpr std::uint16_t mandatory = 0, alpn = 1, no_default_alpn = 2, port = 3, ipv4hint = 4, ech = 5,
                               ipv6hint = 6, dohpath = 7;
}

/// PKIX, RSASHA256 and so on; "" where unknown.
[[nodiscard]] std::string_view certificate_name(std::uint64_t type);
[[nodiscard]] std::string_view algorithm_name(std::uint64_t algorithm);

}  // namespace fid::dns
