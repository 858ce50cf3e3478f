// SPDX-License-Identifier: MIT
// A stream of which some bytes were read too early: they are read again first.
#pragma once

#include <string>

#include "transport/stream.h"

namespace fid::transport {

[[nodiscard]] StreamPtr make_prefixed_stream(std::string first, StreamPtr rest);

}  // namespace fid::transport
