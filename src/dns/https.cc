// SPDX-License-Identifier: MIT
#include "dns/https.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace fid::dns {
namespace {

constexpr std::size_t max_body = 65535;
constexpr std::string_view media_type = "application/dns-message";

/// One request, and what has come of its answer.
struct Exchange {
    HttpsRequest request;
    std::uint64_t mark = 0;
    std::size_t sent = 0;  ///< bytes of the request's body
    std::vector<std::uint8_t> answer;
    std::string status, type;
    bool too_long = false;
};

struct Delete {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
    void operator()(nghttp2_session_callbacks* callbacks) const { nghttp2_session_callbacks_del(callbacks); }
};

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// The names and values are copied by nghttp2.
nghttp2_nv field(std::string_view name, std::string_view value) {
    const auto bytes = [](std::string_view text) {
        return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
    };
    return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

std::unexpected<Error> violation(const std::string& subject, std::string cause) {
    return fail(Status::protocol_violation, "no answer over HTTP/2 from", subject, std::move(cause));
}

Result<HttpsSession::Body> judge(Exchange& exchange, std::uint32_t error) {
    const std::string& subject = exchange.request.subject;
    if (error != NGHTTP2_NO_ERROR) return violation(subject, nghttp2_http2_strerror(error));
    if (!exchange.status.starts_with('2')) {
        std::string cause = "HTTP status ";
        cause += exchange.status;
        return fail(Status::server_error, "refused by", subject, std::move(cause),
                    "is the path right? /dns-query is usual");
    }
    if (exchange.too_long) return violation(subject, "an answer of more than 65535 bytes");
    if (!exchange.type.starts_with(media_type)) return violation(subject, "its type is not application/dns-message");
    return std::move(exchange.answer);
}

}  // namespace

/// What the callbacks of nghttp2 write into.
struct HttpsSession::State {
    explicit State(Done when_done) : done(std::move(when_done)) {
        nghttp2_session_callbacks* made = nullptr;
        nghttp2_session_callbacks_new(&made);
        const std::unique_ptr<nghttp2_session_callbacks, Delete> callbacks(made);
        nghttp2_session_callbacks_set_on_header_callback(made, on_header);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, on_data);
        nghttp2_session_callbacks_set_on_stream_close_callback(made, on_close);
        nghttp2_session_callbacks_set_on_frame_recv_callback(made, on_frame);
        nghttp2_session* opened = nullptr;
        nghttp2_session_client_new(&opened, made, this);
        session.reset(opened);
        const nghttp2_settings_entry no_push{NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
        nghttp2_submit_settings(opened, NGHTTP2_FLAG_NONE, &no_push, 1);
    }

    Exchange* find(std::int32_t stream) {
        const auto found = exchanges.find(stream);
        return found == exchanges.end() ? nullptr : &found->second;
    }

    static State& of(void* user) { return *static_cast<State*>(user); }

    static ssize_t read_body(nghttp2_session*, std::int32_t stream, std::uint8_t* into, std::size_t size,
                             std::uint32_t* flags, nghttp2_data_source*, void* user) {
        Exchange* const exchange = of(user).find(stream);
        if (exchange == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        const Bytes rest = Bytes(exchange->request.body).subspan(exchange->sent);
        const std::size_t count = std::min(size, rest.size());
        std::ranges::copy(rest.first(count), into);
        exchange->sent += count;
        if (exchange->sent == exchange->request.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(count);
    }

    static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                         const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
        Exchange* const exchange = of(user).find(frame->hd.stream_id);
        if (exchange == nullptr) return 0;
        if (text_of(name, name_size) == ":status") exchange->status = text_of(value, value_size);
        if (text_of(name, name_size) == "content-type") exchange->type = text_of(value, value_size);
        return 0;
    }

    static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* data, std::size_t size,
                       void* user) {
        Exchange* const exchange = of(user).find(stream);
        if (exchange == nullptr) return 0;
        exchange->too_long = exchange->too_long || size > max_body - exchange->answer.size();
        if (!exchange->too_long) exchange->answer.insert(exchange->answer.end(), data, data + size);
        return 0;
    }

