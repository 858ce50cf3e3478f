// SPDX-License-Identifier: MIT
// How a TLS client presents itself and whom it trusts.
#pragma once

#include <openssl/types.h>

#include <functional>
#include <string>
#include <vector>

namespace fid::transport {

struct TlsOptions {
    bool verify = true;             ///< the chain, and that it is for the name; never off unless the user said so
    std::string name;               ///< for SNI and verification; "" = the host that was dialled
    std::string ca;                 ///< PEM file or folder of trusted certificates; "" = the system's
    std::string certificate, key;   ///< PEM files of our own certificate; "" = none, the key stands in `certificate`
    std::vector<std::string> alpn;  ///< protocols offered, in order
    std::string key_log;            ///< file the session's secrets are appended to; "" = none

    // For who examines servers rather than talks to them.
    bool judge = true;                  ///< false: verified, but a verdict against the peer ends nothing
    std::function<void(SSL&)> prepare;  ///< before the handshake
    std::function<void(SSL&)> examine;  ///< after a handshake that succeeded
};

}  // namespace fid::transport
