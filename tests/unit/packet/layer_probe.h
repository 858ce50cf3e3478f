// SPDX-License-Identifier: MIT
// Runs one dissector over bytes written in a test: the words and fields it reports, and the same at every shorter
// length.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "packet/dissector.h"
#include "packet/field_text.h"

namespace fid::packet {

class Collect final : public FieldSink {
  public:
    explicit Collect(const Dissector& of) : of_(of) {}
    std::map<std::string, std::string, std::less<>> values;
    int depth = 0;
    void put(unsigned field, const FieldValue& value, std::size_t, std::size_t) override {
        REQUIRE(field < of_.fields.size());
        const FieldInfo& info = of_.fields[field];
        const bool number =
            info.type == FieldType::flag || info.type == FieldType::number || info.type == FieldType::hex;
        Text text;
        if (number)
            text.number(value.number);
        else if (info.type == FieldType::bytes)
            text.hex_bytes(value.bytes);
        else
            text.put(as_text(value.bytes));
        values.emplace(std::string(info.name), text.take());
    }
    void open(unsigned field, std::string_view, std::size_t, std::size_t) override {
        REQUIRE(field < of_.fields.size());
        CHECK(of_.fields[field].type == FieldType::group);
        ++depth;
    }
    void close() override { --depth; }

  private:
    const Dissector& of_;
};

struct Seen {
    bool refused = false;
    std::string info;
    std::map<std::string, std::string, std::less<>> values;
    std::string operator[](std::string_view name) const {
        const auto found = values.find(name);
        return found == values.end() ? std::string() : found->second;
    }
};

inline Seen probe_once(const Dissector& reader, Bytes bytes, std::uint16_t source, std::uint16_t destination) {
    // A copy of exactly this size, so that the sanitizer sees one byte too far.
    const std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
    Packet packet;
    packet.clear(copy, static_cast<std::uint32_t>(copy.size()), 1);
    packet.inner_source_port = source;
    packet.inner_destination_port = destination;
    const Step step = reader.step(copy, packet, 0);
    Seen seen{.refused = step.refused};
    if (step.refused) return seen;
    const auto size = static_cast<std::uint32_t>(copy.size());
    packet.add({.protocol = reader.protocol,
                .header = static_cast<std::uint32_t>(std::min<std::size_t>(step.header, size)),
                .length = size});
    Text text;
    for (packet.verbosity = 3; packet.verbosity != 0; --packet.verbosity) {
        reader.info(packet, packet.layers()[0], text);
        write_fields(packet, packet.layers()[0], text);
    }
    text.clear();
    reader.info(packet, packet.layers()[0], text);
    Collect collect(reader);
    reader.visit(packet, packet.layers()[0], collect);
    CHECK(collect.depth == 0);
    seen.info = text.take();
    seen.values = std::move(collect.values);
    return seen;
}

/// Of all the bytes; every prefix is read as well, and must not cross its end.
inline Seen probe(std::string_view name, std::string_view bytes, std::uint16_t source = 0,
                  std::uint16_t destination = 0) {
    const Dissector* reader = find_dissector(name);
    REQUIRE(reader != nullptr);
    for (std::size_t length = 0; length < bytes.size(); ++length)
        probe_once(*reader, as_bytes(bytes.substr(0, length)), source, destination);
    return probe_once(*reader, as_bytes(bytes), source, destination);
}

inline std::string from_hex(std::string_view hex) {
    std::string out;
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
    return out;
}

}  // namespace fid::packet
