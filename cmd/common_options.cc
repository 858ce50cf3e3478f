// SPDX-License-Identifier: MIT
// The options every command takes, with one meaning everywhere.
#include <array>

#include "cmd/command.h"

namespace fid::cmd {

std::span<const Option> common_options() {
    static const std::array options{
        Option{.names = "--json", .help = "one JSON object per line", .group = "Output"},
        Option{.names = "--csv", .help = "comma-separated values with a heading", .group = "Output"},
        Option{.names = "--fields",
               .value = "A,B,...",
               .help = "only these fields, in this order",
               .group = "Output",
               .complete = Complete::field},
        Option{.names = "--color",
               .value = "WHEN",
               .help = "colour: auto, always or never",
               .group = "Output",
               .fallback = "auto",
               .choices = {"auto", "always", "never"}},
        Option{.names = "-q,--quiet", .help = "no warnings and no progress", .group = "Output"},
        Option{.names = "-v,--verbose", .help = "say more; repeat for more still", .group = "Output"},
        Option{.names = "-h,--help", .help = "-h: this page in short, --help: all of it", .group = "Output"},
        Option{.names = "-V,--version", .help = "print the version", .group = "Output"},
    };
    return options;
}

}  // namespace fid::cmd
