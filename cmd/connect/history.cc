// SPDX-License-Identifier: MIT
#include "cmd/connect/history.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "report/text.h"
#include "transport/descriptor.h"

namespace fid::cmd::connect {
namespace {

/// More than a file of ours can have.
constexpr std::size_t most_file_bytes = History::most_lines * (History::most_line_bytes + 1);

bool keepable(std::string_view line) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    return !line.empty() && !line.starts_with(' ') && line.size() <= History::most_line_bytes &&
           std::ranges::none_of(line, control) && is_utf8(as_bytes(line));
}

void keep_newest(std::vector<std::string>& lines) {
    if (lines.size() > History::most_lines)
        lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(History::most_lines));
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace

History::History(std::string path) : path_(std::move(path)) {}

std::string History::usual_path() {
    constexpr std::string_view name = "/fid/connect_history";
    const char* const state = std::getenv("XDG_STATE_HOME");
    if (state != nullptr && state[0] == '/') return std::string(state).append(name);
    const char* const home = std::getenv("HOME");
    if (home == nullptr || home[0] != '/') return {};
    return std::string(home).append("/.local/state").append(name);
}

std::vector<std::string> History::read() const {
    std::vector<std::string> lines;
    if (path_.empty()) return lines;
    const transport::Descriptor file(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat about{};
    if (!file.valid() || fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) return lines;
    std::string text;
    std::array<char, 65536> block{};
    while (text.size() < most_file_bytes) {
        const ssize_t count = ::read(file.get(), block.data(), block.size());
        if (count <= 0) break;
        text.append(block.data(), static_cast<std::size_t>(count));
    }
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (keepable(line)) lines.emplace_back(line);
    }
    keep_newest(lines);
    return lines;
}

void History::add(std::string_view line) {
    if (path_.empty() || !keepable(line) || (!added_.empty() && added_.back() == line)) return;
    added_.emplace_back(line);
    if (added_.size() >= 2 * most_lines) keep_newest(added_);
}

void History::save() {
    if (added_.empty()) return;
    std::error_code error;
    const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
    std::filesystem::create_directories(folder, error);
    if (error) return;
    auto lines = read();
    lines.insert(lines.end(), added_.begin(), added_.end());
    added_.clear();
    keep_newest(lines);
    std::string text;
    for (const std::string& line : lines) text.append(line) += '\n';
    // Beside it and then in its place: who reads it, or ends us now, finds a whole one.
    std::string draft = path_ + ".XXXXXX";
    const transport::Descriptor file(mkostemp(draft.data(), O_CLOEXEC));  // for its owner only
    if (!file.valid()) return;
    if (!write_all(file.get(), text) || std::rename(draft.c_str(), path_.c_str()) != 0) unlink(draft.c_str());
}

}  // namespace fid::cmd::connect
