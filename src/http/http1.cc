// SPDX-License-Identifier: MIT
#include "http/http1.h"

#include <sys/socket.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "http/body_writer.h"
#include "http/chunked.h"

namespace fid::http {
namespace {

using transport::Task;

/// Answers to pipelined requests go out together until they are so many bytes.
constexpr std::size_t batch_bytes = std::size_t{64} * 1024;
/// A ready answer up to this is copied into the batch; a larger one is written from where it is.
constexpr std::size_t copied_bytes = std::size_t{4} * 1024;
/// Where the stream itself has to look at the bytes, a connection reads so many at once.
constexpr std::size_t own_input_bytes = std::size_t{8} * 1024;

class Connection {
  public:
    Connection(Worker& worker, transport::Stream& stream, Watched& watched, std::string_view peer)
        : worker_(worker),
          stream_(stream),
          watched_(watched),
          peer_(peer),
          writer_(stream, watched, worker.limits().send),
          descriptor_(stream.input_descriptor()) {}

    Task<void> run() {
        while (true) {
            process();
            const bool sent = co_await send();
            if (!sent) co_return;
            if (closing_ || worker_.stopping()) break;
            if (!starved_) continue;
            const bool got = co_await receive();
            if (!got) co_return;
        }
        auto leaving = linger();
        co_await std::move(leaving);
    }

  private:
    /// Answers what has come, as far as it goes into one batch. Does not wait; the answers are in worker_.out(), ready_
    /// and body_, in this order.
    void process() {
        worker_.out().clear();
        starved_ = false;
        while (!closing_ && !ready_ && !body_ && worker_.out().size() < batch_bytes) {
            if (!skip_body()) break;
            const auto end = scanner_.scan(input_, worker_.limits().request);
            if (!end) {
                worker_.request().clear();
                refuse(end.error());
                break;
            }
            if (!*end) {
                starved_ = true;
                break;
            }
            Request& request = worker_.request();
            const auto parsed = parse_head(input_.substr(0, **end), worker_.limits().request, request);
            scanner_.reset();
            if (parsed)
                respond(request);
            else
                refuse(parsed.error());
            input_.remove_prefix(**end);
        }
    }

    void respond(const Request& request) {
        phase_ = Phase::none;
        framing_ = request.framing;
        body_left_ = framing_ == Framing::length ? request.length : 0;
        drained_ = 0;
        chunks_ = {};
        if (body_left_ == 0 && framing_ == Framing::length) framing_ = Framing::none;
        // Nobody wants the body. A client that waits to be asked for it, or would send very much, is not asked: the
        // answer is final, and whether a body follows cannot be known (RFC 9110 section 10.1.1).
        const bool unread =
            framing_ != Framing::none && (request.expects_continue || body_left_ > worker_.limits().drained_bytes);
        closing_ = !request.keep_alive || unread || worker_.stopping();
        const Moment moment = worker_.moment();
        Text& out = worker_.out();
        if (!closing_ && request.minor == 1) {
            if (auto ready = worker_.handler().ready(request, moment)) {
                worker_.log(request, peer_, 200, ready->size);
                if (!ready->rest.file && ready->bytes.size() <= copied_bytes)
                    out.put(ready->bytes);
                else
                    ready_ = std::move(ready);
                return;
            }
        }
        answer(request, worker_.handler().answer(request, moment), moment);
    }

    void answer(const Request& request, Response response, const Moment& moment) {
        Text& out = worker_.out();
        put_head(response, moment.date, !closing_, request, out);
        const bool sends = !request.is_head() && may_have_body(response.status);
        worker_.log(request, peer_, response.status, sends ? response.body.size() : 0);
        if (!sends) return;
        const bool text = !response.body.content.memory && !response.body.content.file;
        if (text && response.body.size() <= batch_bytes) {
            for (const Piece& piece : response.body.pieces) out.put(piece.text);
        } else {
            body_ = std::move(response.body);
        }
    }

    void refuse(const Refusal& refusal) {
        closing_ = true;
        const Request& request = worker_.request();
        answer(request, error_page(refusal.status, refusal.reason, request.value(Known::accept)), worker_.moment());
    }

    /// Drops what belongs to the body of the request before; false while more of it is to come.
    bool skip_body() {
        while (framing_ != Framing::none) {
            std::size_t used = 0;
            if (framing_ == Framing::length) {
                used = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, input_.size()));
                body_left_ -= used;
                if (body_left_ == 0) framing_ = Framing::none;
            } else {
                const ChunkedReader::Step step = chunks_.take(input_);
                used = step.used;
                if (step.state == ChunkedReader::State::done) framing_ = Framing::none;
                if (step.state == ChunkedReader::State::broken) closing_ = true;  // it has been answered already
            }
            drained_ += used;
            if (drained_ > worker_.limits().drained_bytes) closing_ = true;
            input_.remove_prefix(used);
            if (closing_) return false;
            if (used == 0 && framing_ != Framing::none) {
                starved_ = true;
                return false;
            }
        }
        return true;
    }

