// SPDX-License-Identifier: MIT
#include "transport/pump.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <vector>

#include "transport/descriptor.h"

namespace fid::transport {
namespace {

/// Larger blocks no longer gain anything; smaller ones do lose (128 KiB: what socat users are told to set).
constexpr std::size_t block_bytes = 128 * 1024;
/// A pipe of 1 MiB (the most an unprivileged user may have) lets splice(2) move much at once.
constexpr int pipe_bytes = 1024 * 1024;
/// Others on the loop get a turn after so many bytes.
constexpr std::size_t turn_bytes = 8 * 1024 * 1024;

/// A source that has less ready than this is in a conversation: read and write are then quicker than splices.
constexpr std::size_t bulk_bytes = 16 * 1024;

/// What the work of one datagram is worth in bytes: many empty ones take their time, too.
constexpr std::size_t packet_bytes = 1024;
/// What is not in messages yet goes out in such ones, as with nc: 64 KiB would not fit into every datagram.
constexpr std::size_t message_bytes = 16 * 1024;

enum class Kind : std::uint8_t { pipe, file, socket, other };

Kind kind_of(int descriptor) {
    struct stat about{};
    if (descriptor < 0 || fstat(descriptor, &about) != 0) return Kind::other;
    if (S_ISFIFO(about.st_mode)) return Kind::pipe;
    if (S_ISREG(about.st_mode)) return Kind::file;
    if (S_ISCHR(about.st_mode) && about.st_rdev == makedev(1, 3)) return Kind::file;  // /dev/null takes splices
    return S_ISSOCK(about.st_mode) ? Kind::socket : Kind::other;
}

/// How a part of the work ended well.
enum class Went : std::uint8_t {
    ended,    ///< the source, or the limit
    refused,  ///< the kernel does not do this pair
    bulk,     ///< the source has much to give
    quiet,    ///< the source gives only little at a time
};

/// The kernel moves the bytes. Where it refuses at the first try (a file opened for appending, an odd device), nothing
/// has been lost and the blocks' way is taken.
class KernelPump {
  public:
    KernelPump(Stream& from, Stream& to, const PumpOptions& options, PumpCount& count)
        : from_(from), to_(to), in_(from.input_descriptor()), out_(to.output_descriptor()), count_(count) {
        limit_ = options.limit;
        const Kind in = kind_of(in_), out = kind_of(out_);
        file_ = in == Kind::file;
        if (options.filter || options.block != 0 || in == Kind::other || out == Kind::other) return;
        if (in == Kind::file && out == Kind::socket) {
            way_ = Way::sendfile;
        } else if (in == Kind::pipe || out == Kind::pipe) {
            way_ = Way::direct;
        } else {
            way_ = Way::through_pipe;
        }
    }

    [[nodiscard]] bool possible() const { return way_ != Way::none; }
    /// Begin with it: a file always has much to give.
    [[nodiscard]] bool at_once() const { return file_; }

    Task<Result<Went>> run() {
        if (way_ == Way::through_pipe && !pipe_read_.valid() && !make_pipe()) co_return Went::refused;
        std::size_t turn = 0, burst = 0;
        bool source_ready = false;  // it was waited for, and nothing has come of it yet
        while (count_.bytes < limit_) {
            const ssize_t moved = take();
            if (moved == 0) break;
            if (moved > 0) {
                source_ready = false;
                auto passed = co_await pass(static_cast<std::size_t>(moved));
                if (!passed) co_return std::unexpected(std::move(passed.error()));
                turn += static_cast<std::size_t>(moved);
                burst += static_cast<std::size_t>(moved);
                if (turn < turn_bytes) continue;
                turn = 0;
                // Gives others their turn, and ends where the source was stopped.
                auto ready = co_await from_.wait_readable();
                if (!ready) co_return std::unexpected(std::move(ready.error()));
                const auto executor = co_await asio::this_coro::executor;
                co_await asio::post(executor, as_task);
                continue;
            }
            if (errno == EINTR) continue;
            if (errno == EINVAL && burst == 0) co_return Went::refused;
            if (errno != EAGAIN) co_return std::unexpected(failure(errno, way_ == Way::through_pipe));
            // Either side may be the one that is not ready: mostly it is the source, so the destination is asked only
            // where the source was ready in vain.
            const bool source = !file_ && (!source_ready || way_ == Way::through_pipe);
            if (source && burst < bulk_bytes) co_return Went::quiet;
            if (source) burst = 0;
            auto waiting = source ? from_.wait_readable() : to_.wait_writable();
            auto ready = co_await std::move(waiting);
            if (!ready) co_return std::unexpected(std::move(ready.error()));
            source_ready = source;
        }
        co_return Went::ended;
    }

  private:
    enum class Way : std::uint8_t { none, sendfile, direct, through_pipe };
    static constexpr unsigned flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

    bool make_pipe() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return false;
        pipe_read_ = Descriptor(ends[0]);
        pipe_write_ = Descriptor(ends[1]);
        fcntl(ends[1], F_SETPIPE_SZ, pipe_bytes);  // as large as the user may have: it may stay at 64 KiB
        return true;
    }

    /// From the source to the destination, or into the pipe between them.
    ssize_t take() {
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(limit_ - count_.bytes, pipe_bytes));
        if (way_ == Way::sendfile) return ::sendfile(out_, in_, nullptr, most);
        return ::splice(in_, nullptr, way_ == Way::direct ? out_ : pipe_write_.get(), nullptr, most, flags);
    }

