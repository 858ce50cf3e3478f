// SPDX-License-Identifier: MIT
#include "transport/websocket_stream.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <new>
#include <optional>

#include "transport/http_head.h"
#include "transport/prefixed_stream.h"
#include "transport/turn.h"
#include "transport/websocket.h"

namespace fid::transport {
namespace {

/// What is read from below, and masked and written, at a time.
constexpr std::size_t block_bytes = std::size_t{64} * 1024;
/// Shorter messages grow when they are compressed.
constexpr std::size_t least_to_deflate = 32;

template <std::size_t size>
std::array<std::uint8_t, size> random_bytes() {
    std::array<std::uint8_t, size> bytes{};
    // Masks and keys must not be guessed by who chooses the payload (section 10.3).
    if (RAND_bytes(bytes.data(), size) != 1) throw std::bad_alloc();
    return bytes;
}

class WebSocketStream final : public Stream {
  public:
    WebSocketStream(Executor executor, StreamPtr below, std::string name, std::optional<DeflateTerms> terms,
                    bool binary)
        : below_(std::move(below)),
          name_(std::move(name)),
          reader_(WebSocketRole::client, {}, terms),
          turn_(executor),
          block_(block_bytes),
          binary_(binary) {
        if (terms) deflater_ = std::make_unique<Deflater>(*terms);
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
        head.mask = random_bytes<4>();
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
        put_frame(frame, Opcode::close, payload, random_bytes<4>());
        auto written = co_await below_->write(frame);
        turn_.give();
        co_return written;
    }

    /// The turn to write is ours.
    Task<Result<void>> flush_controls() {
        while (pong_ && !close_sent_) {
            std::vector<std::uint8_t> frame;
            put_frame(frame, Opcode::pong, *pong_, random_bytes<4>());
            pong_.reset();
            auto written = co_await below_->write(frame);
            if (!written) co_return written;
        }
        co_return Result<void>();
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
            mask_bytes(std::span(block).subspan(start), *head.mask, done);
            auto written = co_await below_->write(block);
            if (!written) co_return written;
            block.clear();
            done += piece.size();
        } while (done < payload.size());
        co_return Result<void>();
    }

    StreamPtr below_;
    std::string name_;
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

/// What cannot stand in a request's first line, percent-encoded; the rest was written as it is to be sent.
std::string url_text(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
    return out;
}

/// One handshake (section 4).
class Handshake {
  public:
    Handshake(StreamPtr below, Endpoint endpoint, WebSocketOptions options)
        : below_(std::move(below)), endpoint_(std::move(endpoint)), options_(std::move(options)) {
        const auto key = random_bytes<16>();
        key_ = base64(as_text(key));
    }

    Task<Result<WebSocketConnection>> run() {
        const std::string request = compose();
        auto written = co_await below_->write(as_bytes(request));
        if (!written) co_return std::unexpected(std::move(written.error()));
        const Error blame = violation({}).error();
        std::string surplus;
        auto reading = read_http_head(*below_, surplus, blame);
        auto head = co_await std::move(reading);
        if (!head) co_return std::unexpected(std::move(head.error()));
        std::optional<DeflateTerms> terms;
        if (auto good = judge(*head, terms); !good) co_return std::unexpected(std::move(good.error()));
        WebSocketConnection connection;
        connection.facts.protocol = head->field("Sec-WebSocket-Protocol").value_or("");
        connection.facts.deflate = terms.has_value();
        const auto executor = co_await asio::this_coro::executor;
        below_ = make_prefixed_stream(std::move(surplus), std::move(below_));
        connection.stream =
            std::make_unique<WebSocketStream>(executor, std::move(below_), endpoint_.text(), terms, options_.binary);
        co_return connection;
    }

