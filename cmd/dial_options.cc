// SPDX-License-Identifier: MIT
#include "cmd/dial_options.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>

#include "cmd/recording.h"
#include "cmd/values.h"
#include "transport/proxy.h"
#include "transport/starttls.h"

namespace fid::cmd {
namespace {

std::span<const Option> dial_options() {
    static const std::array options{
        Option{.names = "-4", .help = "IPv4 only", .group = "Network"},
        Option{.names = "-6", .help = "IPv6 only", .group = "Network"},
        Option{.names = "--timeout",
               .value = "TIME",
               .help = "for lookup, connecting and handshakes together",
               .group = "Network",
               .fallback = "30s"},
        Option{.names = "--source",
               .value = "ADDR[:PORT]",
               .help = "the address (and port) to connect from",
               .group = "Network"},
        Option{.names = "--interface",
               .value = "NAME",
               .help = "the interface to connect through",
               .group = "Network",
               .complete = Complete::interface},
        Option{
            .names = "--proxy",
            .value = "URL",
            .help = "go through http://, https://, socks5://, socks5h://, socks4a://[USER@]HOST:PORT; repeat: a chain",
            .group = "Network",
            .repeatable = true},
        Option{.names = "--keepalive", .help = "have the kernel probe an idle connection", .group = "Network"},
        Option{.names = "--no-delay", .help = "send small writes at once, as is done anyway", .group = "Network"},
        Option{.names = "--delay-small", .help = "let the kernel gather small writes (Nagle)", .group = "Network"},
        Option{.names = "--ttl", .value = "N", .help = "time to live, or hop limit", .group = "Network"},
        Option{
            .names = "--tos", .value = "N", .help = "type of service, or traffic class: 0 to 255", .group = "Network"},
        Option{.names = "--sndbuf", .value = "SIZE", .help = "the socket's send buffer", .group = "Network"},
        Option{.names = "--rcvbuf", .value = "SIZE", .help = "the socket's receive buffer", .group = "Network"},
        Option{.names = "--starttls",
               .value = "PROTOCOL",
               .help = "say that protocol's words, then speak TLS",
               .group = "TLS",
               .choices = {transport::starttls_protocols().begin(), transport::starttls_protocols().end()}},
        Option{.names = "--tls-ca",
               .value = "FILE",
               .help = "who may vouch for the peer: PEM file, or a folder",
               .group = "TLS",
               .complete = Complete::file},
        Option{.names = "--tls-cert",
               .value = "FILE",
               .help = "our certificate, PEM",
               .group = "TLS",
               .complete = Complete::file},
        Option{.names = "--tls-key",
               .value = "FILE",
               .help = "its key, PEM; else it stands in the same file",
               .group = "TLS",
               .complete = Complete::file},
        Option{.names = "--tls-insecure", .help = "do not verify the peer's certificate", .group = "TLS"},
        Option{.names = "--tls-name", .value = "NAME", .help = "the name to ask for and to verify", .group = "TLS"},
        Option{.names = "--tls-alpn",
               .value = "NAME",
               .help = "offer this protocol; repeat for more",
               .group = "TLS",
               .repeatable = true},
        Option{.names = "--tls-keylog",
               .value = "FILE",
               .help = "append the session's secrets, for Wireshark (also SSLKEYLOGFILE)",
               .group = "TLS",
               .complete = Complete::file},
    };
    return options;
}

/// Reads the options one after another; the first fault is the one reported.
class DialOptionReader {
  public:
    explicit DialOptionReader(const Arguments& args) : args_(args) {}

