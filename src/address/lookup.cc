// SPDX-License-Identifier: MIT
#include "address/lookup.h"

#include <utility>

#include "address/convert.h"

namespace fid {

PrefixIndex::PrefixIndex(PrefixSet set) : set_(std::move(set)), v4_(set_.v4()), v6_(set_.v6()) {}

std::optional<Range> PrefixIndex::find(const Range& range) const {
    if (range.family == Family::v4) {
        const auto* found = v4_.find(static_cast<std::uint32_t>(range.first));
        if (found == nullptr || range.last > found->last) return std::nullopt;
        return Range{Family::v4, found->first, found->last};
    }
    const auto* found = v6_.find(range.first);
    if (found == nullptr || range.last > found->last) return std::nullopt;
    return Range{Family::v6, found->first, found->last};
}

bool PrefixIndex::matches(const Range& range) const {
    if (contains(range)) return true;
    const auto v4 = mapped_v4(range);
    return v4 && contains(*v4);
}

}  // namespace fid
