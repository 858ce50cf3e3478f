// SPDX-License-Identifier: MIT
#include "cmd/connect/dump.h"

#include <unistd.h>

#include <algorithm>

#include "cmd/connect/wrapped_stream.h"
#include "report/output.h"

namespace fid::cmd::connect {
namespace {

using transport::Chunk;
using transport::Task;

constexpr std::size_t bytes_a_line = 16;
constexpr unsigned offset_digits = 8;

class DumpStream final : public WrappedStream {
  public:
    using WrappedStream::WrappedStream;

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        auto chunk = co_await below().read(into);
        if (chunk && !chunk->end) show('<', into.first(chunk->size), received_);
        co_return chunk;
    }
    Task<Result<void>> write(Bytes bytes) override {
        auto written = co_await below().write(bytes);
        if (written) show('>', bytes, sent_);
        co_return written;
    }

  private:
    void show(char mark, Bytes bytes, std::uint64_t& offset) {
        put_hex_lines(mark, offset, bytes, errors_.text());
        errors_.flush();
        offset += bytes.size();
    }

    report::Output errors_{STDERR_FILENO, {}};
    std::uint64_t sent_ = 0, received_ = 0;
};

}  // namespace

void put_hex_lines(char mark, std::uint64_t offset, Bytes bytes, Text& out) {
    do {  // a datagram without bytes has its line, too
        const Bytes line = bytes.first(std::min(bytes.size(), bytes_a_line));
        bytes = bytes.subspan(line.size());
        out.put(mark);
        out.put(' ');
        out.hex(offset, offset_digits);
        for (std::size_t i = 0; i < bytes_a_line; ++i) {
            out.put(i % (bytes_a_line / 2) == 0 ? "  " : " ");
            if (i < line.size())
                out.hex(line[i], 2);
            else
                out.put("  ");
        }
        out.put("  |");
        for (const std::uint8_t byte : line) out.put(byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.');
        out.put("|\n");
        offset += line.size();
    } while (!bytes.empty());
}

transport::StreamPtr make_dump_stream(transport::StreamPtr below) {
    return std::make_unique<DumpStream>(std::move(below));
}

}  // namespace fid::cmd::connect