    Result<transport::DialOptions> read() {
        if (args_.has("-4")) options_.family = transport::FamilyChoice::v4;
        if (args_.has("-6")) options_.family = transport::FamilyChoice::v6;
        if (args_.has("-4") && args_.has("-6"))
            return fail(Status::usage, "-4 and -6 exclude each other", {}, {}, "give one of them, or none for both");
        options_.socket.interface = args_.value("--interface");
        options_.socket.keep_alive = args_.has("--keepalive");
        if (args_.has("--delay-small") && args_.has("--no-delay"))
            return fail(Status::usage, "--no-delay and --delay-small exclude each other", {});
        options_.socket.no_delay = !args_.has("--delay-small");
        if (auto time = read_duration("--timeout", args_.value("--timeout")); time)
            options_.timeout = *time;
        else
            return std::unexpected(std::move(time.error()));
        if (auto done = read_source(); !done) return std::unexpected(std::move(done.error()));
        options_.starttls = args_.value("--starttls");
        read_tls();
        if (auto done = read_proxies(); !done) return std::unexpected(std::move(done.error()));
        auto& socket = options_.socket;
        if (auto done = read_number("--ttl", 1, 255, socket.ttl); !done)
            return std::unexpected(std::move(done.error()));
        if (auto done = read_number("--tos", 0, 255, socket.tos); !done)
            return std::unexpected(std::move(done.error()));
        if (auto done = read_buffer("--sndbuf", socket.send_buffer); !done)
            return std::unexpected(std::move(done.error()));
        if (auto done = read_buffer("--rcvbuf", socket.receive_buffer); !done)
            return std::unexpected(std::move(done.error()));
        return options_;
    }

  private:
    void read_tls() {
        auto& tls = options_.tls;
        tls.verify = !args_.has("--tls-insecure");
        tls.name = args_.value("--tls-name");
        tls.ca = args_.value("--tls-ca");
        tls.certificate = args_.value("--tls-cert");
        tls.key = args_.value("--tls-key");
        tls.alpn = args_.values("--tls-alpn");
        tls.key_log = args_.value("--tls-keylog");
        const char* const from_environment = std::getenv("SSLKEYLOGFILE");
        if (tls.key_log.empty() && from_environment != nullptr) tls.key_log = from_environment;
    }
    Result<void> read_proxies() {
        for (const std::string& text : args_.values("--proxy")) {
            auto proxy = Endpoint::parse(text);
            if (!proxy) return std::unexpected(std::move(proxy.error()));
            if (!transport::is_proxy_scheme(proxy->scheme))
                return fail(Status::usage, "not a proxy:", proxy->text(), {},
                            "http://, https://, socks4://, socks4a://, socks5:// and socks5h:// are");
            if (proxy->password)
                return fail(Status::usage, "a password on the command line is seen by every user:", proxy->text(), {},
                            "leave it out and set FID_PROXY_PASSWORD");
            const char* const password = std::getenv("FID_PROXY_PASSWORD");
            if (password != nullptr && !proxy->user.empty()) proxy->password = password;
            options_.proxies.push_back(std::move(*proxy));
        }
        return {};
    }
    Result<void> read_source() {
        if (!args_.has("--source")) return {};
        const auto text = args_.value("--source");
        if (const auto address = Address::parse(text)) {
            options_.socket.source = *address;
            return {};
        }
        auto place = Endpoint::parse(text);
        if (!place) return std::unexpected(std::move(place.error()));
        if (!place->address && !place->host.empty())
            return fail(Status::usage, "--source wants an address, not", "'" + place->host + "'");
        options_.socket.source = place->address;
        options_.socket.source_port = place->port.value_or(0);
        return {};
    }
    Result<void> read_number(std::string_view name, std::uint64_t least, std::uint64_t most,
                             std::optional<unsigned>& value) {
        if (!args_.has(name)) return {};
        const auto number = read_count(name, args_.value(name), least, most);
        if (!number) return std::unexpected(number.error());
        value = static_cast<unsigned>(*number);
        return {};
    }
    Result<void> read_buffer(std::string_view name, std::optional<unsigned>& value) {
        if (!args_.has(name)) return {};
        const auto size = read_size(name, args_.value(name));
        if (!size) return std::unexpected(size.error());
        constexpr std::uint64_t most = 1U << 30U;  // the kernel's own limit is far lower
        value = static_cast<unsigned>(std::min(*size, most));
        return {};
    }

    const Arguments& args_;
    transport::DialOptions options_;
};

}  // namespace

std::vector<Option> with_dial_options(std::vector<Option> own) {
    std::ranges::copy(dial_options(), std::back_inserter(own));
    std::ranges::move(record_options(), std::back_inserter(own));
    return own;
}

Result<transport::DialOptions> read_dial_options(const Arguments& args) { return DialOptionReader(args).read(); }

}  // namespace fid::cmd
