// SPDX-License-Identifier: MIT
#include "ftp/features.h"

#include <strings.h>

namespace fid::ftp {
namespace {

/// Does a line of the answer name this feature? A blank stands before it, and what it takes may follow.
bool names(std::string_view line, std::string_view feature) {
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
    if (line.size() < feature.size()) return false;
    if (strncasecmp(line.data(), feature.data(), feature.size()) != 0) return false;
    return line.size() == feature.size() || line[feature.size()] == ' ' || line[feature.size()] == ';';
}

}  // namespace

Features parse_features(const Reply& reply) {
    Features features;
    features.known = reply.code == 211;
    if (!features.known) return features;
    for (const std::string& line : reply.lines) {
        if (names(line, "MLST") || names(line, "MLSD")) features.mlst = true;
        if (names(line, "UTF8")) features.utf8 = true;
        if (names(line, "SIZE")) features.size = true;
        if (names(line, "MDTM")) features.mdtm = true;
        if (names(line, "MFMT")) features.mfmt = true;
        if (names(line, "REST STREAM")) features.rest_stream = true;
    }
    return features;
}

}  // namespace fid::ftp
