// SPDX-License-Identifier: MIT
// Every field of every layer: --tree as indented text, and as typed values for --json --tree.
#pragma once

#include "packet/dissector.h"
#include "packet/packet.h"
#include "report/record.h"
#include "report/text.h"

namespace fid::cmd::sniff {

[[nodiscard]] report::Value to_value(packet::FieldType type, const packet::FieldValue& value);
[[nodiscard]] report::Value layers_value(const packet::Packet& packet);
void put_tree(const packet::Packet& packet, Text& out);

}  // namespace fid::cmd::sniff
