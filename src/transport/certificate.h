// SPDX-License-Identifier: MIT
// What a certificate says (RFC 5280), in words.
#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <string>
#include <vector>

namespace fid::transport {

struct Certificate {
    std::string subject, issuer;     ///< RFC 2253: "CN=example.com,O=Example"
    std::vector<std::string> names;  ///< subjectAltName: DNS names and addresses
    std::int64_t not_before = 0;     ///< seconds since 1970
    std::int64_t not_after = 0;
    std::string key;          ///< "RSA 2048", "EC 256 (prime256v1)", "ED25519"
    std::string signature;    ///< "sha256WithRSAEncryption"
    std::string serial;       ///< hexadecimal
    std::string fingerprint;  ///< SHA-256 of the DER form, hexadecimal
    bool self_signed = false;
};

[[nodiscard]] Certificate describe(X509* certificate);

}  // namespace fid::transport
