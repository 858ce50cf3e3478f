// SPDX-License-Identifier: MIT
// Opening QUIC's Initial packets (RFC 9001 section 5): keys from the client's destination connection id and a salt that
// is part of the version.
#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "packet/secure/digest.h"
#include "packet/secure/quic_header.h"

namespace fid::packet {
namespace {

using Salt = std::array<std::uint8_t, 20>;
constexpr Salt salt_v1{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                       0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
constexpr Salt salt_v2{0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                       0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};
constexpr Salt salt_draft29{0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                            0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99};
constexpr Salt salt_draft23{0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                            0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02};
constexpr Salt salt_draft21{0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a,
                            0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a};
/// Google's, with TLS in place of its own handshake.
constexpr Salt salt_t050{0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80,
                         0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10};
constexpr Salt salt_t051{0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50,
                         0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d};

constexpr std::uint32_t version_2 = 0x6b3343cf;
constexpr std::uint32_t mvfst_draft22 = 0xfaceb001;
constexpr std::uint32_t mvfst_draft27 = 0xfaceb002;
constexpr std::uint32_t t050 = 0x54303530;
constexpr std::uint32_t t051 = 0x54303531;
/// A hello with post-quantum keys is about 2 kB; a stream offset beyond this is not one.
constexpr std::uint64_t max_crypto = 32768;

/// The salts to try: a version kept for greasing has none of its own, and senders use that of one which they speak.
std::span<const Salt> salts_of(std::uint32_t version) {
    static constexpr std::array<Salt, 4> greased{salt_v1, salt_draft29, salt_draft23, salt_draft21};
    const auto one = [](const Salt& salt) { return std::span(&salt, 1); };
    if (version == 1 || (version >= 0xff000021 && version <= 0xff000022)) return one(salt_v1);
    if (version == version_2) return one(salt_v2);
    if (version >= 0xff00001d && version <= 0xff000020) return one(salt_draft29);
    if ((version >= 0xff000017 && version <= 0xff00001c) || version == mvfst_draft27) return one(salt_draft23);
    if ((version >= 0xff000015 && version <= 0xff000016) || version == mvfst_draft22) return one(salt_draft21);
    if (version == t050) return one(salt_t050);
    if (version == t051) return one(salt_t051);
    if ((version & 0x0f0f0f0fU) == 0x0a0a0a0aU) return greased;
    return {};
}

/// The frames of an Initial packet's plain text; empty where this salt does not open it.
std::vector<std::uint8_t> open_initial(const QuicHeader& header, const Salt& salt) {
    const bool second = header.version == version_2;
    const Digest initial = hmac_sha256(salt, header.dcid);
    const Digest secret = expand_label(initial, "client in", 32);
    const Digest key = expand_label(secret, second ? "quicv2 key" : "quic key", 16);
    const Digest iv = expand_label(secret, second ? "quicv2 iv" : "quic iv", 12);
    const Digest protection = expand_label(secret, second ? "quicv2 hp" : "quic hp", 16);

    const Bytes body = header.packet.subspan(header.number_offset, header.length);
    const Block mask = aes128_block(Bytes(protection).first(16), body.subspan(4, 16));
    std::vector<std::uint8_t> associated(header.packet.begin(),
                                         header.packet.begin() + static_cast<std::ptrdiff_t>(header.number_offset));
    associated[0] = static_cast<std::uint8_t>(associated[0] ^ (mask[0] & 0x0fU));
    const std::size_t number_length = (associated[0] & 0x03U) + 1U;
    std::array<std::uint8_t, 12> nonce{};
    std::copy_n(iv.begin(), nonce.size(), nonce.begin());
    for (std::size_t i = 0; i < number_length; ++i) {
        const auto byte = static_cast<std::uint8_t>(body[i] ^ mask[i + 1]);
        associated.push_back(byte);
        std::uint8_t& place = nonce[nonce.size() - number_length + i];
        place = static_cast<std::uint8_t>(place ^ byte);
    }
    return aes128_gcm_open(Bytes(key).first(16), nonce, associated, body.subspan(number_length));
}

std::vector<std::uint8_t> open_initial(const QuicHeader& header) {
    // Section 5.4.2: the header protection's sample begins four bytes behind the packet number's start.
    if (header.length < 20 || header.packet.size() < header.number_offset + header.length) return {};
    for (const Salt& salt : salts_of(header.version))
        if (auto frames = open_initial(header, salt); !frames.empty()) return frames;
    return {};
}

/// RFC 9000 section 12.4: an Initial packet holds PADDING, PING, ACK, CRYPTO and CONNECTION_CLOSE only.
void collect_crypto(Bytes frames, std::map<std::uint64_t, std::vector<std::uint8_t>>& pieces) {
    Cursor in(frames);
    while (in.ok() && in.remaining() != 0) {
        const std::uint64_t type = quic_integer(in);
        if (type == 0 || type == 1) continue;
        if (type == 2 || type == 3) {
            static_cast<void>(quic_integer(in));
            static_cast<void>(quic_integer(in));
            const std::uint64_t ranges = quic_integer(in);
            static_cast<void>(quic_integer(in));
            for (std::uint64_t i = 0; i < ranges && in.ok(); ++i) {
                static_cast<void>(quic_integer(in));
                static_cast<void>(quic_integer(in));
            }
            for (unsigned i = 0; type == 3 && i < 3; ++i) static_cast<void>(quic_integer(in));
        } else if (type == 6 || type == 8) {
            // Google's versions number CRYPTO 8, which is a STREAM to the others and not allowed here.
            const std::uint64_t offset = quic_integer(in);
            const std::uint64_t length = quic_integer(in);
            const Bytes data = in.take(static_cast<std::size_t>(length));
            if (in.ok() && offset < max_crypto) pieces[offset].assign(data.begin(), data.end());
        } else {
            return;
        }
    }
}

}  // namespace

std::vector<std::uint8_t> quic_client_crypto(Bytes datagram) {
    std::map<std::uint64_t, std::vector<std::uint8_t>> pieces;
    Cursor in(datagram);
    QuicHeader header;
    while (in.remaining() != 0 && next_quic(in, header))
        if (header.type == QuicType::initial) collect_crypto(open_initial(header), pieces);
    std::vector<std::uint8_t> stream;
    for (const auto& [offset, data] : pieces) {
        if (offset > stream.size()) break;
        const std::size_t known = stream.size() - static_cast<std::size_t>(offset);
        if (known < data.size())
            stream.insert(stream.end(), data.begin() + static_cast<std::ptrdiff_t>(known), data.end());
    }
    return stream;
}

}  // namespace fid::packet
