// SPDX-License-Identifier: MIT
// -w: a line of the user's own after each transfer, in curl's language.
#pragma once

#include <string>
#include <string_view>

#include "report/error.h"
#include "transfer/outcome.h"

namespace fid::cmd::fetch {

/// What a format may name of a transfer.
struct WriteOutFacts {
    const transfer::Outcome& outcome;
    std::string url;   ///< as it was asked for
    std::string file;  ///< where the body went; "" for standard output
    std::uint64_t number = 0;
    int status = 0;       ///< ours, of this transfer
    std::string message;  ///< of the error; "" where there is none
};

/// Status usage where the format has a variable we do not know.
[[nodiscard]] Result<void> check_write_out(std::string_view format);
/// Adds to `out`, and behind %{stderr} to `err`.
void write_out(std::string_view format, const WriteOutFacts& facts, std::string& out, std::string& err);

}  // namespace fid::cmd::fetch
