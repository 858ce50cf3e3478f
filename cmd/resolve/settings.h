// SPDX-License-Identifier: MIT
// What the user asked for, from words in dig's manner and options.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/command.h"
#include "dns/exchange.h"

namespace fid::cmd::resolve {

enum class Layout : std::uint8_t {
    lines,    ///< name, TTL, type and data of each answer
    brief,    ///< the data alone, as dig +short
    dig,      ///< whole messages as dig shows them
    rfc8427,  ///< a JSON object a message
};

/// What of a message dig's layout shows.
struct DigStyle {
    bool command = true, comments = true, question = true, answer = true, authority = true, additional = true,
         statistics = true;
    bool show_class = true, show_ttl = true, ttl_units = false;
    unsigned split = 56;  ///< dig's default
};

/// One name with the types asked for together: an answer to any of them makes the whole a success.
struct Group {
    std::string name;                   ///< as typed, or a reverse name
    std::vector<dns::Name> candidates;  ///< asked one after another while the name does not exist (--search)
    std::vector<std::uint16_t> types;
    bool any_will_do = false;  ///< the types were not asked for by the user: A and AAAA
};

struct Settings {
    std::vector<Group> groups;
    std::vector<std::string> names;    ///< of --system, as typed
    std::vector<std::uint16_t> types;  ///< as the user named them
    std::uint16_t klass = dns::klass::in;
    std::vector<dns::Server> servers;
    bool multicast = false;    ///< @mdns
    bool each_server = false;  ///< the servers were named: each is asked. Otherwise one after another until one answers
    dns::ExchangeOptions exchange;
    Layout layout = Layout::lines;
    DigStyle dig;
    bool generic = false;          ///< data as RFC 3597 has it
    bool next_on_failure = false;  ///< SERVFAIL: ask the next server
    std::optional<bool> unicode;   ///< names in letters outside ASCII; where a terminal is unless said
    bool ascii_input = false;      ///< names as they are typed, without IDNA
    bool search = false;
    bool transfer = false;  ///< of zones: the names; the serial of IXFR is the question's
    std::optional<unsigned> ndots;
    std::string search_domain;   ///< +domain=
    bool dig_status = false;     ///< exit as dig does
    bool trace = false;          ///< from the root down
    std::optional<bool> dnssec;  ///< +dnssec, +nodnssec: said by the user
    std::uint16_t port = 0;      ///< of servers that are named without one; 0: the carrier's own
    // What +tls and the like turn servers written without a scheme into.
    std::optional<dns::Carrier> carrier;
    std::string https_path;
    std::optional<std::chrono::nanoseconds> timeout;
    std::optional<unsigned> attempts;
};

[[nodiscard]] std::vector<Option> option_list();
[[nodiscard]] Result<Settings> read_settings(const Arguments& args);

}  // namespace fid::cmd::resolve
