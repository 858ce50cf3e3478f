// SPDX-License-Identifier: MIT
#include "http/http2.h"

#include <nghttp2/nghttp2.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <unordered_map>

#include "transport/http_head.h"

namespace fid::http {
namespace {

using transport::Task;

/// Frames are written together up to so many bytes.
constexpr std::size_t batch_bytes = std::size_t{64} * 1024;
constexpr std::size_t input_bytes = std::size_t{16} * 1024;

/// A request and its answer. Its texts are its own: they come with many frames.
struct Exchange {
    std::string method, scheme, authority, path;
    std::deque<std::pair<std::string, std::string>> fields;
    std::size_t size = 0;  ///< of all the fields
    bool refused = false;  ///< too large
    Body body;
    std::size_t piece = 0;    ///< that is being sent
    std::uint64_t sent = 0;   ///< bytes of it
    std::uint64_t taken = 0;  ///< bytes of the request's body, which nobody looks at
};

struct Free {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
    void operator()(nghttp2_session_callbacks* callbacks) const { nghttp2_session_callbacks_del(callbacks); }
    void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

class Connection {
  public:
    Connection(transport::Executor executor, Worker& worker, transport::Stream& stream, Watched& watched,
               std::string_view peer)
        : worker_(worker), stream_(stream), watched_(watched), peer_(peer), wake_(executor), writer_done_(executor) {
        make_session();
        watched.say_goodbye = [this] { wake_.cancel(); };
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { watched_.say_goodbye = nullptr; }

    /// Reads while writing goes on beside it.
    Task<void> run() {
        const auto executor = co_await transport::asio::this_coro::executor;
        writer_done_.expires_at(transport::Timer::time_point::max());
        auto writing = write_all();
        transport::asio::co_spawn(executor, std::move(writing), transport::asio::detached);
        std::vector<std::uint8_t> room(input_bytes);
        while (nghttp2_session_want_read(session_.get()) != 0) {
            note_idleness();
            auto reading = stream_.read(room);
            const auto chunk = co_await std::move(reading);
            gone_ = !chunk || chunk->end || nghttp2_session_mem_recv(session_.get(), room.data(), chunk->size) < 0;
            if (gone_) break;
            wake_.cancel();
        }
        ended_ = true;
        wake_.cancel();
        if (!writer_over_) co_await writer_done_.async_wait(transport::as_task);
        // Closing with unread bytes makes the kernel reset the connection, and the client may lose the last answer over
        // it: what still comes (acknowledgements, windows) is read until the client goes.
        std::uint64_t left = finished_ ? worker_.limits().drained_bytes : 0;
        while (left != 0) {
            auto reading = stream_.read(room);
            const auto chunk = co_await std::move(reading);
            if (!chunk || chunk->end) break;
            left -= std::min<std::uint64_t>(left, chunk->size);
        }
    }

  private:
    static Connection& of(void* user) { return *static_cast<Connection*>(user); }

    void make_session() {
        nghttp2_session_callbacks* raw = nullptr;
        nghttp2_session_callbacks_new(&raw);
        const std::unique_ptr<nghttp2_session_callbacks, Free> callbacks(raw);
        nghttp2_session_callbacks_set_on_begin_headers_callback(raw, on_begin);
        nghttp2_session_callbacks_set_on_header_callback(raw, on_header);
        nghttp2_session_callbacks_set_on_frame_recv_callback(raw, on_frame);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(raw, on_data);
        nghttp2_session_callbacks_set_on_stream_close_callback(raw, on_close);
        nghttp2_option* raw_option = nullptr;
        nghttp2_option_new(&raw_option);
        const std::unique_ptr<nghttp2_option, Free> option(raw_option);
        // Streams that are opened and reset at once cost the server more than the client (CVE-2023-44487).
        nghttp2_option_set_stream_reset_rate_limit(raw_option, worker_.limits().resets, 33);
        nghttp2_option_set_max_outbound_ack(raw_option, 100);
        nghttp2_option_set_max_settings(raw_option, 32);
        nghttp2_session* session = nullptr;
        nghttp2_session_server_new2(&session, raw, this, raw_option);
        session_.reset(session);
        const auto head_bytes = static_cast<std::uint32_t>(worker_.limits().request.head_bytes);
        const std::array<nghttp2_settings_entry, 2> settings{
            {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, worker_.limits().streams},
             {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, head_bytes}}};
        nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    }

