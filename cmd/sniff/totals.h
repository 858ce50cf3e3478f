// SPDX-License-Identifier: MIT
// What one pass over the record headers of a capture gathers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "capture/reader.h"
#include "report/progress.h"

namespace fid::cmd::sniff {

struct Totals {
    std::uint64_t packets = 0, packets_cut = 0;
    std::uint64_t wire_bytes = 0, captured_bytes = 0;
    std::uint64_t untimed = 0;
    std::uint64_t backwards = 0;
    capture::Timestamp earliest, latest;
    bool timed = false;

    [[nodiscard]] double seconds() const {
        const double whole = static_cast<double>(latest.seconds) - static_cast<double>(earliest.seconds);
        const double rest = static_cast<double>(latest.nanoseconds) - static_cast<double>(earliest.nanoseconds);
        return (whole * 1e9 + rest) / 1e9;  // one rounding, or 0.15005 s would be 0.15005000000000002 s
    }
};

/// Reads the capture to its end.
[[nodiscard]] Totals add_up(capture::Reader& reader, report::Progress& progress);

/// The link types' names, each once, in order of appearance.
[[nodiscard]] std::vector<std::string> link_names(const capture::Reader& reader);

}  // namespace fid::cmd::sniff
