// SPDX-License-Identifier: MIT
// The records of `fid resolve`.
#pragma once

#include "cmd/resolve/ask.h"
#include "report/record.h"

namespace fid::cmd::resolve {

extern const report::RecordType answer_record;
/// A line for people: name, ttl, type, data.
extern const report::RecordType line_record;

/// One record of a message: name, ttl, class, type, data, and named values by type.
[[nodiscard]] report::Value record_value(const dns::Message& message, const dns::Record& record, bool generic);
[[nodiscard]] report::Record describe(const Outcome& outcome, const Settings& settings);
/// Sets what both an answer and a message that is decoded have: status, flags, size_bytes, the sections, edns,
/// extended_error.
void set_message(report::Record& record, const dns::Message& message, bool generic);
/// "qr", "aa"... in dig's order.
[[nodiscard]] std::vector<std::string_view> flag_names(const dns::Header& header);

/// One record of a message: name, ttl, class, type, data as text, and named values by type.
[[nodiscard]] report::Value record_value(const dns::Message& message, const dns::Record& record, bool generic);

/// A client subnet (RFC 7871): "192.0.2.0/24/0", or hex where it is none.
[[nodiscard]] std::string subnet_text(Bytes data);

/// RFC 8914's options of a message: "18 (Prohibited): text"; empty where there are none.
[[nodiscard]] std::string extended_errors_text(const dns::Message& message);

/// RFC 8427 section 2, with the names of types and classes and rdata both as hex and as text.
void write_rfc8427(const dns::Message& message, Text& out);

}  // namespace fid::cmd::resolve
