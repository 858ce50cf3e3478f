// SPDX-License-Identifier: MIT
#include "transport/recording_stream.h"

#include <algorithm>

namespace fid::transport {

RecordingStream::RecordingStream(StreamPtr socket, Flow flow) : socket_(std::move(socket)), flow_(std::move(flow)) {}

/// The socket is closed with it: our end, unless it was said before or the peer has reset.
RecordingStream::~RecordingStream() { flow_.sent_end(); }

Task<Result<Chunk>> RecordingStream::read(std::span<std::uint8_t> into) {
    auto chunk = co_await socket_->read(into);
    if (chunk && chunk->end)
        flow_.received_end();
    else if (chunk)
        flow_.received(into.first(chunk->size));
    else if (chunk.error().status == Status::receive_failure)
        flow_.reset_by_peer();
    co_return chunk;
}

Task<Result<void>> RecordingStream::write(Bytes bytes) {
    // A stream's write may be long under way: it is recorded in pieces, each when the kernel has taken it, so that
    // what comes in between stands where it came.
    constexpr std::size_t most = std::size_t{64} * 1024;
    do {
        const Bytes piece = keeps_boundaries() ? bytes : bytes.first(std::min(bytes.size(), most));
        auto written = co_await socket_->write(piece);
        if (!written) {
            flow_.reset_by_peer();
            co_return written;
        }
        flow_.sent(piece);
        bytes = bytes.subspan(piece.size());
    } while (!bytes.empty());
    co_return Result<void>();
}

Task<Result<void>> RecordingStream::finish() {
    auto finished = co_await socket_->finish();
    if (finished) flow_.sent_end();
    co_return finished;
}

}  // namespace fid::transport
