// SPDX-License-Identifier: MIT
#include "transport/tls_stream.h"

#include <fcntl.h>
#include <openssl/err.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "transport/descriptor.h"
#include "transport/tls_context.h"

namespace fid::transport {
namespace {

enum class Role : std::uint8_t { client, server };

/// Read at a time while little comes.
constexpr std::size_t few_bytes = std::size_t{4} * 1024;
/// And while much does: two records (RFC 8446 section 5.2: 16 KiB and a little each).
constexpr std::size_t much_bytes = std::size_t{34} * 1024;

/// OpenSSL between two memory buffers; this class carries what it wants to send and feeds it what has come.
class TlsStream final : public Stream {
  public:
    TlsStream(Executor executor, StreamPtr below, SslSession ssl, Role role, KeyLog key_log)
        : below_(std::move(below)),
          ssl_(std::move(ssl)),
          role_(role),
          key_log_(std::move(key_log)),
          flushed_(executor) {
        flushed_.expires_at(Timer::time_point::max());
        incoming_ = BIO_new(BIO_s_mem());
        outgoing_ = BIO_new(BIO_s_mem());
        SSL_set_bio(ssl_.get(), incoming_, outgoing_);  // owns both from here
        if (role == Role::client)
            SSL_set_connect_state(ssl_.get());
        else
            SSL_set_accept_state(ssl_.get());
        SSL_set_app_data(ssl_.get(), this);
    }

    /// What OpenSSL calls with a line of a session's secrets.
    static void take_secret(const SSL* session, const char* line) {
        const auto& stream = *static_cast<const TlsStream*>(SSL_get_app_data(session));
        if (stream.key_log_) stream.key_log_(line);
    }

    /// Verification goes on behind every fault, and they are kept.
    void only_note_faults() { SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER, &TlsStream::note_fault); }

    Task<Result<void>> handshake() {
        while (true) {
            ERR_clear_error();
            const int code = SSL_do_handshake(ssl_.get());
            const int why = SSL_get_error(ssl_.get(), code);
            // Also after a failure: the peer is owed the alert that says why.
            auto flushed = co_await flush();
            if (code == 1) co_return flushed;
            if (why != SSL_ERROR_WANT_READ) co_return std::unexpected(handshake_error());
            if (!flushed) co_return flushed;
            auto fed = co_await feed();
            if (!fed) co_return std::unexpected(std::move(fed.error()));
            if (!*fed)
                co_return fail(Status::tls_handshake, "cannot agree on TLS", {}, "the peer closed the connection",
                               "does it speak TLS on this port?");
        }
    }

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        while (true) {
            ERR_clear_error();
            std::size_t count = 0;
            const int code = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
            const int why = SSL_get_error(ssl_.get(), code);
            // An answer of its own (a key update) may be due. Where the writer is sending, it takes that along: waiting
            // for it here would stop reading from a peer that takes no more until it is read from.
            if (!flushing_) {
                auto flushed = co_await flush();
                if (!flushed) co_return std::unexpected(std::move(flushed.error()));
            }
            const Chunk chunk{.size = count, .end = why == SSL_ERROR_ZERO_RETURN};
            if (code == 1 || chunk.end) co_return chunk;
            if (why != SSL_ERROR_WANT_READ)
                co_return fail(Status::receive_failure,
                               "cannot receive over TLS:", take_ssl_reason("the stream is broken"));
            auto fed = co_await feed();
            if (!fed) co_return std::unexpected(std::move(fed.error()));
            if (!*fed)
                co_return fail(Status::truncated, "the peer ended the connection without TLS's close_notify", {}, {},
                               "what came may be cut short");
        }
    }

