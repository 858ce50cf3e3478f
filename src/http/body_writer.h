// SPDX-License-Identifier: MIT
// Writes to a client: at once where the kernel takes it, with waiting where it does not; files by sendfile(2) where
// nothing has to look at their bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "http/response.h"
#include "http/worker.h"
#include "transport/stream.h"

namespace fid::http {

class BodyWriter {
  public:
    /// The deadline of `watched` moves on with what the client takes.
    BodyWriter(transport::Stream& stream, Watched& watched, std::chrono::milliseconds patience);

    /// Writes what goes without waiting and takes it off the front; false where the connection is broken. `more`
    /// follows at once: it may wait for that.
    [[nodiscard]] bool try_write(std::string_view& bytes, bool more);
    /// The bytes must live until it is done.
    [[nodiscard]] transport::Task<bool> write(std::string_view bytes);
    /// The same for a file's part; false also where the file has become shorter than that.
    [[nodiscard]] bool try_send_file(int file, std::uint64_t& offset, std::uint64_t& length);
    [[nodiscard]] transport::Task<bool> send_file(int file, std::uint64_t offset, std::uint64_t length);
    [[nodiscard]] transport::Task<bool> send(const Body* body);

  private:
    void made_progress() { watched_.deadline = transport::Clock::now() + patience_; }
    [[nodiscard]] transport::Task<bool> copy_file(int file, std::uint64_t offset, std::uint64_t length);

    transport::Stream& stream_;
    Watched& watched_;
    std::chrono::milliseconds patience_;
    int descriptor_;  ///< -1: nothing goes past the stream
};

}  // namespace fid::http
