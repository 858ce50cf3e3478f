// SPDX-License-Identifier: MIT
// Packet times as the listing shows them.
#pragma once

#include <cstdint>
#include <optional>

#include "capture/packet_record.h"
#include "report/calendar.h"
#include "report/text.h"

namespace fid::cmd::sniff {

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
    report::Calendar calendar_{report::Calendar::Zone::local};
    std::optional<capture::Timestamp> reference_;
};

}  // namespace fid::cmd::sniff
