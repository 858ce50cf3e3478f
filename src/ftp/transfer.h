// SPDX-License-Identifier: MIT
// Files from the server and to it: whole or not there at all. A file is written under a name of its own
// (partial_name()) and gets the wanted one when it is complete.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "ftp/contained.h"
#include "ftp/session.h"

namespace fid::ftp {

/// Told how many bytes have just come or gone.
using OnBytes = std::function<void(std::uint64_t)>;
/// Takes what comes.
using Sink = std::function<Result<void>(Bytes)>;

struct Transferred {
    std::uint64_t bytes = 0;   ///< that went over the network
    std::uint64_t offset = 0;  ///< that were there already
    std::optional<std::int64_t> modified;
    bool time_kept = false;  ///< the copy has the original's time
};

struct Download {
    std::string path;                      ///< as in an address
    std::string name;                      ///< here, in the folder
    std::optional<std::uint64_t> size;     ///< where it is known, fewer bytes are a failure
    std::optional<std::int64_t> modified;  ///< what the listing says, or nothing
    bool resume = false;                   ///< go on where an earlier attempt at the same version was cut
    bool restart = false;                  ///< from the beginning where the server does not know how to go on
    bool replace = false;
    bool ask_time = false;  ///< MDTM goes along
};

/// Status truncated: less came than there is; what came is kept for `resume`. cannot_write: here. server_error.
[[nodiscard]] transport::Task<Result<Transferred>> download(Session& session, const Folder& folder, Download file,
                                                            OnBytes on_bytes);
/// All of a file into `sink`, from `offset` on; where it fails, the transfer is given up.
[[nodiscard]] transport::Task<Result<Transferred>> retrieve(Session& session, std::string path, std::uint64_t offset,
                                                            std::optional<std::uint64_t> size, bool ask_time,
                                                            Sink sink);

struct Upload {
    int descriptor = -1;                   ///< read from here, to its end
    std::optional<std::uint64_t> size;     ///< of a regular file, which can be resumed
    std::optional<std::int64_t> modified;  ///< the time to give it
    std::string path;                      ///< as in an address
    bool resume = false;
    bool direct = false;  ///< under its own name at once: for servers that let nobody rename
};

/// Replaces what is there. Status truncated: the server says it has another size than what was sent.
[[nodiscard]] transport::Task<Result<Transferred>> upload(Session& session, Upload file, OnBytes on_bytes);

}  // namespace fid::ftp
