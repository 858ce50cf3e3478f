// SPDX-License-Identifier: MIT
// Which of several addresses to connect to first (RFC 6724 section 6), as glibc's getaddrinfo(3) decides it: the rules
// one after another, with glibc's tables where they differ from the RFC's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "address/prefix.h"

namespace fid::dns {

/// The tables that gai.conf(5) can replace. IPv4 addresses are looked up as ::ffff:0:0/96.
class PolicyTable {
  public:
    /// glibc's own: labels and precedences of RFC 3484, with the additions gai.conf(5) tells of.
    PolicyTable();
    /// Each kind of line replaces its table as a whole; without any glibc's own stays. Malformed lines are passed over.
    [[nodiscard]] static PolicyTable parse(std::string_view gai_conf);

    [[nodiscard]] unsigned label(const Address& address) const;
    [[nodiscard]] unsigned precedence(const Address& address) const;
    /// 2 link-local, 5 site-local, 14 global, and a multicast address's own.
    [[nodiscard]] unsigned scope(const Address& address) const;

  private:
    struct Entry {
        Prefix prefix;
        unsigned value;
    };
    using Table = std::vector<Entry>;
    [[nodiscard]] static unsigned find(const Table& table, const Address& address);

    Table labels_, precedences_, scopes_;
};

/// The address this machine would send from.
struct SourceAddress {
    Address address;
    unsigned prefix_length = 0;  ///< of its network; 0 where unknown
    bool deprecated = false;     ///< RFC 4862 section 5.5.4
    bool home = false;           ///< of mobile IPv6
    bool tunnelled = false;      ///< its interface is a tunnel
    std::string interface;
};
/// As the kernel chooses it for a datagram socket, without sending anything; nothing where there is no way.
[[nodiscard]] std::optional<SourceAddress> source_for(const Address& destination);

struct Destination {
    Address address;
    std::optional<SourceAddress> source;
};

/// Why one destination goes before another.
struct OrderReason {
    bool as_given = true;  ///< the first goes first; always where no rule decides
    unsigned rule = 10;    ///< of RFC 6724 section 6; 10: they are equal, and stay as they were found
    std::string text;      ///< "higher precedence: 40, not 10"
};
[[nodiscard]] OrderReason compare_destinations(const Destination& first, const Destination& second,
                                               const PolicyTable& table);

}  // namespace fid::dns
