// SPDX-License-Identifier: MIT
// What went wrong, as a value: every fallible function of the core returns Result<T>.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "report/status.h"

namespace fid {

/// Read as one sentence by report::Diagnostics:
///   fid CMD: <attempt> <subject>: <cause>
///     hint: <hint>
struct Error {
    Status status = Status::bad_input;
    std::string attempt;  ///< what was tried, lower case: "cannot read", "not an IP address:"
    std::string subject;  ///< on what: a file, an address, the user's own words
    std::string cause;    ///< why: "no such file or directory"; may be empty
    std::string hint;     ///< what to do about it; may be empty

    /// "<attempt> <subject>: <cause>", without a trailing colon where the cause is empty.
    [[nodiscard]] std::string sentence() const;
};

template <class T>
using Result = std::expected<T, Error>;

/// Shorthand for `return fail(...)` in a function that returns Result<T>.
[[nodiscard]] inline std::unexpected<Error> fail(Status status, std::string attempt, std::string subject,
                                                 std::string cause = {}, std::string hint = {}) {
    return std::unexpected(Error{status, std::move(attempt), std::move(subject), std::move(cause), std::move(hint)});
}

/// The same, with the text of `errno` as the cause.
[[nodiscard]] std::unexpected<Error> fail_errno(Status status, std::string attempt, std::string subject,
                                                int errno_value);

}  // namespace fid
