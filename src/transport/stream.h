// SPDX-License-Identifier: MIT
// What two programs talk through: bytes in order, or datagrams, whatever carries them (TCP, Unix, TLS, WebSocket, a
// pipe, a file). One reader and one writer may be at work at the same time, in coroutines of one loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "report/error.h"
#include "report/text.h"
#include "transport/task.h"

namespace fid::transport {

/// What one read gave. A stream's chunk is never empty unless `end`; a datagram may be.
struct Chunk {
    std::size_t size = 0;
    bool end = false;   ///< the peer has said that nothing follows
    bool more = false;  ///< where boundaries are kept: the message goes on with the next read
};

/// How the end of what is sent is said.
enum class Ending : std::uint8_t {
    each,    ///< each direction ends by itself: a FIN, TLS's close_notify
    shared,  ///< one end for both: a WebSocket's Close, after which most servers send nothing more
    none,    ///< it cannot be said: datagrams, a terminal
    exit,    ///< a program: what is sent can be ended; its own end is that of both
};

class Stream {
  public:
    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    virtual ~Stream() = default;

    /// Waits for bytes. Status receive_failure where the peer reset, truncated where a TLS peer ended without saying
    /// so, and whatever stop() was given.
    [[nodiscard]] virtual Task<Result<Chunk>> read(std::span<std::uint8_t> into) = 0;
    /// Writes all of them (a datagram: as one). Status send_failure where the peer no longer takes any; success where a
    /// local reader has gone (`| head`), which ends the work without being a failure.
    [[nodiscard]] virtual Task<Result<void>> write(Bytes bytes) = 0;
    /// Says that nothing follows, and leaves reading open: FIN, TLS close_notify. Does nothing the second time.
    [[nodiscard]] virtual Task<Result<void>> finish() = 0;
    /// Once nothing more is read: waits for what stands behind the stream to be over, and tells how that went. Status
    /// negative where a program failed.
    [[nodiscard]] virtual Task<Result<void>> conclude();
    /// Ends pending and later reads, writes and conclude() with `why`.
    virtual void stop(const Error& why) = 0;

    /// The descriptors whose bytes are this stream's bytes, for splice(2) and sendfile(2); -1 where something has to
    /// look at them on the way.
    [[nodiscard]] virtual int input_descriptor() const { return -1; }
    [[nodiscard]] virtual int output_descriptor() const { return -1; }
    /// Waits until those descriptors may be read or written without blocking.
    [[nodiscard]] virtual Task<Result<void>> wait_readable();
    [[nodiscard]] virtual Task<Result<void>> wait_writable();
    /// A write is a whole message, and so is a read but for Chunk::more.
    [[nodiscard]] virtual bool keeps_boundaries() const { return false; }
    [[nodiscard]] virtual Ending ending() const { return Ending::each; }
    /// The other side, in errors: "192.0.2.1:80".
    [[nodiscard]] virtual std::string_view name() const = 0;
};

using StreamPtr = std::unique_ptr<Stream>;

}  // namespace fid::transport
