// SPDX-License-Identifier: MIT
// Did you mean? The nearest of the words that were possible.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace fid::report {

/// Damerau-Levenshtein distance (optimal string alignment), ASCII case folded.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`: at most a third of its letters wrong, at most three, or one that it begins. ""
/// where none is near. Thousands of candidates cost little: most are ruled out by their length.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// "did you mean 'ipcalc'?", or "" where none is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace fid::report
