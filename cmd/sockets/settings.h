// SPDX-License-Identifier: MIT
// What the options of `fid sockets` ask for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cmd/command.h"
#include "report/error.h"
#include "sockets/filter.h"
#include "sockets/list.h"

namespace fid::cmd::sockets {

namespace core = fid::sockets;

struct Settings {
    std::string filter_text;
    core::Filter filter;
    core::Query query;  ///< but for its filter, see make_query()
    bool timers = false;
    bool resolve = false;
    bool summary = false;
    bool watch = false;
    bool wait = false;
    std::optional<std::string> diff;  ///< a file of JSON records, "-" for standard input
    std::chrono::nanoseconds interval{};
    std::optional<std::chrono::nanoseconds> timeout;

    [[nodiscard]] core::Query make_query() const {
        core::Query made = query;
        made.filter = &filter;
        return made;
    }
};

[[nodiscard]] std::vector<Option> options();
[[nodiscard]] Result<Settings> read_settings(Context& context);

}  // namespace fid::cmd::sockets
