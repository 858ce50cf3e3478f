// SPDX-License-Identifier: MIT
#include "load/link.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace fid::load {
namespace {

Moved moved(ssize_t count) {
    if (count > 0) return {Moved::What::bytes, static_cast<std::size_t>(count), 0};
    if (count == 0) return {Moved::What::ended, 0, 0};
    if (errno == EAGAIN || errno == EINTR) return {Moved::What::later, 0, 0};
    return {Moved::What::failed, 0, errno};
}

Moved moved_in_tls(SSL* ssl, int done, std::size_t count) {
    if (done > 0) return {Moved::What::bytes, count, 0};
    const int number = errno;
    switch (SSL_get_error(ssl, done)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return {Moved::What::later, 0, 0};
        case SSL_ERROR_ZERO_RETURN:
            return {Moved::What::ended, 0, 0};
        default:
            break;
    }
    // Most servers leave out the close_notify; whether an answer was whole is known without it.
    const bool end = ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    ERR_clear_error();
    if (end) return {Moved::What::ended, 0, 0};
    return {Moved::What::failed, 0, number};
}

}  // namespace

Result<std::unique_ptr<TlsClient>> TlsClient::make(transport::TlsOptions options, std::string host) {
    auto context = transport::make_client_context(options);
    if (!context) return std::unexpected(std::move(context.error()));
    SSL_CTX_set_session_cache_mode(context->get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    // A record's head and its bytes with one call.
    SSL_CTX_set_read_ahead(context->get(), 1);
    auto client = std::make_unique<TlsClient>();
    client->options_ = std::move(options);
    client->host_ = std::move(host);
    client->context_ = std::move(*context);
    return client;
}

transport::SslSession TlsClient::session(int socket) {
    auto session = transport::make_client_session(context_.get(), host_, options_);
    if (!session) return nullptr;
    if (options_.prepare) options_.prepare(**session);
    SSL_set_fd(session->get(), socket);
    SSL_set_connect_state(session->get());
    if (last_) SSL_set_session(session->get(), last_.get());
    return std::move(*session);
}

void TlsClient::remember(SSL* ssl) {
    SSL_SESSION* const session = SSL_get0_session(ssl);
    if (session == nullptr || SSL_SESSION_is_resumable(session) != 1 || session == last_.get()) return;
    last_.reset(SSL_get1_session(ssl));
}

int Link::open(const transport::SocketAddress& address, TlsClient* tls) {
    close();
    socket_ = transport::Descriptor(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_.valid()) return errno;
    tls_ = tls;
    if (address.is_ip()) {
        const int on = 1;
        setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (connect(socket_.get(), address.data(), address.length()) != 0 && errno != EINPROGRESS) return errno;
    if (tls == nullptr) return 0;
    ssl_ = tls->session(socket_.get());
    return ssl_ ? 0 : EINVAL;
}

void Link::close() {
    if (ssl_) {
        tls_->remember(ssl_.get());
        // Without it OpenSSL would take the session for one that must not be taken up again.
        SSL_set_quiet_shutdown(ssl_.get(), 1);
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
        ssl_.reset();
    }
    socket_.reset();
}

int Link::connected() const {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error;
}

Link::Handshake Link::shake_hands() {
    if (!ssl_) return Handshake::done;
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1) return Handshake::done;
    const int why = SSL_get_error(ssl_.get(), done);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? Handshake::later : Handshake::failed;
}

Failure Link::handshake_failure(std::string& error) const {
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (verdict != X509_V_OK) {
        ERR_clear_error();
        error = X509_verify_cert_error_string(verdict);
        return Failure::certificate;
    }
    error = transport::take_ssl_reason("the server closed the connection");
    return Failure::handshake;
}

Moved Link::send(std::string_view bytes) {
    if (!ssl_) return moved(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
    std::size_t count = 0;
    const int done = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
    return moved_in_tls(ssl_.get(), done, count);
}

Moved Link::receive(std::span<char> into) {
    if (!ssl_) return moved(::recv(socket_.get(), into.data(), into.size(), 0));
    std::size_t count = 0;
    const int done = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
    return moved_in_tls(ssl_.get(), done, count);
}

Moved Link::discard(std::uint64_t count) {
    constexpr std::uint64_t most = std::uint64_t{1} << 24U;  // then it is another connection's turn
    return moved(::recv(socket_.get(), nullptr, static_cast<std::size_t>(std::min(count, most)), MSG_TRUNC));
}

}  // namespace fid::load
