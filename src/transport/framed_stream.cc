// SPDX-License-Identifier: MIT
#include "transport/framed_stream.h"

#include <algorithm>
#include <vector>

namespace fid::transport {
namespace {

class FramedStream final : public Stream {
  public:
    FramedStream(StreamPtr below, Framing framing)
        : below_(std::move(below)), framing_(framing), reader_(framing), block_(block_bytes) {}

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        while (!piece_) {
            auto next = reader_.next();
            if (next && !*next) {
                auto chunk = co_await below_->read(block_);
                if (!chunk) co_return chunk;
                if (!chunk->end) {
                    reader_.feed(Bytes(block_).first(chunk->size));
                    continue;
                }
                next = reader_.end();
                if (next && !*next) co_return chunk;
            }
            if (!next) co_return std::unexpected(std::move(next.error()));
            piece_ = **next;
        }
        Chunk chunk;
        chunk.size = std::min(into.size(), piece_->bytes.size());
        std::copy_n(piece_->bytes.begin(), chunk.size, into.begin());
        piece_->bytes = piece_->bytes.subspan(chunk.size);
        chunk.more = !piece_->bytes.empty() || !piece_->last;
        if (piece_->bytes.empty()) piece_.reset();
        co_return chunk;
    }

    Task<Result<void>> write(Bytes message) override {
        out_.clear();
        if (auto fits = put_framed(framing_, message, out_); !fits) co_return fits;
        auto written = co_await below_->write(out_);
        co_return written;
    }
    Task<Result<void>> finish() override { return below_->finish(); }
    Task<Result<void>> conclude() override { return below_->conclude(); }
    void stop(const Error& why) override { below_->stop(why); }
    [[nodiscard]] bool keeps_boundaries() const override { return true; }
    [[nodiscard]] Ending ending() const override { return below_->ending(); }
    [[nodiscard]] std::string_view name() const override { return below_->name(); }

  private:
    static constexpr std::size_t block_bytes = std::size_t{64} * 1024;

    StreamPtr below_;
    Framing framing_;
    FrameReader reader_;
    std::vector<std::uint8_t> block_, out_;
    std::optional<FramePiece> piece_;  ///< what was not given away yet
};

}  // namespace

StreamPtr make_framed_stream(StreamPtr below, Framing framing) {
    return std::make_unique<FramedStream>(std::move(below), framing);
}

}  // namespace fid::transport
