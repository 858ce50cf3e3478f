// SPDX-License-Identifier: MIT
// --tee: the bytes that pass, into files as well.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "transport/descriptor.h"
#include "transport/stream.h"

namespace fid::cmd::connect {

/// A file and whose bytes it gets.
struct TeeWish {
    std::string path;
    bool sent = true, received = true;
};

/// "FILE" gets both sides in the order they passed, "sent=FILE" and "received=FILE" one. Status usage.
[[nodiscard]] Result<TeeWish> read_tee(std::string_view text);

struct TeeFile {
    TeeWish wish;
    transport::Descriptor file;
};

/// Creates the files, emptying those that exist. Status cannot_write.
[[nodiscard]] Result<std::vector<TeeFile>> open_tees(const std::vector<TeeWish>& wishes);

/// `below`, whose bytes go into the files once they have passed. A read or write fails with status cannot_write where
/// a file takes no more.
[[nodiscard]] transport::StreamPtr make_tee_stream(transport::StreamPtr below, std::vector<TeeFile> files);

}  // namespace fid::cmd::connect
