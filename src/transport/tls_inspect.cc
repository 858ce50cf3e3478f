// SPDX-License-Identifier: MIT
#include "transport/tls_inspect.h"

#include <openssl/ocsp.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>

namespace fid::transport {
namespace {

struct SessionDeleter {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using Session = std::shared_ptr<SSL_SESSION>;

struct Version {
    int number;
    std::string_view name;
};
constexpr std::array<Version, 4> versions{
    {{TLS1_VERSION, "TLSv1"}, {TLS1_1_VERSION, "TLSv1.1"}, {TLS1_2_VERSION, "TLSv1.2"}, {TLS1_3_VERSION, "TLSv1.3"}}};
/// The suites of RFC 8446 appendix B.4 that OpenSSL has.
constexpr std::string_view suites13 =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:"
    "TLS_AES_128_CCM_8_SHA256";
/// No server accepts more than that; a hostile one must not keep us for ever.
constexpr std::size_t most_ciphers = 80;

std::string staple_text(SSL& ssl) {
    unsigned char* bytes = nullptr;
    const long length = SSL_ctrl(&ssl, SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, static_cast<void*>(&bytes));
    if (length <= 0 || bytes == nullptr) return "none";
    const unsigned char* at = bytes;
    const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
        d2i_OCSP_RESPONSE(nullptr, &at, length), &OCSP_RESPONSE_free);
    if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) return "unreadable";
    const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(
        OCSP_response_get1_basic(response.get()), &OCSP_BASICRESP_free);
    if (!basic || OCSP_resp_count(basic.get()) == 0) return "unreadable";
    int reason = 0;
    const int status = OCSP_single_get0_status(OCSP_resp_get0(basic.get(), 0), &reason, nullptr, nullptr, nullptr);
    if (status == V_OCSP_CERTSTATUS_GOOD) return "good";
    return status == V_OCSP_CERTSTATUS_REVOKED ? "revoked" : "unknown";
}

void examine_first(SSL& ssl, TlsReport& report) {
    report.staple = staple_text(ssl);
    const char* const group = OBJ_nid2sn(static_cast<int>(SSL_ctrl(&ssl, SSL_CTRL_GET_NEGOTIATED_GROUP, 0, nullptr)));
    if (group != nullptr && std::string_view(group) != "UNDEF") report.group = group;
    const STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(&ssl);
    const auto* const stack = reinterpret_cast<const OPENSSL_STACK*>(chain);
    for (int i = 0; chain != nullptr && i < OPENSSL_sk_num(stack); ++i)
        report.chain.push_back(describe(static_cast<X509*>(OPENSSL_sk_value(stack, i))));
}

/// All the handshakes with one server.
class Inspection {
  public:
    Inspection(Executor executor, Endpoint endpoint, DialOptions options)
        : executor_(executor), endpoint_(std::move(endpoint)), options_(std::move(options)) {
        // Every certificate is looked at; verification's verdict is told rather than obeyed.
        options_.tls.judge = false;
    }

    Task<Result<TlsReport>> run() {
        auto first = co_await shake_first();
        if (!first) co_return std::unexpected(std::move(first.error()));
        auto resumed = co_await shake_again();
        if (resumed) report_.resumes = *resumed;
        for (const Version& version : versions) {
            TlsVersionReport one;
            one.version = version.name;
            auto asked = co_await ask_version(version, one);
            if (!asked) co_return std::unexpected(std::move(asked.error()));
            report_.versions.push_back(std::move(one));
        }
        co_return std::move(report_);
    }

