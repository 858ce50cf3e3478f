// SPDX-License-Identifier: MIT
#include "cmd/connect/settings.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "cmd/connect/telnet.h"
#include "cmd/dial_options.h"
#include "cmd/values.h"
#include "transport/http_head.h"
#include "transport/starttls.h"

namespace fid::cmd::connect {
namespace {

Result<Endpoint> read_endpoint(const std::vector<std::string>& words) {
    if (words.size() == 2) return Endpoint::parse(words[0], words[1]);
    if (words.size() == 1) return Endpoint::parse(words[0]);
    return fail(Status::usage, words.empty() ? "no endpoint given" : "more than a host and a port", {}, {},
                "fid connect HOST PORT, or fid connect tls://HOST:PORT");
}

/// "Name: value", as it stands in the request.
Result<std::pair<std::string, std::string>> read_header(std::string_view text) {
    constexpr std::array<std::string_view, 6> ours{"Upgrade",
                                                   "Connection",
                                                   "Content-Length",
                                                   "Sec-WebSocket-Key",
                                                   "Sec-WebSocket-Version",
                                                   "Sec-WebSocket-Extensions"};
    const auto refuse = [text](std::string cause) {
        return fail(Status::usage, "not a header:", std::string(text), std::move(cause), "write -H 'Name: value'");
    };
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return refuse("no colon");
    const std::string_view name = text.substr(0, colon);
    std::string_view value = text.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (!transport::is_http_token(name)) return refuse("a name is made of letters, digits and -");
    const auto control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; };
    if (std::ranges::any_of(value, control)) return refuse("it has control characters");
    if (std::ranges::any_of(ours, [name](auto one) { return transport::same_token(one, name); }))
        return refuse("the handshake sets it by itself");
    return std::pair(std::string(name), std::string(value));
}

bool is_websocket(const Endpoint& endpoint) { return endpoint.scheme == "ws" || endpoint.scheme == "wss"; }
bool has_messages(const Endpoint& endpoint) { return is_websocket(endpoint) || endpoint.scheme == "udp"; }

Result<void> read_password(Endpoint& endpoint) {
    if (!is_websocket(endpoint)) return {};
    if (endpoint.password)
        return fail(Status::usage, "a password on the command line is seen by every user:", endpoint.text(), {},
                    "leave it out and set FID_PASSWORD");
    const char* const password = std::getenv("FID_PASSWORD");
    if (password != nullptr && !endpoint.user.empty()) endpoint.password = password;
    return {};
}

/// --frame ws: the same endpoint as ws:// or wss://, but for a Unix socket, for which there is no such form.
Result<void> turn_into_websocket(Endpoint& endpoint) {
    if (endpoint.scheme == "udp")
        return fail(Status::usage, "--frame is for streams of bytes, not", endpoint.text(),
                    "it has messages of its own");
    if (endpoint.scheme == "tls") {
        endpoint.scheme = "wss";
    } else if (endpoint.scheme.empty() || endpoint.scheme == "tcp") {
        endpoint.scheme = "ws";
    }
    return {};
}

Result<void> read_websocket(const Arguments& args, Settings& settings) {
    if (args.value("--frame") == "ws")
        if (auto done = turn_into_websocket(settings.endpoint); !done) return done;
    settings.websocket = is_websocket(settings.endpoint) || args.value("--frame") == "ws";
    if (!settings.websocket && !(settings.to && is_websocket(*settings.to))) {
        for (const std::string_view name : {"--header", "--ws-protocol", "--ws-deflate", "--ws-binary"})
            if (args.has(name))
                return fail(Status::usage, std::string(name) + " is for ws://, wss:// and --frame ws, not",
                            settings.endpoint.text());
        return {};
    }
    if (settings.websocket && !settings.dial.starttls.empty())
        return fail(Status::usage, "--starttls is not for", settings.endpoint.text(), {}, "wss:// begins with TLS");
    auto& websocket = settings.dial.websocket;
    for (const std::string& text : args.values("--header")) {
        auto header = read_header(text);
        if (!header) return std::unexpected(std::move(header.error()));
        websocket.headers.push_back(std::move(*header));
    }
    websocket.protocols = args.values("--ws-protocol");
    for (const std::string& protocol : websocket.protocols)
        if (!transport::is_http_token(protocol)) return fail(Status::usage, "not a subprotocol:", protocol);
    websocket.deflate = args.has("--ws-deflate");
    websocket.binary = args.has("--ws-binary");
    if (auto done = read_password(settings.endpoint); !done) return done;
    return settings.to ? read_password(*settings.to) : Result<void>();
}

/// The other side. Standard input and output are the user's side, whichever of the two they are given as.
Result<void> read_other_side(const Arguments& args, Settings& settings) {
    if (args.has("--to")) {
        auto to = Endpoint::parse(args.value("--to"));
        if (!to) return std::unexpected(std::move(to.error()));
        settings.to = std::move(*to);
    }
    if (settings.to && settings.endpoint.scheme == "stdio") std::swap(settings.endpoint, *settings.to);
    if (settings.to && settings.to->scheme == "stdio") settings.to.reset();
    if (settings.endpoint.scheme == "stdio")
        return fail(Status::usage, "standard input and output cannot be both sides", {}, {},
                    "give the other one: fid connect - --to HOST:PORT");
    const auto& descriptor = settings.endpoint.descriptor;
    if (descriptor && (settings.to ? settings.to->descriptor == descriptor : *descriptor <= 1))
        return fail(Status::usage, "one descriptor cannot be both sides:", settings.endpoint.text());
    return {};
}

/// What only makes sense where the other side is the user.
Result<void> check_other_side(const Settings& settings) {
    const auto program = [](const std::optional<Endpoint>& side) { return side && side->scheme == "exec"; };
    if ((settings.send_only && settings.endpoint.scheme == "exec") || (settings.receive_only && program(settings.to)))
        return fail(Status::usage, "the output of a program is always read", {}, {},
                    "drop it there: exec:'COMMAND >/dev/null'");
    if (!settings.to) return {};
    if (settings.crlf) return fail(Status::usage, "--crlf is for standard input, not", settings.to->text());
    if (settings.resp || settings.auth_key || settings.telnet)
        return fail(Status::usage, "--telnet, --frame resp and --auth-key-file are for the user, not",
                    settings.to->text());
    return {};
}

/// The bytes of the file but for one line feed at their end, which editors and echo put there.
Result<std::string> read_auth_key(const std::string& path) {
    constexpr std::size_t most = 65536;
    std::ifstream file(path, std::ios::binary);
    std::string key(most + 1, '\0');
    if (file) file.read(key.data(), static_cast<std::streamsize>(key.size()));
    if (!file.is_open() || file.bad()) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    key.resize(static_cast<std::size_t>(file.gcount()));
    if (key.size() > most) return fail(Status::bad_input, "no key in", path, "it has more than 64 KiB");
    if (key.ends_with('\n')) key.pop_back();
    if (key.empty()) return fail(Status::bad_input, "no key in", path, "it is empty");
    return key;
}

Result<void> read_frame(const Arguments& args, Settings& settings) {
    const std::string_view kind = args.value("--frame");
    if (!kind.empty() && kind != "ws") {
        settings.resp = kind == "resp";
        settings.frame = transport::find_framing(kind);
        if (has_messages(settings.endpoint) && (!settings.to || has_messages(*settings.to)))
            return fail(Status::usage, "--frame is for streams of bytes, not", settings.endpoint.text(),
                        "it has messages of its own");
    }
    if (args.has("--auth-key-file")) {
        if (kind != "mp") return fail(Status::usage, "--auth-key-file goes with --frame mp", {});
        if (settings.send_only || settings.receive_only)
            return fail(Status::usage, "--auth-key-file needs both directions", {}, {},
                        "leave out --send-only and --recv-only");
        auto key = read_auth_key(std::string(args.value("--auth-key-file")));
        if (!key) return std::unexpected(std::move(key.error()));
        settings.auth_key = std::move(*key);
    }
    if (settings.crlf && (settings.by_lines() || settings.websocket))
        return fail(Status::usage, "--crlf is for streams of bytes", {}, "messages have no line ends");
    return {};
}

}  // namespace

