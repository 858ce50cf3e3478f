// SPDX-License-Identifier: MIT
// --record: what a command says on the network, as a capture file.
#pragma once

#include <memory>
#include <vector>

#include "cmd/command.h"
#include "transport/recorder.h"

namespace fid::cmd {

/// --record and --record-size.
[[nodiscard]] std::vector<Option> record_options();
/// Nothing where the user wants none. Its close() tells whether all was written.
[[nodiscard]] Result<std::unique_ptr<transport::Recorder>> start_recorder(const Arguments& args);

}  // namespace fid::cmd
