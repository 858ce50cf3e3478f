// SPDX-License-Identifier: MIT
// Network namespaces: each container has sockets of its own.
#pragma once

#include <string>
#include <vector>

#include "report/error.h"
#include "transport/descriptor.h"

namespace fid::sockets {

struct Space {
    std::string name;            ///< of `ip netns`, else "pid:1234", a process that lives in it; "self" for our own
    transport::Descriptor file;  ///< keeps it alive and is the way in
};

/// Our own first, then those of all processes and of `ip netns`, each once.
[[nodiscard]] Result<std::vector<Space>> list_spaces();

/// This thread goes into the namespace. Status cannot_read where it may not (only root may).
[[nodiscard]] Result<void> enter(const Space& space);

}  // namespace fid::sockets
