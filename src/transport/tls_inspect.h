// SPDX-License-Identifier: MIT
// What a TLS server presents and accepts, found out by shaking hands with it many times.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "transport/certificate.h"
#include "transport/dial.h"

namespace fid::transport {

struct TlsVersionReport {
    std::string version;  ///< "TLSv1.2"
    bool offered = false;
    std::vector<std::string> ciphers;  ///< those it accepts, in its order of preference
};

struct TlsReport {
    SocketAddress peer;
    TlsFacts facts;                          ///< of a handshake with everything we have
    std::string group;                       ///< key exchange: "X25519"; "" where it has none
    std::vector<Certificate> chain;          ///< as the server sent it, its own first
    bool trusted = false;                    ///< for the name that was asked for; if not, facts.faults tell why
    std::optional<bool> resumes;             ///< a second connection took up the first one's session
    std::string staple;                      ///< OCSP: "none", "good", "revoked", "unknown", "unreadable"
    std::vector<TlsVersionReport> versions;  ///< oldest first
};

/// Dials about as many times as the server has ciphers, one after another, each under the options' deadline. The first
/// handshake has to succeed (with any certificate); a later one that fails means "not offered".
[[nodiscard]] Task<Result<TlsReport>> inspect_tls(Executor executor, Endpoint endpoint, DialOptions options);

}  // namespace fid::transport
