// SPDX-License-Identifier: MIT
#include "transfer/dry_run.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <thread>

#include "transfer/easy.h"
#include "transfer/outcome.h"
#include "transfer/redirect.h"

namespace fid::transfer {
namespace {

/// How many bytes a request whose head has come is long, where it is not in chunks.
std::size_t whole_size(std::string_view request, std::size_t head_end) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    const std::size_t at = request.substr(0, head_end).find(name);
    if (at == std::string_view::npos) return head_end;
    std::size_t length = 0;
    std::from_chars(request.data() + at + name.size(), request.data() + head_end, length);
    return head_end + length;
}

bool is_whole(std::string_view request) {
    const std::size_t blank = request.find("\r\n\r\n");
    if (blank == std::string_view::npos) return false;
    const std::size_t head_end = blank + 4;
    if (request.substr(0, head_end).find("\r\nTransfer-Encoding: chunked\r\n") != std::string_view::npos)
        return request.size() > head_end && request.ends_with("0\r\n\r\n");
    return request.size() >= whole_size(request, head_end);
}

/// The server's part: takes one connection, reads the request, and answers when it has it all.
void receive(int listener, std::string& request) {
    const transport::Descriptor peer(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    std::string block(64 * 1024, '\0');
    bool answered = false;
    while (peer.valid()) {
        const ssize_t got = recv(peer.get(), block.data(), block.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return;
        request.append(block, 0, static_cast<std::size_t>(got));
        if (answered || !is_whole(request)) continue;
        constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        answered = send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
    }
}

/// Listens on an abstract Unix socket whose name the kernel chooses (unix(7), autobind).
transport::Descriptor listen_anywhere(std::string& name) {
    transport::Descriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t length = sizeof address;
    if (bind(listener.get(), any, sizeof address.sun_family) != 0 || listen(listener.get(), 1) != 0 ||
        getsockname(listener.get(), any, &length) != 0)
        return {};
    constexpr std::size_t before = offsetof(sockaddr_un, sun_path) + 1;  // the name stands behind a NUL
    name.assign(address.sun_path + 1, length - before);
    return listener;
}

std::size_t ignore(char* /*data*/, std::size_t size, std::size_t count, void* /*nothing*/) { return size * count; }

}  // namespace

Result<std::string> dry_run(const Request& request) {
    Request here = request;
    if (scheme_of(here.url) == "https" && here.url.starts_with("https:")) here.url.erase(4, 1);
    here.proxy = {.url = ""};
    here.interface.clear();
    here.resolve.clear();
    here.connect_to.clear();
    here.cookie_jar.clear();
    here.version = here.version == HttpVersion::http1_0 ? here.version : HttpVersion::http1_1;
    here.unix_socket = "@";
    std::string name;
    const transport::Descriptor listener = listen_anywhere(name);
    if (!listener.valid()) return fail_errno(Status::cannot_connect, "cannot listen to ourselves", {}, errno);
    here.unix_socket += name;

    std::string sent;
    CURLcode code = CURLE_OK;
    std::string cause(CURL_ERROR_SIZE, '\0');
    std::thread server;
    Result<void> made;
    {
        Easy easy;
        made = easy.set_up(here, nullptr, false);
        CURL* const handle = easy.handle();
        curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, cause.data());
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &ignore);
        curl_easy_setopt(handle, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
        if (made) {
            server = std::thread(receive, listener.get(), std::ref(sent));
            code = curl_easy_perform(handle);
        }
    }  // the connection is closed, which ends the server
    if (!made) return std::unexpected(made.error());
    shutdown(listener.get(), SHUT_RDWR);  // where there was no connection
    server.join();
    if (code != CURLE_OK) {
        cause.resize(cause.find('\0'));
        return fail(status_of(static_cast<int>(code)), "cannot make the request for", shown_url(request.url),
                    cause.empty() ? std::string(curl_easy_strerror(code)) : cause);
    }
    return sent;
}

}  // namespace fid::transfer
