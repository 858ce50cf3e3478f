// SPDX-License-Identifier: MIT
// The services of services(5), by name and by port.
#pragma once

#include <string>

#include "report/output.h"

namespace fid::cmd::resolve {

/// Writes what the system knows by "http", "http/tcp" or "80/tcp"; false where it knows nothing.
bool tell_services(report::Output& out, const std::string& word);

}  // namespace fid::cmd::resolve
