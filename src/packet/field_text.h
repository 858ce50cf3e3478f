// SPDX-License-Identifier: MIT
// Fields as text, for the tree and for the listing.
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

/// A field's value; opaque bytes as hexadecimal, at most 64 of them.
void write_value(FieldType type, const FieldValue& value, Text& out);

/// -vv: a layer's fields on lines of their own, groups indented below their heading; values that are credentials are
/// masked. What -v tells of protocols for which fid has no words of tcpdump's.
void write_fields(const Packet& packet, const Layer& layer, Text& out);

/// The names of the fields that carry credentials and nothing else.
[[nodiscard]] std::span<const std::string_view> credential_fields();
/// The field's value is a credential: a password, a community, an authorization.
[[nodiscard]] bool is_credential_field(std::string_view name);

}  // namespace fid::packet
