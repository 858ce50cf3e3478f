// SPDX-License-Identifier: MIT
// What `fid sniff info` tells of a capture, for people.
#pragma once

#include <string>

#include "capture/reader.h"
#include "cmd/sniff/file_hash.h"
#include "cmd/sniff/totals.h"
#include "report/output.h"

namespace fid::cmd::sniff {

void write_info_text(report::Output& out, const std::string& path, const capture::Reader& reader, const Totals& totals,
                     const Hashes& hashes);

}  // namespace fid::cmd::sniff
