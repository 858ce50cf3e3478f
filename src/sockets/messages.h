// SPDX-License-Identifier: MIT
// The bytes of NETLINK_SOCK_DIAG: messages, attributes, and the answers of each family as Socket values.
#pragma once

#include <cstdint>
#include <optional>

#include "report/text.h"
#include "sockets/socket.h"

namespace fid::sockets {

/// One netlink message (RFC 3549 section 2.3): header fields that matter, and what follows the header.
struct Message {
    std::uint16_t type = 0;
    std::uint16_t flags = 0;
    Bytes payload;
};

/// Takes the next message off `rest`; false at the end, and where the length fields do not fit the bytes.
[[nodiscard]] bool next_message(Bytes& rest, Message& message);

struct Attribute {
    std::uint16_t type = 0;
    Bytes value;
};
[[nodiscard]] bool next_attribute(Bytes& rest, Attribute& attribute);

/// An answer to SOCK_DIAG_BY_FAMILY about sockets of that kind; nothing where it is too short or of another family.
[[nodiscard]] std::optional<Socket> read_answer(Kind kind, Bytes payload);

/// "route:1234", "generic:kernel".
[[nodiscard]] std::string netlink_name(unsigned protocol, std::uint32_t port);

}  // namespace fid::sockets
