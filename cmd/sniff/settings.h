// SPDX-License-Identifier: MIT
// What the user asked of `fid sniff`, read from the command line once.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "cmd/command.h"
#include "packet/filter/filter.h"
#include "report/error.h"

namespace fid::cmd::sniff {

struct Settings {
    std::vector<std::string> inputs;
    std::optional<packet::Filter> filter;
    std::string bpf;
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t skip = 0;
    std::size_t time_style = 0;  ///< how many -t: tcpdump's -t to -ttttt
    std::size_t hex = 0;         ///< how many -x
    std::size_t hex_ascii = 0;   ///< how many -X
    std::size_t ascii = 0;       ///< how many -A
    std::uint8_t verbosity = 0;  ///< how many -v, at most 3
    bool link_header = false;    ///< -e
    bool tree = false;
    bool absolute_sequence = false;
};

[[nodiscard]] Result<Settings> read_settings(Context& context);

}  // namespace fid::cmd::sniff
