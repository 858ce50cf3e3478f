// SPDX-License-Identifier: MIT
#include "packet/put.h"

#include "packet/cursor.h"

namespace fid::packet {

namespace {

void put_name(Text& out, std::string_view name, std::uint64_t value) {
    if (name.empty())
        out.number(value);
    else
        out.put(name);
}

}  // namespace

void put_name(Text& out, Names names, std::uint64_t value) { put_name(out, name_of(names, value), value); }
void put_name(Text& out, Words words, std::uint64_t value) { put_name(out, name_of(words, value), value); }

void put_flags(Text& out, Names bits, std::uint64_t value, std::string_view separator) {
    bool first = true;
    for (const Named& bit : bits) {
        if ((value & bit.value) == 0) continue;
        if (!first) out.put(separator);
        out.put(bit.name);
        first = false;
    }
    if (first) out.put("none");
}

void put_address(Text& out, Bytes bytes) {
    if (bytes.size() == 4)
        out.ipv4(Cursor(bytes).u32());
    else if (bytes.size() == 16)
        out.ipv6(bytes.first<16>());
    else if (bytes.size() == 6)
        out.mac(bytes);
    else
        out.hex_bytes(bytes);
}

void put_string(Text& out, Bytes bytes) {
    const auto end = std::ranges::find(bytes, std::uint8_t{0});
    out.escaped(bytes.first(static_cast<std::size_t>(end - bytes.begin())));
}

}  // namespace fid::packet
