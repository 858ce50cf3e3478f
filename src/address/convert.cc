// SPDX-License-Identifier: MIT
#include "address/convert.h"

#include "address/characters.h"

namespace fid {
namespace {

/// The reverse name of the first `labels` octets or nibbles of an address.
std::string reverse_labels(const Address& address, unsigned labels) {
    Text out;
    const auto bytes = address.bytes();
    for (unsigned i = labels; i-- > 0;) {
        if (address.is_v4()) {
            out.number(bytes[i]);
        } else {
            out.hex(i % 2 == 0 ? bytes[i / 2] >> 4U : bytes[i / 2] & 15U);
        }
        out.put('.');
    }
    out.put(address.is_v4() ? "in-addr.arpa" : "ip6.arpa");
    return out.take();
}

unsigned label_bits(Family family) { return family == Family::v4 ? 8 : 4; }

std::uint32_t low_word(Uint128 number, unsigned shift = 0) { return static_cast<std::uint32_t>(number >> shift); }

}  // namespace

std::string reverse_name(const Address& address) {
    return reverse_labels(address, width(address.family()) / label_bits(address.family()));
}

std::vector<std::string> reverse_zones(const Prefix& prefix) {
    const unsigned bits = label_bits(prefix.family());
    const unsigned labels = (prefix.length() + bits - 1) / bits;
    const unsigned shift = width(prefix.family()) - labels * bits;
    const unsigned zones = 1U << (labels * bits - prefix.length());
    std::vector<std::string> out;
    for (unsigned i = 0; i < zones; ++i) {
        const Uint128 number = shift >= 128 ? 0 : prefix.first() + (Uint128{i} << shift);
        out.push_back(reverse_labels(Address(prefix.family(), number), labels));
    }
    return out;
}

std::optional<std::string> classless_zone(const Prefix& prefix) {
    if (prefix.family() != Family::v4 || prefix.length() < 25 || prefix.length() > 31) return std::nullopt;
    Text out;
    out.number(static_cast<std::uint64_t>(prefix.first() & 0xffU));
    out.put('/');
    out.number(prefix.length());
    out.put('.');
    out.put(reverse_labels(prefix.network(), 3));
    return out.take();
}

std::optional<Range> mapped_v4(const Range& range) {
    if (range.family != Family::v6 || range.first >> 32U != 0xffff || range.last >> 32U != 0xffff) return std::nullopt;
    return Range{Family::v4, low_word(range.first), low_word(range.last)};
}

std::string_view embedding_name(Embedding how) {
    switch (how) {
        case Embedding::mapped:
            return "v4-mapped";
        case Embedding::compatible:
            return "v4-compatible";
        case Embedding::six_to_four:
            return "6to4";
        case Embedding::teredo:
            return "Teredo";
        case Embedding::nat64:
            return "NAT64";
        case Embedding::nat64_local:
            return "NAT64 local";
        case Embedding::isatap:
            return "ISATAP";
    }
    return "";
}

std::optional<EmbeddedV4> embedded_v4(const Address& address) {
    if (address.is_v4()) return std::nullopt;
    const Uint128 number = address.number();
    const auto found = [](Embedding how, std::uint32_t v4) {
        return EmbeddedV4{.how = how, .address = Address::v4(v4)};
    };
    if (number >> 32U == 0xffff) return found(Embedding::mapped, low_word(number));
    if (number >> 32U == 0 && number > 1) return found(Embedding::compatible, low_word(number));
    if (number >> 112U == 0x2002) return found(Embedding::six_to_four, low_word(number, 80));
    if (number >> 96U == 0x20010000) {
        auto out = found(Embedding::teredo, ~low_word(number));  // RFC 4380 section 4: port and client are inverted
        out.teredo_server = Address::v4(low_word(number, 64));
        out.teredo_port = static_cast<std::uint16_t>(~low_word(number, 32));
        out.teredo_flags = static_cast<std::uint16_t>(low_word(number, 48));
        return out;
    }
    if (number >> 32U == Uint128{0x64ff9b} << 64U) return found(Embedding::nat64, low_word(number));
    if (number >> 80U == 0x64ff9b0001) {
        const auto v4 = rfc6052_v4(address, 48);
        return found(Embedding::nat64_local, low_word(v4->number()));
    }
    if ((low_word(number, 32) & ~0x02000000U) == 0x5efe) return found(Embedding::isatap, low_word(number));
    return std::nullopt;
}

std::optional<Address> rfc6052_v4(const Address& address, unsigned prefix_length) {
    if (address.is_v4()) return std::nullopt;
    if (prefix_length == 96) return Address::v4(low_word(address.number()));
    if (prefix_length < 32 || prefix_length > 64 || prefix_length % 8 != 0) return std::nullopt;
    const auto bytes = address.bytes();
    std::uint32_t v4 = 0;
    for (std::size_t i = prefix_length / 8, taken = 0; taken < 4; ++i) {
        if (i == 8) continue;
        v4 = (v4 << 8U) | bytes[i];
        ++taken;
    }
    return Address::v4(v4);
}

std::optional<Address> rfc6052_v6(const Prefix& prefix, const Address& v4) {
    const unsigned length = prefix.length();
    if (prefix.family() != Family::v6 || !v4.is_v4()) return std::nullopt;
    if (length == 96) return Address::v6(prefix.first() | v4.number());
    if (length < 32 || length > 64 || length % 8 != 0) return std::nullopt;
    auto bytes = prefix.network().bytes();
    const auto octets = v4.bytes();
    for (std::size_t i = length / 8, taken = 0; taken < 4; ++i) {
        if (i != 8) bytes[i] = octets[taken++];
    }
    return Address::from_bytes(std::span<const std::uint8_t, 16>(bytes));
}

std::optional<Mac> mac_of(const Address& address) {
    if (address.is_v4()) return std::nullopt;
    const auto bytes = address.bytes();
    if (bytes[11] != 0xff || bytes[12] != 0xfe) return std::nullopt;
    return Mac{static_cast<std::uint8_t>(bytes[8] ^ 2U), bytes[9], bytes[10], bytes[13], bytes[14], bytes[15]};
}

std::uint64_t eui64(const Mac& mac, bool modified) {
    std::uint64_t out = mac[0] ^ (modified ? 2U : 0U);
    for (const unsigned byte :
         {unsigned{mac[1]}, unsigned{mac[2]}, 0xffU, 0xfeU, unsigned{mac[3]}, unsigned{mac[4]}, unsigned{mac[5]}})
        out = (out << 8U) | byte;
    return out;
}

Address slaac_address(const Prefix& prefix, const Mac& mac) { return Address::v6(prefix.first() | eui64(mac, true)); }

std::optional<Mac> read_mac(std::string_view text) {
    Mac mac{};
    std::size_t digits = 0;
    char separator = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned digit = hex_value(text[i]);
        if (digit < 16) {
            if (digits == 12) return std::nullopt;
            mac[digits / 2] = static_cast<std::uint8_t>(mac[digits / 2] * 16U + digit);
            ++digits;
            continue;
        }
        const char c = text[i];
        if (c != ':' && c != '-' && c != '.') return std::nullopt;
        if (separator == 0) separator = c;
        const std::size_t group = c == '.' ? 4 : 2;  // one separator after each group, the same one throughout
        const std::size_t stride = group + 1;
        if (c != separator || i % stride != group) return std::nullopt;
    }
    const std::size_t length = separator == 0 ? 12 : separator == '.' ? 14 : 17;
    if (digits != 12 || text.size() != length) return std::nullopt;
    return mac;
}

}  // namespace fid
