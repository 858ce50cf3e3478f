// SPDX-License-Identifier: MIT
// The endpoints of a conversation, opened: one, or with --to two.
#pragma once

#include <optional>

#include "cmd/command.h"
#include "cmd/connect/frame.h"
#include "cmd/connect/settings.h"

namespace fid::cmd::connect {

struct Sides {
    Peer remote;
    std::optional<Peer> other;  ///< that of --to
};

/// Programs are started last: nothing runs where the other side cannot be reached, and they are told who it is. A
/// refusal or a timeout is tried again for as often as --retry says. -v tells of what was opened.
[[nodiscard]] transport::Task<Result<Sides>> open_sides(Context& context, const Settings& settings);

}  // namespace fid::cmd::connect
