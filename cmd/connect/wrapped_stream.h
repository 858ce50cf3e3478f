// SPDX-License-Identifier: MIT
// A stream with something done to what passes; what is not overridden is the stream's below.
#pragma once

#include "transport/stream.h"

namespace fid::cmd::connect {

/// Without descriptors: what passes is looked at, so that nothing is spliced.
class WrappedStream : public transport::Stream {
  public:
    explicit WrappedStream(transport::StreamPtr below) : below_(std::move(below)) {}

    transport::Task<Result<transport::Chunk>> read(std::span<std::uint8_t> into) override { return below_->read(into); }
    transport::Task<Result<void>> write(Bytes bytes) override { return below_->write(bytes); }
    transport::Task<Result<void>> finish() override { return below_->finish(); }
    transport::Task<Result<void>> conclude() override { return below_->conclude(); }
    void stop(const Error& why) override { below_->stop(why); }
    [[nodiscard]] bool keeps_boundaries() const override { return below_->keeps_boundaries(); }
    [[nodiscard]] transport::Ending ending() const override { return below_->ending(); }
    [[nodiscard]] std::string_view name() const override { return below_->name(); }

  protected:
    [[nodiscard]] transport::Stream& below() const { return *below_; }

  private:
    transport::StreamPtr below_;
};

}  // namespace fid::cmd::connect