std::vector<std::string_view> frame_names() {
    std::vector<std::string_view> names = transport::framing_names();
    names.insert(names.end(), {"resp", "ws"});
    return names;
}

Result<Settings> read_settings(const Context& context) {
    const Arguments& args = context.args;
    Settings settings;
    auto endpoint = read_endpoint(args.words());
    if (!endpoint) return std::unexpected(std::move(endpoint.error()));
    settings.endpoint = std::move(*endpoint);
    if (auto done = read_other_side(args, settings); !done) return std::unexpected(std::move(done.error()));
    auto dial = read_dial_options(args);
    if (!dial) return std::unexpected(std::move(dial.error()));
    settings.dial = std::move(*dial);
    if (!settings.endpoint.port && !settings.dial.starttls.empty())
        settings.endpoint.port = transport::starttls_port(settings.dial.starttls);
    settings.send_only = args.has("--send-only");
    settings.receive_only = args.has("--recv-only");
    if (settings.send_only && settings.receive_only)
        return fail(Status::usage, "--send-only and --recv-only exclude each other", {});
    settings.crlf = args.has("--crlf");
    settings.timing = args.has("--timing");
    settings.edit = !args.has("--no-edit");
    settings.history = !args.has("--no-history");
    if (auto done = read_websocket(args, settings); !done) return std::unexpected(std::move(done.error()));
    if (auto done = read_frame(args, settings); !done) return std::unexpected(std::move(done.error()));
    if (auto done = read_telnet(args, settings); !done) return std::unexpected(std::move(done.error()));
    if (auto done = check_other_side(settings); !done) return std::unexpected(std::move(done.error()));
    const auto linger = read_duration("--linger", args.value("--linger"));
    if (!linger) return std::unexpected(linger.error());
    settings.linger = *linger;
    if (args.has("--idle")) {
        const auto idle = read_duration("--idle", args.value("--idle"));
        if (!idle) return std::unexpected(idle.error());
        settings.idle = *idle;
    }
    if (args.has("--max-bytes")) {
        const auto most = read_size("--max-bytes", args.value("--max-bytes"));
        if (!most) return std::unexpected(most.error());
        settings.max_bytes = *most;
    }
    // A Unix socket's type is known once it is connected.
    const bool messages = settings.frame || settings.resp || settings.websocket || settings.endpoint.scheme == "udp" ||
                          settings.endpoint.scheme == "unix";
    auto flow = read_flow(context, messages || args.has("--measure"));
    if (!flow) return std::unexpected(std::move(flow.error()));
    settings.flow = std::move(*flow);
    return settings;
}

}  // namespace fid::cmd::connect
