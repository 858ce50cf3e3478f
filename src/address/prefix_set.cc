// SPDX-License-Identifier: MIT
#include "address/prefix_set.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace fid {
namespace {

using Range4 = PrefixSet::Range4;
using Range6 = PrefixSet::Range6;

std::uint32_t radix_key(const Range4& range) { return range.first; }
std::uint64_t radix_key(const Range6& range) { return static_cast<std::uint64_t>(range.first >> 64U); }

/// Least significant digit first, 11 bits at a time, by radix_key; a digit that all ranges share costs no pass.
template <class R>
void radix_sort(std::vector<R>& ranges) {
    using Key = decltype(radix_key(ranges[0]));
    constexpr unsigned digit_bits = 11;
    constexpr std::size_t buckets = std::size_t{1} << digit_bits;
    std::vector<R> scratch(ranges.size());
    for (unsigned shift = 0; shift < sizeof(Key) * 8; shift += digit_bits) {
        const auto digit = [shift](const R& range) { return (radix_key(range) >> shift) & (buckets - 1); };
        std::array<std::size_t, buckets> start{};
        for (const R& range : ranges) ++start[digit(range)];
        if (start[digit(ranges[0])] == ranges.size()) continue;
        std::size_t sum = 0;
        for (std::size_t& count : start) sum += std::exchange(count, sum);
        for (const R& range : ranges) scratch[start[digit(range)]++] = range;
        ranges.swap(scratch);
    }
}

template <class R>
void sort_ranges(std::vector<R>& ranges) {
    const auto by_first = [](const R& a, const R& b) { return a.first < b.first; };
    if (std::is_sorted(ranges.begin(), ranges.end(), by_first)) return;
    constexpr std::size_t worth_a_radix_sort = 4096;
    if (ranges.size() < worth_a_radix_sort) {
        std::sort(ranges.begin(), ranges.end(), by_first);
        return;
    }
    radix_sort(ranges);
    // The radix key of IPv6 is the upper half; runs that share it are put in order here.
    if constexpr (sizeof(R) > sizeof(Range4)) {
        for (auto run = ranges.begin(); run != ranges.end();) {
            auto end = std::next(run);
            while (end != ranges.end() && radix_key(*end) == radix_key(*run)) ++end;
            std::sort(run, end, by_first);
            run = end;
        }
    }
}

/// Joins the overlapping and adjacent ranges of a sorted list. `first - 1` is taken only where first > last >= 0.
template <class R>
void join(std::vector<R>& ranges) {
    if (ranges.empty()) return;
    auto out = ranges.begin();
    for (auto in = std::next(out); in != ranges.end(); ++in) {
        if (in->first <= out->last || in->first - 1 == out->last) {
            out->last = std::max(out->last, in->last);
        } else {
            *++out = *in;
        }
    }
    ranges.erase(std::next(out), ranges.end());
}

template <class R>
void tidy(std::vector<R>& ranges) {
    sort_ranges(ranges);
    join(ranges);
}

/// Before a long list takes more memory it is joined: many lists of the same addresses need no more than one. Room is
/// doubled where that gained less than half, so the sorting stays in proportion to what was added.
template <class R>
void make_room(std::vector<R>& ranges) {
    constexpr std::size_t long_list = std::size_t{1} << 20U;
    if (ranges.size() < long_list || ranges.size() != ranges.capacity()) return;
    tidy(ranges);
    if (ranges.size() > ranges.capacity() / 2) ranges.reserve(ranges.capacity() * 2);
}

template <class R>
std::vector<R> unite_ranges(const std::vector<R>& a, const std::vector<R>& b) {
    std::vector<R> out;
    out.reserve(a.size() + b.size());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out),
               [](const R& x, const R& y) { return x.first < y.first; });
    join(out);
    return out;
}

template <class R>
std::vector<R> intersect_ranges(const std::vector<R>& a, const std::vector<R>& b) {
    std::vector<R> out;
    for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
        const auto first = std::max(x->first, y->first);
        const auto last = std::min(x->last, y->last);
        if (first <= last) out.push_back({first, last});
        x->last < y->last ? ++x : ++y;
    }
    return out;
}