    static int on_close(nghttp2_session*, std::int32_t stream, std::uint32_t error, void* user) {
        State& state = of(user);
        auto taken = state.exchanges.extract(stream);
        if (taken.empty()) return 0;
        state.done(taken.mapped().mark, judge(taken.mapped(), error));
        return 0;
    }

    static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        if (frame->hd.type == NGHTTP2_GOAWAY) of(user).going_away = true;
        return 0;
    }

    Done done;
    std::map<std::int32_t, Exchange> exchanges;  ///< by stream
    bool going_away = false;
    std::unique_ptr<nghttp2_session, Delete> session;
};

HttpsSession::HttpsSession(Done done) : state_(std::make_unique<State>(std::move(done))) {}
HttpsSession::HttpsSession(HttpsSession&&) noexcept = default;
HttpsSession& HttpsSession::operator=(HttpsSession&&) noexcept = default;
HttpsSession::~HttpsSession() = default;

bool HttpsSession::ask(HttpsRequest request, std::uint64_t mark) {
    const std::string length = std::to_string(request.body.size());
    const std::array fields{
        field(":method", "POST"),       field(":scheme", "https"),   field(":authority", request.authority),
        field(":path", request.path),   field("accept", media_type), field("content-type", media_type),
        field("content-length", length)};
    nghttp2_data_provider body{};
    body.read_callback = State::read_body;
    const std::int32_t stream =
        nghttp2_submit_request(state_->session.get(), nullptr, fields.data(), fields.size(), &body, nullptr);
    if (stream < 0) return false;
    Exchange& exchange = state_->exchanges[stream];
    exchange.request = std::move(request);
    exchange.mark = mark;
    return true;
}

std::vector<std::uint8_t> HttpsSession::out() {
    std::vector<std::uint8_t> block;
    while (true) {
        const std::uint8_t* data = nullptr;
        const ssize_t size = nghttp2_session_mem_send(state_->session.get(), &data);
        if (size <= 0) return block;
        block.insert(block.end(), data, data + size);
    }
}

Result<void> HttpsSession::feed(Bytes received) {
    const ssize_t taken = nghttp2_session_mem_recv(state_->session.get(), received.data(), received.size());
    if (taken < 0) return violation({}, nghttp2_strerror(static_cast<int>(taken)));
    return {};
}

bool HttpsSession::going_away() const { return state_->going_away; }

HttpsRequest https_request(const Server& server) {
    HttpsRequest request;
    Endpoint authority = server.endpoint;
    authority.scheme.clear();
    authority.path.clear();
    authority.query.clear();
    request.authority = authority.text();
    request.path = server.endpoint.path;
    if (!server.endpoint.query.empty()) request.path += "?" + server.endpoint.query;
    request.subject = server.text();
    return request;
}

HttpsConnection::HttpsConnection(transport::Stream& stream)
    : stream_(stream),
      session_([this](std::uint64_t, Result<HttpsSession::Body> body) { answer_ = std::move(body); }) {}

transport::Task<Result<HttpsSession::Body>> HttpsConnection::post(HttpsRequest request) {
    const std::string subject = request.subject;
    answer_.reset();
    if (!session_.ask(std::move(request), 0)) co_return violation(subject, "it takes no request");
    std::vector<std::uint8_t> buffer(16384);
    while (true) {
        const std::vector<std::uint8_t> block = session_.out();
        if (!block.empty()) {
            auto writing = stream_.write(block);
            auto written = co_await std::move(writing);
            if (!written) co_return std::unexpected(std::move(written.error()));
        }
        auto reading = stream_.read(buffer);
        auto chunk = co_await std::move(reading);
        if (!chunk) co_return std::unexpected(std::move(chunk.error()));
        auto fed = session_.feed(Bytes(buffer).first(chunk->size));
        if (answer_) co_return std::move(*answer_);
        if (!fed) co_return violation(subject, fed.error().cause);
        if (chunk->end) co_return violation(subject, "the connection ended");
    }
}

}  // namespace fid::dns
