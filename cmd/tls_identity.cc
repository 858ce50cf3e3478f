// SPDX-License-Identifier: MIT
#include "cmd/tls_identity.h"

namespace fid::cmd {

std::vector<Option> tls_identity_options() {
    return {{.names = "--tls-cert",
             .value = "FILE",
             .help = "our certificate and those above it, PEM (default: one made for this run)",
             .group = "TLS",
             .complete = Complete::file},
            {.names = "--tls-key",
             .value = "FILE",
             .help = "its key, PEM (default: in the file of the certificate)",
             .group = "TLS",
             .complete = Complete::file}};
}

Result<std::shared_ptr<const transport::TlsServer>> make_tls_server(Context& context, bool key_log) {
    if (context.args.has("--tls-key") && !context.args.has("--tls-cert"))
        return fail(Status::usage, "--tls-key belongs to --tls-cert", {});
    transport::TlsServerOptions options;
    options.certificate = context.args.value("--tls-cert");
    options.key = context.args.value("--tls-key");
    options.names = transport::local_names();
    options.key_log = key_log;
    auto server = transport::TlsServer::make(options);
    if (!server || !(*server)->made()) return server;
    Text line;
    line.put("a certificate was made for this run: SHA-256 ");
    line.put((*server)->certificate().fingerprint);
    context.log.answer(line.view());
    return server;
}

}  // namespace fid::cmd
