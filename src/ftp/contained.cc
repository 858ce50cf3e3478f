// SPDX-License-Identifier: MIT
#include "ftp/contained.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "ftp/names.h"
#include "transport/open_beneath.h"

namespace fid::ftp {

using transport::Descriptor;

namespace {

Descriptor open_contained(const Descriptor& folder, const std::string& path, int flags, unsigned mode = 0) {
    return transport::open_beneath(folder, path, flags, transport::Links::refused, mode);
}

Kind kind_of(mode_t mode) {
    if (S_ISREG(mode)) return Kind::file;
    if (S_ISDIR(mode)) return Kind::directory;
    return S_ISLNK(mode) ? Kind::link : Kind::other;
}

struct CloseFolder {
    void operator()(DIR* folder) const { closedir(folder); }
};

}  // namespace

std::string Folder::text(std::string_view name) const { return path_ == "." ? std::string(name) : joined(path_, name); }

Result<Folder> Folder::open(const std::string& path, bool create) {
    if (create && mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
        return fail_errno(Status::cannot_write, "cannot make the directory", path, errno);
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.valid()) return fail_errno(Status::cannot_read, "cannot open the directory", path, errno);
    return Folder(std::move(descriptor), path);
}

Result<Folder> Folder::enter(const std::string& path, bool create) const {
    const std::string inside = path.empty() ? "." : path;
    Descriptor descriptor = open_contained(descriptor_, inside, O_RDONLY | O_DIRECTORY);
    if (!descriptor.valid() && errno == ENOENT && create) {
        const auto parent = enter(std::string(parent_path(path)), false);
        if (!parent) return std::unexpected(parent.error());
        const std::string name(base_name(path));
        if (mkdirat(parent->descriptor_.get(), name.c_str(), 0777) != 0 && errno != EEXIST)
            return fail_errno(Status::cannot_write, "cannot make the directory", text(path), errno);
        descriptor = open_contained(descriptor_, inside, O_RDONLY | O_DIRECTORY);
    }
    if (!descriptor.valid() && errno == ELOOP)
        return fail(Status::cannot_write, "a symbolic link is in the way of", text(path), "it is not followed");
    if (!descriptor.valid()) return fail_errno(Status::cannot_write, "cannot open the directory", text(path), errno);
    return Folder(std::move(descriptor), path.empty() ? path_ : text(path));
}

std::optional<LocalEntry> Folder::look(const std::string& name) const {
    struct stat about{};
    if (fstatat(descriptor_.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
    return LocalEntry{name, kind_of(about.st_mode), static_cast<std::uint64_t>(about.st_size), about.st_mtim.tv_sec};
}

Result<std::vector<LocalEntry>> Folder::list() const {
    // A descriptor of its own: fdopendir(3) takes it, and its position.
    const int own = openat(descriptor_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, CloseFolder> folder(own < 0 ? nullptr : fdopendir(own));
    if (!folder) return fail_errno(Status::cannot_read, "cannot list", path_, errno);
    std::vector<LocalEntry> entries;
    while (const dirent* const one = readdir(folder.get())) {
        const std::string name(one->d_name);
        if (name == "." || name == "..") continue;
        if (auto entry = look(name)) entries.push_back(std::move(*entry));
    }
    return entries;
}

Result<Descriptor> Folder::write(const std::string& name, bool keep) const {
    const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (keep ? 0 : O_TRUNC);
    Descriptor file = open_contained(descriptor_, name, flags, 0666);
    if (!file.valid()) return fail_errno(Status::cannot_write, "cannot write", text(name), errno);
    struct stat about{};
    if (fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode))
        return fail(Status::cannot_write, "cannot write", text(name), "it is no regular file");
    return file;
}

Result<Descriptor> Folder::read(const std::string& name) const {
    Descriptor file = open_contained(descriptor_, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file.valid()) return fail_errno(Status::cannot_read, "cannot read", text(name), errno);
    return file;
}

Result<void> Folder::rename(const std::string& from, const std::string& to, bool replace) const {
    const int folder = descriptor_.get();
    int failed = replace ? renameat(folder, from.c_str(), folder, to.c_str())
                         : renameat2(folder, from.c_str(), folder, to.c_str(), RENAME_NOREPLACE);
    if (failed != 0 && !replace && errno == EINVAL) {  // a file system that cannot do that in one step
        failed = linkat(folder, from.c_str(), folder, to.c_str(), 0);
        if (failed == 0) failed = unlinkat(folder, from.c_str(), 0);
    }
    if (failed == 0) return {};
    if (errno == EEXIST)
        return fail(Status::cannot_write, "there is already a file", text(to), {}, "--force replaces it");
    return fail_errno(Status::cannot_write, "cannot write", text(to), errno);
}

Result<std::uint64_t> Folder::remove(const std::string& name) const {
    const auto entry = look(name);
    if (!entry) return 0;
    std::uint64_t count = 1;
    if (entry->kind == Kind::directory) {
        const auto inside = enter(name, false);
        if (!inside) return std::unexpected(inside.error());
        const auto entries = inside->list();
        if (!entries) return std::unexpected(entries.error());
        for (const LocalEntry& one : *entries) {
            const auto removed = inside->remove(one.name);
            if (!removed) return removed;
            count += *removed;
        }
    }
    const int flags = entry->kind == Kind::directory ? AT_REMOVEDIR : 0;
    if (unlinkat(descriptor_.get(), name.c_str(), flags) == 0) return count;
    return fail_errno(Status::cannot_write, "cannot remove", text(name), errno);
}

}  // namespace fid::ftp
