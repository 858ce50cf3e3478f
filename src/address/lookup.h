// SPDX-License-Identifier: MIT
// Answers "is this address in the set, and in which range of it" in about one cache miss, for millions of questions.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "address/prefix_set.h"

namespace fid {

/// A first-level table over the sorted ranges of one family: it cuts the span from the lowest to the highest address
/// into equal slots, about one a range between 2^16 and 2^20, and each slot knows the first range that ends in it or
/// later.
template <class R>
class RangeIndex {
  public:
    using Number = decltype(R::first);

    explicit RangeIndex(const std::vector<R>& ranges) : ranges_(ranges) {
        if (ranges.empty()) return;
        base_ = ranges.front().first;
        top_ = ranges.back().last;
        const auto slots = static_cast<Number>(std::clamp(std::bit_ceil(ranges.size()), fewest_slots, most_slots));
        while (((top_ - base_) >> shift_) >= slots) ++shift_;
        const auto used = static_cast<std::size_t>((top_ - base_) >> shift_) + 1;
        first_.reserve(used + 1);
        std::uint32_t at = 0;
        for (std::size_t slot = 0; slot < used; ++slot) {
            const Number start = base_ + (static_cast<Number>(slot) << shift_);
            while (ranges[at].last < start) ++at;
            first_.push_back(at);
        }
        first_.push_back(static_cast<std::uint32_t>(ranges.size() - 1));
    }

    /// The range that holds `number`, or null.
    [[nodiscard]] const R* find(Number number) const {
        if (first_.empty() || number < base_ || number > top_) return nullptr;
        const auto slot = static_cast<std::size_t>((number - base_) >> shift_);
        // Every range before first_[slot] ends before this slot; the one after the slot's last may still begin in it.
        std::uint32_t low = first_[slot];
        std::uint32_t high = first_[slot + 1];
        while (low < high) {
            const std::uint32_t middle = low + (high - low) / 2;
            if (ranges_[middle].last < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        const R& range = ranges_[low];
        return range.first <= number && number <= range.last ? &range : nullptr;
    }

  private:
    static constexpr std::size_t fewest_slots = std::size_t{1} << 16U, most_slots = std::size_t{1} << 20U;
    const std::vector<R>& ranges_;
    std::vector<std::uint32_t> first_;
    Number base_ = 0;
    Number top_ = 0;
    unsigned shift_ = 0;
};

/// A normalised set made fast to ask. It owns the set and stays where it is built.
class PrefixIndex {
  public:
    explicit PrefixIndex(PrefixSet set);
    PrefixIndex(const PrefixIndex&) = delete;
    PrefixIndex& operator=(const PrefixIndex&) = delete;

    [[nodiscard]] const PrefixSet& set() const { return set_; }
    /// The range of the set that holds the whole of `range`, if there is one.
    [[nodiscard]] std::optional<Range> find(const Range& range) const;
    [[nodiscard]] bool contains(const Address& address) const {
        return find(Range{address.family(), address.number(), address.number()}).has_value();
    }
    [[nodiscard]] bool contains(const Range& range) const { return find(range).has_value(); }
    /// The same, and a range of v4-mapped addresses (::ffff:0:0/96) is in also where its IPv4 addresses are.
    [[nodiscard]] bool matches(const Range& range) const;

  private:
    PrefixSet set_;
    RangeIndex<PrefixSet::Range4> v4_;
    RangeIndex<PrefixSet::Range6> v6_;
};

}  // namespace fid
