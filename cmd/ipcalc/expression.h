// SPDX-License-Identifier: MIT
// Set expressions: operands joined by + (union), - (difference), ^ (symmetric difference), & (intersection) and
// parentheses.
#pragma once

#include <functional>
#include <string_view>

#include "address/prefix_set.h"

namespace fid::cmd::ipcalc {

/// Looks up one operand as typed: "10.0.0.0/8", "@allow".
using Resolve = std::function<Result<PrefixSet>(std::string_view operand)>;

/// expression := term { ("+" | "-" | "^") term } ; term := factor { "&" factor } ; factor := operand | "(" expression
/// ")". So & binds tighter than the other three, and these are equal and go from left to right. "-" is an operator only
/// with a blank, an operator or a parenthesis before it: 10.0.0.1-10.0.0.9 is a range. Errors name the column, from 1.
[[nodiscard]] Result<PrefixSet> evaluate(std::string_view expression, const Resolve& resolve);

}  // namespace fid::cmd::ipcalc
