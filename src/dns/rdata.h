// SPDX-License-Identifier: MIT
// What a record says: as presentation text, and as named values. One description of each type gives both; the few
// types without one are left to ldns, the unknown to RFC 3597.
#pragma once

#include <span>

#include "dns/message.h"
#include "report/record.h"

namespace fid::dns {

struct RdataStyle {
    unsigned split = 0;    ///< hex and base64 in words of so many characters, as dig has them (56); 0: in one
    bool generic = false;  ///< every type as RFC 3597 has it: \# 4 C0000201
    bool unicode = false;  ///< names as Name::unicode() has them
};

/// The record's data as a zone file has it, and as dig prints it. ASCII but for `unicode`, safe for a terminal. Data
/// that contradicts its type is written as RFC 3597 has it.
void write_rdata(const Message& message, const Record& record, Text& out, const RdataStyle& style = {});
/// Named values for JSON: {"preference": 10, "exchange": "mail.example."}. Empty where the type has no description or
/// the data contradicts it.
[[nodiscard]] report::Object rdata_fields(const Message& message, const Record& record);
/// The name a CNAME, NS, PTR, MX or SRV record points to: the first name in the data. Nothing where there is none.
[[nodiscard]] std::optional<Name> rdata_name(const Message& message, const Record& record);
/// The data with the names in it uncompressed, as it means something without its message; as it is where the type has
/// no description or the data contradicts it.
[[nodiscard]] std::vector<std::uint8_t> plain_rdata(const Message& message, const Record& record);
/// The address of an A or AAAA record; nothing for others.
[[nodiscard]] std::optional<Address> rdata_address(const Message& message, const Record& record);

/// The key tag of DNSKEY data (RFC 4034 appendix B).
[[nodiscard]] std::uint16_t key_tag(Bytes dnskey);

}  // namespace fid::dns
