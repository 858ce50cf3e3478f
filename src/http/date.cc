// SPDX-License-Identifier: MIT
#include "http/date.h"

#include <algorithm>
#include <array>

#include "report/text.h"

namespace fid::http {
namespace {

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Takes a text apart from its front; once something does not fit, nothing does.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    void literal(std::string_view text) {
        well_ = well_ && rest_.starts_with(text);
        if (well_) rest_.remove_prefix(text.size());
    }
    /// Exactly so many digits; a space may stand for the first where `padded`.
    int number(std::size_t width, bool padded = false) {
        well_ = well_ && rest_.size() >= width;
        int value = 0;
        for (std::size_t at = 0; well_ && at < width; ++at) {
            const char c = rest_[at];
            if (padded && at == 0 && c == ' ') continue;
            well_ = c >= '0' && c <= '9';
            value = value * 10 + (c - '0');
        }
        if (well_) rest_.remove_prefix(width);
        return value;
    }
    template <std::size_t Count>
    int name(const std::array<std::string_view, Count>& names) {
        const auto found = std::ranges::find_if(names, [&](std::string_view each) { return rest_.starts_with(each); });
        well_ = well_ && found != names.end();
        if (!well_) return 0;
        rest_.remove_prefix(found->size());
        return static_cast<int>(found - names.begin());
    }
    void clock(std::tm& parts) {
        parts.tm_hour = number(2);
        literal(":");
        parts.tm_min = number(2);
        literal(":");
        parts.tm_sec = number(2);
    }
    [[nodiscard]] bool done() const { return well_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool well_ = true;
};

std::optional<std::int64_t> seconds_of(std::tm parts) {
    const std::tm wanted = parts;
    if (parts.tm_hour > 23 || parts.tm_min > 59 || parts.tm_sec > 60) return std::nullopt;
    const std::time_t seconds = timegm(&parts);
    // The 30th of February is none; a leap second moves on.
    if (wanted.tm_sec < 60 && (parts.tm_mday != wanted.tm_mday || parts.tm_mon != wanted.tm_mon)) return std::nullopt;
    return seconds;
}

}  // namespace

std::string http_date(std::int64_t seconds) {
    const std::time_t time = seconds;
    std::tm parts{};
    gmtime_r(&time, &parts);
    const int year = std::clamp(parts.tm_year + 1900, 0, 9999);
    Text out;
    out.put(days[static_cast<std::size_t>(parts.tm_wday)]);
    out.put(", ");
    out.padded(static_cast<unsigned>(parts.tm_mday), 2);
    out.put(' ');
    out.put(months[static_cast<std::size_t>(parts.tm_mon)]);
    out.put(' ');
    out.padded(static_cast<unsigned>(year), 4);
    out.put(' ');
    out.padded(static_cast<unsigned>(parts.tm_hour), 2);
    out.put(':');
    out.padded(static_cast<unsigned>(parts.tm_min), 2);
    out.put(':');
    out.padded(static_cast<unsigned>(parts.tm_sec), 2);
    out.put(" GMT");
    return out.take();
}

std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t now) {
    {
        std::tm parts{};  // Sun, 06 Nov 1994 08:49:37 GMT
        Reader reader(text);
        reader.name(days);
        reader.literal(", ");
        parts.tm_mday = reader.number(2);
        reader.literal(" ");
        parts.tm_mon = reader.name(months);
        reader.literal(" ");
        parts.tm_year = reader.number(4) - 1900;
        reader.literal(" ");
        reader.clock(parts);
        reader.literal(" GMT");
        if (reader.done()) return seconds_of(parts);
    }
    {
        std::tm parts{};  // Sunday, 06-Nov-94 08:49:37 GMT
        Reader reader(text);
        reader.name(long_days);
        reader.literal(", ");
        parts.tm_mday = reader.number(2);
        reader.literal("-");
        parts.tm_mon = reader.name(months);
        reader.literal("-");
        parts.tm_year = reader.number(2);
        reader.literal(" ");
        reader.clock(parts);
        reader.literal(" GMT");
        std::tm today{};
        const std::time_t time = now;
        gmtime_r(&time, &today);
        parts.tm_year += today.tm_year / 100 * 100;
        if (parts.tm_year > today.tm_year + 50) parts.tm_year -= 100;
        if (parts.tm_year + 100 <= today.tm_year + 50) parts.tm_year += 100;
        if (reader.done()) return seconds_of(parts);
    }
    std::tm parts{};  // Sun Nov  6 08:49:37 1994
    Reader reader(text);
    reader.name(days);
    reader.literal(" ");
    parts.tm_mon = reader.name(months);
    reader.literal(" ");
    parts.tm_mday = reader.number(2, true);
    reader.literal(" ");
    reader.clock(parts);
    reader.literal(" ");
    parts.tm_year = reader.number(4) - 1900;
    return reader.done() ? seconds_of(parts) : std::nullopt;
}

}  // namespace fid::http
