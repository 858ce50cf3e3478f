// SPDX-License-Identifier: MIT
#include "report/suggest.h"

#include <algorithm>
#include <vector>

namespace fid::report {
namespace {

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    const std::size_t columns = b.size() + 1;
    std::vector<std::size_t> before(columns), last(columns), now(columns);
    for (std::size_t j = 0; j < columns; ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j < columns; ++j) {
            const bool same = folded(a[i - 1]) == folded(b[j - 1]);
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]))
                now[j] = std::min(now[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(now);
    }
    return last[b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    constexpr std::size_t longest_word = 64;  // no name of ours is longer; keeps hostile input cheap
    if (word.size() > longest_word) return {};
    std::string_view best;
    std::size_t best_distance = std::min<std::size_t>(3, std::max<std::size_t>(1, word.size() / 3)) + 1;
    constexpr std::size_t begun_least = 4;  // "--js" is the beginning of something; "-r" is not
    for (const std::string_view candidate : candidates) {
        if (word.size() >= begun_least && candidate.starts_with(word)) return candidate;
        // The distance is at least the difference in length.
        if (std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size()) >= best_distance)
            continue;
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    const std::string_view found = nearest(word, candidates);
    return found.empty() ? std::string() : "did you mean '" + std::string(found) + "'?";
}

}  // namespace fid::report
