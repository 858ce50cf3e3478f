// SPDX-License-Identifier: MIT
// What a capture file holds, file format apart: packets, interfaces, the notes around them, and damage.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/text.h"

namespace fid::capture {

/// Seconds since 1970 (may be before it) and nanoseconds within the second.
struct Timestamp {
    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;
    friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

/// One capturing interface. Classic pcap has exactly one per file.
struct Interface {
    std::uint16_t link_type = 0;    ///< LINKTYPE_ value of tcpdump.org/linktypes.html
    std::uint32_t snap_length = 0;  ///< a hint only, 0 = none
    std::uint8_t fcs_bytes = 0;     ///< frame check sequence at each frame's end
    std::uint8_t precision = 6;     ///< decimal digits after the second worth printing: 6 or 9
    std::uint32_t section = 0;
    std::string name, description, filter, hardware, os;
    std::uint64_t packets = 0;                ///< filled while reading
    std::uint64_t received = 0, dropped = 0;  ///< from interface statistics
    bool has_statistics = false;
};

/// One packet. Every view lives until the next Reader::next().
struct PacketRecord {
    std::uint64_t number = 0;  ///< from 1, over the whole input
    Timestamp time;
    bool has_time = true;         ///< false for simple packet blocks
    std::uint32_t interface = 0;  ///< index into Reader::interfaces()
    std::uint16_t link_type = 0;
    std::uint8_t precision = 6;
    std::uint32_t length = 0;  ///< on the wire
    Bytes data;                ///< as captured
    std::uint64_t offset = 0;  ///< of the record in the (decompressed) input
    std::uint32_t flags = 0;   ///< epb_flags: bits 0-1 direction (1 in, 2 out)
    Bytes options;             ///< raw pcapng options of the block, in the section's byte order
    bool big_endian = false;   ///< of the section, for `options`
};

/// A place where the input could not be read as a capture. Reading goes on behind it where that is possible.
struct Damage {
    std::uint64_t offset = 0;
    std::uint64_t bytes_lost = 0;
    std::string what;  ///< "record claims 4294967295 bytes", "file ends inside a record"
};

}  // namespace fid::capture
