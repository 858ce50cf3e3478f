// SPDX-License-Identifier: MIT
// Asks everything of a dissected packet that the listing, the tree and the filters would, and checks what every
// dissector promises: layers within the packet, known field indexes, balanced groups, views that may be touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "packet/dissector.h"
#include "packet/line.h"
#include "packet/packet.h"

namespace fid::packet {

class PromiseChecker final : public FieldSink {
  public:
    explicit PromiseChecker(const Dissector& dissector) : dissector_(dissector) {}
    void put(unsigned field, const FieldValue& value, std::size_t, std::size_t) override {
        if (field >= dissector_.fields.size()) std::abort();
        for (const std::uint8_t byte : value.bytes) sum_ = sum_ + byte;
        for (const char c : value.meaning) sum_ = sum_ + static_cast<unsigned char>(c);
    }
    void open(unsigned field, std::string_view text, std::size_t offset, std::size_t length) override {
        put(field, {.number = 0, .bytes = as_bytes(text), .meaning = {}}, offset, length);
        ++depth_;
    }
    void close() override {
        if (depth_-- == 0) std::abort();
    }
    [[nodiscard]] bool balanced() const { return depth_ == 0; }

  private:
    const Dissector& dissector_;
    volatile unsigned sum_ = 0;  // keeps the reads
    std::size_t depth_ = 0;
};

inline void exercise(const Packet& packet) {
    Text text;
    if (packet.has_addresses && packet.source().family() != packet.destination().family()) std::abort();
    for (const Layer& layer : packet.layers()) {
        if (layer.offset > packet.data.size() || layer.length > packet.data.size() - layer.offset) std::abort();
        const Dissector& one = dissector(layer.protocol);
        one.info(packet, layer, text);
        PromiseChecker checker(one);
        one.visit(packet, layer, checker);
        if (!checker.balanced()) std::abort();
    }
    // The line, as terse and as verbose as there is: only what fid writes itself breaks lines.
    Packet again = packet;
    for (const bool verbose : {false, true}) {
        again.verbosity = verbose ? 3 : 0;
        text.clear();
        write_line(again, text);
        if (!verbose) write_line_without_ends(again, text);
        for (const char c : text.view()) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte == 0x7f || (byte < 0x20 && (!verbose || (c != '\n' && c != '\t')))) std::abort();
        }
    }
}

}  // namespace fid::packet
