// SPDX-License-Identifier: MIT
// The records of `fid resolve --validate`.
#pragma once

#include "cmd/resolve/settings.h"
#include "dns/dnssec_chain.h"
#include "report/record.h"

namespace fid::cmd::resolve {

extern const report::RecordType link_record;
extern const report::RecordType validation_record;

[[nodiscard]] report::Record describe(const dns::dnssec::Link& link);
/// `at`: the time signatures were checked against, seconds since 1970. Bogus data is left out.
[[nodiscard]] report::Record describe(const dns::dnssec::Validation& validation, std::int64_t at,
                                      const Settings& settings);
/// "NOERROR", "NXDOMAIN"; "" where there is no answer.
[[nodiscard]] std::string_view outcome_text(dns::dnssec::Validation::Outcome outcome);

}  // namespace fid::cmd::resolve
