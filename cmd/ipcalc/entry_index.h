// SPDX-License-Identifier: MIT
// The entries of a list, to be asked which of them holds an address: by the prefixes they consist of, so that a million
// questions about a million entries take seconds.
#pragma once

#include <cstdint>
#include <vector>

#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {

class EntryIndex {
  public:
    /// Keeps a reference to the entries.
    explicit EntryIndex(const std::vector<Entry>& entries);

    /// The smallest entry that wholly holds `range`, of equal ones the first; null where no single one does.
    [[nodiscard]] const Entry* smallest_around(const Range& range) const;

  private:
    /// One prefix of an entry's shortest list. A prefix inside a range lies inside exactly one of these.
    struct Piece {
        Prefix prefix;
        std::uint32_t entry;
    };
    [[nodiscard]] bool smaller(std::uint32_t a, std::uint32_t b) const;

    const std::vector<Entry>& entries_;
    /// Pieces of one family and length: by address, then size of the entry. Most lists have few lengths.
    struct Shelf {
        Family family;
        unsigned length;
        std::size_t begin, end;  ///< in pieces_
    };
    std::vector<Piece> pieces_;
    std::vector<Shelf> shelves_;
};

}  // namespace fid::cmd::ipcalc
