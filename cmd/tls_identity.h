// SPDX-License-Identifier: MIT
// Who we are to the clients of a TLS server.
#pragma once

#include <memory>
#include <vector>

#include "cmd/command.h"
#include "transport/tls_server.h"

namespace fid::cmd {

/// --tls-cert and --tls-key.
[[nodiscard]] std::vector<Option> tls_identity_options();
/// The certificate they name, or one made for this run, whose fingerprint is told. `key_log`: see TlsServerOptions.
/// Status usage for a key without a certificate.
[[nodiscard]] Result<std::shared_ptr<const transport::TlsServer>> make_tls_server(Context& context, bool key_log);

}  // namespace fid::cmd