    /// Sends what nghttp2 wants to have sent, whenever there is something.
    Task<void> write_all() {
        std::vector<std::uint8_t> batch;
        while (true) {
            if (worker_.stopping() && !std::exchange(said_goodbye_, true))
                nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                                      nghttp2_session_get_last_proc_stream_id(session_.get()), NGHTTP2_NO_ERROR,
                                      nullptr, 0);
            batch.clear();
            while (batch.size() < batch_bytes) {
                const std::uint8_t* data = nullptr;
                const ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
                if (size <= 0) break;
                batch.insert(batch.end(), data, data + size);
            }
            if (!batch.empty()) {
                watched_.deadline = transport::Clock::now() + worker_.limits().send;
                auto writing = stream_.write(batch);
                const auto written = co_await std::move(writing);
                if (!written) break;
                note_idleness();
                continue;
            }
            if (ended_ || nghttp2_session_want_read(session_.get()) == 0) break;
            batch = {};
            wake_.expires_at(transport::Timer::time_point::max());
            co_await wake_.async_wait(transport::as_task);
        }
        if (!gone_ && nghttp2_session_want_read(session_.get()) == 0) {
            // All has been said: the client is to see that and to go.
            watched_.idle = false;
            watched_.deadline = transport::Clock::now() + worker_.limits().linger;
            const auto finished = co_await stream_.finish();
            finished_ = finished.has_value();
        }
        if (!ended_ && !finished_) stream_.stop({Status::success, "the connection is over", {}, {}, {}});
        writer_over_ = true;
        writer_done_.cancel();
    }

    void note_idleness() {
        const bool idle = exchanges_.empty();
        if (idle && !watched_.idle) watched_.deadline = transport::Clock::now() + worker_.limits().idle;
        watched_.idle = idle;
    }

    static int on_begin(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
        Connection& self = of(user);
        if (self.exchanges_.empty()) self.watched_.deadline = transport::Clock::now() + self.worker_.limits().header;
        self.watched_.idle = false;
        self.exchanges_.try_emplace(frame->hd.stream_id);
        return 0;
    }

    static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name_data,
                         std::size_t name_size, const std::uint8_t* value_data, std::size_t value_size, std::uint8_t,
                         void* user) {
        Connection& self = of(user);
        const auto found = self.exchanges_.find(frame->hd.stream_id);
        if (found == self.exchanges_.end() || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
        Exchange& exchange = found->second;
        const std::string_view name = text_of(name_data, name_size), value = text_of(value_data, value_size);
        const RequestLimits& limits = self.worker_.limits().request;
        exchange.size += name_size + value_size + 32;  // as RFC 9113 section 6.5.2 counts
        if (exchange.size > limits.head_bytes || exchange.fields.size() == limits.fields) exchange.refused = true;
        if (exchange.refused) return 0;
        if (name == ":method")
            exchange.method = value;
        else if (name == ":authority")
            exchange.authority = value;
        else if (name == ":path")
            exchange.path = value;
        else if (!name.starts_with(':'))
            exchange.fields.emplace_back(name, value);
        return 0;
    }

    static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        const bool request = frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
        Connection& self = of(user);
        const auto found = self.exchanges_.find(frame->hd.stream_id);
        if (request && found != self.exchanges_.end()) self.respond(frame->hd.stream_id, found->second);
        return 0;
    }

    /// Nobody looks at bodies; who sends very much is told to stop.
    static int on_data(nghttp2_session* session, std::uint8_t, std::int32_t stream, const std::uint8_t*,
                       std::size_t size, void* user) {
        Connection& self = of(user);
        const auto found = self.exchanges_.find(stream);
        if (found == self.exchanges_.end()) return 0;
        found->second.taken += size;
        if (found->second.taken > self.worker_.limits().drained_bytes)
            nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_NO_ERROR);
        return 0;
    }

    static int on_close(nghttp2_session*, std::int32_t stream, std::uint32_t, void* user) {
        of(user).exchanges_.erase(stream);
        return 0;
    }

    /// What the handler is asked is what HTTP/1.1 would have asked.
    [[nodiscard]] std::optional<Refusal> read(const Exchange& exchange, Request& request) const {
        request.clear();
        request.major = 2;
        request.minor = 0;
        request.method = exchange.method;
        if (exchange.refused) return Refusal{431, "The head of the request is too long."};
        if (exchange.path.size() > worker_.limits().request.line_bytes) return Refusal{414, "The target is too long."};
        if (!request.read_target(exchange.path) || !request.authority.empty())
            return Refusal{400, "The target is malformed."};
        request.authority = exchange.authority;
        for (const auto& [name, value] : exchange.fields)
            if (!request.add(name, value)) return Refusal{400, "A field that may stand once stands twice."};
        return std::nullopt;
    }

