// SPDX-License-Identifier: MIT
// The file of --resume: how far a run has come, so that another can go on where it stopped.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/resolve/bulk_questions.h"

namespace fid::cmd::resolve {

/// Small however long the list is: what was under way is named, all else lies before or behind a place.
struct BulkState {
    std::string input;  ///< what was asked for, as the user named it; another run has to name the same
    Place place;
    std::vector<dns::BulkQuestion> unfinished;  ///< handed out before `place`, without an answer yet
};

/// Nothing where there is no such file. Status bad_input where it is none of ours, or was written for other input.
[[nodiscard]] Result<std::optional<BulkState>> read_bulk_state(const std::string& path, const std::string& input);
/// Replaces the file as a whole, or leaves the old one.
[[nodiscard]] Result<void> write_bulk_state(const std::string& path, const BulkState& state);
/// The run is complete: there is nothing to go on with.
void remove_bulk_state(const std::string& path);

}  // namespace fid::cmd::resolve
