// SPDX-License-Identifier: MIT
// The bytes that --measure sends: known at each place, so that an echo can be compared.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include "report/text.h"

namespace fid::cmd::connect {

/// Lines of 64 bytes, their LF included, so that servers that read lines answer; the whole repeats after about a
/// megabyte, of a length that no power of two divides, so that blocks that change places are noticed.
class MeasurePattern {
  public:
    static constexpr std::size_t line = 64;
    static constexpr std::size_t period = line * 16381;  // a prime

    /// Views of up to `most` bytes can be had.
    explicit MeasurePattern(std::size_t most) : bytes_(period + most) {
        constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
        std::minstd_rand random(1);
        for (std::size_t at = 0; at < bytes_.size(); ++at) {
            if (at >= period)
                bytes_[at] = bytes_[at - period];
            else
                bytes_[at] = at % line == line - 1 ? '\n' : static_cast<std::uint8_t>(digits[(random() >> 8U) % 64]);
        }
    }

    /// The bytes that stand at `position` of an endless series.
    [[nodiscard]] Bytes at(std::uint64_t position, std::size_t size) const {
        return Bytes(bytes_).subspan(static_cast<std::size_t>(position % period), size);
    }

  private:
    std::vector<std::uint8_t> bytes_;
};

}  // namespace fid::cmd::connect
