// SPDX-License-Identifier: MIT
#include "transport/prefixed_stream.h"

#include <algorithm>

namespace fid::transport {
namespace {

class PrefixedStream final : public Stream {
  public:
    PrefixedStream(std::string first, StreamPtr rest) : first_(std::move(first)), rest_(std::move(rest)) {}

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        if (first_.empty()) {
            auto chunk = co_await rest_->read(into);
            co_return chunk;
        }
        const Chunk chunk{.size = std::min(into.size(), first_.size()), .end = false};
        std::copy_n(first_.begin(), chunk.size, into.begin());
        first_.erase(0, chunk.size);
        co_return chunk;
    }
    Task<Result<void>> write(Bytes bytes) override { return rest_->write(bytes); }
    Task<Result<void>> finish() override { return rest_->finish(); }
    Task<Result<void>> conclude() override { return rest_->conclude(); }
    void stop(const Error& why) override { rest_->stop(why); }
    [[nodiscard]] std::string_view name() const override { return rest_->name(); }
    [[nodiscard]] int output_descriptor() const override { return rest_->output_descriptor(); }
    Task<Result<void>> wait_writable() override { return rest_->wait_writable(); }
    [[nodiscard]] bool keeps_boundaries() const override { return rest_->keeps_boundaries(); }
    [[nodiscard]] Ending ending() const override { return rest_->ending(); }

  private:
    std::string first_;
    StreamPtr rest_;
};

}  // namespace

StreamPtr make_prefixed_stream(std::string first, StreamPtr rest) {
    if (first.empty()) return rest;
    return std::make_unique<PrefixedStream>(std::move(first), std::move(rest));
}

}  // namespace fid::transport
