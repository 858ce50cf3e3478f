// SPDX-License-Identifier: MIT
// Messages of a start line and header lines (HTTP/1.1, RFC 9112; RTSP, RFC 7826): one reading for both.
#pragma once

#include "packet/stream/lines.h"

namespace fid::packet {

struct StartLine {
    bool response = false;
    std::string_view method, uri, version;
    std::string_view status, reason;
};

/// `protocol` is "HTTP/" or "RTSP/". False where the line is not a message's first; a line cut short by the segment is
/// taken for one if what is there fits.
[[nodiscard]] bool read_start_line(const Line& line, std::string_view protocol, StartLine& start);

struct HeaderLine {
    std::string_view name, value;
    std::size_t offset = 0, length = 0;
};
/// False behind the empty line, at the end of the segment, or where the line is not a header.
[[nodiscard]] bool next_header(Lines& lines, HeaderLine& header);

}  // namespace fid::packet
