// SPDX-License-Identifier: MIT
#include "transfer/dry_run.h"

#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <thread>

#include "transfer/easy.h"
#include "transfer/outcome.h"
#include "transfer/redirect.h"

namespace fid::transfer {
namespace {

/// How many bytes a request whose head has come is long; nothing where that shows only at its end (chunks).
std::optional<std::size_t> whole_size(std::string_view request, std::size_t head_end) {
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
    return request.size() >= *whole_size(request, head_end);
}

/// The server's part: reads the request, and answers when it has it all.
void receive(int socket, std::string& request) {
    std::string block(64 * 1024, '\0');
    bool answered = false;
    while (true) {
        const ssize_t got = recv(socket, block.data(), block.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return;
        request.append(block, 0, static_cast<std::size_t>(got));
        if (answered || !is_whole(request)) continue;
        constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        answered = send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
    }
}

curl_socket_t give_socket(void* descriptor, curlsocktype /*purpose*/, curl_sockaddr* /*address*/) {
    return static_cast<transport::Descriptor*>(descriptor)->release();
}

int already_connected(void* /*nothing*/, curl_socket_t /*socket*/, curlsocktype /*purpose*/) {
    return CURL_SOCKOPT_ALREADY_CONNECTED;
}

std::size_t ignore(char* /*data*/, std::size_t size, std::size_t count, void* /*nothing*/) { return size * count; }

}  // namespace

Result<std::string> dry_run(const Request& request) {
    Request here = request;
    if (scheme_of(here.url) == "https" && here.url.starts_with("https:")) here.url.erase(4, 1);
    here.proxy = {.url = ""};
    here.unix_socket.clear();
    here.interface.clear();
    here.resolve.clear();
    here.connect_to = {"::127.0.0.1:"};
    here.cookie_jar.clear();
    here.version = here.version == HttpVersion::http1_0 ? here.version : HttpVersion::http1_1;

    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return fail_errno(Status::cannot_connect, "cannot make a socket pair", {}, errno);
    transport::Descriptor ours(pair[0]);
    const transport::Descriptor theirs(pair[1]);
    std::string sent;
    CURLcode code = CURLE_OK;
    std::string cause(CURL_ERROR_SIZE, '\0');
    {
        Easy easy;
        if (auto done = easy.set_up(here, nullptr, false); !done) return std::unexpected(done.error());
        CURL* const handle = easy.handle();
        curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, cause.data());
        curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &give_socket);
        curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &ours);
        curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, &already_connected);
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &ignore);
        curl_easy_setopt(handle, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
        std::thread server(receive, theirs.get(), std::ref(sent));
        code = curl_easy_perform(handle);
        // The server ends when the client's end is closed, which libcurl may not have done, or not even had.
        shutdown(theirs.get(), SHUT_RDWR);
        server.join();
    }
    if (code != CURLE_OK) {
        cause.resize(cause.find('\0'));
        return fail(status_of(static_cast<int>(code)), "cannot make the request for", shown_url(request.url),
                    cause.empty() ? std::string(curl_easy_strerror(code)) : cause);
    }
    return sent;
}

}  // namespace fid::transfer
