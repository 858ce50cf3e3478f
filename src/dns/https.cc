// SPDX-License-Identifier: MIT
#include "dns/https.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace fid::dns {
namespace {

constexpr std::size_t max_body = 65535;
constexpr std::string_view media_type = "application/dns-message";

/// What the callbacks of nghttp2 write into.
struct Exchange {
    HttpsRequest request;
    std::size_t sent = 0;  ///< bytes of the request's body
    std::vector<std::uint8_t> answer;
    std::string status, type;
    bool ended = false, too_long = false;
    std::uint32_t error = 0;  ///< RST_STREAM's
};

Exchange& exchange_of(void* user) { return *static_cast<Exchange*>(user); }

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t size, std::uint32_t* flags,
                  nghttp2_data_source*, void* user) {
    Exchange& exchange = exchange_of(user);
    const Bytes rest = Bytes(exchange.request.body).subspan(exchange.sent);
    const std::size_t count = std::min(size, rest.size());
    std::ranges::copy(rest.first(count), into);
    exchange.sent += count;
    if (exchange.sent == exchange.request.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
}

int on_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
              const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
    Exchange& exchange = exchange_of(user);
    if (text_of(name, name_size) == ":status") exchange.status = text_of(value, value_size);
    if (text_of(name, name_size) == "content-type") exchange.type = text_of(value, value_size);
    return 0;
}

int on_data(nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* data, std::size_t size, void* user) {
    Exchange& exchange = exchange_of(user);
    exchange.too_long = exchange.too_long || size > max_body - exchange.answer.size();
    if (!exchange.too_long) exchange.answer.insert(exchange.answer.end(), data, data + size);
    return 0;
}

int on_close(nghttp2_session*, std::int32_t, std::uint32_t error, void* user) {
    exchange_of(user).ended = true;
    exchange_of(user).error = error;
    return 0;
}

struct Delete {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
    void operator()(nghttp2_session_callbacks* callbacks) const { nghttp2_session_callbacks_del(callbacks); }
};
using Session = std::unique_ptr<nghttp2_session, Delete>;

Session make_session(Exchange& exchange) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    const std::unique_ptr<nghttp2_session_callbacks, Delete> owner(callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session* session = nullptr;
    nghttp2_session_client_new(&session, callbacks, &exchange);
    return Session(session);
}

/// The names and values are copied by nghttp2.
nghttp2_nv field(std::string_view name, std::string_view value) {
    const auto bytes = [](std::string_view text) {
        return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
    };
    return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

void submit(nghttp2_session* session, const Exchange& exchange) {
    const std::string length = std::to_string(exchange.request.body.size());
    const std::array fields{field(":method", "POST"),
                            field(":scheme", "https"),
                            field(":authority", exchange.request.authority),
                            field(":path", exchange.request.path),
                            field("accept", media_type),
                            field("content-type", media_type),
                            field("content-length", length)};
    nghttp2_data_provider body{};
    body.read_callback = read_body;
    nghttp2_submit_request(session, nullptr, fields.data(), fields.size(), &body, nullptr);
}

std::unexpected<Error> violation(const Exchange& exchange, std::string cause) {
    return fail(Status::protocol_violation, "no answer over HTTP/2 from", exchange.request.subject, std::move(cause));
}

/// Writes all that nghttp2 wants to have sent.
transport::Task<Result<void>> flush(transport::Stream& stream, nghttp2_session* session) {
    std::vector<std::uint8_t> block;
    while (true) {
        const std::uint8_t* data = nullptr;
        const ssize_t size = nghttp2_session_mem_send(session, &data);
        if (size <= 0) break;
        block.insert(block.end(), data, data + size);
    }
    if (block.empty()) co_return Result<void>();
    auto writing = stream.write(block);
    auto written = co_await std::move(writing);
    co_return written;
}

Result<void> judge(const Exchange& exchange) {
    if (exchange.error != NGHTTP2_NO_ERROR) return violation(exchange, nghttp2_http2_strerror(exchange.error));
    if (!exchange.status.starts_with('2')) {
        std::string cause = "HTTP status ";
        cause += exchange.status;
        return fail(Status::server_error, "refused by", exchange.request.subject, std::move(cause),
                    "is the path right? /dns-query is usual");
    }
    if (exchange.too_long) return violation(exchange, "an answer of more than 65535 bytes");
    if (!exchange.type.starts_with(media_type)) return violation(exchange, "its type is not application/dns-message");
    return {};
}

}  // namespace

struct HttpsConnection::State {
    explicit State(transport::Stream& under) : stream(under), session(make_session(exchange)) {
        const nghttp2_settings_entry no_push{NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
        nghttp2_submit_settings(session.get(), NGHTTP2_FLAG_NONE, &no_push, 1);
    }
    transport::Stream& stream;
    Exchange exchange;  ///< the one under way
    Session session;
};

HttpsConnection::HttpsConnection(transport::Stream& stream) : state_(std::make_unique<State>(stream)) {}
HttpsConnection::~HttpsConnection() = default;

transport::Task<Result<std::vector<std::uint8_t>>> HttpsConnection::post(HttpsRequest request) {
    Exchange& exchange = state_->exchange;
    exchange = {};
    exchange.request = std::move(request);
    nghttp2_session* session = state_->session.get();
    submit(session, exchange);
    std::vector<std::uint8_t> buffer(16384);
    while (!exchange.ended) {
        auto flushing = flush(state_->stream, session);
        auto flushed = co_await std::move(flushing);
        if (!flushed) co_return std::unexpected(std::move(flushed.error()));
        auto reading = state_->stream.read(buffer);
        auto chunk = co_await std::move(reading);
        if (!chunk) co_return std::unexpected(std::move(chunk.error()));
        const ssize_t taken = nghttp2_session_mem_recv(session, buffer.data(), chunk->size);
        if (taken < 0) co_return violation(exchange, nghttp2_strerror(static_cast<int>(taken)));
        if (chunk->end && !exchange.ended) co_return violation(exchange, "the connection ended");
    }
    if (auto judged = judge(exchange); !judged) co_return std::unexpected(std::move(judged.error()));
    co_return std::move(exchange.answer);
}

}  // namespace fid::dns
