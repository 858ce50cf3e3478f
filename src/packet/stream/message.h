// SPDX-License-Identifier: MIT
// Dissectors of one-message protocols: one reader makes both the words of the listing and the fields, so that they
// cannot disagree.
#pragma once

#include <array>

#include "packet/field_reader.h"
#include "packet/put.h"

namespace fid::packet {

/// Reads a message: words for the listing into `words`, fields into `sink`. The cursor stands at the layer's start.
using ReadMessage = void (*)(Cursor& in, const Packet& packet, Text& words, FieldSink& sink);
/// Is it the protocol's? Cheap; a message cut short counts if what is there fits.
using IsMessage = bool (*)(Bytes bytes, const Packet& packet);

template <IsMessage is>
Step step_message(Bytes bytes, Packet& packet, std::size_t) {
    return {.header = bytes.size(), .refused = bytes.empty() || !is(bytes, packet)};
}
template <ReadMessage read>
void info_message(const Packet& packet, const Layer& layer, Text& out) {
    Cursor in(packet.bytes(layer));
    IgnoreFields ignore;
    read(in, packet, out, ignore);
}
template <ReadMessage read>
void visit_message(const Packet& packet, const Layer& layer, FieldSink& sink) {
    Cursor in(packet.bytes(layer));
    Text words;
    read(in, packet, words, sink);
}

template <IsMessage is, ReadMessage read>
constexpr Dissector message_dissector(Protocol protocol, std::string_view name, std::string_view title,
                                      std::span<const FieldInfo> fields) {
    return {protocol, name, title, fields, step_message<is>, info_message<read>, visit_message<read>};
}

/// A number just read (of `size` bytes, ending where the cursor stands); nothing where the bytes ran out.
inline void put_read(FieldSink& sink, unsigned field, const Cursor& in, std::uint64_t value, std::size_t size,
                     std::string_view meaning = {}) {
    if (in.ok()) sink.number(field, value, in.offset() - size, size, meaning);
}

inline bool from_port(const Packet& packet, std::uint16_t port) { return packet.inner_source_port == port; }
inline bool on_port(const Packet& packet, std::uint16_t port) {
    return packet.inner_source_port == port || packet.inner_destination_port == port;
}

}  // namespace fid::packet