    /// Accounts for what was taken; empties the pipe between.
    Task<Result<void>> pass(std::size_t size) {
        while (way_ == Way::through_pipe && size != 0) {
            const ssize_t written = ::splice(pipe_read_.get(), nullptr, out_, nullptr, size, flags);
            if (written > 0) {
                size -= static_cast<std::size_t>(written);
                note(static_cast<std::size_t>(written));
                continue;
            }
            if (written < 0 && errno == EINTR) continue;
            if (written < 0 && errno == EINVAL) {
                auto copied = co_await copy_out(size);
                co_return copied;
            }
            if (written < 0 && errno != EAGAIN) co_return std::unexpected(failure(errno, false));
            auto ready = co_await to_.wait_writable();
            if (!ready) co_return ready;
        }
        note(size);
        co_return Result<void>();
    }

    /// The destination takes no splice: what is in the pipe goes out by hand.
    Task<Result<void>> copy_out(std::size_t size) {
        std::vector<std::uint8_t> block(std::min(size, block_bytes));
        while (size != 0) {
            const ssize_t got = ::read(pipe_read_.get(), block.data(), std::min(size, block.size()));
            if (got <= 0) co_return std::unexpected(failure(got < 0 ? errno : EPIPE, false));
            const Bytes bytes(block.data(), static_cast<std::size_t>(got));
            auto written = co_await to_.write(bytes);
            if (!written) co_return written;
            size -= bytes.size();
            note(bytes.size());
        }
        co_return Result<void>();
    }

    void note(std::size_t size) {
        if (size != 0) count_.add(size);
    }

    /// Where it moves directly the kernel does not say which side failed: a socket is what fails, unless only the other
    /// one can fail that way.
    [[nodiscard]] Error failure(int number, bool source) {
        const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG || number == EIO;
        const bool socket_out = kind_of(out_) == Kind::socket;
        if (way_ != Way::through_pipe) source = !socket_out && kind_of(in_) == Kind::socket && number != EPIPE && !full;
        count_.source_failed = source;
        if (source)
            return fail_errno(Status::receive_failure, "cannot receive from", std::string(from_.name()), number)
                .error();
        const std::string destination(to_.name());
        if (socket_out) {
            const Status status = number == ECONNRESET ? Status::receive_failure : Status::send_failure;
            return fail_errno(status, "cannot send to", destination, number).error();
        }
        const Status status = number == EPIPE ? Status::success : Status::cannot_write;
        return fail_errno(status, "cannot write", destination, number).error();
    }

    Stream& from_;
    Stream& to_;
    int in_;
    int out_;
    PumpCount& count_;
    std::uint64_t limit_ = 0;
    bool file_ = false;  ///< the source, which is always ready
    Way way_ = Way::none;
    Descriptor pipe_read_, pipe_write_;
};

/// Until the source ends, or, where `watch` says so, until it has much to give.
Task<Result<Went>> pump_blocks(Stream& from, Stream& to, const PumpOptions& options, bool watch, PumpCount& count) {
    const bool cuts_messages = to.keeps_boundaries() && !from.keeps_boundaries();
    std::size_t size = watch ? bulk_bytes : cuts_messages ? message_bytes : block_bytes;
    if (options.block != 0) size = std::min(size, options.block);
    std::vector<std::uint8_t> block(size);
    std::size_t begun = 0;  // bytes of a message that is not complete
    std::uint64_t remaining = options.limit - std::min(options.limit, count.bytes);
    std::size_t turn = 0;
    while (remaining != 0) {
        const std::size_t free = block.size() - begun;
        const std::span<std::uint8_t> room(block.data() + begun, std::min<std::uint64_t>(free, remaining));
        auto chunk = co_await from.read(room);
        if (!chunk) {
            count.source_failed = true;
            co_return std::unexpected(std::move(chunk.error()));
        }
        if (chunk->end) break;
        Bytes bytes(block.data(), begun + chunk->size);
        remaining -= chunk->size;
        if (chunk->more && to.keeps_boundaries() && remaining != 0) {
            begun = bytes.size();
            if (begun == block.size()) block.resize(2 * begun);  // the source bounds its messages
            count.bytes += chunk->size;
            count.last = Clock::now();
            continue;
        }
        begun = 0;
        if (options.filter) bytes = options.filter(bytes);
        if (!bytes.empty() || to.keeps_boundaries()) {
            auto written = co_await to.write(bytes);
            if (!written) co_return std::unexpected(std::move(written.error()));
        }
        count.add(chunk->size);
        if (watch && chunk->size == block.size()) co_return Went::bulk;
        turn += chunk->size + packet_bytes;
        if (turn >= turn_bytes) {
            turn = 0;
            const auto executor = co_await asio::this_coro::executor;
            co_await asio::post(executor, as_task);
        }
    }
    co_return Went::ended;
}

}  // namespace

Task<Result<void>> pump(Stream& from, Stream& to, PumpOptions options, PumpCount& count) {
    KernelPump kernel(from, to, options, count);
    bool watch = kernel.possible();
    Went went = watch && kernel.at_once() ? Went::bulk : Went::quiet;
    while (went != Went::ended) {
        auto moving = went == Went::bulk ? kernel.run() : pump_blocks(from, to, options, watch, count);
        auto moved = co_await std::move(moving);
        if (!moved) co_return std::unexpected(std::move(moved.error()));
        went = *moved;
        if (went == Went::refused) watch = false;
    }
    if (!options.finish) co_return Result<void>();
    auto finished = co_await to.finish();
    co_return finished;
}

}  // namespace fid::transport
