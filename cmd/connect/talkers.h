// SPDX-License-Identifier: MIT
// Who talks with the peer: the user, at a terminal or through a pipe, or the endpoint of --to.
#pragma once

#include "cmd/connect/conversation.h"

namespace fid::cmd::connect {

/// Standard input and output, lines edited on a terminal, or standard input alone where records are wanted.
[[nodiscard]] transport::Task<Outcome> talk_to_user(Context& context, const Settings& settings, Peer& peer,
                                                    std::shared_ptr<Interruption> interruption);
/// The other endpoint.
[[nodiscard]] transport::Task<Outcome> talk_to_other(Context& context, const Settings& settings, Peer& peer,
                                                     Peer& other, std::shared_ptr<Interruption> interruption);

}  // namespace fid::cmd::connect
