// SPDX-License-Identifier: MIT
// The body of an ICMPv6 node information query or reply (RFC 4620): one reader makes tcpdump's words and the fields.
#pragma once

#include "packet/field_reader.h"

namespace fid::packet {

/// Which field of the ICMPv6 dissector each value goes to.
struct NodeInfoFields {
    unsigned query, flags, nonce, name, address, address4, lifetime;
};

/// `in` stands behind the checksum.
void read_node_info(FieldReader& in, bool reply, std::uint8_t code, const NodeInfoFields& fields, Text& words);

}  // namespace fid::packet
