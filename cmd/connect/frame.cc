// SPDX-License-Identifier: MIT
#include "cmd/connect/frame.h"

#include <unistd.h>

#include "transport/deadline.h"
#include "transport/framed_stream.h"
#include "transport/mp_auth.h"
#include "transport/resp_stream.h"

namespace fid::cmd::connect {

void note_websocket(Context& context, const transport::WebSocketFacts& facts) {
    std::string note = "WebSocket";
    if (!facts.protocol.empty()) note += ", subprotocol " + facts.protocol;
    if (facts.deflate) note += ", compressed";
    context.log.note(note);
}

transport::Task<Result<void>> frame(Context& context, const Settings& settings, Peer& peer) {
    const auto executor = co_await transport::asio::this_coro::executor;
    auto& stream = peer.connection.stream;
    if (settings.resp) {
        transport::RespOptions options;
        options.await_replies = !settings.send_only;
        if (isatty(STDIN_FILENO) == 1)
            options.refused = [&context](const Error& error) { context.log.warning(error.sentence(), error.hint); };
        auto made = transport::make_resp_stream(std::move(stream), executor, std::move(options));
        stream = std::move(made.stream);
        peer.reply = std::move(made.last_reply);
    } else if (settings.frame && !stream->keeps_boundaries()) {
        stream = transport::make_framed_stream(std::move(stream), *settings.frame);
    } else if (settings.websocket && !peer.connection.websocket) {
        Endpoint endpoint;
        endpoint.scheme = "ws";
        endpoint.host = "localhost";
        const transport::StreamDeadline deadline(executor, *stream, settings.dial.timeout, [&settings] {
            return Error{Status::timeout, "no WebSocket at", settings.endpoint.text(), "timed out", {}};
        });
        auto opening = transport::connect_websocket(std::move(stream), std::move(endpoint), settings.dial.websocket);
        auto opened = co_await std::move(opening);
        if (!opened) co_return std::unexpected(std::move(opened.error()));
        stream = std::move(opened->stream);
        note_websocket(context, opened->facts);
    }
    if (settings.auth_key) {
        auto proving = transport::authenticate_mp(*stream, *settings.auth_key, settings.dial.timeout);
        auto proved = co_await std::move(proving);
        co_return proved;
    }
    co_return Result<void>();
}

}  // namespace fid::cmd::connect
