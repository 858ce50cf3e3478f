// SPDX-License-Identifier: MIT
#include "transport/websocket_accept.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "encoding/base64.h"
#include "transport/http_head.h"
#include "transport/prefixed_stream.h"
#include "transport/websocket_handshake.h"

namespace fid::transport {
namespace {

/// Why there will be no WebSocket: what the client is told, by HTTP.
struct Refusal {
    std::string_view line;  ///< "400 Bad Request"
    std::string why;
    std::string_view field = {};  ///< one more field of the answer, with its line end
};
using Judgement = std::expected<void, Refusal>;

std::unexpected<Refusal> bad_request(std::string why) {
    return std::unexpected(Refusal{"400 Bad Request", std::move(why)});
}

/// "https://example.com:8443" -> "example.com:8443": of an origin what a Host field has, too.
std::string_view authority(std::string_view origin) {
    const std::size_t slashes = origin.find("://");
    return slashes == std::string_view::npos ? origin : origin.substr(slashes + 3);
}

Judgement judge_origin(const HttpHead& head, const WebSocketAcceptOptions& options) {
    const auto origin = head.field("Origin");
    if (!origin) return {};
    const auto same = [&origin](const std::string& allowed) { return allowed == "*" || same_token(allowed, *origin); };
    if (std::ranges::any_of(options.origins, same)) return {};
    if (same_token(authority(*origin), head.field("Host").value_or(""))) return {};
    return std::unexpected(Refusal{"403 Forbidden", "pages of " + *origin + " may not connect here"});
}

/// Section 4.2.1.
Judgement judge(const HttpHead& head, const WebSocketAcceptOptions& options) {
    const std::string_view line = head.line;
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || line.substr(last + 1) != "HTTP/1.1")
        return bad_request("this is not a request of HTTP/1.1");
    if (line.substr(0, first) != "GET")
        return std::unexpected(Refusal{"405 Method Not Allowed", "a WebSocket begins with GET", "Allow: GET\r\n"});
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (!options.path.empty() && target.substr(0, target.find('?')) != options.path)
        return std::unexpected(Refusal{"404 Not Found", "there is nothing at this path"});
    if (!list_has(head.field("Upgrade").value_or(""), "websocket") ||
        !list_has(head.field("Connection").value_or(""), "upgrade"))
        return std::unexpected(
            Refusal{"426 Upgrade Required", "only WebSockets are served here", "Upgrade: websocket\r\n"});
    if (head.field("Sec-WebSocket-Version").value_or("") != "13")
        return std::unexpected(Refusal{"426 Upgrade Required", "the version served here is 13",
                                       "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"});
    constexpr std::size_t key_size = 24;  // 16 bytes in base64
    if (head.field("Sec-WebSocket-Key").value_or("").size() != key_size)
        return bad_request("Sec-WebSocket-Key is not one of 16 bytes");
    if (!head.field("Host")) return bad_request("there is no Host");
    return judge_origin(head, options);
}

std::string refusing_answer(const Refusal& refusal) {
    const std::string body = refusal.why + "\n";
    std::string answer = "HTTP/1.1 " + std::string(refusal.line) + "\r\n" + std::string(refusal.field);
    if (refusal.field.starts_with("Upgrade"))
        answer += "Connection: Upgrade, close\r\n";
    else
        answer += "Connection: close\r\n";
    answer += "Content-Type: text/plain; charset=utf-8\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return answer + body;
}

/// The first that was offered: who serves bytes speaks them all.
std::string first_protocol(const HttpHead& head) {
    const std::string offered = head.field("Sec-WebSocket-Protocol").value_or("");
    const std::string first = offered.substr(0, offered.find_first_of(", \t"));
    return is_http_token(first) ? first : std::string();
}

}  // namespace

std::string websocket_accept_key(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr) != 1) return {};
    return encoding::base64(as_text(Bytes(digest).first(length)));
}

Task<Result<WebSocketConnection>> accept_websocket(StreamPtr below, std::string name, WebSocketAcceptOptions options) {
    const Error blame{Status::protocol_violation, "no WebSocket for", name, {}, {}};
    std::string surplus;
    auto reading = read_http_head(*below, surplus, blame);
    auto head = co_await std::move(reading);
    if (!head) co_return std::unexpected(std::move(head.error()));
    if (const auto judged = judge(*head, options); !judged) {
        const std::string answer = refusing_answer(judged.error());
        // Whether the client hears it or not, there will be no WebSocket.
        (void)co_await below->write(as_bytes(answer));
        (void)co_await below->finish();
        co_return fail(Status::protocol_violation, "no WebSocket for", name, judged.error().why);
    }
    WebSocketConnection connection;
    connection.facts.protocol = first_protocol(*head);
    std::string answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    answer += "Sec-WebSocket-Accept: " + websocket_accept_key(*head->field("Sec-WebSocket-Key")) + "\r\n";
    if (!connection.facts.protocol.empty()) answer += "Sec-WebSocket-Protocol: " + connection.facts.protocol + "\r\n";
    answer += "\r\n";
    auto written = co_await below->write(as_bytes(answer));
    if (!written) co_return std::unexpected(std::move(written.error()));
    WebSocketTerms terms;
    terms.role = WebSocketRole::server;
    terms.name = std::move(name);
    terms.limits.message = options.message;
    terms.binary = options.binary;
    const auto executor = co_await asio::this_coro::executor;
    below = make_prefixed_stream(std::move(surplus), std::move(below));
    connection.stream = make_websocket_stream(executor, std::move(below), std::move(terms));
    co_return connection;
}

}  // namespace fid::transport
