// SPDX-License-Identifier: MIT
#include "transport/local_stream.h"

#include <unistd.h>

#include <cerrno>
#include <optional>

#include "transport/pollable.h"

namespace fid::transport {
namespace {

/// A closed pipe is the reader's way to say that it has enough.
Status write_status(int number) { return number == EPIPE ? Status::success : Status::cannot_write; }

class LocalStream final : public Stream {
  public:
    LocalStream(Executor executor, int input, int output, std::string name)
        : input_(Pollable::borrowed(executor, input)), name_(std::move(name)) {
        // One descriptor can be registered with epoll only once.
        if (output != input) other_.emplace(Pollable::borrowed(executor, output));
    }

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        while (true) {
            if (input_.stopped()) co_return std::unexpected(*input_.stopped());
            const ssize_t count = ::read(input_.get(), into.data(), into.size());
            if (count >= 0) {
                const Chunk chunk{.size = static_cast<std::size_t>(count), .end = count == 0};
                co_return chunk;
            }
            if (errno == EINTR) continue;
            if (errno != EAGAIN) co_return fail_errno(Status::cannot_read, "cannot read", name_, errno);
            auto ready = co_await input_.readable();
            if (!ready) co_return std::unexpected(std::move(ready.error()));
        }
    }

    Task<Result<void>> write(Bytes bytes) override {
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

    Task<Result<void>> finish() override { co_return Result<void>(); }
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] int input_descriptor() const override { return input_.get(); }
    [[nodiscard]] int output_descriptor() const override { return other_ ? other_->get() : input_.get(); }
    Task<Result<void>> wait_readable() override { return input_.readable(); }
    Task<Result<void>> wait_writable() override { return output().writable(); }
    void stop(const Error& why) override {
        input_.stop(why);
        output().stop(why);
    }

  private:
    Pollable& output() { return other_ ? *other_ : input_; }

    Pollable input_;
    std::optional<Pollable> other_;  ///< where output is another descriptor
    std::string name_;
};

}  // namespace

StreamPtr make_local_stream(Executor executor, int input, int output, std::string name) {
    return std::make_unique<LocalStream>(executor, input, output, std::move(name));
}

}  // namespace fid::transport
