// SPDX-License-Identifier: MIT
// The server around a service: listeners, loops, limits, models, and how it ends.
#pragma once

#include "cmd/serve/account.h"
#include "cmd/serve/session.h"
#include "cmd/serve/settings.h"

namespace fid::cmd::serve {

/// Serves until Ctrl-C, SIGTERM or the plan's count of connections. Then nobody is taken any more, those that there are
/// have the plan's grace, and the summary is told; a second signal leaves at once. Status cannot_connect where it
/// cannot listen.
[[nodiscard]] Status run_server(Context& context, const Plan& plan, const Service& service, Account& account);

}  // namespace fid::cmd::serve
