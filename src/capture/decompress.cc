// SPDX-License-Identifier: MIT
#include "capture/decompress.h"

#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace fid::capture {
namespace {

/// Holds the compressed bytes that wait for the decoder.
class Decoder : public Feed {
  public:
    explicit Decoder(std::unique_ptr<Feed> from) : from_(std::move(from)), buffer_(std::size_t{128} << 10U) {}
    [[nodiscard]] const std::string& problem() const override { return problem_; }
    [[nodiscard]] std::uint64_t taken() const override { return from_->taken(); }

  protected:
    /// False where there is no more compressed data.
    bool refill() {
        if (size_ != 0) return true;
        at_ = buffer_.data();
        size_ = from_->read(buffer_.data(), buffer_.size());
        return size_ != 0;
    }
    void used(std::size_t count) {
        at_ += count;
        size_ -= count;
    }
    std::size_t stop(std::string_view problem) {
        done_ = true;
        problem_ = from_->problem().empty() ? problem : from_->problem();
        return 0;
    }
    std::size_t stop_at_end() { return stop({}); }

    std::unique_ptr<Feed> from_;
    std::vector<std::uint8_t> buffer_;
    const std::uint8_t* at_ = nullptr;
    std::size_t size_ = 0;
    bool done_ = false;
    std::string problem_;
};

class Gzip final : public Decoder {
  public:
    explicit Gzip(std::unique_ptr<Feed> from) : Decoder(std::move(from)) {
        if (::inflateInit2(&stream_, MAX_WBITS + 16) != Z_OK) stop("out of memory for gzip");
    }
    ~Gzip() override { ::inflateEnd(&stream_); }
    std::size_t read(std::uint8_t* out, std::size_t room) override {
        while (!done_) {
            if (!refill()) return between_members_ ? stop_at_end() : stop("the gzip data ends too early");
            // Members may be padded with zeros (tape blocks), and the next one starts anew.
            if (between_members_ && *at_ == 0) {
                used(1);
                continue;
            }
            if (between_members_ && *at_ != 0x1f) return stop("bytes that are not gzip follow the gzip data");
            if (between_members_) ::inflateReset(&stream_);
            between_members_ = false;
            stream_.next_in = const_cast<Bytef*>(at_);
            stream_.avail_in = static_cast<uInt>(size_);
            stream_.next_out = out;
            stream_.avail_out = static_cast<uInt>(std::min(room, std::size_t{1} << 30U));
            const uInt wanted = stream_.avail_out;
            const int result = ::inflate(&stream_, Z_NO_FLUSH);
            used(size_ - stream_.avail_in);
            const std::size_t made = wanted - stream_.avail_out;
            if (result == Z_STREAM_END)
                between_members_ = true;
            else if (result != Z_OK && result != Z_BUF_ERROR) {
                stop(std::string("the gzip data is damaged: ") + (stream_.msg == nullptr ? "no memory" : stream_.msg));
            }
            if (made != 0) return made;
        }
        return 0;
    }

  private:
    z_stream stream_{};
    bool between_members_ = false;
};

class Zstd final : public Decoder {
  public:
    explicit Zstd(std::unique_ptr<Feed> from) : Decoder(std::move(from)), stream_(::ZSTD_createDStream()) {
        if (stream_ == nullptr) stop("out of memory for zstd");
    }
    ~Zstd() override { ::ZSTD_freeDStream(stream_); }
    std::size_t read(std::uint8_t* out, std::size_t room) override {
        while (!done_) {
            // An output that was filled may hide more in the decoder: ask it first, without input.
            if (!refill() && !full_) return inside_frame_ ? stop("the zstd data ends too early") : stop_at_end();
            ZSTD_inBuffer in{at_, size_, 0};
            ZSTD_outBuffer made{out, room, 0};
            const std::size_t result = ::ZSTD_decompressStream(stream_, &made, &in);
            used(in.pos);
            full_ = made.pos == room;
            if (::ZSTD_isError(result) != 0)
                stop(std::string("the zstd data is damaged: ") + ::ZSTD_getErrorName(result));
            else if (in.size != 0 || made.pos != 0)
                inside_frame_ = result != 0;
            if (made.pos != 0) return made.pos;
        }
        return 0;
    }

