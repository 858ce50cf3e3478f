// SPDX-License-Identifier: MIT
#include "packet/network/node_info.h"

#include <array>

#include "packet/put.h"

namespace fid::packet {
namespace {

enum Query : unsigned { noop, supported, dns_name, node_addresses, node_addresses4 };
constexpr std::array<std::string_view, 5> queries{"noop", "supported qtypes", "DNS name", "node addresses",
                                                  "IPv4 addresses"};
/// RFC 4620 section 6: global, site-local, link-local, compressed, all, truncated; in tcpdump's order.
constexpr std::array<Named, 6> flag_letters{
    {{0x20, "G"}, {0x10, "S"}, {0x08, "L"}, {0x04, "C"}, {0x02, "A"}, {1, "T"}}};

/// The first DNS name of what is left: counted labels, ended by an empty one or by the end. The rest is left alone.
void read_name(FieldReader& in, unsigned field, Text& words) {
    Text name;
    const Bytes bytes = in.rest();
    std::size_t at = 0;
    while (at < bytes.size() && bytes[at] != 0) {
        const std::size_t size = std::size_t{bytes[at]};
        if (size > 63 || at + 1 + size > bytes.size()) break;
        if (!name.empty()) name.put('.');
        name.put(as_text(bytes.subspan(at + 1, size)));
        at += 1 + size;
    }
    if (at < bytes.size()) ++at;
    in.take(at);
    in.computed(field, name.view());
    words.put(", \"");
    words.escaped(as_bytes(name.view()));
    words.put('"');
}

void read_subject(FieldReader& in, std::uint8_t code, const NodeInfoFields& fields, Text& words) {
    words.put(code > 2 ? ", unknown subject" : ", subject=");
    if (code == 0)
        put_address(words, in.bytes(fields.address, 16));
    else if (code == 2)
        put_address(words, in.bytes(fields.address4, 4));
    else if (code == 1) {
        words.put("DNS name");
        read_name(in, fields.name, words);
    }
}

/// Each address behind the seconds it is good for.
void read_addresses(FieldReader& in, std::size_t size, const NodeInfoFields& fields, Text& words) {
    while (in.remaining() >= 4 + size) {
        const std::uint32_t seconds = in.u32(fields.lifetime);
        words.put(' ');
        put_address(words, in.bytes(size == 4 ? fields.address4 : fields.address, size));
        words.put('(');
        words.number(seconds);
        words.put(')');
    }
}

void read_answer(FieldReader& in, unsigned query, const NodeInfoFields& fields, Text& words) {
    if (query == dns_name) {
        const std::uint32_t seconds = in.u32(fields.lifetime);
        if (!in.more()) return;
        read_name(in, fields.name, words);
        words.put(" [TTL=");
        words.number(seconds);
        words.put(']');
    } else if (query == node_addresses || query == node_addresses4) {
        read_addresses(in, query == node_addresses ? 16 : 4, fields, words);
    }
}

}  // namespace

void read_node_info(FieldReader& in, bool reply, std::uint8_t code, const NodeInfoFields& fields, Text& words) {
    words.put(reply ? " node information reply (" : " node information query (");
    const unsigned query = in.u16(fields.query, queries);
    const unsigned bits = in.u16();
    Text letters;
    if (bits != 0) put_flags(letters, flag_letters, bits, "");
    in.part(fields.flags, bits, letters.view());
    in.bytes(fields.nonce, 8);
    constexpr std::array<std::string_view, 3> failures{"", "refused", "unknown"};
    if (reply && code != 0) {
        words.put(name_of(failures, code));
        return words.put(')');
    }
    words.put(name_of(queries, query, "unknown"));
    const auto put_letters = [&] {
        // Where the question is which questions are understood, the lowest bit asks for a compressed answer.
        if (query == supported && (bits & 1U) != 0) return words.put(" [C]");
        if (bits == 0 || (query != node_addresses && query != node_addresses4)) return;
        words.put(" [");
        words.put(letters.view());
        words.put(']');
    };
    if (reply) {
        read_answer(in, query, fields, words);
        put_letters();
    } else {
        put_letters();
        if (query != noop && query != supported) read_subject(in, code, fields, words);
    }
    words.put(')');
}

}  // namespace fid::packet
