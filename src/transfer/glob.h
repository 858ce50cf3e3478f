// SPDX-License-Identifier: MIT
// One pattern for many URLs, as curl has it: {a,b,c}, [1-9], [001-100], [a-z], [0-100:10].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "report/error.h"

namespace fid::transfer {

/// A pattern, read once; its URLs are made one by one, so that [1-1000000000] costs nothing.
class Glob {
  public:
    /// Status bad_input where brackets do not match or a range makes no sense. \{ is a brace that is no pattern, and
    /// [::1] an address.
    [[nodiscard]] static Result<Glob> read(std::string_view pattern);
    /// The text itself, whatever is in it.
    [[nodiscard]] static Glob literal(std::string_view text);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// The URL of that number, from 0 on; the last pattern in it changes fastest.
    [[nodiscard]] std::string at(std::uint64_t index) const;
    /// `text` with #1, #2, ... replaced by what the first, the second pattern stands for in that URL. Others stay.
    [[nodiscard]] std::string fill(std::string_view text, std::uint64_t index) const;

  private:
    struct Range {
        std::uint64_t first = 0, step = 1, size = 0;
        unsigned width = 0;  ///< digits, with zeros on the left; 0: letters
    };
    using Set = std::vector<std::string>;
    using Piece = std::variant<std::string, Set, Range>;

    Result<void> add_set(std::string_view inside);
    Result<void> add_range(std::string_view inside);
    static std::uint64_t size_of(const Piece& piece);
    [[nodiscard]] std::vector<std::string> values(std::uint64_t index) const;

    std::vector<Piece> pieces_;
    std::uint64_t count_ = 1;
};

}  // namespace fid::transfer
