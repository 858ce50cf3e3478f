// SPDX-License-Identifier: MIT
#include "transport/tls_context.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "address/address.h"

namespace fid::transport {
namespace {

bool is_folder(const std::string& path) {
    struct stat about{};
    return stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

Result<void> load_trust(SSL_CTX* context, const TlsOptions& options) {
    if (!options.verify) return {};
    if (options.ca.empty()) {
        // SSL_CERT_FILE and SSL_CERT_DIR are obeyed by OpenSSL itself.
        SSL_CTX_set_default_verify_paths(context);
        return {};
    }
    const bool folder = is_folder(options.ca);
    const int loaded = folder ? SSL_CTX_load_verify_dir(context, options.ca.c_str())
                              : SSL_CTX_load_verify_file(context, options.ca.c_str());
    if (loaded == 1) return {};
    return fail(Status::cannot_read, "cannot read trusted certificates from", options.ca,
                take_ssl_reason("no certificates in it"), "a PEM file, or a folder prepared by c_rehash");
}

/// RFC 7301 section 3.1: each name behind its length.
Result<std::string> alpn_list(const TlsOptions& options) {
    std::string list;
    for (const std::string& name : options.alpn) {
        if (name.empty() || name.size() > 255)
            return fail(Status::usage, "not an ALPN protocol name:", "'" + name + "'", "1 to 255 bytes");
        list += static_cast<char>(name.size());
        list += name;
    }
    return list;
}

}  // namespace

std::string take_ssl_reason(std::string_view otherwise) {
    std::string reason(otherwise);
    if (const unsigned long code = ERR_peek_last_error(); code != 0)
        if (const char* words = ERR_reason_error_string(code)) reason = words;
    ERR_clear_error();
    return reason;
}

Result<void> load_identity(SSL_CTX* context, const std::string& certificate, const std::string& key_file) {
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
        return fail(Status::cannot_read, "cannot read the certificate", certificate,
                    take_ssl_reason("not a certificate"), "it has to be in PEM form");
    const std::string& key = key_file.empty() ? certificate : key_file;
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        return fail(Status::cannot_read, "cannot read the key", key, take_ssl_reason("not a key of that certificate"),
                    "a PEM key without a passphrase, made for the certificate");
    return {};
}

Result<SslContext> make_client_context(const TlsOptions& options) {
    SslContext context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // Renegotiation would let a write wait for reading; nobody needs it any more.
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(context.get(), options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    if (auto loaded = load_trust(context.get(), options); !loaded) return std::unexpected(std::move(loaded.error()));
    if (!options.certificate.empty())
        if (auto loaded = load_identity(context.get(), options.certificate, options.key); !loaded)
            return std::unexpected(std::move(loaded.error()));
    const auto alpn = alpn_list(options);
    if (!alpn) return std::unexpected(alpn.error());
    if (!alpn->empty())
        SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(alpn->data()),
                                static_cast<unsigned>(alpn->size()));
    return context;
}

Result<SslSession> make_client_session(SSL_CTX* context, const std::string& host, const TlsOptions& options) {
    SslSession ssl(SSL_new(context));
    const std::string& name = options.name.empty() ? host : options.name;
    if (const auto address = Address::parse(name)) {
        // RFC 6066 section 3: no SNI for addresses.
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), address->without_zone().text().c_str());
        return ssl;
    }
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // SSL_set_tlsext_host_name(3) without its macro, which casts const away the old way; the name is copied.
    const bool named = SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                const_cast<char*>(name.c_str())) == 1;
    const bool set = named && SSL_set1_host(ssl.get(), name.c_str()) == 1;
    if (!set) return fail(Status::usage, "not a name for TLS:", name, take_ssl_reason("too long"));
    return ssl;
}

}  // namespace fid::transport
