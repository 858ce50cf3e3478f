// SPDX-License-Identifier: MIT
#include "transport/descriptor_stream.h"

#include <unistd.h>

#include <cerrno>

namespace fid::transport {
namespace {

/// A closed pipe is the reader's way to say that it has enough.
Status write_status(int number) { return number == EPIPE ? Status::success : Status::cannot_write; }

}  // namespace

Task<Result<Chunk>> DescriptorStream::read(std::span<std::uint8_t> into) {
    while (true) {
        if (input_.stopped()) co_return std::unexpected(*input_.stopped());
        if (drained_) {
            auto ready = co_await input_.readable();
            if (!ready) co_return std::unexpected(std::move(ready.error()));
        }
        const ssize_t count = ::read(input_.get(), into.data(), into.size());
        drained_ = leaves_nothing(count, into.size());
        if (count >= 0) {
            const Chunk chunk{.size = static_cast<std::size_t>(count), .end = count == 0};
            co_return chunk;
        }
        if (errno == EINTR || errno == EAGAIN) continue;
        if (!is_end(errno)) co_return fail_errno(Status::cannot_read, "cannot read", name_, errno);
        const Chunk end{.size = 0, .end = true};
        co_return end;
    }
}

Task<Result<void>> DescriptorStream::write(Bytes bytes) {
    while (!bytes.empty()) {
        if (output().stopped()) co_return std::unexpected(*output().stopped());
        const ssize_t count = ::write(output().get(), bytes.data(), bytes.size());
        if (count >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(count));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) co_return fail_errno(write_status(errno), "cannot write", name_, errno);
        auto ready = co_await output().writable();
        if (!ready) co_return std::unexpected(std::move(ready.error()));
    }
    co_return Result<void>();
}

void DescriptorStream::stop(const Error& why) {
    input_.stop(why);
    if (output_) output_->stop(why);
}

}  // namespace fid::transport
