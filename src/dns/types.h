// SPDX-License-Identifier: MIT
// The numbers of DNS and their names, as dig writes them. The tables are those that `fid sniff` reads messages with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fid::dns {

namespace type {
inline constexpr std::uint16_t a = 1, ns = 2, cname = 5, soa = 6, ptr = 12, mx = 15, txt = 16, aaaa = 28, srv = 33,
                               dname = 39, opt = 41, ds = 43, rrsig = 46, nsec = 47, dnskey = 48, nsec3 = 50,
                               cdnskey = 60, svcb = 64, https = 65, tsig = 250, ixfr = 251, axfr = 252, any = 255;
}
namespace klass {
inline constexpr std::uint16_t in = 1, chaos = 3, hesiod = 4, none = 254, any = 255;
}
namespace rcode {
inline constexpr unsigned no_error = 0, format_error = 1, server_failure = 2, name_error = 3, not_implemented = 4,
                          refused = 5, bad_version = 16, bad_cookie = 23;
}
namespace option {
inline constexpr std::uint16_t nsid = 3, client_subnet = 8, expire = 9, cookie = 10, keepalive = 11, padding = 12,
                               extended_error = 15;
}

/// "AAAA"; "TYPE65280" where the type has no name (RFC 3597 section 5).
[[nodiscard]] std::string type_text(std::uint16_t type);
/// The type of a name or of "TYPE123", letter case aside; nothing where there is none.
[[nodiscard]] std::optional<std::uint16_t> read_type(std::string_view text);
/// Every name read_type knows, for completions and did-you-mean.
[[nodiscard]] std::vector<std::string_view> type_names();

/// "IN", "CH", "HS", "NONE", "ANY"; "CLASS123" where the class has no name.
[[nodiscard]] std::string class_text(std::uint16_t value);
[[nodiscard]] std::optional<std::uint16_t> read_class(std::string_view text);

/// "QUERY"; "RESERVED3" where unassigned, as dig has it.
[[nodiscard]] std::string opcode_text(unsigned opcode);
/// "NXDOMAIN", extended ones too: "BADVERS"; "RESERVED12" where unassigned.
[[nodiscard]] std::string rcode_text(unsigned rcode);
/// The same for the errors of TSIG, where 16 is BADSIG.
[[nodiscard]] std::string tsig_error_text(unsigned code);
/// "NSID", "COOKIE" of EDNS; "" where unknown.
[[nodiscard]] std::string_view option_text(unsigned code);
/// "Stale Answer" (RFC 8914); "" where unknown.
[[nodiscard]] std::string_view extended_error_text(unsigned code);

}  // namespace fid::dns
