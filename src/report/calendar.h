// SPDX-License-Identifier: MIT
// Seconds since 1970 as dates and times of day: the one place where times become text. Consecutive times share their
// quarter of an hour, so the system's calendar is asked rarely.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "report/text.h"

namespace fid::report {

class Calendar {
  public:
    enum class Zone : std::uint8_t { local, utc };
    explicit Calendar(Zone zone) : zone_(zone) {}
    void date(std::int64_t seconds, Text& out);   ///< 2024-05-01
    void clock(std::int64_t seconds, Text& out);  ///< 10:20:30
    /// 2024-05-01T10:20:30.123456Z, for a calendar of UTC; `digits` of the second as for put_fraction. Years that
    /// RFC 3339 has no form for (see has_rfc3339) get as many digits as they need.
    void rfc3339(std::int64_t seconds, std::uint32_t nanoseconds, unsigned digits, Text& out);

    /// RFC 3339 knows the years 0 to 9999; hostile clocks go beyond.
    [[nodiscard]] static bool has_rfc3339(std::int64_t seconds);

  private:
    void move_to(std::int64_t seconds);

    Zone zone_;
    std::int64_t quarter_ =
        std::numeric_limits<std::int64_t>::min();  ///< seconds at the start of the cached quarter of an hour
    std::int64_t year_ = 1970;
    unsigned month_ = 1, day_ = 1, hour_ = 0, minute_ = 0;
};

/// One time of UTC: 2024-05-01T10:20:30Z. Whoever writes many keeps a Calendar.
[[nodiscard]] std::string utc_text(std::int64_t seconds);
/// The same with a fraction, as Calendar::rfc3339 writes it.
[[nodiscard]] std::string utc_text(std::int64_t seconds, std::uint32_t nanoseconds, unsigned digits);
/// The time now, to the microsecond.
[[nodiscard]] std::string utc_now();

/// "." and 9 digits where `digits` is 9, 6 otherwise.
void put_fraction(std::uint32_t nanoseconds, unsigned digits, Text& out);

}  // namespace fid::report
