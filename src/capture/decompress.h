// SPDX-License-Identifier: MIT
// Compressed captures, recognised by their first bytes and read as a stream: gzip, zstd, lz4, xz. Concatenated members
// and skippable frames are followed; data cut short still yields what came before the cut.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "capture/source.h"

namespace fid::capture {

/// "gzip", "zstd", "lz4", "xz", or "" where the first bytes are none of them.
[[nodiscard]] std::string_view compression_of(Bytes head);
/// `from` itself where `compression` is "".
[[nodiscard]] std::unique_ptr<Feed> decompress(std::string_view compression, std::unique_ptr<Feed> from);

}  // namespace fid::capture
