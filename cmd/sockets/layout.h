// SPDX-License-Identifier: MIT
// Sockets as lines for people: aligned on a terminal, tabs between the columns elsewhere.
#pragma once

#include <string>
#include <vector>

#include "cmd/sockets/names.h"
#include "report/output.h"
#include "sockets/list.h"

namespace fid::cmd::sockets {

struct Layout {
    bool listening = false;  ///< exposure in place of state and peer
    bool holders = true;
    bool timers = false;
    bool info = false;
    bool resolve = false;
    bool spaces = false;  ///< the network namespace
};

/// At most `most` sockets; 0: all.
void write_sockets(report::Output& out, const fid::sockets::Snapshot& snapshot, Names& names, const Layout& layout,
                   std::size_t most = 0);

}  // namespace fid::cmd::sockets
