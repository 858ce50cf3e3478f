// SPDX-License-Identifier: MIT
// The values of filters: ports, addresses, users and states, as conditions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/error.h"
#include "sockets/expression.h"

namespace fid::sockets {

/// Errors have a cause and a hint; the parser says where.

/// "443", ":443", "https", ":8000-8100", "*".
[[nodiscard]] Result<Node> port_value(std::string_view text, Side side);
/// "10.0.0.1", "10/8", "10.0.0.1-10.0.0.9", "2001:db8::/32", "[::1]:80", "127.0.0.1:80", ":80", "*", "/run/x*",
/// "unix:/run/x", "@abstract", or a host's name.
[[nodiscard]] Result<Node> host_value(std::string_view text, Side side);
/// The same without names, for words that may be something else.
[[nodiscard]] std::optional<Node> plain_address(std::string_view text, Side side);
[[nodiscard]] Result<Node> user_value(std::string_view text);
[[nodiscard]] Result<Node> state_value(std::string_view text);
/// A whole number for `op`: low == high.
[[nodiscard]] Result<Node> number_value(Op op, std::string_view text);

/// What `op` with low..high means for a relation: ">=", "<" and so on change the bounds, "!=" negates.
[[nodiscard]] Node related(Node value, std::string_view relation);

}  // namespace fid::sockets
