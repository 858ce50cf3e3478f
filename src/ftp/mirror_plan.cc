// SPDX-License-Identifier: MIT
#include "ftp/mirror_plan.h"

#include <fnmatch.h>

#include <algorithm>

#include "ftp/names.h"

namespace fid::ftp {
namespace {

bool fits_any(const std::vector<std::string>& patterns, const std::string& path, bool directory) {
    const std::string name(base_name(path));
    return std::ranges::any_of(patterns, [&](std::string pattern) {
        if (pattern.ends_with('/')) {
            if (!directory) return false;
            pattern.pop_back();
        }
        return fnmatch(pattern.c_str(), name.c_str(), 0) == 0 || fnmatch(pattern.c_str(), path.c_str(), 0) == 0;
    });
}

}  // namespace

bool MirrorRules::wants(const std::string& path, bool directory) const {
    if (fits_any(exclude, path, directory)) return false;
    return directory || include.empty() || fits_any(include, path, false);
}

Verdict compare(const Version& source, const Version& destination, bool force) {
    if (source.kind != destination.kind) return Verdict::conflict;
    const bool sizes_known = source.size && destination.size;
    const bool same_size = sizes_known && *source.size == *destination.size;
    if (!source.modified || !destination.modified) return same_size ? Verdict::equal : Verdict::copy;
    // Both may have been cut to their precision: what is less apart than that may be the same moment.
    // Which day it was depends on the server's zone, which is not known from days alone.
    constexpr std::int64_t day = 86400, zones = 14 * 3600;
    const std::int64_t before = destination.precision, after = source.precision;
    const std::int64_t later = *destination.modified - *source.modified;
    const bool same_time = later > -(before >= day || after >= day ? before + zones : before) &&
                           later < (before >= day || after >= day ? after + zones : after);
    if (same_time && same_size) return Verdict::equal;
    if (!same_time && later > 0 && !force) return Verdict::newer;
    return Verdict::copy;
}

}  // namespace fid::ftp
