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

}  // namespace

Result<EmlFolder> EmlFolder::open(const std::string& path) {
    constexpr mode_t mode = 0700;  // letters are private
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
        return fail_errno(Status::cannot_write, "cannot make the folder", path, errno);
    transport::Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) return fail_errno(Status::cannot_write, "cannot open the folder", path, errno);
    if (::faccessat(folder.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
        return fail_errno(Status::cannot_write, "cannot write to the folder", path, errno);
    return EmlFolder(std::move(folder), path);
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
    file_ = transport::Descriptor(::openat(folder.descriptor(), ("." + name_ + ".part").c_str(),
                                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
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
    // A file system over the network tells only now that it had no room.
    if (::close(file_.release()) != 0) {
        auto error = failed();
        ::unlinkat(folder_->descriptor(), ("." + name_ + ".part").c_str(), 0);
        return error;
    }
    const std::string partial = "." + name_ + ".part";
    std::string name = name_ + ".eml";
    for (unsigned again = 2;; ++again) {
        if (::renameat2(folder_->descriptor(), partial.c_str(), folder_->descriptor(), name.c_str(),
                        RENAME_NOREPLACE) == 0)
            return name;
        if (errno != EEXIST) break;
        name = name_ + "-" + std::to_string(again) + ".eml";
    }
    auto error = failed();
    ::unlinkat(folder_->descriptor(), partial.c_str(), 0);
    return error;
}

void EmlFile::drop() {
    held_.clear();
    if (!file_.valid()) return;
    file_.reset();
    ::unlinkat(folder_->descriptor(), ("." + name_ + ".part").c_str(), 0);
}

}  // namespace fid::mail
