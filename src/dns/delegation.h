// SPDX-License-Identifier: MIT
// What an authoritative server's message means on the way from the root down (RFC 1034 section 5.3.3): an answer, an
// alias, a way further down, or nothing of use. Nothing is asked here, and nothing is believed that the server's zone
// has no say in.
#pragma once

#include <string_view>
#include <vector>

#include "dns/message.h"

namespace fid::dns {

enum class Meaning : std::uint8_t {
    answer,     ///< records of the type asked for
    alias,      ///< a CNAME, whose end has to be asked for elsewhere
    no_data,    ///< the name exists and has no such records
    no_name,    ///< NXDOMAIN
    referral,   ///< to the servers of a zone further down
    lame,       ///< REFUSED, or a message that leads nowhere: not a server of this zone
    failure,    ///< SERVFAIL and other errors
    malformed,  ///< not as RFC 1035 has it
};
[[nodiscard]] std::string_view meaning_name(Meaning meaning);  ///< "no_data"

/// A name server, and the addresses that are known of it.
struct NameServer {
    Name name;
    std::vector<Address> addresses;
};

struct Reply {
    Meaning what = Meaning::malformed;
    bool authoritative = false;
    // referral
    Name cut;                         ///< the zone it leads to
    std::vector<NameServer> servers;  ///< at most `most_name_servers`; glue from outside the zone asked is left out
    bool has_ds = false;              ///< the zone is signed, as its parent says; known where DNSSEC was asked for
    // answer, alias
    std::vector<Name> names;      ///< from the name that was asked for along its aliases
    std::vector<Record> records;  ///< of those names, which the zone may speak for; they lie in the message
};
inline constexpr std::size_t most_name_servers = 32;
inline constexpr std::size_t most_aliases = 16;

/// Reads the answer of a server of `zone` to `question`. An alias ends in names.back(); that name stands twice in
/// `names` where the aliases run in a circle.
[[nodiscard]] Reply read_reply(const Message& message, const Question& question, const Name& zone);

/// The name servers that records of `section` name for `zone`, with those addresses of the additional section that a
/// server of `trusted` may speak for.
[[nodiscard]] std::vector<NameServer> name_servers_of(const Message& message, Section section, const Name& zone,
                                                      const Name& trusted);

}  // namespace fid::dns
