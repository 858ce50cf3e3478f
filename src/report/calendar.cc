// SPDX-License-Identifier: MIT
#include "report/calendar.h"

#include <chrono>
#include <ctime>

namespace fid::report {
namespace {

constexpr std::int64_t quarter_seconds = 900;  // every zone's offset is a multiple of it (ISO 8601 zones in use)

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

void Calendar::rfc3339(std::int64_t seconds, std::uint32_t nanoseconds, unsigned digits, Text& out) {
    date(seconds, out);
    out.put('T');
    clock(seconds, out);
    put_fraction(nanoseconds, digits, out);
    out.put('Z');
}

bool Calendar::has_rfc3339(std::int64_t seconds) {
    constexpr std::int64_t year_zero = -62167219200, year_10000 = 253402300800;
    return seconds >= year_zero && seconds < year_10000;
}

std::string utc_text(std::int64_t seconds) {
    Calendar calendar(Calendar::Zone::utc);
    Text text;
    calendar.date(seconds, text);
    text.put('T');
    calendar.clock(seconds, text);
    text.put('Z');
    return text.take();
}

std::string utc_text(std::int64_t seconds, std::uint32_t nanoseconds, unsigned digits) {
    Text text;
    Calendar(Calendar::Zone::utc).rfc3339(seconds, nanoseconds, digits, text);
    return text.take();
}

std::string utc_now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
    const std::chrono::nanoseconds rest = since - seconds;
    return utc_text(seconds.count(), static_cast<std::uint32_t>(rest.count()), 6);
}

void put_fraction(std::uint32_t nanoseconds, unsigned digits, Text& out) {
    out.put('.');
    if (digits == 9)
        out.padded(nanoseconds, 9);
    else
        out.padded(nanoseconds / 1000, 6);
}

}  // namespace fid::report
