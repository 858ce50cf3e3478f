// SPDX-License-Identifier: MIT
#include "packet/network/neighbor.h"

namespace fid::packet {
namespace {

std::string_view option_name(std::uint8_t type) {
    switch (type) {
        case 1:
            return "source link-address";
        case 2:
            return "destination link-address";
        case 3:
            return "prefix info";
        case 4:
            return "redirected header";
        case 5:
            return "mtu";
        case 7:
            return "advertisement interval";
        case 8:
            return "home agent information";
        case 14:
            return "nonce";
        case 24:
            return "route info";
        case 25:
            return "rdnss";
        case 31:
            return "dnssl";
        case 37:
            return "captive portal";
        case 38:
            return "pref64";
        default:
            return "unknown";
    }
}

void visit_prefix(FieldReader& reader, const NeighborFields& fields) {
    reader.u8(fields.prefix_length);
    const std::uint64_t flags = reader.u8();
    reader.part(fields.on_link, flags >> 7U);
    reader.part(fields.autonomous, (flags >> 6U) & 1U);
    reader.u32(fields.valid);
    reader.u32(fields.preferred);
    reader.skip(4);
    reader.bytes(fields.prefix, 16);
}

/// DNS names without compression, zero-padded (RFC 8106 section 5.2).
void visit_search_list(FieldReader& reader, const NeighborFields& fields) {
    Text name;
    std::size_t start = reader.offset();
    while (reader.ok() && reader.remaining() != 0) {
        const std::size_t label = reader.u8();
        if (label == 0) {
            if (!name.empty()) reader.sink().text(fields.search, name.view(), start, reader.offset() - start);
            name.clear();
            start = reader.offset();
            continue;
        }
        if (label > 63 || label > reader.remaining()) return;
        if (!name.empty()) name.put('.');
        name.put(as_text(reader.rest().first(label)));
        reader.skip(label);
    }
}

void visit_value(std::uint8_t type, FieldReader& reader, const NeighborFields& fields) {
    switch (type) {
        case 1:
        case 2:
            reader.bytes(fields.link_address, 6);
            break;
        case 3:
            visit_prefix(reader, fields);
            break;
        case 5:
            reader.skip(2);
            reader.u32(fields.mtu);
            break;
        case 24:
            reader.u8(fields.prefix_length);
            reader.skip(1);
            reader.u32(fields.lifetime);
            break;
        case 25:
        case 31:
            reader.skip(2);
            reader.u32(fields.lifetime);
            if (type == 31) visit_search_list(reader, fields);
            while (type == 25 && reader.remaining() >= 16) reader.bytes(fields.server, 16);
            break;
        default:
            break;
    }
    reader.tail(fields.value);
}

}  // namespace

void visit_neighbor_options(FieldReader& reader, const NeighborFields& fields) {
    while (reader.remaining() >= 8) {
        const std::uint8_t type = reader.peek();
        const std::size_t length = std::size_t{reader.peek(1)} * 8;
        if (length == 0 || length > reader.remaining()) return;
        reader.group(fields.option, option_name(type), length, [&](FieldReader& one) {
            one.u8(fields.type, option_name(type));
            one.u8(fields.len);
            visit_value(type, one, fields);
        });
    }
}

}  // namespace fid::packet
