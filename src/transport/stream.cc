// SPDX-License-Identifier: MIT
#include "transport/stream.h"

namespace fid::transport {

Task<Result<void>> Stream::conclude() { co_return Result<void>(); }
Task<Result<void>> Stream::wait_readable() { co_return Result<void>(); }
Task<Result<void>> Stream::wait_writable() { co_return Result<void>(); }

}  // namespace fid::transport
