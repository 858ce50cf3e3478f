// SPDX-License-Identifier: MIT
// Reading option values: whole numbers, sizes, durations. Strict: no octal, no empty string, no trailing junk.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "report/error.h"

namespace fid::cmd {

/// `what` names the option in the error: "--count". Decimal only, "010" is ten.
[[nodiscard]] Result<std::uint64_t> read_count(std::string_view what, std::string_view text, std::uint64_t least = 0,
                                               std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
[[nodiscard]] Result<std::int64_t> read_integer(std::string_view what, std::string_view text);
/// 64k 10M 1G (powers of 1024), 1kB 1MB (powers of 1000), 1KiB 1GiB.
[[nodiscard]] Result<std::uint64_t> read_size(std::string_view what, std::string_view text);
/// 500us 500ms 2s 1m 1h 1d; a bare number is seconds, fractions allowed.
[[nodiscard]] Result<std::chrono::nanoseconds> read_duration(std::string_view what, std::string_view text);
/// RFC 3339: 2026-05-01T10:20:30Z, 2026-05-01T12:20:30+02:00; seconds since 1970, fractions of one are cut off.
[[nodiscard]] Result<std::int64_t> read_time(std::string_view what, std::string_view text);

}  // namespace fid::cmd