  private:
    Task<Result<void>> shake_first() {
        DialOptions options = options_;
        options.tls.prepare = [](SSL& ssl) {
            SSL_ctrl(&ssl, SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, TLSEXT_STATUSTYPE_ocsp, nullptr);
        };
        options.tls.examine = [this](SSL& ssl) { examine_first(ssl, report_); };
        auto dialling = dial(executor_, endpoint_, std::move(options));
        auto connection = co_await std::move(dialling);
        if (!connection) co_return std::unexpected(std::move(connection.error()));
        report_.peer = connection->peer;
        report_.facts = *connection->tls;
        report_.trusted = report_.facts.faults.empty();
        // With TLS 1.3 the ticket comes behind the handshake: a read lets it in.
        Timer patience(executor_);
        patience.expires_after(std::chrono::milliseconds(300));
        Stream* const stream = connection->stream.get();
        const Error enough{Status::success, "waited for a ticket", {}, {}, {}};
        patience.async_wait([stream, enough](const boost::system::error_code& error) {
            if (!error) stream->stop(enough);
        });
        std::array<std::uint8_t, 64> ignored{};
        auto read = co_await stream->read(ignored);
        patience.cancel();
        session_ = stream_session(*stream);
        co_return Result<void>();
    }

    static Session stream_session(Stream& stream) {
        SSL* const ssl = tls_session(stream);
        if (ssl == nullptr) return {};
        // A session whose connection ends without close_notify is spoilt for resumption when it is freed.
        SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        return {SSL_get1_session(ssl), SessionDeleter()};
    }

    Task<Result<bool>> shake_again() {
        if (!session_) co_return false;
        DialOptions options = options_;
        options.tls.prepare = [session = session_](SSL& ssl) { SSL_set_session(&ssl, session.get()); };
        auto dialling = dial(executor_, endpoint_, std::move(options));
        auto connection = co_await std::move(dialling);
        if (!connection) co_return std::unexpected(std::move(connection.error()));
        co_return connection->tls->resumed;
    }

    /// Offers all ciphers, then all but those that were chosen already, until the server takes none.
    Task<Result<void>> ask_version(Version version, TlsVersionReport& report) {
        std::string refused;
        while (report.ciphers.size() < most_ciphers) {
            auto asking = ask(version, refused);
            auto chosen = co_await std::move(asking);
            if (!chosen) {
                // The network's failures end the inspection, the handshake's are answers.
                const Status status = chosen.error().status;
                if (status == Status::timeout || status == Status::cannot_connect)
                    co_return std::unexpected(std::move(chosen.error()));
                break;
            }
            report.offered = true;
            report.ciphers.push_back(*chosen);
            if (version.number == TLS1_3_VERSION) {
                const std::size_t at = offered13_.find(*chosen);
                if (at == std::string::npos) break;
                offered13_.erase(at, chosen->size() + (at + chosen->size() < offered13_.size() ? 1 : 0));
                if (offered13_.ends_with(':')) offered13_.pop_back();
                if (offered13_.empty()) break;
            } else {
                refused += ":!" + *chosen;
            }
        }
        co_return Result<void>();
    }

    Task<Result<std::string>> ask(Version version, std::string refused) {
        DialOptions options = options_;
        const std::string list = "ALL:COMPLEMENTOFALL:!eNULL:@SECLEVEL=0" + refused;
        options.tls.prepare = [version, list, suites = offered13_](SSL& ssl) {
            SSL_set_min_proto_version(&ssl, version.number);
            SSL_set_max_proto_version(&ssl, version.number);
            SSL_set_cipher_list(&ssl, list.c_str());
            if (version.number == TLS1_3_VERSION) SSL_set_ciphersuites(&ssl, suites.c_str());
        };
        auto dialling = dial(executor_, endpoint_, std::move(options));
        auto connection = co_await std::move(dialling);
        if (!connection) co_return std::unexpected(std::move(connection.error()));
        co_return connection->tls->cipher;
    }

    Executor executor_;
    Endpoint endpoint_;
    DialOptions options_;
    TlsReport report_;
    Session session_;
    std::string offered13_{suites13};
};

}  // namespace

Task<Result<TlsReport>> inspect_tls(Executor executor, Endpoint endpoint, DialOptions options) {
    Inspection inspection(executor, std::move(endpoint), std::move(options));
    auto running = inspection.run();
    auto report = co_await std::move(running);
    co_return report;
}

}  // namespace fid::transport
