// SPDX-License-Identifier: MIT
// What the packet tests share: bytes from hex, what dissectors make of them as text, and every cut of them.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "packet/dissector.h"
#include "packet/field_text.h"

namespace fid::packet::test {

using Octets = std::vector<std::uint8_t>;

/// "00 0c 29" or "000c29": blanks are ignored.
inline Octets from_hex(std::string_view text) {
    Octets bytes;
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

struct Seen {
    bool refused = false, malformed = false, truncated = false;
    bool sound = true;   ///< every field inside its bytes, every group closed
    std::string layers;  ///< "ethernet:arp"
    std::string info;    ///< the layers' texts joined by ": "
    std::string fields;  ///< "ip.ttl=64 ip.proto=6(TCP) tcp.option{ ... } "
    std::multimap<std::string, std::string, std::less<>> values, meanings;  ///< by field name

    /// The first value of a field, a group's summary; "" where it is not there.
    std::string operator[](std::string_view name) const { return first(values, name); }
    [[nodiscard]] std::string meaning(std::string_view name) const { return first(meanings, name); }
    [[nodiscard]] bool has(std::string_view part) const { return fields.find(part) != std::string::npos; }

  private:
    static std::string first(const std::multimap<std::string, std::string, std::less<>>& in, std::string_view name) {
        const auto found = in.lower_bound(name);
        return found != in.end() && found->first == name ? found->second : std::string();
    }
};

class IntoSeen final : public FieldSink {
  public:
    IntoSeen(Seen& seen, const Dissector& of, std::size_t available) : seen_(seen), of_(of), available_(available) {}
    ~IntoSeen() override { seen_.sound = seen_.sound && depth_ == 0; }
    IntoSeen(const IntoSeen&) = delete;
    IntoSeen& operator=(const IntoSeen&) = delete;

    void put(unsigned field, const FieldValue& value, std::size_t offset, std::size_t length) override {
        const FieldInfo& info = check(field, offset, length);
        const std::string text = text_of(info, value);
        seen_.fields.append(info.name).append("=").append(text);
        if (!value.meaning.empty()) seen_.fields.append("(").append(value.meaning).append(")");
        seen_.fields += ' ';
        seen_.values.emplace(info.name, text);
        seen_.meanings.emplace(info.name, value.meaning);
    }
    void open(unsigned field, std::string_view text, std::size_t offset, std::size_t length) override {
        const FieldInfo& info = check(field, offset, length);
        seen_.sound = seen_.sound && info.type == FieldType::group;
        seen_.fields.append(info.name).append("{ ");
        seen_.values.emplace(info.name, text);
        ++depth_;
    }
    void close() override {
        seen_.fields += "} ";
        --depth_;
    }

  private:
    const FieldInfo& check(unsigned field, std::size_t offset, std::size_t length) {
        REQUIRE(field < of_.fields.size());
        seen_.sound = seen_.sound && offset + length <= available_;
        return of_.fields[field];
    }
    static std::string text_of(const FieldInfo& info, const FieldValue& value) {
        Text text;
        if (info.type == FieldType::flag || info.type == FieldType::number)
            text.number(value.number);
        else if (info.type == FieldType::hex)
            text.hex(value.number);
        else if (info.type == FieldType::text)
            text.escaped(value.bytes);
        else if (info.type == FieldType::ipv4 && value.bytes.size() == 4)
            text.ipv4(Cursor(value.bytes).u32());
        else if (info.type == FieldType::ipv6 && value.bytes.size() == 16)
            text.ipv6(value.bytes.first<16>());
        else
            text.hex_bytes(value.bytes);
        return text.take();
    }

    Seen& seen_;
    const Dissector& of_;
    std::size_t available_;
    int depth_ = 0;
};

/// What -v, -vv and -vvv say is written as well: a sanitizer looks on.
inline void write_verbose(Packet packet, const Dissector& one, std::size_t index) {
    Text text;
    for (packet.verbosity = 3; packet.verbosity != 0; --packet.verbosity) {
        one.info(packet, packet.layers()[index], text);
        write_fields(packet, packet.layers()[index], text);
    }
}

inline void describe_layer(const Packet& packet, const Layer& layer, Seen& seen) {
    const Dissector& one = dissector(layer.protocol);
    write_verbose(packet, one, packet.index(layer));
    if (!seen.layers.empty()) seen.layers += ':';
    seen.layers += one.name;
    Text info;
    one.info(packet, layer, info);
    if (!info.empty() && !seen.info.empty()) seen.info += ": ";
    seen.info += info.view();
    IntoSeen into(seen, one, packet.data.size() - layer.offset);
    one.visit(packet, layer, into);
    seen.malformed = seen.malformed || layer.malformed;
    seen.truncated = seen.truncated || layer.truncated;
}
inline Seen describe(const Packet& packet) {
    Seen seen;
    for (const Layer& layer : packet.layers()) describe_layer(packet, layer, seen);
    return seen;
}

/// A whole frame, as a capture has it.
inline Seen dissected(Bytes bytes, std::uint16_t link_type) {
    Packet packet;
    dissect(packet, bytes, static_cast<std::uint32_t>(bytes.size()), link_type);
    return describe(packet);
}

/// As packet::dissect(), but from `protocol` on, so that no link layer is needed.
inline void walk(Packet& packet, Bytes data, Protocol protocol) {
    packet.clear(data, static_cast<std::uint32_t>(data.size()), 101);
    std::size_t offset = 0;
    std::size_t length = data.size();
    while (protocol != Protocol::none && (length != 0 || offset == 0)) {
        const Dissector& reader = dissector(protocol);
        Step step = reader.step(data.subspan(offset, length), packet, offset);
        const bool refused = step.refused;
        if (refused) step = {.header = length};
        const std::size_t header = std::min(step.header, length);
        const std::size_t payload = std::min(step.payload, length - header);
        if (!packet.add({.protocol = refused ? Protocol::data : reader.protocol,
                         .malformed = step.malformed,
                         .truncated = step.truncated,
                         .offset = static_cast<std::uint32_t>(offset),
                         .header = static_cast<std::uint32_t>(header),
                         .length = static_cast<std::uint32_t>(header + payload)}))
            return;
        offset += header;
        length = payload;
        protocol = step.next;
    }
}
inline Seen walked(Bytes bytes, Protocol protocol) {
    Packet packet;
    walk(packet, bytes, protocol);
    return describe(packet);
}

/// How one protocol's bytes come along where it is read without its carriers.
struct Carrier {
    std::uint16_t source_port = 0, destination_port = 0;
    Protocol outer = Protocol::none;  ///< put in front of it as an empty layer
    std::uint32_t missing = 0;        ///< bytes the snap length took off the end
};
/// One protocol's bytes alone.
inline Seen alone(Protocol protocol, Bytes bytes, const Carrier& carrier = {}) {
    Packet packet;
    packet.clear(bytes, static_cast<std::uint32_t>(bytes.size()) + carrier.missing, 1);
    packet.inner_source_port = carrier.source_port;
    packet.inner_destination_port = carrier.destination_port;
    if (carrier.outer != Protocol::none) packet.add({.protocol = carrier.outer});
    const Dissector& one = dissector(protocol);
    const Step step = one.step(bytes, packet, 0);
    if (step.refused) return {.refused = true};
    const std::size_t header = std::min(step.header, bytes.size());
    const std::size_t payload = std::min(step.payload, bytes.size() - header);
    packet.add({.protocol = protocol,
                .malformed = step.malformed,
                .truncated = step.truncated,
                .offset = 0,
                .header = static_cast<std::uint32_t>(header),
                .length = static_cast<std::uint32_t>(header + payload)});
    Seen seen;
    describe_layer(packet, packet.last(), seen);
    return seen;
}

/// Cut at every length, each in memory of exactly that size so that a sanitizer sees a read beyond it: are all sound?
template <class Describe>
bool sound_at_every_length(Bytes bytes, Describe describe_cut) {
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const Octets cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        const Seen seen = describe_cut(Bytes(cut));
        if (!seen.sound || seen.info.size() > 4096) return false;
    }
    return true;
}

/// The bytes of hex as they stand among letters in a text protocol's test.
inline std::string raw(std::string_view hex) {
    const Octets bytes = from_hex(hex);
    return {bytes.begin(), bytes.end()};
}
/// One protocol by name, alone; every prefix is read as well and must be sound.
inline Seen probe(std::string_view name, std::string_view bytes, std::uint16_t source = 0,
                  std::uint16_t destination = 0) {
    const Dissector* reader = find_dissector(name);
    REQUIRE(reader != nullptr);
    const auto read = [&](Bytes some) {
        return alone(reader->protocol, some, {.source_port = source, .destination_port = destination});
    };
    CHECK(sound_at_every_length(as_bytes(bytes), read));
    return read(as_bytes(bytes));
}

}  // namespace fid::packet::test
