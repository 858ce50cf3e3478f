// SPDX-License-Identifier: MIT
// The loop of `fid sniff -r`: inputs one after the other, packets dissected, chosen and written.
#pragma once

#include "cmd/command.h"
#include "cmd/sniff/settings.h"

namespace fid::cmd::sniff {

[[nodiscard]] Status list_packets(Context& context, const Settings& settings);

}  // namespace fid::cmd::sniff
