// SPDX-License-Identifier: MIT
#include "transport/tls_server.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <new>

#include "address/address.h"
#include "transport/tls_stream.h"

namespace fid::transport {
namespace {

struct CertificateDeleter {
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(BIGNUM* number) const { BN_free(number); }
};
using CertificatePtr = std::unique_ptr<X509, CertificateDeleter>;
using KeyPtr = std::unique_ptr<EVP_PKEY, CertificateDeleter>;

constexpr long day = 24L * 60 * 60;

std::unexpected<Error> cannot_make() {
    return fail(Status::tls_handshake, "cannot make a certificate", {}, take_ssl_reason("OpenSSL gives no reason"),
                "--tls-cert and --tls-key name one that there is");
}

bool extend(X509* certificate, int kind, const std::string& value) {
    const std::unique_ptr<X509_EXTENSION, CertificateDeleter> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

/// "DNS:localhost,IP:127.0.0.1"
std::string alternative_names(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        if (!list.empty()) list += ',';
        list += (Address::parse(name) ? "IP:" : "DNS:") + name;
    }
    return list;
}

/// RFC 5280 section 4.1.2.2: positive, at most 20 bytes, and of no other certificate of the same issuer.
bool number(X509* certificate) {
    const std::unique_ptr<BIGNUM, CertificateDeleter> serial(BN_new());
    constexpr int bits = 128;
    return serial && BN_rand(serial.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
           BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

Result<void> make_identity(SSL_CTX* context, const std::vector<std::string>& names) {
    const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    const CertificatePtr certificate(X509_new());
    if (!key || !certificate) return cannot_make();
    X509* const made = certificate.get();
    X509_NAME* const name = X509_get_subject_name(made);
    const std::string first = names.empty() ? "localhost" : names.front();
    const auto* const common = reinterpret_cast<const unsigned char*>(first.c_str());
    constexpr long lifetime = 90 * day;
    const bool well = X509_set_version(made, X509_VERSION_3) == 1 && number(made) &&
                      X509_gmtime_adj(X509_getm_notBefore(made), -day) != nullptr &&  // clocks differ
                      X509_gmtime_adj(X509_getm_notAfter(made), lifetime) != nullptr &&
                      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common, -1, -1, 0) == 1 &&
                      X509_set_issuer_name(made, name) == 1 && X509_set_pubkey(made, key.get()) == 1 &&
                      extend(made, NID_basic_constraints, "critical,CA:FALSE") &&
                      extend(made, NID_ext_key_usage, "serverAuth") &&
                      (names.empty() || extend(made, NID_subject_alt_name, alternative_names(names))) &&
                      X509_sign(made, key.get(), EVP_sha256()) != 0 && SSL_CTX_use_certificate(context, made) == 1 &&
                      SSL_CTX_use_PrivateKey(context, key.get()) == 1;
    if (!well) return cannot_make();
    return {};
}

/// The protocols a session wants, in the form of RFC 7301 section 3.1; it goes with the session.
int alpn_place() {
    static const int place = SSL_get_ex_new_index(
        0, nullptr, nullptr, nullptr,
        [](void*, void* list, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<std::string*>(list); });
    return place;
}

int choose_protocol(SSL* session, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned size, void*) {
    const auto* const wanted = static_cast<const std::string*>(SSL_get_ex_data(session, alpn_place()));
    if (wanted == nullptr || wanted->empty()) return SSL_TLSEXT_ERR_NOACK;
    unsigned char* found = nullptr;
    const int outcome = SSL_select_next_proto(&found, length, reinterpret_cast<const unsigned char*>(wanted->data()),
                                              static_cast<unsigned>(wanted->size()), offered, size);
    if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::shared_ptr<const TlsServer>> TlsServer::make(const TlsServerOptions& options) {
    auto server = std::make_shared<TlsServer>();
    server->context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = server->context_.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    // Renegotiation would let a client make us work, and a write wait for reading.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    // Ten thousand idle connections should not hold buffers.
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    constexpr std::array<unsigned char, 3> name{'f', 'i', 'd'};
    SSL_CTX_set_session_id_context(context, name.data(), name.size());
    // Sessions live in tickets, which cost us nothing.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    if (options.key_log) pass_secrets(context);
    server->made_ = options.certificate.empty();
    auto loaded = server->made_ ? make_identity(context, options.names)
                                : load_identity(context, options.certificate, options.key);
    if (!loaded) return std::unexpected(std::move(loaded.error()));
    server->certificate_ = describe(SSL_CTX_get0_certificate(context));
    return server;
}

SslSession TlsServer::session(const std::vector<std::string>& alpn) const {
    SslSession session(SSL_new(context_.get()));
    if (!session) throw std::bad_alloc();
    if (alpn.empty()) return session;
    auto list = std::make_unique<std::string>();
    for (const std::string& protocol : alpn) {
        *list += static_cast<char>(protocol.size());
        *list += protocol;
    }
    SSL_set_ex_data(session.get(), alpn_place(), list.release());
    return session;
}

std::vector<std::string> local_names() {
    std::vector<std::string> names{"localhost"};
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0) {
        const std::string name(host.data());
        const auto plain = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        };
        if (!name.empty() && name != names.front() && std::ranges::all_of(name, plain)) names.push_back(name);
    }
    names.emplace_back("127.0.0.1");
    names.emplace_back("::1");
    return names;
}

}  // namespace fid::transport
