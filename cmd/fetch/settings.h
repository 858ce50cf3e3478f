// SPDX-License-Identifier: MIT
// What the user asked for: the request that all URLs share, the URLs, and where each answer goes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/command.h"
#include "transfer/glob.h"
#include "transfer/request.h"

namespace fid::cmd::fetch {

/// One URL (or pattern of many) and where it goes.
struct Target {
    enum class Place : std::uint8_t { standard_output, file, remote_name };
    std::string pattern;  ///< as it was typed, and what -G and items add
    transfer::Glob glob = transfer::Glob::literal({});
    Place place = Place::standard_output;
    std::string file;    ///< with #1 in it
    bool given = false;  ///< -o - : standard output by the user's own word
    std::string upload;  ///< of -T, for this URL; empty: none
};

struct Resume {
    bool wanted = false;
    std::optional<std::uint64_t> offset;  ///< unset: as much as there is
};

struct Settings {
    transfer::Request request;
    std::vector<Target> targets;
    Resume resume;
    std::string output_dir, dump_header, write_out;
    bool include = false;
    bool name_from_header = false, create_dirs = false, remote_time = false;
    bool quiet_failure = false;  ///< -f
    bool no_fail = false;
    bool silent = false, show_error = false;
    bool timing = false, dry_run = false, as_curl = false;
    unsigned parallel = 1;
};

/// Status usage, bad_input or cannot_read.
[[nodiscard]] Result<Settings> read_settings(const Context& context);

}  // namespace fid::cmd::fetch
