// SPDX-License-Identifier: MIT
#include "http/folder.h"

#include <fcntl.h>

#include <cerrno>

#include "transport/open_beneath.h"

namespace fid::http {

FileFacts FileFacts::of(const struct stat& about) {
    return {.device = about.st_dev,
            .inode = about.st_ino,
            .size = static_cast<std::uint64_t>(about.st_size),
            .seconds = about.st_mtim.tv_sec,
            .nanoseconds = static_cast<std::uint32_t>(about.st_mtim.tv_nsec),
            .mode = about.st_mode};
}

Result<Folder> Folder::open(const std::string& path) {
    Folder folder;
    folder.root_ = transport::Descriptor(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder.root_.valid()) return fail_errno(Status::cannot_read, "cannot serve", path, errno);
    // A kernel before 5.6 has no openat2, and a container may forbid it: better said now than to every visitor.
    if (const auto looked = folder.look("/"); !looked)
        return fail_errno(Status::cannot_read, "cannot serve", path, looked.error());
    return folder;
}

std::expected<OpenFile, int> Folder::open_beneath(std::string_view clean, int flags) const {
    const std::string relative(clean.size() <= 1 ? std::string_view(".") : clean.substr(1));
    OpenFile file;
    file.descriptor = transport::open_beneath(root_, relative, flags, transport::Links::followed);
    if (!file.descriptor.valid()) return std::unexpected(errno);
    struct stat about{};
    if (fstat(file.descriptor.get(), &about) != 0) return std::unexpected(errno);
    file.facts = FileFacts::of(about);
    return file;
}

std::expected<OpenFile, int> Folder::open_file(std::string_view clean) const {
    return open_beneath(clean, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

std::expected<FileFacts, int> Folder::look(std::string_view clean) const {
    const auto file = open_beneath(clean, O_PATH);
    if (!file) return std::unexpected(file.error());
    return file->facts;
}

}  // namespace fid::http
