// SPDX-License-Identifier: MIT
#include "cmd/sniff/sequence.h"

#include <utility>

namespace fid::cmd::sniff {
namespace {

std::uint64_t read(Bytes bytes, std::size_t offset, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = (value << 8U) | bytes[offset + i];
    return value;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
    return hash ^ (hash >> 32U);
}

}  // namespace

SequenceTable::Entry& SequenceTable::find(const Entry& key, bool& found) {
    std::uint64_t hash = mix(key.ports, key.low[1]);
    hash = mix(hash, key.high[1]);
    if ((key.low[0] | key.high[0]) != 0) hash = mix(mix(hash, key.low[0]), key.high[0]);
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        Entry& entry = entries_[at];
        found = entry.taken && entry.ports == key.ports && entry.low == key.low && entry.high == key.high;
        if (found || !entry.taken) return entry;
    }
}

void SequenceTable::grow() {
    std::vector<Entry> old(entries_.size() < max_entries ? entries_.size() * 2 : entries_.size());
    std::swap(old, entries_);
    if (old.size() == entries_.size()) {
        used_ = 0;
        return;
    }
    for (const Entry& entry : old) {
        bool found = false;
        if (entry.taken) find(entry, found) = entry;
    }
}

void SequenceTable::apply(packet::Packet& packet) {
    const packet::Layer* tcp = packet.find(packet::Protocol::tcp);
    if (tcp == nullptr || tcp->length < 20 || !packet.has_addresses) return;
    const Bytes header = packet.bytes(*tcp);
    constexpr std::uint8_t ack = 0x10;
    constexpr std::uint8_t syn = 0x02;
    const std::uint8_t flags = header[13];
    if ((flags & ack) == 0) return;

    const std::size_t width = packet.family == Family::v4 ? 4 : 16;
    const auto address = [&](std::size_t offset) -> std::array<std::uint64_t, 2> {
        if (width == 4) return {0, read(packet.data, offset, 4)};
        return {read(packet.data, offset, 8), read(packet.data, offset + 8, 8)};
    };
    auto source = address(packet.source_offset);
    auto destination = address(packet.destination_offset);
    auto source_port = static_cast<std::uint32_t>(read(header, 0, 2));
    auto destination_port = static_cast<std::uint32_t>(read(header, 2, 2));
    const bool reversed = std::pair(source, source_port) > std::pair(destination, destination_port);
    if (reversed) {
        std::swap(source, destination);
        std::swap(source_port, destination_port);
    }
    const Entry key{.low = source, .high = destination, .ports = source_port << 16U | destination_port};
    if (used_ * 4 >= entries_.size() * 3) grow();
    bool found = false;
    Entry& entry = find(key, found);
    if (found && (flags & syn) == 0) {
        packet.sequence_base = reversed ? entry.high_base : entry.low_base;
        packet.acknowledgement_base = reversed ? entry.low_base : entry.high_base;
        return;
    }
    if (!found) ++used_;
    const auto sequence = static_cast<std::uint32_t>(read(header, 4, 4));
    const auto acknowledged = static_cast<std::uint32_t>(read(header, 8, 4)) - 1;
    entry = key;
    entry.taken = true;
    entry.low_base = reversed ? acknowledged : sequence;
    entry.high_base = reversed ? sequence : acknowledged;
}

}  // namespace fid::cmd::sniff
