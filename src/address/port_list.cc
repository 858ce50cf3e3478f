// SPDX-License-Identifier: MIT
#include "address/port_list.h"

#include <algorithm>
#include <bitset>
#include <string>

#include "address/endpoint.h"

namespace fid {
namespace {

struct PortRange {
    unsigned first = 0, last = 0;
};

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// A dash stands in service names too (ftp-data): it makes a range between numbers only.
Result<PortRange> parse_item(std::string_view item, Transport transport) {
    const std::size_t dash = item.find('-');
    const bool range = dash != std::string_view::npos && is_number(item.substr(0, dash));
    const std::string_view second = range ? item.substr(dash + 1) : item;
    const auto first = parse_port(range ? item.substr(0, dash) : item, transport);
    if (!first) return std::unexpected(first.error());
    const auto last = range && !is_number(second)
                          ? fail(Status::usage, "not a range of ports:", std::string(item.substr(0, 40)), {},
                                 "write both ends as numbers, like 20-25 or 1024-65535")
                          : parse_port(second, transport);
    if (!last) return std::unexpected(last.error());
    if (*first == 0) return fail(Status::usage, "not a port to connect to:", std::string(item.substr(0, 40)));
    if (*last < *first)
        return fail(Status::usage, "not a range of ports:", std::string(item.substr(0, 40)),
                    "its end is before its beginning");
    return PortRange{*first, *last};
}

}  // namespace

Result<std::vector<std::uint16_t>> parse_ports(std::string_view text, Transport transport) {
    std::vector<std::uint16_t> ports;
    std::bitset<65536> seen;
    while (true) {
        const std::size_t comma = text.find(',');
        const auto range = parse_item(text.substr(0, comma), transport);
        if (!range) return std::unexpected(range.error());
        for (unsigned port = range->first; port <= range->last; ++port) {
            if (!seen[port]) ports.push_back(static_cast<std::uint16_t>(port));
            seen.set(port);
        }
        if (comma == std::string_view::npos) return ports;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace fid
