// SPDX-License-Identifier: MIT
// Files here that a server has named. Nothing is created, replaced or removed outside the folder that the user named,
// whatever the names are, and whatever symbolic links lie in the folder.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ftp/listing.h"
#include "transport/descriptor.h"

namespace fid::ftp {

/// What is found under a name, not following links.
struct LocalEntry {
    std::string name;
    Kind kind = Kind::other;
    std::uint64_t size = 0;
    std::int64_t modified = 0;  ///< seconds since 1970
};

class Folder {
  public:
    /// The user's own words: links on the way are followed, it is made where it does not exist and `create`. Status
    /// cannot_write, cannot_read.
    [[nodiscard]] static Result<Folder> open(const std::string& path, bool create);
    /// A folder beneath (openat2(2) RESOLVE_BENEATH, no links); "" is a second handle of this one. With `create` its
    /// last part is made.
    [[nodiscard]] Result<Folder> enter(const std::string& path, bool create) const;

    [[nodiscard]] std::optional<LocalEntry> look(const std::string& name) const;
    /// In no order; without "." and "..".
    [[nodiscard]] Result<std::vector<LocalEntry>> list() const;
    /// A file to write to, new or with what it has. Never a link.
    [[nodiscard]] Result<transport::Descriptor> write(const std::string& name, bool keep) const;
    [[nodiscard]] Result<transport::Descriptor> read(const std::string& name) const;
    /// Gives a file its final name. Status cannot_write, also where there is one already and not `replace`.
    [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to, bool replace) const;
    /// A file, or a directory with all that is in it; links are removed, not followed. Gives how many were removed.
    [[nodiscard]] Result<std::uint64_t> remove(const std::string& name) const;

    /// For messages.
    [[nodiscard]] std::string text(std::string_view name) const;

  private:
    Folder(transport::Descriptor descriptor, std::string path)
        : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

    transport::Descriptor descriptor_;
    std::string path_;
};

}  // namespace fid::ftp
