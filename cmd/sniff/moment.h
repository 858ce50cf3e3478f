// SPDX-License-Identifier: MIT
// Packet times as text. Consecutive packets share their quarter of an hour, so the calendar is asked rarely.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

#include "capture/packet_record.h"
#include "report/text.h"

namespace fid::cmd::sniff {

class Calendar {
  public:
    enum class Zone : std::uint8_t { local, utc };
    explicit Calendar(Zone zone) : zone_(zone) {}
    void date(std::int64_t seconds, Text& out);   ///< 2024-05-01
    void clock(std::int64_t seconds, Text& out);  ///< 10:20:30

  private:
    void move_to(std::int64_t seconds);

    Zone zone_;
    std::int64_t quarter_ =
        std::numeric_limits<std::int64_t>::min();  ///< seconds at the start of the cached quarter of an hour
    std::int64_t year_ = 1970;
    unsigned month_ = 1, day_ = 1, hour_ = 0, minute_ = 0;
};

/// "." and 6 or 9 digits.
void put_fraction(const capture::PacketRecord& record, Text& out);
/// 1700000000.123456
void put_epoch(const capture::PacketRecord& record, Text& out);

/// The time column of the listing in one of tcpdump's six styles; remembers the packets before.
class TimeColumn {
  public:
    explicit TimeColumn(std::size_t style) : style_(style) {}
    /// With the blank behind it.
    void put(const capture::PacketRecord& record, Text& out);

  private:
    void put_difference(const capture::PacketRecord& record, Text& out);

    std::size_t style_;
    Calendar calendar_{Calendar::Zone::local};
    std::optional<capture::Timestamp> reference_;
};

}  // namespace fid::cmd::sniff
