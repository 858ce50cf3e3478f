// SPDX-License-Identifier: MIT
#include "cmd/sniff/moment.h"

namespace fid::cmd::sniff {
void put_fraction(const capture::PacketRecord& record, Text& out) {
    report::put_fraction(record.time.nanoseconds, record.precision, out);
}

void put_epoch(const capture::PacketRecord& record, Text& out) {
    // Before 1970 the seconds count down while the fraction counts up.
    if (record.time.seconds < 0 && record.time.nanoseconds != 0) {
        out.put('-');
        out.number(static_cast<std::uint64_t>(-(record.time.seconds + 1)));
        report::put_fraction(1'000'000'000U - record.time.nanoseconds, record.precision, out);
        return;
    }
    out.number_signed(record.time.seconds);
    put_fraction(record, out);
}

void TimeColumn::put(const capture::PacketRecord& record, Text& out) {
    if (style_ == 1) return;
    if (!record.has_time) {
        out.put("- ");
        return;
    }
    switch (style_) {
        case 2:
            put_epoch(record, out);
            break;
        case 3:
        case 5:
            put_difference(record, out);
            break;
        case 4:
            calendar_.date(record.time.seconds, out);
            out.put(' ');
            [[fallthrough]];
        default:
            calendar_.clock(record.time.seconds, out);
            put_fraction(record, out);
    }
    out.put(' ');
}

/// -ttt counts from the packet before, -ttttt from the first.
void TimeColumn::put_difference(const capture::PacketRecord& record, Text& out) {
    const capture::Timestamp from = reference_.value_or(record.time);
    const bool negative = record.time < from;
    const capture::Timestamp late = negative ? from : record.time;
    const capture::Timestamp early = negative ? record.time : from;
    std::int64_t seconds = late.seconds - early.seconds;
    std::uint32_t nanoseconds = late.nanoseconds;
    if (nanoseconds < early.nanoseconds) {
        nanoseconds += 1'000'000'000U;
        --seconds;
    }
    nanoseconds -= early.nanoseconds;
    if (style_ == 3 || !reference_) reference_ = record.time;
    const auto total = static_cast<std::uint64_t>(seconds);
    out.put(negative ? '-' : ' ');
    out.padded(total / 3600, 2);
    out.put(':');
    out.padded(total / 60 % 60, 2);
    out.put(':');
    out.padded(total % 60, 2);
    report::put_fraction(nanoseconds, record.precision, out);
}

}  // namespace fid::cmd::sniff
