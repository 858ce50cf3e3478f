// SPDX-License-Identifier: MIT
// What a mirror has to do with one directory: the two sides beside each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ftp/contained.h"
#include "ftp/listing.h"

namespace fid::ftp {

struct MirrorRules {
    std::vector<std::string> include;  ///< patterns; where there are any, only files that fit one
    std::vector<std::string> exclude;  ///< of names, or of paths from the mirror's top; "dir/" is a directory's
    bool force = false;                ///< files that are newer at the destination are replaced, too
    bool remove = false;               ///< what the source does not have is removed at the destination

    [[nodiscard]] bool wants(const std::string& path, bool directory) const;
};

/// A file as both sides can be asked for it.
struct Version {
    Kind kind = Kind::other;
    std::optional<std::uint64_t> size;
    std::optional<std::int64_t> modified;
    unsigned precision = 1;  ///< seconds that `modified` may be too early
};

enum class Verdict : std::uint8_t {
    equal,
    copy,
    newer,     ///< the destination's is newer: somebody has worked on it
    conflict,  ///< one is a directory, a link or a device, the other is a file
};

/// Is the destination's the same as the source's: size and time, as far as both are known?
[[nodiscard]] Verdict compare(const Version& source, const Version& destination, bool force);

}  // namespace fid::ftp
