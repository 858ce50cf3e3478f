// SPDX-License-Identifier: MIT
#include "cmd/connect/settings.h"

#include "cmd/dial_options.h"
#include "cmd/values.h"
#include "transport/starttls.h"

namespace fid::cmd::connect {
namespace {

Result<Endpoint> read_endpoint(const std::vector<std::string>& words) {
    if (words.size() == 2) return Endpoint::parse(words[0], words[1]);
    if (words.size() == 1) return Endpoint::parse(words[0]);
    return fail(Status::usage, words.empty() ? "no endpoint given" : "more than a host and a port", {}, {},
                "fid connect HOST PORT, or fid connect tls://HOST:PORT");
}

}  // namespace

Result<Settings> read_settings(const Context& context) {
    const Arguments& args = context.args;
    Settings settings;
    auto endpoint = read_endpoint(args.words());
    if (!endpoint) return std::unexpected(std::move(endpoint.error()));
    settings.endpoint = std::move(*endpoint);
    auto dial = read_dial_options(args);
    if (!dial) return std::unexpected(std::move(dial.error()));
    settings.dial = std::move(*dial);
    if (!settings.endpoint.port && !settings.dial.starttls.empty())
        settings.endpoint.port = transport::starttls_port(settings.dial.starttls);
    settings.send_only = args.has("--send-only");
    settings.receive_only = args.has("--recv-only");
    if (settings.send_only && settings.receive_only)
        return fail(Status::usage, "--send-only and --recv-only exclude each other", {});
    settings.crlf = args.has("--crlf");
    settings.timing = args.has("--timing");
    const auto linger = read_duration("--linger", args.value("--linger"));
    if (!linger) return std::unexpected(linger.error());
    settings.linger = *linger;
    if (args.has("--idle")) {
        const auto idle = read_duration("--idle", args.value("--idle"));
        if (!idle) return std::unexpected(idle.error());
        settings.idle = *idle;
    }
    if (args.has("--max-bytes")) {
        const auto most = read_size("--max-bytes", args.value("--max-bytes"));
        if (!most) return std::unexpected(most.error());
        settings.max_bytes = *most;
    }
    return settings;
}

}  // namespace fid::cmd::connect
