// SPDX-License-Identifier: MIT
#include "packet/secure/hello.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "packet/names.h"
#include "packet/secure/digest.h"

namespace fid::packet {
namespace {

enum : std::uint16_t {
    ext_server_name = 0,
    ext_groups = 10,
    ext_point_formats = 11,
    ext_signature_algorithms = 13,
    ext_alpn = 16,
    ext_versions = 43,
};

constexpr std::array<Named, 8> version_names{{
    {0x0002, "SSLv2"},
    {0x0300, "SSLv3"},
    {0x0301, "TLSv1.0"},
    {0x0302, "TLSv1.1"},
    {0x0303, "TLSv1.2"},
    {0x0304, "TLSv1.3"},
    {0xfeff, "DTLSv1.0"},
    {0xfefd, "DTLSv1.2"},
}};

void read_extension(Hello& hello, std::uint16_t type, Bytes value) {
    Cursor in(value);
    switch (type) {
        case ext_server_name: {
            hello.has_name = true;
            Cursor list = in.sub(in.u16());
            const bool host = list.u8() == 0;
            const Bytes name = list.take(list.u16());
            if (host) hello.server_name = name;
            break;
        }
        case ext_groups:
            hello.groups = in.take(in.u16());
            break;
        case ext_point_formats:
            hello.point_formats = in.take(in.u8());
            break;
        case ext_signature_algorithms:
            hello.signature_algorithms = in.take(in.u16());
            break;
        case ext_alpn:
            hello.alpn = in.take(in.u16());
            break;
        case ext_versions:
            hello.versions = hello.client ? in.take(in.u8()) : in.take(2);
            break;
        default:
            break;
    }
}

std::vector<std::uint16_t> without_grease(Bytes pairs) {
    std::vector<std::uint16_t> values;
    Cursor in(pairs);
    while (in.remaining() >= 2)
        if (const std::uint16_t value = in.u16(); !is_grease(value)) values.push_back(value);
    return values;
}

std::vector<std::uint16_t> extension_types(Bytes extensions) {
    std::vector<std::uint16_t> types;
    Cursor in(extensions);
    while (in.remaining() >= 4) {
        const std::uint16_t type = in.u16();
        in.skip(in.u16());
        if (!in.ok()) break;
        if (!is_grease(type)) types.push_back(type);
    }
    return types;
}

void put_decimals(Text& out, const std::vector<std::uint16_t>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i != 0) out.put('-');
        out.number(values[i]);
    }
}

std::string hex_list(const std::vector<std::uint16_t>& values) {
    Text out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i != 0) out.put(',');
        out.hex(values[i], 4);
    }
    return out.take();
}

bool is_alphanumeric(std::uint8_t byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/// First and last character of the first ALPN name, or of its hex digits where those are not letters or digits.
void put_ja4_alpn(Text& out, Bytes list) {
    Cursor in(list);
    const Bytes name = in.take(in.u8());
    if (name.empty()) return out.put("00");
    if (is_alphanumeric(name.front()) && is_alphanumeric(name.back())) {
        out.put(static_cast<char>(name.front()));
        out.put(static_cast<char>(name.back()));
    } else {
        out.hex(name.front() >> 4U);
        out.hex(name.back() & 0xfU);
    }
}

std::string_view ja4_version(std::uint16_t version) {
    switch (version) {
        case 0x0304:
            return "13";
        case 0x0303:
            return "12";
        case 0x0302:
            return "11";
        case 0x0301:
            return "10";
        case 0x0300:
            return "s3";
        case 0x0002:
            return "s2";
        case 0xfeff:
            return "d1";
        case 0xfefd:
            return "d2";
        case 0xfefc:
            return "d3";
        default:
            return "00";
    }
}

std::string short_hash(const std::string& text) {
    return text.empty() ? std::string("000000000000") : sha256_hex(text).substr(0, 12);
}

}  // namespace

Hello read_hello(Bytes body, bool client, bool whole) {
    Hello hello{.client = client};
    Cursor in(body);
    hello.version = in.u16();
    hello.random = in.take(32);
    hello.session = in.take(in.u8());
    hello.ciphers = client ? in.take(in.u16()) : in.take(2);
    hello.compression = client ? in.take(in.u8()) : in.take(1);
    if (!in.ok()) return hello;
    if (in.remaining() == 0) {  // extensions are optional before TLS 1.3
        hello.complete = whole;
        return hello;
    }
    const std::size_t claimed = in.u16();
    hello.extensions = in.take(std::min(claimed, in.remaining()));
    bool consistent = in.ok() && claimed == hello.extensions.size();
    Cursor extensions(hello.extensions);
    while (extensions.remaining() != 0) {
        const std::uint16_t type = extensions.u16();
        const Bytes value = extensions.take(extensions.u16());
        if (!extensions.ok()) {
            consistent = false;
            break;
        }
        read_extension(hello, type, value);
    }
    hello.complete = whole && consistent;
    return hello;
}

std::uint16_t effective_version(const Hello& hello) {
    const auto versions = without_grease(hello.versions);
    return versions.empty() ? hello.version : std::ranges::max(versions);
}

std::string_view tls_version_name(std::uint16_t version) {
    // The drafts of TLS 1.3 count in the low byte (RFC 8446's drafts, 0x7f12 and later).
    if ((version >> 8U) == 0x7f) return "TLSv1.3-draft";
    return name_of(version_names, version);
}

void put_alpn(Text& out, Bytes list) {
    Cursor in(list);
    for (bool first = true; in.remaining() != 0; first = false) {
        const Bytes name = in.take(in.u8());
        if (!in.ok()) return;
        if (!first) out.put(',');
        out.escaped(name);
    }
}

std::string ja3_full(const Hello& hello) {
    Text out;
    out.number(hello.version);
    out.put(',');
    put_decimals(out, without_grease(hello.ciphers));
    out.put(',');
    put_decimals(out, extension_types(hello.extensions));
    if (!hello.client) return out.take();
    out.put(',');
    put_decimals(out, without_grease(hello.groups));
    out.put(',');
    put_decimals(out, {hello.point_formats.begin(), hello.point_formats.end()});
    return out.take();
}

std::string ja4(const Hello& hello, char transport) {
    auto ciphers = without_grease(hello.ciphers);
    auto extensions = extension_types(hello.extensions);
    Text out;
    out.put(transport);
    out.put(ja4_version(effective_version(hello)));
    out.put(hello.has_name ? 'd' : 'i');
    out.padded(std::min<std::size_t>(ciphers.size(), 99), 2);
    out.padded(std::min<std::size_t>(extensions.size(), 99), 2);
    put_ja4_alpn(out, hello.alpn);
    out.put('_');
    std::ranges::sort(ciphers);
    out.put(short_hash(hex_list(ciphers)));
    out.put('_');
    std::erase_if(extensions, [](std::uint16_t type) { return type == ext_server_name || type == ext_alpn; });
    std::ranges::sort(extensions);
    std::string list = hex_list(extensions);
    if (const auto algorithms = without_grease(hello.signature_algorithms); !list.empty() && !algorithms.empty())
        list += "_" + hex_list(algorithms);
    out.put(short_hash(list));
    return out.take();
}

}  // namespace fid::packet
