// SPDX-License-Identifier: MIT
// The hashes of a file as it is on disk.
#pragma once

#include <string>

#include "report/error.h"
#include "report/progress.h"

namespace fid::cmd::sniff {

/// Lower-case hexadecimal; empty where nothing was hashed.
struct Hashes {
    std::string sha256, sha1;
};

/// One pass over the file. Status cannot_read.
[[nodiscard]] Result<Hashes> hash_file(const std::string& path, report::Progress& progress);

}  // namespace fid::cmd::sniff
