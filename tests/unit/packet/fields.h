// SPDX-License-Identifier: MIT
// What the packet tests share: packets from hex, their layers as text, their fields as text, and every cut of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "packet/dissector.h"
#include "packet/field_text.h"

namespace fid::packet::test {

/// "00 0c 29" or "000c29": blanks are ignored.
inline std::vector<std::uint8_t> from_hex(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
    std::string digits;
    for (const char c : text)
        if (c != ' ' && c != '\n') digits += c;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(digit(digits[i]) << 4U | digit(digits[i + 1])));
    return bytes;
}

/// "name=value" per field, groups as "name{" and "}"; checks that every field lies in its layer.
class FieldText : public FieldSink {
  public:
    FieldText(const Dissector& dissector, std::size_t available) : dissector_(dissector), available_(available) {}
    void put(unsigned field, const FieldValue& value, std::size_t offset, std::size_t length) override {
        inside = inside && offset + length <= available_ && field < dissector_.fields.size();
        const FieldInfo& info = dissector_.fields[field];
        text.put(info.name);
        text.put('=');
        switch (info.type) {
            case FieldType::flag:
            case FieldType::number:
                text.number(value.number);
                break;
            case FieldType::hex:
                text.hex(value.number);
                break;
            case FieldType::text:
                text.escaped(value.bytes);
                break;
            case FieldType::ipv4:
                if (value.bytes.size() == 4) text.ipv4(Cursor(value.bytes).u32());
                break;
            case FieldType::ipv6:
                if (value.bytes.size() == 16) text.ipv6(value.bytes.first<16>());
                break;
            default:
                text.hex_bytes(value.bytes);
        }
        if (!value.meaning.empty()) {
            text.put('(');
            text.put(value.meaning);
            text.put(')');
        }
        text.put(' ');
    }
    void open(unsigned field, std::string_view, std::size_t offset, std::size_t length) override {
        inside = inside && offset + length <= available_ && field < dissector_.fields.size();
        text.put(dissector_.fields[field].name);
        text.put("{ ");
        ++depth;
    }
    void close() override {
        text.put("} ");
        --depth;
    }

    Text text;
    bool inside = true;
    int depth = 0;

  private:
    const Dissector& dissector_;
    std::size_t available_;
};

struct Found {
    std::string layers;  ///< "ethernet:arp"
    std::string info;    ///< the layers' texts joined by ": "
    std::string fields;  ///< all of them
    bool sound = true;   ///< every field inside its bytes, every group closed
    bool malformed = false, truncated = false;
};

inline Found describe(const Packet& packet) {
    Found found;
    for (const Layer& layer : packet.layers()) {
        const Dissector& one = dissector(layer.protocol);
        if (!found.layers.empty()) found.layers += ':';
        found.layers += one.name;
        Text info;
        Packet verbose = packet;
        verbose.verbosity = 3;
        one.info(verbose, verbose.layers()[packet.index(layer)], info);
        write_fields(packet, layer, info);
        info.clear();
        one.info(packet, layer, info);
        if (!info.empty() && !found.info.empty()) found.info += ": ";
        found.info += info.view();
        FieldText fields(one, packet.data.size() - layer.offset);
        one.visit(packet, layer, fields);
        found.fields += fields.text.view();
        found.sound = found.sound && fields.inside && fields.depth == 0;
        found.malformed = found.malformed || layer.malformed;
        found.truncated = found.truncated || layer.truncated;
    }
    return found;
}

inline Found dissected(Bytes bytes, std::uint16_t link_type) {
    Packet packet;
    dissect(packet, bytes, static_cast<std::uint32_t>(bytes.size()), link_type);
    return describe(packet);
}

/// One protocol's bytes alone, without its carriers (which may belong to other families).
inline Found alone(Protocol protocol, Bytes bytes, std::uint32_t wire_length) {
    Packet packet;
    packet.clear(bytes, wire_length, 1);
    const Dissector& one = dissector(protocol);
    const Step step = one.step(bytes, packet, 0);
    if (step.refused) return {.layers = "refused", .info = {}, .fields = {}};
    const std::size_t header = std::min(step.header, bytes.size());
    const std::size_t payload = std::min(step.payload, bytes.size() - header);
    packet.add({.protocol = protocol,
                .malformed = step.malformed,
                .truncated = step.truncated,
                .offset = 0,
                .header = static_cast<std::uint32_t>(header),
                .length = static_cast<std::uint32_t>(header + payload)});
    return describe(packet);
}

/// Cut at every length, each in memory of exactly that size so that a sanitizer sees a read beyond it: are all sound?
template <class Describe>
bool sound_at_every_length(Bytes bytes, Describe describe_cut) {
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const std::vector<std::uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        if (!describe_cut(Bytes(cut)).sound) return false;
    }
    return true;
}

}  // namespace fid::packet::test
