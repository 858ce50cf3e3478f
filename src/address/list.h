// SPDX-License-Identifier: MIT
// Reads list files: one address, prefix or range of either family a line, # and ; comments, blank lines, CRLF.
// The common forms are read straight from the buffer, so a million lines take a blink.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "address/prefix_set.h"

namespace fid {

/// A line that is not an address, prefix or range.
struct BadLine {
    std::uint64_t number = 0;  ///< from 1
    std::string_view text;     ///< without comment and blanks; valid during the call only
    Error error;
};

/// Both return whether to go on.
using OnRange = std::function<bool(const Range&, std::uint64_t line)>;
using OnBadLine = std::function<bool(const BadLine&)>;
/// Told how many bytes of the list have been read, block by block.
using OnBytes = std::function<void(std::uint64_t)>;

/// Reads the descriptor to its end, calling as lines arrive (a pipe is not read ahead of what it has). `name` is the
/// subject of the read error. A line above 64 KiB is a bad line. True: read to the end; false: a callback stopped it.
[[nodiscard]] Result<bool> read_list(int descriptor, const std::string& name, Reading reading, const OnRange& on_range,
                                     const OnBadLine& on_bad, const OnBytes& on_bytes = {});
/// The same from text in memory.
bool read_list(std::string_view text, Reading reading, const OnRange& on_range, const OnBadLine& on_bad);

/// Adds every range of the list to `set`, which is left for the caller to normalise; the fastest way to fill a set.
[[nodiscard]] Result<bool> add_list(int descriptor, const std::string& name, Reading reading, PrefixSet& set,
                                    const OnBadLine& on_bad, const OnBytes& on_bytes = {});

}  // namespace fid
