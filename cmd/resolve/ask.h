// SPDX-License-Identifier: MIT
// Asking all questions at the same time, and telling their answers in the order they were asked for.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "cmd/resolve/settings.h"
#include "dns/exchange.h"

namespace fid::cmd::resolve {

/// One question, and what came of it.
struct Outcome {
    std::size_t group = 0;  ///< index into Settings::groups
    dns::Question question;
    dns::Server server;  ///< that answered, or that was asked last
    Result<dns::Answer> answer = std::unexpected(Error{});

    /// NOERROR with a record of the type that was asked for.
    [[nodiscard]] bool has_data() const;
    [[nodiscard]] unsigned rcode() const;  ///< of an answer
    [[nodiscard]] Status status() const;
};

/// Calls `tell` with each outcome, in the order of groups, servers and types, as soon as it can be. Stops when it
/// returns false, or on Ctrl-C.
void ask_all(const Settings& settings, const std::function<bool(const Outcome&)>& tell);

}  // namespace fid::cmd::resolve