template <class R>
std::vector<R> subtract_ranges(const std::vector<R>& a, const std::vector<R>& b) {
    std::vector<R> out;
    auto hole = b.begin();
    for (R rest : a) {
        while (hole != b.end() && hole->last < rest.first) ++hole;
        bool all_gone = false;
        for (auto at = hole; at != b.end() && at->first <= rest.last; ++at) {
            if (at->first > rest.first) out.push_back({rest.first, at->first - 1});
            if (at->last >= rest.last) {
                all_gone = true;
                break;
            }
            rest.first = at->last + 1;
            hole = at;
        }
        if (!all_gone) out.push_back(rest);
    }
    return out;
}

/// The range that could hold `number`: the last one that starts at or before it.
template <class R, class Number>
const R* candidate(const std::vector<R>& ranges, Number number) {
    const auto after = std::upper_bound(ranges.begin(), ranges.end(), number,
                                        [](Number value, const R& range) { return value < range.first; });
    return after == ranges.begin() ? nullptr : &*std::prev(after);
}

template <class R, class Number>
bool contains_range(const std::vector<R>& ranges, Number first, Number last) {
    const R* range = candidate(ranges, first);
    return range != nullptr && last <= range->last;
}

template <class R, class Number>
bool overlaps_range(const std::vector<R>& ranges, Number first, Number last) {
    const R* range = candidate(ranges, last);
    return range != nullptr && first <= range->last;
}

template <class R>
bool equal_ranges(const std::vector<R>& a, const std::vector<R>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const R& x, const R& y) { return x.first == y.first && x.last == y.last; });
}

std::uint32_t narrow(Uint128 number) { return static_cast<std::uint32_t>(number); }

}  // namespace

void PrefixSet::add(const Range& range) {
    if (range.family == Family::v4) {
        make_room(v4_);
        v4_.push_back({narrow(range.first), narrow(range.last)});
    } else {
        make_room(v6_);
        v6_.push_back({range.first, range.last});
    }
}

void PrefixSet::normalise() {
    tidy(v4_);
    tidy(v6_);
}

bool PrefixSet::contains(const Address& address) const {
    return contains(Range{address.family(), address.number(), address.number()});
}

bool PrefixSet::contains(const Range& range) const {
    if (range.family == Family::v4) return contains_range(v4_, narrow(range.first), narrow(range.last));
    return contains_range(v6_, range.first, range.last);
}

bool PrefixSet::overlaps(const Range& range) const {
    if (range.family == Family::v4) return overlaps_range(v4_, narrow(range.first), narrow(range.last));
    return overlaps_range(v6_, range.first, range.last);
}

std::string PrefixSet::count_text(Family family) const {
    Uint128 sum = 0;
    if (family == Family::v4) {
        for (const Range4& range : v4_) sum += Uint128{range.last} - range.first + 1;
    } else {
        for (const Range6& range : v6_) sum += range.last - range.first + 1;
        if (sum == 0 && !v6_.empty()) return Range{Family::v6, 0, highest(Family::v6)}.count_text();  // 2^128 wrapped
    }
    return decimal(sum);
}

PrefixSet unite(const PrefixSet& a, const PrefixSet& b) {
    PrefixSet out;
    out.v4_ = unite_ranges(a.v4_, b.v4_);
    out.v6_ = unite_ranges(a.v6_, b.v6_);
    return out;
}

PrefixSet intersect(const PrefixSet& a, const PrefixSet& b) {
    PrefixSet out;
    out.v4_ = intersect_ranges(a.v4_, b.v4_);
    out.v6_ = intersect_ranges(a.v6_, b.v6_);
    return out;
}

PrefixSet subtract(const PrefixSet& a, const PrefixSet& b) {
    PrefixSet out;
    out.v4_ = subtract_ranges(a.v4_, b.v4_);
    out.v6_ = subtract_ranges(a.v6_, b.v6_);
    return out;
}

PrefixSet symmetric_difference(const PrefixSet& a, const PrefixSet& b) { return unite(subtract(a, b), subtract(b, a)); }

bool operator==(const PrefixSet& a, const PrefixSet& b) {
    return equal_ranges(a.v4_, b.v4_) && equal_ranges(a.v6_, b.v6_);
}

}  // namespace fid
