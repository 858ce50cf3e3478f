// SPDX-License-Identifier: MIT
// The steps most dissectors end with: a header that does not fit, a message that is read as a whole.
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

inline void no_info(const Packet&, const Layer&, Text&) {}

/// The snap length left less than was on the wire.
[[nodiscard]] inline bool was_cut(const Packet& packet) { return packet.data.size() < packet.wire_length; }

/// A layer somebody vouched for (an EtherType, a protocol number) whose header does not fit its bytes: cut by the snap
/// length, or wrong.
[[nodiscard]] inline Step short_header(Bytes bytes, const Packet& packet, std::size_t offset) {
    const bool cut = was_cut(packet) && offset + bytes.size() == packet.data.size();
    return {.header = bytes.size(), .payload = 0, .next = Protocol::none, .malformed = !cut, .truncated = cut};
}
/// The same for a layer only its port speaks for: cut short by the capture, or not this protocol.
[[nodiscard]] inline Step too_short(Bytes bytes, const Packet& packet) {
    if (was_cut(packet) && !bytes.empty()) return {.header = bytes.size(), .truncated = true};
    return {.refused = true};
}
/// A layer that is read as a whole and has nothing behind it, of at least `least` bytes.
[[nodiscard]] inline Step whole_layer(Bytes bytes, const Packet& packet, std::size_t offset, std::size_t least) {
    if (bytes.size() < least) return short_header(bytes, packet, offset);
    return {.header = bytes.size()};
}
/// A message that is read as a whole; `lacks` where its own lengths claim more than is there.
[[nodiscard]] inline Step whole_message(Bytes bytes, const Packet& packet, bool lacks) {
    const bool cut = was_cut(packet);
    return {.header = bytes.size(), .malformed = lacks && !cut, .truncated = lacks && cut};
}
/// Length of the layer on the wire: the snap length may have left less of it.
[[nodiscard]] inline std::size_t wire_size(const Packet& packet, const Layer& layer) {
    const bool to_the_end = layer.offset + layer.length == packet.data.size();
    return to_the_end && was_cut(packet) ? packet.wire_length - layer.offset : layer.length;
}

}  // namespace fid::packet
