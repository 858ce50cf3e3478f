// SPDX-License-Identifier: MIT
// A set of addresses of both families, kept as sorted, disjoint, non-adjacent inclusive ranges.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "address/prefix.h"

namespace fid {

/// Add in any order, then normalise() once (union, complement and friends return normalised sets).
/// IPv4 ranges are kept in 8 bytes each, IPv6 in 32. Adjacent to the maximum address is never wrapped.
class PrefixSet {
  public:
    struct Range4 {
        std::uint32_t first, last;
    };
    struct Range6 {
        Uint128 first, last;
    };

    void add(const Range& range);
    void add(const Prefix& prefix) { add(prefix.range()); }
    void add(const Address& address) { add(Range{address.family(), address.number(), address.number()}); }
    /// Sorts (radix, skipped where the input is sorted already) and joins overlapping and adjacent ranges.
    void normalise();

    [[nodiscard]] bool contains(const Address& address) const;
    [[nodiscard]] bool contains(const Range& range) const;  ///< wholly inside
    [[nodiscard]] bool overlaps(const Range& range) const;
    [[nodiscard]] bool empty() const { return v4_.empty() && v6_.empty(); }
    [[nodiscard]] const std::vector<Range4>& v4() const { return v4_; }
    [[nodiscard]] const std::vector<Range6>& v6() const { return v6_; }
    /// Number of addresses of a family, exact (v6 may be 2^128).
    [[nodiscard]] std::string count_text(Family family) const;

    friend PrefixSet unite(const PrefixSet& a, const PrefixSet& b);
    friend PrefixSet intersect(const PrefixSet& a, const PrefixSet& b);
    friend PrefixSet subtract(const PrefixSet& a, const PrefixSet& b);
    friend PrefixSet symmetric_difference(const PrefixSet& a, const PrefixSet& b);
    friend bool operator==(const PrefixSet& a, const PrefixSet& b);

    /// Calls emit(Range) for every range, v4 first, ascending; stops when it returns false.
    template <class Emit>
    void each_range(Emit&& emit) const {
        for (const auto& r : v4_)
            if (!emit(Range{Family::v4, r.first, r.last})) return;
        for (const auto& r : v6_)
            if (!emit(Range{Family::v6, r.first, r.last})) return;
    }
    /// The minimal prefix list, the same way.
    template <class Emit>
    void each_prefix(Emit&& emit) const {
        bool more = true;
        each_range([&](const Range& range) {
            range.each_prefix([&](const Prefix& prefix) { return more = emit(prefix); });
            return more;
        });
    }

  private:
    std::vector<Range4> v4_;
    std::vector<Range6> v6_;
};

}  // namespace fid
