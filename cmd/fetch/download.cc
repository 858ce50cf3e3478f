// SPDX-License-Identifier: MIT
#include "cmd/fetch/download.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "transport/http_head.h"

namespace fid::cmd::fetch {
namespace {

constexpr std::string_view unfinished = ".part";

std::optional<std::uint64_t> regular_size(const std::string& path) {
    struct stat about{};
    if (stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
    return static_cast<std::uint64_t>(about.st_size);
}

std::string percent_decoded(std::string_view text) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); };
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
            out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// A base name without anything that means something to the file system or a terminal.
std::optional<std::string> harmless(std::string name) {
    name.erase(0, name.find_last_of("/\\") + 1);  // npos + 1 is 0
    for (char& c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
    while (name.starts_with('.')) name.erase(0, 1);  // no hidden files on a server's word
    constexpr std::size_t longest = 200;
    if (name.size() > longest) name.resize(longest);
    if (name.empty()) return std::nullopt;
    return name;
}

/// Where `path` names a symbolic link to a file, that file is replaced and not the link.
std::string behind_links(const std::string& path) {
    std::error_code failed;
    if (!std::filesystem::is_symlink(path, failed)) return path;
    const auto target = std::filesystem::canonical(path, failed);
    return failed ? path : target.string();
}

}  // namespace

Result<std::string> name_in_url(const std::string& url) {
    std::string path = url.substr(0, url.find_first_of("?#"));
    const std::size_t scheme = path.find("://");
    path.erase(0, scheme == std::string::npos ? 0 : scheme + 3);
    const std::size_t slash = path.rfind('/');
    std::string name = slash == std::string::npos ? std::string() : path.substr(slash + 1);
    if (name.empty() || name == "." || name == "..")
        return fail(Status::cannot_write, "there is no file name in", url, {}, "-o FILE gives it one");
    return name;
}

std::optional<std::string> name_in_header(std::string_view disposition) {
    std::optional<std::string> plain, extended;
    std::size_t at = disposition.find(';');
    while (at != std::string_view::npos && at < disposition.size()) {
        std::string_view rest = disposition.substr(at + 1);
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        const std::size_t equals = rest.find('=');
        if (equals == std::string_view::npos) break;
        const std::string_view key = rest.substr(0, equals);
        std::string value;
        std::size_t end = equals + 1;
        if (end < rest.size() && rest[end] == '"') {
            for (++end; end < rest.size() && rest[end] != '"'; ++end) {
                if (rest[end] == '\\' && end + 1 < rest.size()) ++end;
                value += rest[end];
            }
            end = rest.find(';', end);
        } else {
            end = rest.find(';', end);
            value = rest.substr(equals + 1, end == std::string_view::npos ? end : end - equals - 1);
        }
        if (transport::same_token(key, "filename")) plain = value;
        if (transport::same_token(key, "filename*"))  // charset'language'percent-encoded, RFC 8187
            if (const std::size_t quote = value.find('\''), second = value.find('\'', quote + 1);
                quote != std::string::npos && second != std::string::npos)
                extended = percent_decoded(std::string_view(value).substr(second + 1));
        at = end == std::string_view::npos ? end : static_cast<std::size_t>(rest.data() - disposition.data()) + end;
    }
    const std::optional<std::string>& found = extended ? extended : plain;
    return found ? harmless(*found) : std::nullopt;
}

std::uint64_t Download::resumable_size(const std::string& path) {
    if (const auto size = regular_size(path + std::string(unfinished))) return *size;
    return regular_size(path).value_or(0);
}

Result<void> Download::open(const std::string& path, std::uint64_t offset, bool create_dirs) {
    path_ = behind_links(path);
    working_ = path_;
    struct stat about{};
    const bool there = stat(path_.c_str(), &about) == 0;
    if (!there || S_ISREG(about.st_mode)) working_ += unfinished;
    // What is gone on with may have its whole name: another client's, or a file that has grown.
    if (offset != 0 && there && !regular_size(working_)) working_ = path_;
    if (create_dirs) {
        std::error_code failed;
        std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), failed);
    }
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (offset == 0 && working_ != path_ ? O_TRUNC : 0);
    constexpr mode_t rights = 0666;
    file_ = transport::Descriptor(::open(working_.c_str(), flags, rights));
    if (!file_.valid()) return fail_errno(Status::cannot_write, "cannot write", path, errno);
    size_ = offset;
    if (offset == 0) return {};
    if (ftruncate(file_.get(), static_cast<off_t>(offset)) != 0 ||
        lseek(file_.get(), static_cast<off_t>(offset), SEEK_SET) < 0)
        return fail_errno(Status::cannot_write, "cannot go on with", working_, errno);
    return {};
}

Result<void> Download::write(Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_errno(Status::cannot_write, "cannot write", working_, errno);
        size_ += static_cast<std::uint64_t>(written);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> Download::finish(std::optional<std::int64_t> modified_s) {
    if (modified_s) {
        const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, {.tv_sec = *modified_s, .tv_nsec = 0}};
        futimens(file_.get(), times);
    }
    file_.reset();
    if (working_ != path_ && std::rename(working_.c_str(), path_.c_str()) != 0)
        return fail_errno(Status::cannot_write, "cannot name", path_, errno);
    return {};
}

std::string Download::abandon() {
    if (!file_.valid()) return {};
    file_.reset();
    if (working_ == path_) return {};
    if (size_ == 0) {
        unlink(working_.c_str());
        return {};
    }
    return working_;
}

}  // namespace fid::cmd::fetch