    Task<Result<void>> write(Bytes bytes) override {
        // So much is encrypted before it is sent on: whole records, and no more memory than that.
        constexpr std::size_t block = std::size_t{64} * 1024;
        while (!bytes.empty()) {
            ERR_clear_error();
            std::size_t count = 0;
            const int code = SSL_write_ex(ssl_.get(), bytes.data(), std::min(bytes.size(), block), &count);
            if (code != 1)
                co_return fail(Status::send_failure, "cannot send over TLS:", take_ssl_reason("the stream is closed"));
            bytes = bytes.subspan(count);
            if (!bytes.empty() && BIO_pending(outgoing_) < static_cast<int>(block)) continue;
            auto flushed = co_await flush();
            if (!flushed) co_return flushed;
        }
        co_return Result<void>();
    }

    Task<Result<void>> finish() override {
        // With TLS 1.2 a close_notify ends both directions: a client that still reads must not send it, a server that
        // has said all has to, since its client would take the end for one that was cut short.
        if (role_ == Role::client && SSL_version(ssl_.get()) < TLS1_3_VERSION) co_return Result<void>();
        auto closing = close();
        auto closed = co_await std::move(closing);
        co_return closed;
    }

    Task<Result<void>> close() {
        if (finished_) co_return Result<void>();
        finished_ = true;
        SSL_shutdown(ssl_.get());
        auto flushed = co_await flush();
        co_return flushed;
    }

    void stop(const Error& why) override { below_->stop(why); }
    [[nodiscard]] std::string_view name() const override { return below_->name(); }

    [[nodiscard]] SSL& session() { return *ssl_; }

    [[nodiscard]] TlsFacts facts() const {
        const unsigned char* alpn = nullptr;
        unsigned length = 0;
        SSL_get0_alpn_selected(ssl_.get(), &alpn, &length);
        TlsFacts facts;
        facts.version = SSL_get_version(ssl_.get());
        facts.cipher = SSL_get_cipher_name(ssl_.get());
        facts.alpn.assign(reinterpret_cast<const char*>(alpn), length);
        facts.resumed = SSL_session_reused(ssl_.get()) == 1;
        facts.faults = faults_;
        return facts;
    }

  private:
    static int note_fault(int well, X509_STORE_CTX* context) {
        if (well == 1) return 1;
        const auto* const ssl =
            static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
        auto& faults = static_cast<TlsStream*>(SSL_get_app_data(ssl))->faults_;
        std::string words = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
        if (std::ranges::find(faults, words) == faults.end()) faults.push_back(std::move(words));
        return 1;
    }

    /// Reads from below into OpenSSL; false where nothing follows.
    Task<Result<bool>> feed() {
        auto chunk = co_await below_->read(arrived_);
        if (!chunk) co_return std::unexpected(std::move(chunk.error()));
        if (chunk->end) co_return false;
        BIO_write(incoming_, arrived_.data(), static_cast<int>(chunk->size));
        if (chunk->size == arrived_.size() && chunk->size < much_bytes) {
            arrived_.resize(much_bytes);
        } else if (chunk->size < few_bytes && arrived_.size() != few_bytes) {
            arrived_.resize(few_bytes);
            arrived_.shrink_to_fit();
        }
        co_return true;
    }

    /// Sends what OpenSSL has ready. Reader and writer may both have a reason to: one sends, the other waits for it.
    Task<Result<void>> flush() {
        while (flushing_) co_await flushed_.async_wait(as_task);
        flushing_ = true;
        Result<void> done;
        while (done && BIO_pending(outgoing_) > 0) {
            departing_.resize(static_cast<std::size_t>(BIO_pending(outgoing_)));
            BIO_read(outgoing_, departing_.data(), static_cast<int>(departing_.size()));
            done = co_await below_->write(departing_);
        }
        if (departing_.capacity() > few_bytes) departing_ = {};
        flushing_ = false;
        flushed_.cancel();
        co_return done;
    }

    Error handshake_error() {
        const long verdict = SSL_get_verify_result(ssl_.get());
        if (verdict != X509_V_OK) {
            ERR_clear_error();
            return {Status::certificate,
                    "cannot trust the certificate",
                    {},
                    X509_verify_cert_error_string(verdict),
                    "--tls-ca FILE names who may vouch for it; --tls-insecure goes on unverified"};
        }
        return {Status::tls_handshake, "cannot agree on TLS", {}, take_ssl_reason("no reason was given"), {}};
    }

