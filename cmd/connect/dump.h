// SPDX-License-Identifier: MIT
// --hex: what passes, in hexadecimal and ASCII, on standard error. The bytes go their way as well.
#pragma once

#include "transport/stream.h"

namespace fid::cmd::connect {

/// Lines as hexdump -C has them behind a mark: "> 00000000  68 65 6c 6c 6f 0a  ...  |hello.|". `offset` is the place of
/// the first byte among all that went the same way.
void put_hex_lines(char mark, std::uint64_t offset, Bytes bytes, Text& out);

/// `below` with a dump of what is sent (>) and received (<).
[[nodiscard]] transport::StreamPtr make_dump_stream(transport::StreamPtr below);

}  // namespace fid::cmd::connect
