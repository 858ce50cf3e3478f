// SPDX-License-Identifier: MIT
#include "cmd/connect/script_match.h"

#include <re2/re2.h>

#include <algorithm>

namespace fid::cmd::connect {
namespace {

/// So little is searched with every piece that comes.
constexpr std::size_t small_bytes = std::size_t{16} << 10U;
/// A longer match is not tried with all that may follow it: it settles when nothing follows for a while.
constexpr std::size_t longest_tried = 4096;

re2::StringPiece piece_of(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

bool MatchBuffer::worth_searching() const {
    const std::size_t size = untaken().size();
    return size <= small_bytes || size - std::min(size, searched_) >= size / 8;
}

std::optional<ScriptMatch> MatchBuffer::find_text(std::string_view text) {
    const std::string_view all = untaken();
    // The text may have begun with the last bytes of what was searched.
    const std::size_t from = searched_ - std::min(searched_, text.empty() ? 0 : text.size() - 1);
    const std::size_t found = all.find(text, from);
    searched_ = all.size();
    if (found == std::string_view::npos) return std::nullopt;
    ScriptMatch match;
    match.begin = found;
    match.end = found + text.size();
    return match;
}

std::optional<ScriptMatch> MatchBuffer::find_pattern(const re2::RE2& pattern) {
    const std::string_view all = untaken();
    searched_ = all.size();
    std::vector<re2::StringPiece> groups(static_cast<std::size_t>(pattern.NumberOfCapturingGroups()) + 1);
    if (!pattern.Match(piece_of(all), 0, all.size(), re2::RE2::UNANCHORED, groups.data(),
                       static_cast<int>(groups.size())))
        return std::nullopt;
    ScriptMatch match;
    match.begin = static_cast<std::size_t>(groups.front().data() - all.data());
    match.end = match.begin + groups.front().size();
    for (const re2::StringPiece& group : groups) {
        if (group.data() == nullptr)
            match.groups.emplace_back();
        else
            match.groups.emplace_back(std::string(group.data(), group.size()));
    }
    match.settled = match.end < all.size() || !may_change(pattern, match);
    return match;
}

/// Tries each byte that may come next: does the match end elsewhere then?
bool MatchBuffer::may_change(const re2::RE2& pattern, const ScriptMatch& match) {
    if (match.end - match.begin > longest_tried) return true;
    constexpr int bytes = 256;
    bool changes = false;
    data_.push_back('\0');
    for (int byte = 0; byte < bytes && !changes; ++byte) {
        data_.back() = static_cast<char>(byte);
        const std::string_view all = untaken();
        re2::StringPiece whole;
        const bool found = pattern.Match(piece_of(all), match.begin, all.size(), re2::RE2::ANCHOR_START, &whole, 1);
        changes = !found || whole.size() != match.end - match.begin;
    }
    data_.pop_back();
    return changes;
}

void MatchBuffer::forget_old() {
    if (full()) take(untaken().size() - kept_bytes);
}

void MatchBuffer::take(std::size_t count) {
    start_ += count;
    searched_ -= std::min(searched_, count);
    // Moved to the front when that costs no more than what was taken since.
    if (start_ < data_.size() - start_) return;
    data_.erase(0, start_);
    start_ = 0;
}

}  // namespace fid::cmd::connect