    void respond(std::int32_t stream, Exchange& exchange) {
        Request& request = worker_.request();
        const auto refusal = read(exchange, request);
        const Moment moment = worker_.moment();
        Response response =
            refusal ? error_page(refusal->status, refusal->reason, {}) : worker_.handler().answer(request, moment);
        const std::uint64_t size = response.body.size();
        const bool sends = exchange.method != "HEAD" && may_have_body(response.status);
        worker_.log(request, peer_, response.status, sends ? size : 0);
        std::vector<std::pair<std::string, std::string>> fields;
        fields.emplace_back(":status", std::to_string(response.status));
        fields.emplace_back("date", moment.date);
        for (ResponseField& field : response.fields) {
            for (char& c : field.name)
                if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
            fields.emplace_back(std::move(field.name), std::move(field.value));
        }
        if (may_have_body(response.status) && response.has_length)
            fields.emplace_back("content-length", std::to_string(size));
        std::vector<nghttp2_nv> block;
        for (auto& [name, value] : fields)
            block.push_back({reinterpret_cast<std::uint8_t*>(name.data()),
                             reinterpret_cast<std::uint8_t*>(value.data()), name.size(), value.size(),
                             NGHTTP2_NV_FLAG_NONE});
        exchange.body = std::move(response.body);
        nghttp2_data_provider source{};
        source.source.ptr = &exchange;  // a map's elements stay where they are
        source.read_callback = read_body;
        nghttp2_submit_response(session_.get(), stream, block.data(), block.size(),
                                sends && size != 0 ? &source : nullptr);
    }

    static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t room, std::uint32_t* flags,
                             nghttp2_data_source* source, void*) {
        Exchange& exchange = *static_cast<Exchange*>(source->ptr);
        const Body& body = exchange.body;
        std::size_t filled = 0;
        while (exchange.piece < body.pieces.size() && filled < room) {
            const Piece& piece = body.pieces[exchange.piece];
            const std::uint64_t size = piece.text.size() + piece.length;
            if (exchange.sent == size) {
                ++exchange.piece;
                exchange.sent = 0;
                continue;
            }
            const std::size_t count = copy(body.content, piece, exchange.sent, into + filled, room - filled);
            // The file is shorter than it was: the stream cannot end well.
            if (count == 0) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
            exchange.sent += count;
            filled += count;
        }
        const bool last = exchange.piece + 1 == body.pieces.size() &&
                          exchange.sent == body.pieces.back().text.size() + body.pieces.back().length;
        if (last || exchange.piece == body.pieces.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(filled);
    }

    /// From behind the first `begin` bytes of a piece; 0 where its file ends early.
    static std::size_t copy(const Content& content, const Piece& piece, std::uint64_t begin, std::uint8_t* into,
                            std::size_t room) {
        if (begin < piece.text.size()) {
            const std::string_view text = std::string_view(piece.text).substr(begin, room);
            std::ranges::copy(text, into);
            return text.size();
        }
        begin -= piece.text.size();
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room, piece.length - begin));
        if (content.memory) {
            std::memcpy(into, content.memory->data() + piece.offset + begin, most);
            return most;
        }
        while (true) {
            const ssize_t count = ::pread(content.file->get(), into, most, static_cast<off_t>(piece.offset + begin));
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) return 0;
        }
    }

    Worker& worker_;
    transport::Stream& stream_;
    Watched& watched_;
    std::string_view peer_;
    std::unordered_map<std::int32_t, Exchange> exchanges_;
    std::unique_ptr<nghttp2_session, Free> session_;  // goes first: its callbacks touch what stands above
    transport::Timer wake_;                           ///< cancelled when there may be something to send
    transport::Timer writer_done_;                    ///< cancelled at the writer's end
    bool ended_ = false;                              ///< nothing more is read
    bool gone_ = false;                               ///< the client is, or it speaks something else
    bool writer_over_ = false;
    bool finished_ = false;  ///< the client was told that nothing follows
    bool said_goodbye_ = false;
};

}  // namespace

Task<void> serve_http2(Worker& worker, transport::Stream& stream, Watched& watched, std::string_view peer) {
    const auto executor = co_await transport::asio::this_coro::executor;
    Connection connection(executor, worker, stream, watched, peer);
    auto running = connection.run();
    co_await std::move(running);
}

}  // namespace fid::http
