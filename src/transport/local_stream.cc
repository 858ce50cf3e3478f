// SPDX-License-Identifier: MIT
#include "transport/local_stream.h"

#include <optional>

#include "transport/descriptor_stream.h"

namespace fid::transport {

StreamPtr make_local_stream(Executor executor, int input, int output, std::string name) {
    std::optional<Pollable> other;
    if (output != input) other.emplace(Pollable::borrowed(executor, output));
    return std::make_unique<DescriptorStream>(Pollable::borrowed(executor, input), std::move(other), std::move(name));
}

}  // namespace fid::transport