    /// Writes what process() has made. What was read and not used is kept: all of the worker's memory may be another's
    /// once there is waiting.
    Task<bool> send() {
        const auto ready = std::exchange(ready_, nullptr);
        const auto body = std::exchange(body_, std::nullopt);
        std::string_view batch = worker_.out().view();
        const bool more = ready || body;
        if (!writer_.try_write(batch, more)) co_return false;
        std::string_view rest;
        std::uint64_t offset = 0, length = 0;
        if (ready) {
            rest = ready->bytes;
            length = ready->rest.file ? ready->size : 0;
            if (batch.empty() && !writer_.try_write(rest, length != 0)) co_return false;
            if (batch.empty() && rest.empty() && !writer_.try_send_file(file_of(*ready), offset, length))
                co_return false;
        }
        keep();
        if (batch.empty() && rest.empty() && length == 0 && !body) co_return true;
        watched_.idle = false;
        const std::string own(batch);
        bool sent = co_await writer_.write(own);
        if (sent) sent = co_await writer_.write(rest);
        if (sent && length != 0) sent = co_await writer_.send_file(file_of(*ready), offset, length);
        if (sent && body) sent = co_await writer_.send(&*body);
        co_return sent;
    }

    static int file_of(const Ready& ready) { return ready.rest.file ? ready.rest.file->get() : -1; }

    /// Puts what is left of the input into memory of our own.
    void keep() {
        if (input_.empty()) {
            held_ = {};
        } else if (input_.size() != held_.size() || input_.data() != held_.data()) {
            held_ = std::string(input_);
        }
        input_ = held_;
    }

    Task<bool> receive() {
        const ServerLimits& limits = worker_.limits();
        const Phase phase = scanner_.begun() ? Phase::head : framing_ != Framing::none ? Phase::body : Phase::idle;
        // Bytes that trickle in do not move the deadline of what they are part of.
        if (std::exchange(phase_, phase) != phase) {
            const auto patience = phase == Phase::head   ? limits.header
                                  : phase == Phase::body ? limits.body
                                                         : limits.idle;
            watched_.deadline = transport::Clock::now() + patience;
        }
        watched_.idle = phase == Phase::idle;
        if (descriptor_ < 0) {
            auto receiving = receive_through();
            co_return co_await std::move(receiving);
        }
        while (true) {
            auto waiting = stream_.wait_readable();
            const auto readable = co_await std::move(waiting);
            if (!readable) co_return false;
            auto& room = worker_.input();
            const ssize_t count = ::recv(descriptor_, room.data(), room.size(), MSG_DONTWAIT);
            if (count > 0) {
                add(as_text(Bytes(room.data(), static_cast<std::size_t>(count))));
                co_return true;
            }
            if (count == 0 || (errno != EINTR && errno != EAGAIN)) co_return false;
        }
    }

    Task<bool> receive_through() {
        own_input_.resize(own_input_bytes);
        auto reading = stream_.read(own_input_);
        const auto chunk = co_await std::move(reading);
        if (!chunk || chunk->end) co_return false;
        add(as_text(Bytes(own_input_).first(chunk->size)));
        co_return true;
    }

    void add(std::string_view bytes) {
        if (held_.empty()) {
            input_ = bytes;
        } else {
            held_ += bytes;
            input_ = held_;
        }
    }

    /// Closing with unread bytes makes the kernel reset the connection, and the client may lose our answer over it: the
    /// rest is read until the client has seen the end, for a while (RFC 9112 section 9.6).
    Task<void> linger() {
        const auto finished = co_await stream_.finish();
        if (!finished) co_return;
        watched_.idle = false;
        watched_.deadline = transport::Clock::now() + worker_.limits().linger;
        std::vector<std::uint8_t> room(own_input_bytes);
        std::uint64_t left = worker_.limits().drained_bytes;
        while (left != 0) {
            auto reading = stream_.read(room);
            const auto chunk = co_await std::move(reading);
            if (!chunk || chunk->end) co_return;
            left -= std::min<std::uint64_t>(left, chunk->size);
        }
    }

    Worker& worker_;
    transport::Stream& stream_;
    Watched& watched_;
    std::string_view peer_;
    BodyWriter writer_;
    int descriptor_;

    std::string_view input_;  ///< what has come and is not used; in held_ or in the memory it was read into
    std::string held_;        ///< of a request that is not complete: empty most of the time
    std::vector<std::uint8_t> own_input_;
    HeadScanner scanner_;
    bool starved_ = false;  ///< nothing more can be done without more input
    bool closing_ = false;  ///< behind the answers there are

    /// What is being waited for.
    enum class Phase : std::uint8_t { none, idle, head, body };
    Phase phase_ = Phase::none;
    Framing framing_ = Framing::none;  ///< of a body that is being skipped
    std::uint64_t body_left_ = 0, drained_ = 0;
    ChunkedReader chunks_;

    std::shared_ptr<const Ready> ready_;
    std::optional<Body> body_;
};

}  // namespace

Task<void> serve_http1(Worker& worker, transport::Stream& stream, Watched& watched, std::string_view peer) {
    Connection connection(worker, stream, watched, peer);
    auto running = connection.run();
    co_await std::move(running);
}

}  // namespace fid::http
