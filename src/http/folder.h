// SPDX-License-Identifier: MIT
// A folder that is served, and nothing outside of it: the kernel itself resolves names beneath it (openat2), so that
// neither "..", nor a symbolic link, nor one that is exchanged at the right moment leads out.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "report/error.h"
#include "transport/descriptor.h"

namespace fid::http {

/// What tells one state of a file from another.
struct FileFacts {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t seconds = 0;       ///< of the last change
    std::uint32_t nanoseconds = 0;  ///< and its part of a second
    mode_t mode = 0;

    [[nodiscard]] static FileFacts of(const struct stat& about);
    [[nodiscard]] std::pair<std::int64_t, std::uint32_t> time() const { return {seconds, nanoseconds}; }
    [[nodiscard]] bool is_file() const { return S_ISREG(mode); }
    [[nodiscard]] bool is_folder() const { return S_ISDIR(mode); }
    bool operator==(const FileFacts&) const = default;
};

struct OpenFile {
    transport::Descriptor descriptor;
    FileFacts facts;
};

class Folder {
  public:
    /// Status cannot_read.
    [[nodiscard]] static Result<Folder> open(const std::string& path);

    /// Opens what a clean path (see path.h) names, for reading; the error is errno's, EXDEV where the name leads out.
    /// Never waits: the writer of a FIFO is not waited for.
    [[nodiscard]] std::expected<OpenFile, int> open_file(std::string_view clean) const;
    /// Only looks.
    [[nodiscard]] std::expected<FileFacts, int> look(std::string_view clean) const;

  private:
    [[nodiscard]] std::expected<OpenFile, int> open_beneath(std::string_view clean, int flags) const;

    transport::Descriptor root_;
};

}  // namespace fid::http
