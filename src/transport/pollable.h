// SPDX-License-Identifier: MIT
// A non-blocking descriptor that a coroutine can wait for. Regular files, which epoll refuses, are always ready.
#pragma once

#include <sys/types.h>

#include <boost/asio/posix/basic_descriptor.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cerrno>
#include <optional>

#include "report/error.h"
#include "transport/descriptor.h"
#include "transport/task.h"

namespace fid::transport {

class Pollable {
  public:
    Pollable(Executor executor, Descriptor descriptor);
    /// A descriptor shared with other programs (stdin, stdout): it gets its mode back at the end and is not closed.
    static Pollable borrowed(Executor executor, int descriptor);
    Pollable(Pollable&& other) noexcept;
    Pollable& operator=(Pollable&&) = delete;
    ~Pollable();

    [[nodiscard]] int get() const { return descriptor_; }
    /// Gives up an owned descriptor that nobody waits for.
    [[nodiscard]] Descriptor release();
    [[nodiscard]] Task<Result<void>> readable();
    [[nodiscard]] Task<Result<void>> writable();
    /// Pending and later waits end with `why`.
    void stop(const Error& why);
    [[nodiscard]] const std::optional<Error>& stopped() const { return stopped_; }

  private:
    Pollable(Executor executor, int descriptor, bool owned);
    Task<Result<void>> wait(asio::posix::descriptor_base::wait_type what);

    Descriptor owned_;
    int descriptor_ = -1;
    int former_flags_ = -1;  ///< -1: not ours to restore
    std::optional<asio::posix::basic_stream_descriptor<Executor>> waiter_;
    std::optional<Error> stopped_;
};

/// Whether a read that gave `count` of `room` bytes (or -1 and errno) most likely took all there was: then waiting
/// first saves the next one a call that fails. Large reads are often short only because of how the kernel cuts.
[[nodiscard]] inline bool leaves_nothing(ssize_t count, std::size_t room) {
    constexpr ssize_t small = 4096;
    return count < 0 ? errno == EAGAIN : count != 0 && count < small && static_cast<std::size_t>(count) < room;
}

}  // namespace fid::transport