  private:
    [[nodiscard]] std::string compose() const {
        std::string request = "GET " + (endpoint_.path.empty() ? "/" : url_text(endpoint_.path));
        if (!endpoint_.query.empty()) request += "?" + url_text(endpoint_.query);
        request += " HTTP/1.1\r\n";
        const bool own_host =
            std::ranges::any_of(options_.headers, [](const auto& field) { return same_token(field.first, "Host"); });
        if (!own_host) request += "Host: " + host() + "\r\n";
        request +=
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key_ +
            "\r\n";
        if (!options_.protocols.empty()) {
            std::string list;
            for (const std::string& protocol : options_.protocols) list += (list.empty() ? "" : ", ") + protocol;
            request += "Sec-WebSocket-Protocol: " + list + "\r\n";
        }
        if (options_.deflate) request += "Sec-WebSocket-Extensions: " + std::string(deflate_offer) + "\r\n";
        if (!endpoint_.user.empty())
            request +=
                "Authorization: Basic " + base64(endpoint_.user + ":" + endpoint_.password.value_or("")) + "\r\n";
        for (const auto& [name, value] : options_.headers) request.append(name).append(": ").append(value) += "\r\n";
        return request + "\r\n";
    }

    /// As the URL has it: the port only where it is not the scheme's own (section 4.1).
    [[nodiscard]] std::string host() const {
        const bool v6 = endpoint_.host.find(':') != std::string::npos;
        std::string text = v6 ? "[" + endpoint_.host.substr(0, endpoint_.host.find('%')) + "]" : endpoint_.host;
        const auto port = endpoint_.port_or_default();
        if (port && port != default_port(endpoint_.scheme)) text += ":" + std::to_string(*port);
        return text;
    }

    [[nodiscard]] std::string expected_accept() const {
        const std::string text = key_ + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned length = 0;
        if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr) != 1) return {};
        return base64(as_text(Bytes(digest).first(length)));
    }

    Result<void> judge(const HttpHead& head, std::optional<DeflateTerms>& terms) const {
        const unsigned status = head.status();
        if (status == 0) return violation("it does not speak HTTP");
        if (status >= 400)
            return fail(status == 401 ? Status::login_refused : Status::server_error, "no WebSocket at",
                        endpoint_.text(), std::string(head.reason()));
        if (status != 101) {
            const auto location = head.field("Location");
            return violation(std::string(head.reason()) + (location ? ", see " + *location : ""));
        }
        if (!same_token(head.field("Upgrade").value_or(""), "websocket"))
            return violation("its answer has no 'Upgrade: websocket'");
        if (!list_has(head.field("Connection").value_or(""), "upgrade"))
            return violation("its answer has no 'Connection: Upgrade'");
        if (const auto accept = head.field("Sec-WebSocket-Accept"); !accept || *accept != expected_accept())
            return violation("its Sec-WebSocket-Accept does not belong to our key");
        const auto protocol = head.field("Sec-WebSocket-Protocol");
        if (protocol && std::ranges::find(options_.protocols, *protocol) == options_.protocols.end())
            return violation("it chose the subprotocol '" + *protocol + "', which was not offered");
        if (const auto extensions = head.field("Sec-WebSocket-Extensions")) {
            if (options_.deflate) terms = read_deflate_answer(*extensions);
            if (!terms) return violation("it chose extensions that were not offered: " + *extensions);
        }
        return {};
    }

    [[nodiscard]] std::unexpected<Error> violation(std::string what) const {
        return fail(Status::protocol_violation, "no WebSocket at", endpoint_.text(), std::move(what));
    }

    StreamPtr below_;
    Endpoint endpoint_;
    WebSocketOptions options_;
    std::string key_;
};

}  // namespace

Task<Result<WebSocketConnection>> connect_websocket(StreamPtr below, Endpoint endpoint, WebSocketOptions options) {
    Handshake handshake(std::move(below), std::move(endpoint), std::move(options));
    auto running = handshake.run();
    auto connection = co_await std::move(running);
    co_return connection;
}

}  // namespace fid::transport
