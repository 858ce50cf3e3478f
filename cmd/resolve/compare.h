// SPDX-License-Identifier: MIT
// `fid resolve --compare NAME @A @B...`: the same questions to several servers, and in what their answers differ.
#pragma once

#include "cmd/resolve/ask.h"
#include "dns/comparison.h"
#include "report/record.h"

namespace fid::cmd::resolve {

/// --compare and --with-ttl.
[[nodiscard]] std::vector<Option> compare_options();
inline constexpr std::string_view compare_manual =
    "With --compare each @SERVER is asked the same, and a line tells of each what it answered: the code, how many "
    "records, a digest that is the same for the same answer, and in what it differs from what most say. The order of "
    "records does not count, nor their TTL but for --with-ttl.";

extern const report::RecordType server_answer_record, comparison_record;

/// One server, and what it said to all questions about a name.
struct Asked {
    std::string name;  ///< of the server; empty where it has none
    dns::Server server;
    std::vector<Outcome> outcomes;      ///< in the order of the types
    std::optional<Error> out_of_order;  ///< why its answers do not count
};

/// What is compared.
struct Subject {
    std::string name;                  ///< that was asked for
    std::string zone;                  ///< --all-ns
    std::vector<std::uint16_t> types;  ///< of the outcomes
    bool serials = false;              ///< the first question is for the zone's SOA, of which the serial counts
    bool ttl = false;                  ///< the TTL counts
};

/// Writes a row or record for each server and what they differ in. Status success where all say the same, negative
/// where those that answered differ, otherwise partial where some did not answer; where none did, the first one's.
[[nodiscard]] Status tell_comparison(Context& context, const Subject& subject, const std::vector<Asked>& servers);

[[nodiscard]] Status compare(Context& context, const Settings& settings);

}  // namespace fid::cmd::resolve
