// SPDX-License-Identifier: MIT
// From the ticks of a pcapng interface (if_tsresol, if_tsoffset) to seconds and nanoseconds.
#pragma once

#include <array>
#include <cstdint>

#include "capture/packet_record.h"

namespace fid::capture {

class Clock {
  public:
    Clock() = default;
    /// `resolution` as in if_tsresol: 10^-n, or 2^-n where the top bit is set.
    Clock(std::uint8_t resolution, std::int64_t offset_seconds)
        : exponent_(resolution & 0x7fU), binary_((resolution & 0x80U) != 0), offset_(offset_seconds) {
        per_second_ = !binary_ && exponent_ < powers.size() ? powers[exponent_] : 0;
    }

    [[nodiscard]] Timestamp at(std::uint64_t ticks) const {
        std::uint64_t seconds = 0;
        std::uint64_t nanoseconds = 0;
        if (per_second_ == 1'000'000) {
            seconds = ticks / 1'000'000;
            nanoseconds = ticks % 1'000'000 * 1000;
        } else if (per_second_ == 1'000'000'000) {
            seconds = ticks / 1'000'000'000;
            nanoseconds = ticks % 1'000'000'000;
        } else if (binary_) {
            if (exponent_ < 64) seconds = ticks >> exponent_;
            const std::uint64_t fraction = exponent_ < 64 ? ticks & ((std::uint64_t{1} << exponent_) - 1) : ticks;
            nanoseconds = static_cast<std::uint64_t>((Wide{fraction} * 1'000'000'000) >> exponent_);
        } else if (exponent_ < powers.size()) {
            seconds = ticks / per_second_;
            nanoseconds = static_cast<std::uint64_t>(Wide{ticks % per_second_} * 1'000'000'000 / per_second_);
        } else if (exponent_ - 9U < powers.size()) {
            nanoseconds = ticks / powers[exponent_ - 9U];
        }
        // Unsigned: a hostile offset may run over, and only wraps.
        return {static_cast<std::int64_t>(seconds + static_cast<std::uint64_t>(offset_)),
                static_cast<std::uint32_t>(nanoseconds)};
    }
    /// Digits after the second worth printing.
    [[nodiscard]] std::uint8_t precision() const { return exponent_ > (binary_ ? 20 : 6) ? 9 : 6; }

  private:
    __extension__ using Wide = unsigned __int128;
    static constexpr std::array<std::uint64_t, 20> powers = [] {
        std::array<std::uint64_t, 20> all{};
        std::uint64_t power = 1;
        for (std::uint64_t& one : all) {
            one = power;
            power *= 10;
        }
        return all;
    }();

    std::uint8_t exponent_ = 6;
    bool binary_ = false;
    std::uint64_t per_second_ = 1'000'000;  ///< decimal resolutions down to 10^-19; 0 for others
    std::int64_t offset_ = 0;
};

}  // namespace fid::capture
