// SPDX-License-Identifier: MIT
// TCP options, apart from the header: written in tcpdump's words, and told field by field.
#pragma once

#include "packet/field_reader.h"
#include "packet/transport/mptcp.h"

namespace fid::packet {

/// "mss 1460,sackOK,nop,wscale 7". `base` is subtracted from selective acknowledgements.
void write_tcp_options(Bytes options, std::uint32_t base, Text& out);

struct TcpOptionFields {
    unsigned option, kind, len, mss, wscale, left, right, value, echo, cookie, data;
    MptcpFields mptcp;
};
void visit_tcp_options(FieldReader& reader, const TcpOptionFields& fields);

}  // namespace fid::packet
