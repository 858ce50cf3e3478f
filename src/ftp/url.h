// SPDX-License-Identifier: MIT
// ftp:// and ftps:// addresses (RFC 1738 section 3.2).
#pragma once

#include <string>
#include <string_view>

#include "address/endpoint.h"

namespace fid::ftp {

struct Url {
    Endpoint server;      ///< scheme ftp or ftps, host, port; no path
    std::string path;     ///< percent-decoded; from the directory one is in after login, or from / where it begins so
    std::string pattern;  ///< the last part of the path where it has * ? or [ that are not percent-encoded; else ""
    bool directory = false;  ///< a slash ends it

    /// "ftp://host/dir/file" is from the directory after login, "ftp://host//etc" and "ftp://host/%2Fetc" from the
    /// root. Without a scheme it is ftp. ? and # belong to the path. Status usage; also for a password, which every
    /// user of the machine would see, and for what check_argument() refuses.
    [[nodiscard]] static Result<Url> parse(std::string_view text);
    /// For people: as it would be written, but for percent-encoding.
    [[nodiscard]] std::string text() const;
    /// The address of another path of the same server.
    [[nodiscard]] std::string text(std::string_view other) const;
};

/// Does `name` fit the pattern? * and ? and [a-z] as in a shell; also names that begin with a dot.
[[nodiscard]] bool fits(const std::string& pattern, const std::string& name);

}  // namespace fid::ftp
