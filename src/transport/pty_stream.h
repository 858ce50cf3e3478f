// SPDX-License-Identifier: MIT
// A pseudo terminal that other programs open.
#pragma once

#include <string>

#include "transport/stream.h"

namespace fid::transport {

struct PtyOptions {
    std::string link;   ///< a symbolic link to the terminal; "" for none
    bool keep = false;  ///< stays when the last program closes it, for the next one
};

struct Pty {
    StreamPtr stream;
    std::string path;  ///< what programs open: "/dev/pts/3"
};

/// What a program writes to the terminal is read here and the other way round, raw: no echo, no line editing, no
/// signals, until it sets something else. Reading ends when the last program that had it open has closed it. The link
/// must not exist and is removed with the stream.
[[nodiscard]] Result<Pty> make_pty_stream(Executor executor, PtyOptions options);

}  // namespace fid::transport
