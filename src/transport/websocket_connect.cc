// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <optional>

#include "encoding/base64.h"
#include "transport/http_head.h"
#include "transport/prefixed_stream.h"
#include "transport/websocket_handshake.h"
#include "transport/websocket_stream.h"

namespace fid::transport {
namespace {

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
        key_ = encoding::base64(as_text(key));
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
        WebSocketTerms agreed;
        agreed.name = endpoint_.text();
        agreed.deflate = terms;
        agreed.binary = options_.binary;
        connection.stream = make_websocket_stream(executor, std::move(below_), std::move(agreed));
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
            request += "Authorization: Basic " +
                       encoding::base64(endpoint_.user + ":" + endpoint_.password.value_or("")) + "\r\n";
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
        if (const auto accept = head.field("Sec-WebSocket-Accept"); !accept || *accept != websocket_accept_key(key_))
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
