// SPDX-License-Identifier: MIT
// A file that is being downloaded: NAME.part until it is whole, then NAME.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "report/error.h"
#include "report/text.h"
#include "transport/descriptor.h"

namespace fid::cmd::fetch {

/// What -O makes of a URL: what stands behind its last slash. Status cannot_write where that is no name.
[[nodiscard]] Result<std::string> name_in_url(const std::string& url);
/// What a server calls the file (Content-Disposition, RFC 6266), its directories left out and control characters made
/// harmless; nothing where it gives no name that can be one.
[[nodiscard]] std::optional<std::string> name_in_header(std::string_view disposition);

class Download {
  public:
    /// Where a download that broke off can go on: the size of NAME.part, else of NAME; 0 where there is neither.
    [[nodiscard]] static std::uint64_t resumable_size(const std::string& path);

    /// Opens what `path` is until it is whole. `offset`: what is there stays up to that byte. What exists and is no
    /// regular file (/dev/null, a pipe) is written itself.
    [[nodiscard]] Result<void> open(const std::string& path, std::uint64_t offset, bool create_dirs);
    [[nodiscard]] bool is_open() const { return file_.valid(); }
    [[nodiscard]] Result<void> write(Bytes bytes);
    /// It is whole: it gets its name, and the time stamp where one is given.
    [[nodiscard]] Result<void> finish(std::optional<std::int64_t> modified_s);
    /// It broke off: what there is stays as NAME.part, whose name this gives; "" where there is nothing to keep.
    [[nodiscard]] std::string abandon();
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }

  private:
    std::string path_, working_;  ///< the same where there is no temporary name
    transport::Descriptor file_;
    std::uint64_t size_ = 0;
};

}  // namespace fid::cmd::fetch
