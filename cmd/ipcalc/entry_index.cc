// SPDX-License-Identifier: MIT
#include "cmd/ipcalc/entry_index.h"

#include <algorithm>
#include <tuple>

namespace fid::cmd::ipcalc {
namespace {

auto place(const Prefix& prefix) { return std::tuple(prefix.family(), prefix.length(), prefix.first()); }

}  // namespace

EntryIndex::EntryIndex(const std::vector<Entry>& entries) : entries_(entries) {
    pieces_.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i].range.each_prefix([&](const Prefix& prefix) {
            pieces_.push_back({prefix, static_cast<std::uint32_t>(i)});
            return true;
        });
    }
    std::ranges::sort(pieces_, [this](const Piece& a, const Piece& b) {
        if (place(a.prefix) != place(b.prefix)) return place(a.prefix) < place(b.prefix);
        return smaller(a.entry, b.entry);
    });
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
        const Prefix& prefix = pieces_[i].prefix;
        if (shelves_.empty() || shelves_.back().family != prefix.family() || shelves_.back().length != prefix.length())
            shelves_.push_back({prefix.family(), prefix.length(), i, i});
        shelves_.back().end = i + 1;
    }
}

bool EntryIndex::smaller(std::uint32_t a, std::uint32_t b) const {
    const Range& x = entries_[a].range;
    const Range& y = entries_[b].range;
    return std::tuple(x.last - x.first, a) < std::tuple(y.last - y.first, b);
}

const Entry* EntryIndex::smallest_around(const Range& range) const {
    // A range that is no prefix may lie across several pieces of one entry: then any entry around its first address
    // might be it, and all are looked at.
    const auto prefix = range.as_prefix();
    if (!prefix) {
        const Entry* best = nullptr;
        for (const Entry& entry : entries_) {
            if (!entry.range.contains(range)) continue;
            if (best == nullptr || entry.range.last - entry.range.first < best->range.last - best->range.first)
                best = &entry;
        }
        return best;
    }
    const unsigned longest = prefix->length();
    const Piece* best = nullptr;
    for (const Shelf& shelf : shelves_) {
        if (shelf.family != range.family || shelf.length > longest) continue;
        const Prefix wanted(range.family, range.first, shelf.length);
        const auto begin = pieces_.begin() + static_cast<std::ptrdiff_t>(shelf.begin);
        const auto end = pieces_.begin() + static_cast<std::ptrdiff_t>(shelf.end);
        const auto found = std::ranges::lower_bound(begin, end, wanted.first(), {},
                                                    [](const Piece& piece) { return piece.prefix.first(); });
        if (found == end || found->prefix.first() != wanted.first()) continue;
        if (best == nullptr || smaller(found->entry, best->entry)) best = &*found;
    }
    return best == nullptr ? nullptr : &entries_[best->entry];
}

}  // namespace fid::cmd::ipcalc
