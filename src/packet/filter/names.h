// SPDX-License-Identifier: MIT
// The names a filter may use for byte offsets and protocols, and the nearest name to a mistyped one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fid::packet::filter {

/// pcap-filter's names in tcp[tcpflags] & tcp-syn: an offset, a flag or an ICMP type.
[[nodiscard]] std::optional<std::uint32_t> byte_name(std::string_view name);

/// The IP protocol number of a name without a dissector of its own.
[[nodiscard]] std::optional<std::uint8_t> ip_protocol_number(std::string_view name);

/// A field, protocol or word of the language near enough to be meant; "" where there is none.
[[nodiscard]] std::string nearest_name(std::string_view word);

}  // namespace fid::packet::filter
