// SPDX-License-Identifier: MIT
// Service names and port numbers that people type and read, built in so that every machine says the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fid {

enum class Transport : std::uint8_t { tcp = 1, udp = 2 };

/// "https" -> 443. Lower and upper case alike. A name known for one transport only is found for the other too.
[[nodiscard]] std::optional<std::uint16_t> service_port(std::string_view name, Transport transport = Transport::tcp);
/// 443 -> "https"; "" where the port has no common name on that transport.
[[nodiscard]] std::string_view service_name(std::uint16_t port, Transport transport = Transport::tcp);

}  // namespace fid
