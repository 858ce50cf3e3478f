// SPDX-License-Identifier: MIT
// A directory tree made equal to another one, from the server or to it, over several connections. What was cut is
// resumed by the next run: running it again until nothing is left to do is always right.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ftp/mirror_plan.h"
#include "ftp/pool.h"
#include "ftp/transfer.h"

namespace fid::ftp {

struct MirrorSettings {
    std::string remote;  ///< as in an address
    std::string local;
    bool upload = false;  ///< from here to the server
    MirrorRules rules;
    bool dry_run = false;
};

enum class MirrorState : std::uint8_t {
    copied,
    equal,    ///< nothing to do
    newer,    ///< left alone, see Verdict::newer
    removed,  ///< from the destination
    skipped,  ///< links and devices: they are not copied
    failed,
};
[[nodiscard]] std::string_view name_of(MirrorState state);

/// What became of one file or directory. With dry_run: what would have.
struct MirrorEvent {
    std::string path;  ///< from the mirror's top
    MirrorState state = MirrorState::equal;
    Kind kind = Kind::file;
    std::optional<std::uint64_t> size;
    std::optional<std::int64_t> modified;
    Transferred transferred;
    std::chrono::nanoseconds duration{};
    std::optional<Error> error;  ///< why, where it failed or was skipped
};

struct MirrorSummary {
    std::uint64_t copied = 0, equal = 0, newer = 0, removed = 0, skipped = 0, failed = 0;
    std::uint64_t directories = 0;  ///< that were read
    std::uint64_t bytes = 0;        ///< that went over the network
    std::size_t connections = 0;    ///< the most at a time
    bool removal_withheld = false;  ///< nothing was removed, since not all of the source could be read
    Status first_failure = Status::success;
};

struct MirrorWatcher {
    std::function<void(const MirrorEvent&)> on_event;
    OnBytes on_bytes;
    std::function<bool()> stop;  ///< asked before each file
};

/// Failures of single files are events; what keeps the whole from going on (no connection, no such directory, a full
/// disk) is an error, told after all that is under way has ended. `summary` is right at any time.
[[nodiscard]] transport::Task<Result<void>> mirror(transport::Executor executor, Pool& pool, MirrorSettings settings,
                                                   MirrorWatcher watcher, MirrorSummary& summary);

}  // namespace fid::ftp
