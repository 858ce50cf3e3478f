// SPDX-License-Identifier: MIT
// A stream whose bytes the recorder sees as they cross the socket: it sits directly above the socket, under TLS.
#pragma once

#include "transport/recorder.h"
#include "transport/stream.h"

namespace fid::transport {

/// Owns both. Nothing can be spliced past it. The flow stays reachable for the key log of a TLS stream above.
class RecordingStream final : public Stream {
  public:
    RecordingStream(StreamPtr socket, Flow flow);
    ~RecordingStream() override;

    [[nodiscard]] Flow& flow() { return flow_; }
    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override;
    Task<Result<void>> write(Bytes bytes) override;
    Task<Result<void>> finish() override;
    void stop(const Error& why) override { socket_->stop(why); }
    [[nodiscard]] bool keeps_boundaries() const override { return socket_->keeps_boundaries(); }
    [[nodiscard]] Ending ending() const override { return socket_->ending(); }
    [[nodiscard]] std::string_view name() const override { return socket_->name(); }

  private:
    StreamPtr socket_;
    Flow flow_;
};

}  // namespace fid::transport
