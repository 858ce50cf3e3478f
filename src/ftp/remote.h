// SPDX-License-Identifier: MIT
// Questions about the server's files.
#pragma once

#include <string>
#include <vector>

#include "ftp/listing.h"
#include "ftp/session.h"

namespace fid::ftp {

struct Listing {
    std::vector<Entry> entries;  ///< as the server has them, in its order
    bool exact = false;          ///< of MLSD: times to the second, in UTC
    std::size_t unread = 0;      ///< lines that were not understood
};

/// By MLSD, or LIST where the server does not have it. Paths are those of an address (Session::absolute()).
/// Status server_error: no such directory; truncated: the listing was cut.
[[nodiscard]] transport::Task<Result<Listing>> list_directory(Session& session, std::string path);
/// One file or directory: by MLST, else out of the listing of its parent. Status server_error where there is none.
[[nodiscard]] transport::Task<Result<Entry>> stat_path(Session& session, std::string path);
/// The modification time as MDTM knows it; nothing where the server does not say.
[[nodiscard]] transport::Task<Result<std::optional<std::int64_t>>> modification_time(Session& session,
                                                                                     std::string path);
/// A command that has to succeed: "DELE", "MKD" and the like with a path. The error says `attempt`.
[[nodiscard]] transport::Task<Result<void>> change(Session& session, std::string command, std::string path,
                                                   std::string attempt);
/// RNFR and RNTO.
[[nodiscard]] transport::Task<Result<void>> rename_path(Session& session, std::string from, std::string to);

}  // namespace fid::ftp
