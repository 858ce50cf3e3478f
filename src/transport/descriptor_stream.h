// SPDX-License-Identifier: MIT
// Descriptors that are no sockets, as a stream: pipes, files, terminals. What reads one and writes another is one
// stream, too.
#pragma once

#include <optional>
#include <string>

#include "transport/pollable.h"
#include "transport/stream.h"

namespace fid::transport {

class DescriptorStream : public Stream {
  public:
    /// Without `output` the input is written to: one descriptor can be registered with epoll only once. `name` is for
    /// errors: "standard input".
    DescriptorStream(Pollable input, std::optional<Pollable> output, std::string name)
        : input_(std::move(input)), output_(std::move(output)), name_(std::move(name)) {}

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override;
    Task<Result<void>> write(Bytes bytes) override;
    /// Closes nothing: what else writes there goes on.
    Task<Result<void>> finish() override { co_return Result<void>(); }
    void stop(const Error& why) override;
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] int input_descriptor() const override { return input_.get(); }
    [[nodiscard]] int output_descriptor() const override { return output_ ? output_->get() : input_.get(); }
    Task<Result<void>> wait_readable() override { return input_.readable(); }
    Task<Result<void>> wait_writable() override { return output().writable(); }

  protected:
    /// A failed read that is this kind's way to say that nothing follows.
    [[nodiscard]] virtual bool is_end(int) const { return false; }
    Pollable& output() { return output_ ? *output_ : input_; }

    Pollable input_;
    std::optional<Pollable> output_;
    std::string name_;

  private:
    bool drained_ = false;
};

}  // namespace fid::transport
