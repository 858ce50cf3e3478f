// SPDX-License-Identifier: MIT
// What `fid sniff info` tells of a capture, as a record.
#pragma once

#include <string>

#include "capture/reader.h"
#include "cmd/sniff/file_hash.h"
#include "cmd/sniff/totals.h"
#include "report/record.h"

namespace fid::cmd::sniff {

extern const report::RecordType info_record_type;

[[nodiscard]] report::Record info_record(const std::string& path, const capture::Reader& reader, const Totals& totals,
                                         const Hashes& hashes);

}  // namespace fid::cmd::sniff
