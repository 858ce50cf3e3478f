// SPDX-License-Identifier: MIT
// Files beneath a folder, where others choose the names.
#pragma once

#include <string>

#include "transport/descriptor.h"

namespace fid::transport {

enum class Links : bool { refused, followed };

/// Opens (close-on-exec) what a relative path leads to, unless it leads out of the folder: by "..", an absolute path, a
/// link, or one of /proc's (openat2(2), Linux 5.6). Where the descriptor is not valid, errno tells why.
[[nodiscard]] Descriptor open_beneath(const Descriptor& folder, const std::string& path, int flags, Links links,
                                      unsigned mode = 0);

}  // namespace fid::transport
