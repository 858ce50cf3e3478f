// SPDX-License-Identifier: MIT
// One look at the sockets, shown as the settings say.
#pragma once

#include <vector>

#include "cmd/command.h"
#include "cmd/sockets/layout.h"
#include "cmd/sockets/names.h"
#include "cmd/sockets/settings.h"
#include "report/record.h"

namespace fid::cmd::sockets {

[[nodiscard]] Layout layout_of(const Settings& settings);
/// The snapshot's sockets as records, with the names that the settings ask for.
[[nodiscard]] std::vector<report::Record> records_of(const core::Snapshot& snapshot, Names& names,
                                                     const Settings& settings);
/// Says once what could not be seen and why.
void warn_about(Context& context, const core::Snapshot& snapshot);
void show(Context& context, const core::Snapshot& snapshot, Names& names, const Settings& settings);

}  // namespace fid::cmd::sockets