    StreamPtr below_;
    SslSession ssl_;
    Role role_;
    KeyLog key_log_;
    BIO* incoming_ = nullptr;  ///< from the network; owned by ssl_
    BIO* outgoing_ = nullptr;  ///< to the network; owned by ssl_
    Timer flushed_;            ///< cancelled when a flush has ended
    bool flushing_ = false;
    bool finished_ = false;
    std::vector<std::string> faults_;
    std::vector<std::uint8_t> departing_;
    /// As many bytes as come: most connections are idle most of the time.
    std::vector<std::uint8_t> arrived_ = std::vector<std::uint8_t>(few_bytes);
};

/// The key log of the caller, the file that the options name, or both; none where neither is wanted.
Result<KeyLog> with_key_log_file(KeyLog key_log, const TlsOptions& options) {
    if (options.key_log.empty()) return key_log;
    const Descriptor file(::open(options.key_log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!file.valid()) return fail_errno(Status::cannot_write, "cannot write the key log", options.key_log, errno);
    // Opened for each line: a session has few, and several programs may append to the same file.
    return [key_log = std::move(key_log), path = options.key_log](std::string_view line) {
        if (key_log) key_log(line);
        const Descriptor log(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
        const std::string text = std::string(line) + "\n";
        [[maybe_unused]] const ssize_t written = ::write(log.get(), text.data(), text.size());
    };
}

}  // namespace

Task<Result<TlsConnection>> connect_tls(StreamPtr below, std::string host, TlsOptions options, KeyLog key_log) {
    auto keys = with_key_log_file(std::move(key_log), options);
    if (!keys) co_return std::unexpected(std::move(keys.error()));
    auto context = make_client_context(options);
    if (!context) co_return std::unexpected(std::move(context.error()));
    auto ssl = make_client_session(context->get(), host, options);
    if (!ssl) co_return std::unexpected(std::move(ssl.error()));
    const auto executor = co_await asio::this_coro::executor;
    if (*keys) pass_secrets(context->get());
    auto stream =
        std::make_unique<TlsStream>(executor, std::move(below), std::move(*ssl), Role::client, std::move(*keys));
    if (!options.judge) stream->only_note_faults();
    if (options.prepare) options.prepare(stream->session());
    auto shaken = co_await stream->handshake();
    if (!shaken) {
        if (shaken.error().subject.empty()) shaken.error().subject = "with " + host;
        co_return std::unexpected(std::move(shaken.error()));
    }
    if (options.examine) options.examine(stream->session());
    TlsConnection connection;
    connection.facts = stream->facts();
    connection.stream = std::move(stream);
    co_return connection;
}

Task<Result<TlsConnection>> accept_tls(StreamPtr below, SslSession session, KeyLog key_log) {
    const auto executor = co_await asio::this_coro::executor;
    std::string client(below->name());
    auto stream =
        std::make_unique<TlsStream>(executor, std::move(below), std::move(session), Role::server, std::move(key_log));
    auto shaken = co_await stream->handshake();
    if (!shaken) {
        Error& error = shaken.error();
        if (error.subject.empty()) error.subject = "with " + client;
        if (error.status == Status::tls_handshake) error.hint.clear();  // it is meant for clients
        co_return std::unexpected(std::move(error));
    }
    TlsConnection connection;
    connection.facts = stream->facts();
    connection.stream = std::move(stream);
    co_return connection;
}

void pass_secrets(SSL_CTX* context) { SSL_CTX_set_keylog_callback(context, TlsStream::take_secret); }

Task<Result<void>> close_tls(Stream& stream) {
    auto* const tls = dynamic_cast<TlsStream*>(&stream);
    if (tls == nullptr) co_return Result<void>();
    auto closing = tls->close();
    co_return co_await std::move(closing);
}

SSL* tls_session(Stream& stream) {
    auto* const tls = dynamic_cast<TlsStream*>(&stream);
    return tls == nullptr ? nullptr : &tls->session();
}

}  // namespace fid::transport
