// SPDX-License-Identifier: MIT
// Times as HTTP writes them (RFC 9110 section 5.6.7).
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace fid::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT"; every such text is 29 bytes long.
[[nodiscard]] std::string http_date(std::int64_t seconds);
/// All three forms that a client may send, in seconds since 1970; years of two digits lie at most 50 years ahead of
/// `now`. None where it is no such time.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t now);

/// The time now as text, written once a second.
class DateClock {
  public:
    /// Lives until the next call.
    [[nodiscard]] std::string_view text() {
        const std::time_t now = std::time(nullptr);
        if (now != seconds_) {
            seconds_ = now;
            text_ = http_date(now);
        }
        return text_;
    }
    /// Of the last text().
    [[nodiscard]] std::int64_t seconds() const { return seconds_; }

  private:
    std::time_t seconds_ = -1;
    std::string text_;
};

}  // namespace fid::http
