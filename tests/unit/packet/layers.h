// SPDX-License-Identifier: MIT
// Packets from hexadecimal text for the dissector tests, starting at any protocol so that no link layer is needed.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "packet/dissector.h"

namespace fid::packet::test {

inline std::vector<std::uint8_t> unhex(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    unsigned value = 0;
    bool half = false;
    for (const char c : text) {
        if (c == ' ' || c == '\n') continue;
        value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
        if (half) bytes.push_back(static_cast<std::uint8_t>(value & 0xffU));
        half = !half;
    }
    return bytes;
}

/// As packet::dissect(), but from `protocol` on.
inline void walk(Packet& packet, Bytes data, Protocol protocol) {
    packet.clear(data, static_cast<std::uint32_t>(data.size()), 101);
    std::size_t offset = 0;
    std::size_t length = data.size();
    while (protocol != Protocol::none && (length != 0 || offset == 0)) {
        const Dissector& reader = dissector(protocol);
        Step step = reader.step(data.subspan(offset, length), packet, offset);
        if (step.refused) step = {.header = length};
        const std::size_t header = std::min(step.header, length);
        const std::size_t payload = std::min(step.payload, length - header);
        if (!packet.add({.protocol = step.refused ? Protocol::data : reader.protocol,
                         .malformed = step.malformed,
                         .truncated = step.truncated,
                         .offset = static_cast<std::uint32_t>(offset),
                         .header = static_cast<std::uint32_t>(header),
                         .length = static_cast<std::uint32_t>(header + payload)}))
            return;
        offset += header;
        length = payload;
        protocol = step.next;
        if (length == 0) return;
    }
}

inline std::string info(const Packet& packet) {
    Text out;
    for (const Layer& layer : packet.layers()) {
        Text one;
        dissector(layer.protocol).info(packet, layer, one);
        if (!one.empty() && !out.empty()) out.put(": ");
        out.put(one.view());
    }
    return out.take();
}

inline std::string info(std::string_view hex, Protocol protocol = Protocol::ip) {
    const auto bytes = unhex(hex);
    Packet packet;
    walk(packet, bytes, protocol);
    return info(packet);
}

/// Every field's value as text ("443", or hexadecimal for bytes), with "=meaning" where there is one.
class Collect : public FieldSink {
  public:
    Collect(const Dissector& from, std::size_t limit) : from_(from), limit_(limit) {}
    void put(unsigned field, const FieldValue& value, std::size_t offset, std::size_t length) override {
        inside = inside && field < from_.fields.size() && offset + length <= limit_;
        Text text;
        if (value.bytes.empty())
            text.number(value.number);
        else
            text.hex_bytes(value.bytes);
        if (!value.meaning.empty()) {
            text.put('=');
            text.put(value.meaning);
        }
        fields.emplace(from_.fields[field].name, text.take());
    }
    void open(unsigned field, std::string_view text, std::size_t offset, std::size_t length) override {
        inside = inside && field < from_.fields.size() && offset + length <= limit_;
        fields.emplace(from_.fields[field].name, text);
        ++depth;
    }
    void close() override { --depth; }
    std::multimap<std::string, std::string, std::less<>> fields;
    int depth = 0;
    bool inside = true;  ///< every field lies within its layer

  private:
    const Dissector& from_;
    std::size_t limit_;
};

inline Collect collect(const Packet& packet, const Layer& layer) {
    Collect all(dissector(layer.protocol), layer.length);
    dissector(layer.protocol).visit(packet, layer, all);
    return all;
}

/// The first value of a field, "" where it is not there.
inline std::string field(std::string_view hex, std::string_view name, Protocol protocol = Protocol::ip) {
    const auto bytes = unhex(hex);
    Packet packet;
    walk(packet, bytes, protocol);
    for (const Layer& layer : packet.layers()) {
        const Collect all = collect(packet, layer);
        if (const auto found = all.fields.find(name); found != all.fields.end()) return found->second;
    }
    return {};
}

/// Every prefix in a block of exactly its size, so that AddressSanitizer sees a read past it. True if all fields lay
/// inside.
inline bool survives_cutting(std::string_view hex, Protocol protocol = Protocol::ip) {
    const auto bytes = unhex(hex);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const auto cut = std::make_unique<std::uint8_t[]>(size);
        std::copy_n(bytes.begin(), size, cut.get());
        Packet packet;
        walk(packet, {cut.get(), size}, protocol);
        if (info(packet).size() > 4096) return false;
        for (const Layer& layer : packet.layers()) {
            const Collect all = collect(packet, layer);
            if (!all.inside || all.depth != 0) return false;
        }
    }
    return true;
}

}  // namespace fid::packet::test
