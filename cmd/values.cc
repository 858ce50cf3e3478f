// SPDX-License-Identifier: MIT
#include "cmd/values.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace fid::cmd {
namespace {

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::unexpected<Error> not_a(std::string_view what, std::string_view kind, std::string_view text, std::string hint) {
    return fail(Status::usage, std::string(what) + " wants " + std::string(kind) + ", not", quoted(text), {},
                std::move(hint));
}

struct Unit {
    std::string_view name;
    double factor;
};

/// A decimal number (fractions allowed) and the unit behind it; false where either is not understood.
bool read_with_unit(std::string_view text, std::span<const Unit> units, double& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc() || value < 0) return false;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    for (const Unit& one : units) {
        if (one.name != unit) continue;
        value *= one.factor;
        return value < 9.2e18;
    }
    return false;
}

}  // namespace

Result<std::uint64_t> read_count(std::string_view what, std::string_view text, std::uint64_t least,
                                 std::uint64_t most) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = !text.empty() && end == text.data() + text.size();
    if (whole && error == std::errc() && value >= least && value <= most) return value;
    std::string range;
    if (whole || error == std::errc::result_out_of_range) {
        range = most == std::numeric_limits<std::uint64_t>::max()
                    ? "at least " + std::to_string(least)
                    : std::to_string(least) + " to " + std::to_string(most);
    }
    return not_a(what, "a whole number", text, range.empty() ? "decimal digits only" : "allowed: " + range);
}

Result<std::int64_t> read_integer(std::string_view what, std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!text.empty() && end == text.data() + text.size() && error == std::errc()) return value;
    return not_a(what, "a whole number", text, "decimal digits, with a minus sign in front if it is negative");
}

Result<std::uint64_t> read_size(std::string_view what, std::string_view text) {
    static constexpr std::array units{
        Unit{"", 1},         Unit{"B", 1},      Unit{"k", 0x1p10},   Unit{"K", 0x1p10},   Unit{"M", 0x1p20},
        Unit{"G", 0x1p30},   Unit{"T", 0x1p40}, Unit{"KiB", 0x1p10}, Unit{"MiB", 0x1p20}, Unit{"GiB", 0x1p30},
        Unit{"TiB", 0x1p40}, Unit{"kB", 1e3},   Unit{"MB", 1e6},     Unit{"GB", 1e9},     Unit{"TB", 1e12}};
    double value = 0;
    if (read_with_unit(text, units, value)) return static_cast<std::uint64_t>(std::llround(value));
    return not_a(what, "a size", text, "like 4096, 64k, 10M, 1GiB");
}

Result<std::chrono::nanoseconds> read_duration(std::string_view what, std::string_view text) {
    static constexpr std::array units{Unit{"", 1e9},     Unit{"ns", 1},     Unit{"us", 1e3},
                                      Unit{"ms", 1e6},   Unit{"s", 1e9},    Unit{"m", 6e10},
                                      Unit{"min", 6e10}, Unit{"h", 3.6e12}, Unit{"d", 8.64e13}};
    double value = 0;
    if (read_with_unit(text, units, value)) return std::chrono::nanoseconds(std::llround(value));
    return not_a(what, "a duration", text, "like 500ms, 2s, 1m; a bare number is seconds");
}

Result<std::int64_t> read_time(std::string_view what, std::string_view text) {
    std::size_t at = 0;
    bool fits = true;
    const auto number = [&](std::size_t digits) {
        unsigned value = 0;
        for (std::size_t i = 0; i < digits; ++i, ++at) {
            fits = fits && at < text.size() && text[at] >= '0' && text[at] <= '9';
            if (fits) value = value * 10 + static_cast<unsigned>(text[at] - '0');
        }
        return value;
    };
    const auto one_of = [&](std::string_view allowed) {
        fits = fits && at < text.size() && allowed.find(text[at]) != std::string_view::npos;
        return fits ? text[at++] : '\0';
    };
    const int year = static_cast<int>(number(4));
    one_of("-");
    const unsigned month = number(2);
    one_of("-");
    const unsigned day = number(2);
    one_of("Tt ");
    const unsigned hour = number(2);
    one_of(":");
    const unsigned minute = number(2);
    one_of(":");
    const unsigned second = number(2);
    if (at < text.size() && text[at] == '.')
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9';) ++at;
    const char zone = one_of("Zz+-");
    int offset = 0;  // minutes
    if (zone == '+' || zone == '-') {
        offset = static_cast<int>(number(2)) * 60;
        one_of(":");
        offset += static_cast<int>(number(2));
        if (zone == '-') offset = -offset;
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!fits || at != text.size() || !date.ok() || hour > 23 || minute > 59 || second > 60)
        return not_a(what, "a time", text, "like 2026-05-01T10:20:30Z");
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return ((days * 24 + hour) * 60 + minute - offset) * 60 + second;
}

}  // namespace fid::cmd
