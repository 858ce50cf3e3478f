// SPDX-License-Identifier: MIT
// What `fid ipcalc ADDR` tells on a terminal: a screenful for people, from the record that programs get.
#pragma once

#include <string_view>

#include "report/output.h"

namespace fid::cmd::ipcalc {

/// `record` is an address_info record.
void write_info_text(report::Output& out, const report::Record& record);

}  // namespace fid::cmd::ipcalc
