// SPDX-License-Identifier: MIT
// DNS messages that somebody has as text or in a file: back to bytes, apart from each other, and where one is broken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/message.h"

namespace fid::dns {

/// Hexadecimal digits with blanks, colons, commas, 0x, \x and line ends between them; lines as xxd, hexdump -C,
/// tcpdump -x and tshark -x write them (an offset in front, characters behind); or base64 in either alphabet, as DNS
/// over HTTPS has it behind ?dns=. Status bad_input: it is neither; the cause says where.
[[nodiscard]] Result<std::vector<std::uint8_t>> read_dump(std::string_view text);
/// Is it nothing but hexadecimal digits in pairs and what may stand between them?
[[nodiscard]] bool is_hex(std::string_view text);
/// Blanks and printable ASCII only: no bytes of a message.
[[nodiscard]] bool is_dump_text(Bytes bytes);
/// "pcap", "pcapng", "gzip" or "zstd" by the first bytes, "" for others.
[[nodiscard]] std::string_view capture_kind(Bytes bytes);

/// Where a message is broken.
struct Fault {
    std::size_t offset = 0;
    std::string what;  ///< "the data of answer record 2 breaks off"
};
[[nodiscard]] std::optional<Fault> find_fault(Bytes message);

struct Placed {
    std::size_t offset = 0;  ///< of the message
    Bytes message;
};
/// One message, or several behind their 16-bit lengths as over TCP; what is neither whole is one broken message.
[[nodiscard]] std::vector<Placed> split_messages(Bytes bytes);

}  // namespace fid::dns
