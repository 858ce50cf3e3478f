// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>
#include <utility>

#include "transport/turn.h"
#include "transport/websocket.h"
#include "transport/websocket_handshake.h"

namespace fid::transport {
namespace {

/// What is read from below, and masked and written, at a time.
constexpr std::size_t block_bytes = std::size_t{64} * 1024;
/// Shorter messages grow when they are compressed.
constexpr std::size_t least_to_deflate = 32;

class WebSocketStream final : public Stream {
  public:
    WebSocketStream(Executor executor, StreamPtr below, WebSocketTerms terms)
        : below_(std::move(below)),
          name_(std::move(terms.name)),
          role_(terms.role),
          reader_(terms.role, terms.limits, terms.deflate),
          turn_(executor),
          block_(block_bytes),
          binary_(terms.binary) {
        if (terms.deflate) deflater_ = std::make_unique<Deflater>(*terms.deflate);
    }

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        while (!in_piece_) {
            if (peer_closed_) {
                const Chunk ended{.size = 0, .end = true};
                co_return ended;
            }
            auto next = reader_.next();
            if (!next) {
                auto refused = co_await refuse(next.error());
                co_return refused;
            }
            if (*next) {
                auto done = co_await take(**next);
                if (!done) co_return std::unexpected(std::move(done.error()));
                continue;
            }
            auto chunk = co_await below_->read(block_);
            if (!chunk) co_return std::unexpected(std::move(chunk.error()));
            if (chunk->end)
                co_return fail(Status::truncated, "the WebSocket was cut by", name_,
                               "the connection ended without a Close");
            reader_.feed(Bytes(block_).first(chunk->size));
        }
        Chunk chunk;
        chunk.size = std::min(into.size(), piece_.size());
        std::copy_n(piece_.begin(), chunk.size, into.begin());
        piece_ = piece_.subspan(chunk.size);
        in_piece_ = !piece_.empty();
        chunk.more = in_piece_ || !last_piece_;
        co_return chunk;
    }

    Task<Result<void>> write(Bytes message) override {
        FrameHead head;
        head.opcode = !binary_ && is_utf8(message) ? Opcode::text : Opcode::binary;
        co_await turn_.take();
        if (close_sent_ || peer_closed_) {
            turn_.give();
            co_return fail(Status::send_failure, "cannot send to", name_, "the WebSocket is closed");
        }
        if (deflater_ && message.size() >= least_to_deflate) {
            if (const auto smaller = deflater_->deflate(message)) {
                message = *smaller;
                head.compressed = true;
            }
        }
        head.size = message.size();
        head.mask = mask();
        auto written = co_await write_frame(head, message);
        if (written) written = co_await flush_controls();
        turn_.give();
        co_return written;
    }

    Task<Result<void>> finish() override {
        auto sending = send_close(close_code::normal, {});
        auto sent = co_await std::move(sending);
        co_return sent;
    }
    void stop(const Error& why) override {
        below_->stop(why);
        turn_.wake();
    }
    [[nodiscard]] bool keeps_boundaries() const override { return true; }
    [[nodiscard]] Ending ending() const override { return Ending::shared; }
    [[nodiscard]] std::string_view name() const override { return name_; }

  private:
    Task<Result<void>> take(WebSocketEvent event) {
        using Kind = WebSocketEvent::Kind;
        if (event.kind == Kind::data) {
            in_piece_ = true;
            piece_ = event.payload;
            last_piece_ = event.last;
        } else if (event.kind == Kind::ping && !close_sent_) {
            // Only the newest needs an answer (section 5.5.3): who pings without reading cannot fill our memory.
            pong_.emplace(event.payload.begin(), event.payload.end());
            if (!turn_.taken()) {
                co_await turn_.take();
                auto written = co_await flush_controls();
                turn_.give();
                co_return written;
            }
        } else if (event.kind == Kind::close) {
            const std::uint16_t code = event.code;
            const std::string reason(as_text(event.payload));
            peer_closed_ = true;
            // The peer may have gone already: what it said is more useful than that.
            auto answering = send_close(code, {});
            (void)co_await std::move(answering);
            if (code == close_code::normal || code == close_code::going_away || code == close_code::none)
                co_return Result<void>();
            co_return fail(Status::receive_failure, "the WebSocket was closed by", name_,
                           "code " + std::to_string(code) + (reason.empty() ? "" : ": " + reason));
        }
        co_return Result<void>();
    }

    /// Tells the peer what it did wrong (section 7.1.7), where it still listens.
    Task<Result<Chunk>> refuse(Violation violation) {
        auto telling = send_close(violation.code, violation.what);
        (void)co_await std::move(telling);
        peer_closed_ = true;
        co_return fail(Status::protocol_violation, "the WebSocket was misused by", name_, std::string(violation.what));
    }

    Task<Result<void>> send_close(std::uint16_t code, std::string_view reason) {
        co_await turn_.take();
        if (close_sent_) {
            turn_.give();
            co_return Result<void>();
        }
        close_sent_ = true;
        std::vector<std::uint8_t> payload;
        if (code != close_code::none) payload = close_payload(code, reason);
        std::vector<std::uint8_t> frame;
        put_frame(frame, Opcode::close, payload, mask());
        auto written = co_await below_->write(frame);
        turn_.give();
        co_return written;
    }

    /// The turn to write is ours.
    Task<Result<void>> flush_controls() {
        while (pong_ && !close_sent_) {
            std::vector<std::uint8_t> frame;
            put_frame(frame, Opcode::pong, *pong_, mask());
            pong_.reset();
            auto written = co_await below_->write(frame);
            if (!written) co_return written;
        }
        co_return Result<void>();
    }

    /// A server masks nothing (section 5.1).
    [[nodiscard]] std::optional<std::array<std::uint8_t, 4>> mask() const {
        if (role_ == WebSocketRole::server) return std::nullopt;
        return random_bytes<4>();
    }

    /// One frame, masked block by block: a large message is not copied as a whole.
    Task<Result<void>> write_frame(FrameHead head, Bytes payload) {
        std::vector<std::uint8_t> block;
        put_frame_head(block, head);
        std::size_t done = 0;
        do {
            const Bytes piece = payload.subspan(done, std::min(block_bytes, payload.size() - done));
            const std::size_t start = block.size();
            block.insert(block.end(), piece.begin(), piece.end());
            if (head.mask) mask_bytes(std::span(block).subspan(start), *head.mask, done);
            auto written = co_await below_->write(block);
            if (!written) co_return written;
            block.clear();
            done += piece.size();
        } while (done < payload.size());
        co_return Result<void>();
    }

    StreamPtr below_;
    std::string name_;
    WebSocketRole role_;
    WebSocketReader reader_;
    std::unique_ptr<Deflater> deflater_;
    Turn turn_;  ///< to write: a frame must not stand within another
    bool close_sent_ = false, peer_closed_ = false;
    std::optional<std::vector<std::uint8_t>> pong_;
    std::vector<std::uint8_t> block_;
    Bytes piece_;  ///< of the reader's, not given away yet
    bool in_piece_ = false, last_piece_ = true;
    bool binary_;
};

}  // namespace

StreamPtr make_websocket_stream(Executor executor, StreamPtr below, WebSocketTerms terms) {
    return std::make_unique<WebSocketStream>(executor, std::move(below), std::move(terms));
}

}  // namespace fid::transport
