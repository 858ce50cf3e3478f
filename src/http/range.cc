// SPDX-License-Identifier: MIT
#include "http/range.h"

#include <algorithm>
#include <optional>

#include "http/request.h"
#include "transport/http_head.h"

namespace fid::http {
namespace {

/// More in one request are no use to anyone but an attacker.
constexpr std::size_t most_ranges = 64;
/// A part's own head takes about so many bytes: a smaller gap is sent along.
constexpr std::uint64_t least_gap = 100;

/// What one of the ranges means: nothing where it is malformed, an empty range where it lies outside.
std::optional<ByteRange> parse_one(std::string_view text, std::uint64_t size) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::string_view from = text.substr(0, dash), to = text.substr(dash + 1);
    const auto last = to.empty() ? std::nullopt : parse_digits(to);
    if (!to.empty() && !last) return std::nullopt;
    if (from.empty()) {  // "-500": the last 500
        if (!last) return std::nullopt;
        const std::uint64_t length = std::min(*last, size);
        return ByteRange{size - length, length};
    }
    const auto first = parse_digits(from);
    if (!first || (last && *last < *first)) return std::nullopt;
    if (*first >= size) return ByteRange{};
    return ByteRange{*first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

/// Joins what overlaps or nearly touches.
void coalesce(std::vector<ByteRange>& ranges) {
    std::vector<ByteRange> sorted = ranges;
    std::ranges::sort(sorted, {}, &ByteRange::first);
    std::vector<ByteRange> joined;
    for (const ByteRange& each : sorted) {
        if (!joined.empty() && each.first <= joined.back().first + joined.back().length + least_gap) {
            ByteRange& before = joined.back();
            before.length = std::max(before.last(), each.last()) - before.first + 1;
        } else {
            joined.push_back(each);
        }
    }
    if (joined.size() != ranges.size()) ranges = std::move(joined);
}

}  // namespace

RangeSet parse_ranges(std::string_view text, std::uint64_t size) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || !transport::same_token(transport::trimmed(text.substr(0, equals)), "bytes"))
        return {};
    std::string_view rest = text.substr(equals + 1);
    RangeSet set;
    std::size_t count = 0;
    while (true) {
        const std::size_t comma = rest.find(',');
        const std::string_view one = transport::trimmed(rest.substr(0, comma));
        if (!one.empty()) {  // a list may have empty elements (RFC 9110 section 5.6.1)
            const auto range = parse_one(one, size);
            if (!range || ++count > most_ranges) return {};
            if (range->length != 0) set.ranges.push_back(*range);
        }
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    if (count == 0) return {};
    set.verdict = set.ranges.empty() ? RangeSet::Verdict::unsatisfiable : RangeSet::Verdict::satisfiable;
    coalesce(set.ranges);
    return set;
}

}  // namespace fid::http
