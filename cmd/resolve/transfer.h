// SPDX-License-Identifier: MIT
// fid resolve --axfr: whole zones, or what has changed in them.
#pragma once

#include "cmd/resolve/settings.h"
#include "report/record.h"

namespace fid::cmd::resolve {

extern const report::RecordType transferred_record, transfer_record;

[[nodiscard]] std::vector<Option> transfer_options();
/// The zone transfers that were asked for, one after another.
[[nodiscard]] Status transfer(Context& context, const Settings& settings);

inline constexpr std::string_view transfer_manual =
    "--axfr (or the type AXFR) asks for all records of a zone, over TCP or, with tls://SERVER, over TLS 1.3; "
    "IXFR=SERIAL asks for what has changed since the version of that serial number: the records removed and added, "
    "between the SOA records of each version, as dig shows them. A server may answer it with the whole zone, or with "
    "its SOA record alone where it has nothing newer. Records are written as they arrive, whatever the size of the "
    "zone; in a pipe they are a zone file. A summary ends the transfer, on standard error or as the last record. "
    "What breaks off in the middle is shown as far as it came, with status 18.";

}  // namespace fid::cmd::resolve
