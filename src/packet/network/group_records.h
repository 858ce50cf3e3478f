// SPDX-License-Identifier: MIT
// The group records of IGMPv3 (RFC 3376 section 4.2) and MLDv2 (RFC 3810 section 5.2) reports: the same but for the
// width of an address.
#pragma once

#include <string_view>

#include "packet/packet.h"

namespace fid::packet {

struct GroupRecords {
    std::size_t address_bytes = 4;       ///< 4 or 16
    std::string_view unknown_kind = {};  ///< before the number of a kind without a name: "v3-report-#"
};

/// tcpdump's words for each record of a report: " [gaddr 224.0.0.251 to_ex, 0 source(s)]", or with the sources'
/// addresses. Stops with a remark at the first record that does not fit the message.
void write_group_records(Bytes message, const GroupRecords& form, bool sources_too, Text& out);

}  // namespace fid::packet
