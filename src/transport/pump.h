// SPDX-License-Identifier: MIT
// Moves bytes from one stream to another until the first ends: by the kernel alone (splice, sendfile) where nothing has
// to look at them, otherwise in large blocks.
#pragma once

#include <cstdint>
#include <functional>

#include "transport/stream.h"

namespace fid::transport {

struct PumpOptions {
    std::uint64_t limit = UINT64_MAX;  ///< stop after so many bytes as if the source had ended there
    std::size_t block = 0;             ///< at most so many bytes at once; 0 = what is quickest
    bool finish = true;                ///< tell the destination when the source has ended
    /// Looks at, or replaces, what passes: gets a block and gives what is to be written (a view that lives until its
    /// next call). With a filter nothing is spliced.
    std::function<Bytes(Bytes)> filter;
};

/// What has passed so far; may be read at any time, also after a failure.
struct PumpCount {
    std::uint64_t bytes = 0;
    Clock::time_point first{}, last{};  ///< when something passed; the epoch while nothing has
    bool source_failed = false;         ///< the failure is the source's, not the destination's

    void add(std::size_t size) {
        bytes += size;
        last = Clock::now();
        if (first == Clock::time_point{}) first = last;
    }
};

/// Ends well where the source ended (or the limit was reached) and all of it was written. A failure of either side ends
/// it; what had been read by then has been written or is lost with the connection.
[[nodiscard]] Task<Result<void>> pump(Stream& from, Stream& to, PumpOptions options, PumpCount& count);

}  // namespace fid::transport
