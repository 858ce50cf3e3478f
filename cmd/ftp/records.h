// SPDX-License-Identifier: MIT
// What `fid ftp` reports.
#pragma once

#include <string>

#include "cmd/command.h"
#include "ftp/listing.h"
#include "ftp/transfer.h"

namespace fid::cmd::ftp {

extern const report::RecordType entry_record;
extern const report::RecordType transfer_record;
extern const report::RecordType summary_record;

/// "2024-05-01T10:20:30Z".
[[nodiscard]] report::Value time_value(const std::optional<std::int64_t>& seconds);
[[nodiscard]] report::Record describe(const fid::ftp::Entry& entry, const std::string& path);
void write_entry(report::Output& out, const report::Record& record);

struct TransferReport {
    std::string path;   ///< at the server
    std::string local;  ///< "" where there is none
    std::string_view state;
    std::string_view kind = "file";
    fid::ftp::Transferred done;
    std::optional<std::uint64_t> size;
    std::optional<std::int64_t> modified;
    std::chrono::nanoseconds duration{};
    std::string error;
};
void write_transfer(report::Output& out, const TransferReport& transfer);

}  // namespace fid::cmd::ftp
