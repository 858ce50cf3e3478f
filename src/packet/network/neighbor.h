// SPDX-License-Identifier: MIT
// The options of neighbour discovery (RFC 4861 section 4.6, 6106, 8106, 8781), apart from the messages that carry them.
#pragma once

#include "packet/field_reader.h"

namespace fid::packet {

/// Which field of the ICMPv6 dissector each value goes to.
struct NeighborFields {
    unsigned option, type, len, link_address, prefix_length, on_link, autonomous, valid, preferred, prefix, mtu,
        lifetime, server, search, value;
};

/// Reports every option up to the end of the reader's bytes or the first that makes no sense.
void visit_neighbor_options(FieldReader& reader, const NeighborFields& fields);

/// -v: a line for each option; a router advertisement's own values and its options.
void write_neighbor_options(Bytes options, Text& out);
void write_router_advertisement(Bytes message, Text& out);

}  // namespace fid::packet
