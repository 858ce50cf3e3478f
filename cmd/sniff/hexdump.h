// SPDX-License-Identifier: MIT
// Bytes in tcpdump's layouts: -x, -X and -A.
#pragma once

#include "report/text.h"

namespace fid::cmd::sniff {

/// Rows of 16 bytes in pairs behind a tab and the offset; with the printable characters if `ascii`.
void put_hex(Bytes bytes, bool ascii, Text& out);
/// The printable characters and line ends, everything else as a dot.
void put_ascii(Bytes bytes, Text& out);

}  // namespace fid::cmd::sniff
