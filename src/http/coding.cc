// SPDX-License-Identifier: MIT
#include "http/coding.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <array>

namespace fid::http {
namespace {

/// Each into a buffer of the input's size: what does not fit is not worth it.
bool brotli(std::string_view bytes, std::string& out) {
    std::size_t size = out.size();
    const bool done = BrotliEncoderCompress(5, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, bytes.size(),
                                            reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                                            reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE;
    if (done) out.resize(size);
    return done;
}

bool zstd(std::string_view bytes, std::string& out) {
    const std::size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 6);
    const bool done = ZSTD_isError(size) == 0;
    if (done) out.resize(size);
    return done;
}

bool gzip(std::string_view bytes, std::string& out) {
    constexpr int gzip_window = MAX_WBITS + 16;  // 16: with gzip's head
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    if (done) out.resize(stream.total_out);
    deflateEnd(&stream);
    return done;
}

}  // namespace

std::optional<std::string> compress(Coding coding, std::string_view bytes) {
    if (bytes.empty()) return std::nullopt;
    std::string out(bytes.size() - 1, '\0');
    bool done = false;
    if (coding == Coding::brotli) done = brotli(bytes, out);
    if (coding == Coding::zstd) done = zstd(bytes, out);
    if (coding == Coding::gzip) done = gzip(bytes, out);
    return done ? std::optional(std::move(out)) : std::nullopt;
}

std::string_view coding_suffix(Coding coding) {
    constexpr std::array<std::string_view, coding_count> suffixes{".br", ".zst", ".gz", ""};
    return suffixes[static_cast<std::size_t>(coding)];
}

}  // namespace fid::http
