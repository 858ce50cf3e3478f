// SPDX-License-Identifier: MIT
#include "cmd/sniff/moment.h"

#include <ctime>

namespace fid::cmd::sniff {
namespace {

constexpr std::int64_t quarter_seconds = 900;  // every zone's offset is a multiple of it (ISO 8601 zones in use)

void put_digits(std::uint32_t nanoseconds, unsigned precision, Text& out) {
    out.put('.');
    if (precision == 9)
        out.padded(nanoseconds, 9);
    else
        out.padded(nanoseconds / 1000, 6);
}

}  // namespace

void Calendar::move_to(std::int64_t seconds) {
    const std::int64_t into = ((seconds % quarter_seconds) + quarter_seconds) % quarter_seconds;
    if (quarter_ == seconds - into) return;
    quarter_ = seconds - into;
    const std::time_t start = quarter_;
    std::tm parts{};
    if (zone_ == Zone::local)
        localtime_r(&start, &parts);
    else
        gmtime_r(&start, &parts);
    year_ = std::int64_t{parts.tm_year} + 1900;
    month_ = static_cast<unsigned>(parts.tm_mon) + 1;
    day_ = static_cast<unsigned>(parts.tm_mday);
    hour_ = static_cast<unsigned>(parts.tm_hour);
    minute_ = static_cast<unsigned>(parts.tm_min);
}

void Calendar::date(std::int64_t seconds, Text& out) {
    move_to(seconds);
    if (year_ < 0)
        out.number_signed(year_);
    else
        out.padded(static_cast<std::uint64_t>(year_), 4);
    out.put('-');
    out.padded(month_, 2);
    out.put('-');
    out.padded(day_, 2);
}

void Calendar::clock(std::int64_t seconds, Text& out) {
    move_to(seconds);
    const auto into = static_cast<unsigned>(seconds - quarter_);
    out.padded(hour_, 2);
    out.put(':');
    out.padded(minute_ + into / 60, 2);
    out.put(':');
    out.padded(into % 60, 2);
}

void put_fraction(const capture::PacketRecord& record, Text& out) {
    put_digits(record.time.nanoseconds, record.precision, out);
}

void put_epoch(const capture::PacketRecord& record, Text& out) {
    // Before 1970 the seconds count down while the fraction counts up.
    if (record.time.seconds < 0 && record.time.nanoseconds != 0) {
        out.put('-');
        out.number(static_cast<std::uint64_t>(-(record.time.seconds + 1)));
        put_digits(1'000'000'000U - record.time.nanoseconds, record.precision, out);
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
    put_digits(nanoseconds, record.precision, out);
}

}  // namespace fid::cmd::sniff
