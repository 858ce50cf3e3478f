// SPDX-License-Identifier: MIT
// Any bytes as a packet: the first two choose a link type or one protocol, the rest is taken apart, told and visited.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "packet/dissector.h"
#include "packet/packet.h"

namespace {

using namespace fid;
using namespace fid::packet;

/// Checks what every dissector promises: known field indexes, balanced groups, views it may touch.
class Checker final : public FieldSink {
  public:
    explicit Checker(const Dissector& dissector) : dissector_(dissector) {}
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
    [[nodiscard]] std::size_t depth() const { return depth_; }

  private:
    const Dissector& dissector_;
    volatile unsigned sum_ = 0;  // keeps the reads
    std::size_t depth_ = 0;
};

void tell(const Packet& packet) {
    Text text;
    if (packet.has_addresses && packet.source().family() != packet.destination().family()) std::abort();
    for (const Layer& layer : packet.layers()) {
        if (layer.offset > packet.data.size() || layer.length > packet.data.size() - layer.offset) std::abort();
        const Dissector& one = dissector(layer.protocol);
        one.info(packet, layer, text);
        Checker checker(one);
        one.visit(packet, layer, checker);
        if (checker.depth() != 0) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const Bytes bytes(data + 2, size - 2);
    const auto wire = static_cast<std::uint32_t>(bytes.size() + (data[0] & 7U));
    Packet packet;
    if (data[0] < 128) {
        const auto link = static_cast<std::uint16_t>(data[1] | ((data[0] & 0x40U) << 2U));
        dissect(packet, bytes, wire, link);
    } else {
        const auto protocol = static_cast<Protocol>(data[1] % static_cast<unsigned>(Protocol::count_));
        packet.clear(bytes, wire, 1);
        const Dissector& one = dissector(protocol);
        const Step step = one.step(bytes, packet, 0);
        const auto header = static_cast<std::uint32_t>(std::min(step.header, bytes.size()));
        if (!step.refused) {
            packet.add({.protocol = one.protocol,
                        .malformed = step.malformed,
                        .truncated = step.truncated,
                        .offset = 0,
                        .header = header,
                        .length = static_cast<std::uint32_t>(bytes.size())});
        }
    }
    tell(packet);
    return 0;
}
