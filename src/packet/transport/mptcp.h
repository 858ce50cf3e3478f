// SPDX-License-Identifier: MIT
// The TCP option of Multipath TCP (RFC 6824, RFC 8684): one reader makes both tcpdump's words and the fields.
#pragma once

#include "packet/field_reader.h"

namespace fid::packet {

/// Which field of the TCP dissector each value goes to.
struct MptcpFields {
    unsigned subtype, version, flags, backup, sender_key, receiver_key, address_id, token, nonce, mac, ack, sequence,
        subflow_sequence, data_length, checksum, address, address6, port, reason;
};

/// Reads the option's bytes behind its kind and length. False where its length does not fit its subtype.
bool read_mptcp(FieldReader& in, const MptcpFields& fields, Text& words);

}  // namespace fid::packet
