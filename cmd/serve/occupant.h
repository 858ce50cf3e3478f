// SPDX-License-Identifier: MIT
// Who listens where we wanted to.
#pragma once

#include "address/endpoint.h"
#include "report/error.h"

namespace fid::cmd::serve {

/// `error` of listening on `endpoint`; where somebody else listens there, the hint names the program, as far as we may
/// know it.
[[nodiscard]] Error with_occupant(Error error, const Endpoint& endpoint);

}  // namespace fid::cmd::serve