  private:
    ZSTD_DStream* stream_;
    bool inside_frame_ = false;
    bool full_ = false;
};

class Lz4 final : public Decoder {
  public:
    explicit Lz4(std::unique_ptr<Feed> from) : Decoder(std::move(from)) {
        if (::LZ4F_isError(::LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) != 0)
            stop("out of memory for lz4");
    }
    ~Lz4() override { ::LZ4F_freeDecompressionContext(context_); }
    std::size_t read(std::uint8_t* out, std::size_t room) override {
        while (!done_) {
            if (!refill() && !full_) return inside_frame_ ? stop("the lz4 data ends too early") : stop_at_end();
            const bool nothing_in = size_ == 0;
            std::size_t taken = size_;
            std::size_t made = room;
            const std::size_t result = ::LZ4F_decompress(context_, out, &made, at_, &taken, nullptr);
            if (::LZ4F_isError(result) != 0)
                return stop(std::string("the lz4 data is damaged: ") + ::LZ4F_getErrorName(result));
            used(taken);
            full_ = made == room;
            if (!nothing_in || made != 0) inside_frame_ = result != 0;
            if (made != 0) return made;
        }
        return 0;
    }

  private:
    LZ4F_dctx* context_ = nullptr;
    bool inside_frame_ = false;
    bool full_ = false;
};

class Xz final : public Decoder {
  public:
    explicit Xz(std::unique_ptr<Feed> from) : Decoder(std::move(from)) {
        // 1 GiB: xz -9 wants 65 MiB; more is a claim, not a capture.
        if (::lzma_stream_decoder(&stream_, std::uint64_t{1} << 30U, LZMA_CONCATENATED) != LZMA_OK)
            stop("out of memory for xz");
    }
    ~Xz() override { ::lzma_end(&stream_); }
    std::size_t read(std::uint8_t* out, std::size_t room) override {
        while (!done_) {
            const bool more = refill();
            stream_.next_in = at_;
            stream_.avail_in = size_;
            stream_.next_out = out;
            stream_.avail_out = room;
            const lzma_ret result = ::lzma_code(&stream_, more ? LZMA_RUN : LZMA_FINISH);
            used(size_ - stream_.avail_in);
            const std::size_t made = room - stream_.avail_out;
            if (result == LZMA_STREAM_END)
                stop_at_end();
            else if (result == LZMA_BUF_ERROR || (result == LZMA_OK && made == 0 && !more))
                stop("the xz data ends too early");
            else if (result != LZMA_OK)
                stop(result == LZMA_MEMLIMIT_ERROR ? "the xz data wants over 1 GiB of memory"
                                                   : "the xz data is damaged");
            if (made != 0) return made;
        }
        return 0;
    }

  private:
    lzma_stream stream_ = LZMA_STREAM_INIT;
};

std::uint32_t little32(Bytes bytes) {
    return std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8U | std::uint32_t{bytes[2]} << 16U |
           std::uint32_t{bytes[3]} << 24U;
}

}  // namespace

std::string_view compression_of(Bytes head) {
    // A file may be cut short right behind its first bytes and is no less compressed for it.
    static constexpr std::array<std::uint8_t, 6> xz{0xfd, '7', 'z', 'X', 'Z', 0};
    while (head.size() >= 4) {
        const std::uint32_t magic = little32(head);
        if ((magic & 0xffffU) == 0x8b1fU) return "gzip";
        if (magic == 0xfd2fb528U) return "zstd";
        if (magic == 0x184d2204U) return "lz4";
        const std::size_t begun = std::min(head.size(), xz.size());
        if (std::ranges::equal(head.first(begun), Bytes(xz).first(begun))) return "xz";
        // A skippable frame (RFC 8878, 3.1.2) starts zstd and lz4 files alike: what follows it tells.
        if ((magic & 0xfffffff0U) != 0x184d2a50U || head.size() < 8) return "";
        const std::size_t size = std::size_t{little32(head.subspan(4))} + 8;
        if (size >= head.size()) return "zstd";
        head = head.subspan(size);
    }
    return "";
}

std::unique_ptr<Feed> decompress(std::string_view compression, std::unique_ptr<Feed> from) {
    if (compression == "gzip") return std::make_unique<Gzip>(std::move(from));
    if (compression == "zstd") return std::make_unique<Zstd>(std::move(from));
    if (compression == "lz4") return std::make_unique<Lz4>(std::move(from));
    if (compression == "xz") return std::make_unique<Xz>(std::move(from));
    return from;
}

}  // namespace fid::capture
