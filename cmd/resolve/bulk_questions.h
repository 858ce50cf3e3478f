// SPDX-License-Identifier: MIT
// Where the questions of `fid resolve --bulk` come from: a list of names, or the addresses of --sweep. Neither is ever
// in memory as a whole.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "address/prefix.h"
#include "dns/bulk.h"
#include "report/error.h"

namespace fid::cmd::resolve {

/// How far a source has come: everything before it was handed out.
struct Place {
    std::uint64_t offset = 0;  ///< a list: bytes; a sweep: addresses
    std::uint64_t line = 0;    ///< a list: lines read, the one being handed out included
    std::uint64_t type = 0;    ///< of that line's types, so many were handed out; 0: go on with the next line
};

class Questions : public dns::BulkSource {
  public:
    [[nodiscard]] virtual Place place() const = 0;
    /// Goes on from a place of an earlier run; to be called before the first question.
    [[nodiscard]] virtual Result<void> seek(const Place& place) = 0;
    /// Of place().offset, for progress; 0 where unknown.
    [[nodiscard]] virtual std::uint64_t total() const = 0;
    /// Why the source ended early.
    [[nodiscard]] virtual Result<void> result() const { return {}; }
};

/// A line that holds no name, or names no type. Told once for each type that was to be asked for.
struct BadLine {
    std::uint64_t line;
    std::string_view text;  ///< as it stands, cut at some length
    std::uint16_t type;
    const Error& error;
};
using OnBadLine = std::function<void(const BadLine&)>;

/// A name a line, its types behind it where they are not `types`. An address stands for its reverse name, which is
/// asked for PTR. Blank lines, and what follows a # or ; that begins a word, are passed over. The descriptor is not
/// read ahead of what is there.
[[nodiscard]] std::unique_ptr<Questions> questions_from_list(int descriptor, std::string name,
                                                             std::vector<std::uint16_t> types, std::uint16_t klass,
                                                             OnBadLine on_bad);
/// The reverse name of every address of the ranges, one after another.
[[nodiscard]] std::unique_ptr<Questions> questions_from_ranges(std::vector<Range> ranges,
                                                               std::vector<std::uint16_t> types, std::uint16_t klass);

}  // namespace fid::cmd::resolve
