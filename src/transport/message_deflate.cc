// SPDX-License-Identifier: MIT
#include "transport/message_deflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>

#include "transport/http_head.h"

namespace fid::transport {
namespace {

constexpr std::size_t block_bytes = std::size_t{64} * 1024;
/// A message may hold blocks marked as the last (section 7.2.3.4), but each makes zlib start again with its window.
constexpr unsigned most_endings = 64;
/// What a sender takes off and a receiver adds (sections 7.2.1 and 7.2.2).
constexpr std::array<std::uint8_t, 4> tail{0, 0, 0xff, 0xff};

std::optional<unsigned> window_bits(std::string_view text) {
    if (text.size() > 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
    if (error != std::errc() || end != text.data() + text.size() || text.front() == '0' || bits < 8 || bits > 15)
        return std::nullopt;
    return bits;
}

/// zlib reads only, but says so nowhere.
Bytef* readable(Bytes bytes) { return const_cast<Bytef*>(bytes.data()); }

}  // namespace

std::optional<DeflateTerms> read_deflate_answer(std::string_view text) {
    DeflateTerms terms;
    bool first = true;
    std::vector<std::string_view> seen;
    while (true) {
        const std::size_t semicolon = text.find(';');
        const std::string_view part = trimmed(text.substr(0, semicolon));
        const std::size_t equals = part.find('=');
        const std::string_view name = trimmed(part.substr(0, equals));
        const bool valued = equals != std::string_view::npos;
        const std::string_view value = valued ? trimmed(part.substr(equals + 1)) : std::string_view{};
        if (std::ranges::find(seen, name) != seen.end()) return std::nullopt;
        seen.push_back(name);
        if (first) {
            if (name != "permessage-deflate" || valued) return std::nullopt;
            first = false;
        } else if (name == "server_no_context_takeover" && !valued) {
            terms.forget_received = true;
        } else if (name == "client_no_context_takeover" && !valued) {
            terms.forget_sent = true;
        } else if (name == "server_max_window_bits") {
            if (!window_bits(value)) return std::nullopt;  // our window is the largest: it fits all
        } else if (name == "client_max_window_bits") {
            const auto bits = window_bits(value);
            if (!bits) return std::nullopt;
            terms.sent_window_bits = *bits;
        } else {
            return std::nullopt;
        }
        if (semicolon == std::string_view::npos) return terms;
        text.remove_prefix(semicolon + 1);
    }
}

Inflater::Inflater(DeflateTerms terms)
    : stream_(std::make_unique<z_stream>()), forget_(terms.forget_received), block_(block_bytes) {
    if (inflateInit2(stream_.get(), -15) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() { inflateEnd(stream_.get()); }

void Inflater::begin() {
    if (forget_) inflateReset(stream_.get());
    pending_output_ = false;
    tail_given_ = false;
    endings_ = 0;
    input_ = {};
}

/// After a block marked as the last: what follows may still point back into what came before it.
bool Inflater::restart() {
    if (++endings_ > most_endings) return false;
    std::array<std::uint8_t, 32768> window{};
    uInt size = 0;
    if (inflateGetDictionary(stream_.get(), window.data(), &size) != Z_OK) return false;
    if (inflateReset(stream_.get()) != Z_OK) return false;
    return inflateSetDictionary(stream_.get(), window.data(), size) == Z_OK;
}

Result<Bytes> Inflater::inflate(bool final) {
    const auto broken = [] { return fail(Status::bad_input, "cannot inflate", "a message"); };
    stream_->next_out = block_.data();
    stream_->avail_out = static_cast<uInt>(block_.size());
    while (true) {
        if (input_.empty() && final && !tail_given_) {
            input_ = tail;
            tail_given_ = true;
        }
        const auto step = static_cast<uInt>(std::min<std::size_t>(input_.size(), 1U << 30U));
        stream_->next_in = readable(input_);
        stream_->avail_in = step;
        const int result = ::inflate(stream_.get(), Z_SYNC_FLUSH);
        input_ = input_.subspan(step - stream_->avail_in);
        if (result == Z_STREAM_END) {
            if (!restart()) return broken();
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            return broken();
        }
        pending_output_ = stream_->avail_out == 0;
        if (pending_output_ || (input_.empty() && (!final || tail_given_))) break;
        if (result == Z_BUF_ERROR) return broken();  // input is left, room is left, and nothing moves
    }
    // zlib says in bit 7 that it stands between two blocks: a message that ends elsewhere has been cut.
    constexpr int between_blocks = 128;
    if (final && !pending_output_ && (stream_->data_type & between_blocks) == 0) return broken();
    return Bytes(block_.data(), block_.size() - stream_->avail_out);
}

Deflater::Deflater(DeflateTerms terms) : forget_(terms.forget_sent) {
    if (terms.sent_window_bits < 9) return;
    stream_ = std::make_unique<z_stream>();
    constexpr int memory_level = 8;
    if (deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, -static_cast<int>(terms.sent_window_bits),
                     memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
}

Deflater::~Deflater() {
    if (stream_) deflateEnd(stream_.get());
}

std::optional<Bytes> Deflater::deflate(Bytes message) {
    constexpr std::size_t longest = std::size_t{1} << 30U;  // zlib counts in 32 bits
    if (!stream_ || message.empty() || message.size() > longest) return std::nullopt;
    if (forget_) deflateReset(stream_.get());
    // deflateBound() is for a stream that ends; the flush's empty block takes no more than the end's bytes and ten.
    out_.resize(deflateBound(stream_.get(), static_cast<uLong>(message.size())) + 16);
    stream_->next_in = readable(message);
    stream_->avail_in = static_cast<uInt>(message.size());
    std::size_t size = 0;
    do {
        if (size == out_.size()) out_.resize(out_.size() * 2);
        stream_->next_out = out_.data() + size;
        stream_->avail_out = static_cast<uInt>(out_.size() - size);
        ::deflate(stream_.get(), Z_SYNC_FLUSH);
        size = out_.size() - stream_->avail_out;
    } while (stream_->avail_out == 0);
    return Bytes(out_).first(size - tail.size());
}

}  // namespace fid::transport
