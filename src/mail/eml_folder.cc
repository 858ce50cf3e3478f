// SPDX-License-Identifier: MIT
#include "mail/eml_folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <utility>

#include "report/calendar.h"

namespace fid::mail {
namespace {

constexpr std::size_t block = std::size_t{64} * 1024;

/// "20260501T102030.123456Z-12"
std::string name_of_now(std::uint64_t number) {
    using std::chrono::system_clock;
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t now =
        std::chrono::duration_cast<std::chrono::nanoseconds>(system_clock::now().time_since_epoch()).count();
    Text text;
    report::Calendar(report::Calendar::Zone::utc)
        .rfc3339(now / second, static_cast<std::uint32_t>(now % second), 6, text);
    std::string name;
    for (const char c : text.view())
        if (c != '-' && c != ':') name += c;
    name += '-';
    return name += std::to_string(number);
}

using Way = EmlFolder::Way;

transport::Descriptor make_nameless(int folder) {
    constexpr mode_t mode = 0600;
    return transport::Descriptor(::openat(folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, mode));
}

/// Gives a file its name, unless another has it; as the system calls do, 0 or -1 with errno.
int name_file(Way way, int folder, int file, const std::string& partial, const std::string& name) {
    if (way == Way::linked) return ::linkat(file, "", folder, name.c_str(), AT_EMPTY_PATH);
    if (way == Way::renamed) return ::renameat2(folder, partial.c_str(), folder, name.c_str(), RENAME_NOREPLACE);
    const std::string place = "/proc/self/fd/" + std::to_string(file);
    return ::linkat(AT_FDCWD, place.c_str(), folder, name.c_str(), AT_SYMLINK_FOLLOW);
}

/// What works here of `best` and those after it, tried with an empty file that goes again.
Way find_way(int folder, Way best) {
    const transport::Descriptor file = make_nameless(folder);
    const std::string name = ".fid-" + std::to_string(::getpid());
    for (const Way way : {Way::linked, Way::linked_by_proc}) {
        if (way < best || !file.valid() || name_file(way, folder, file.get(), {}, name) != 0) continue;
        ::unlinkat(folder, name.c_str(), 0);
        return way;
    }
    return Way::renamed;
}

}  // namespace

EmlFolder::EmlFolder(transport::Descriptor descriptor, std::string path, Way best)
    : descriptor_(std::move(descriptor)), path_(std::move(path)), way_(find_way(descriptor_.get(), best)) {}

Result<EmlFolder> EmlFolder::open(const std::string& path, Way best) {
    constexpr mode_t mode = 0700;  // letters are private
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
        return fail_errno(Status::cannot_write, "cannot make the folder", path, errno);
    transport::Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) return fail_errno(Status::cannot_write, "cannot open the folder", path, errno);
    if (::faccessat(folder.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
        return fail_errno(Status::cannot_write, "cannot write to the folder", path, errno);
    return EmlFolder(std::move(folder), path, best);
}

EmlFile& EmlFile::operator=(EmlFile&& other) noexcept {
    if (this == &other) return *this;
    drop();
    folder_ = other.folder_;
    file_ = std::move(other.file_);
    name_ = std::move(other.name_);
    held_ = std::move(other.held_);
    failure_ = other.failure_;
    return *this;
}

std::unexpected<Trouble> EmlFile::failed() {
    failure_ = errno;
    const bool full = failure_ == ENOSPC || failure_ == EDQUOT || failure_ == EFBIG || failure_ == EMFILE ||
                      failure_ == ENFILE || failure_ == ENOMEM;
    return std::unexpected(full ? Trouble::full : Trouble::broken);
}

std::expected<void, Trouble> EmlFile::begin(const EmlFolder& folder, std::uint64_t number) {
    drop();
    folder_ = &folder;
    name_ = name_of_now(number);
    constexpr mode_t mode = 0600;
    file_ = folder.way() == Way::renamed
                ? transport::Descriptor(::openat(folder.descriptor(), partial().c_str(),
                                                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode))
                : make_nameless(folder.descriptor());
    if (!file_.valid()) return failed();
    return {};
}

std::expected<void, Trouble> EmlFile::write(std::string_view bytes) {
    held_ += bytes;
    return held_.size() < block ? std::expected<void, Trouble>() : flush();
}

std::expected<void, Trouble> EmlFile::flush() {
    std::string_view rest = held_;
    while (!rest.empty()) {
        const ssize_t count = ::write(file_.get(), rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed();
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    held_.clear();
    return {};
}

std::expected<std::string, Trouble> EmlFile::keep() {
    if (auto written = flush(); !written) return std::unexpected(written.error());
    const int folder = folder_->descriptor();
    const bool named = folder_->way() == Way::renamed;
    std::string name = name_ + ".eml";
    // Over the network only the closing tells that there was no room; there are no nameless files there.
    bool kept = !named || ::close(file_.release()) == 0;
    for (unsigned again = 2; kept && name_file(folder_->way(), folder, file_.get(), partial(), name) != 0; ++again) {
        kept = errno == EEXIST;
        if (!kept) break;
        name = name_ + "-" + std::to_string(again) + ".eml";
    }
    if (kept) {
        file_.reset();
        return name;
    }
    auto error = failed();
    if (named) ::unlinkat(folder, partial().c_str(), 0);
    return error;
}

void EmlFile::drop() {
    held_.clear();
    if (!file_.valid()) return;
    file_.reset();
    if (folder_->way() == Way::renamed) ::unlinkat(folder_->descriptor(), partial().c_str(), 0);
}

}  // namespace fid::mail
