// SPDX-License-Identifier: MIT
#include "transport/proxy.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "encoding/base64.h"
#include "transport/http_head.h"
#include "transport/prefixed_stream.h"

namespace fid::transport {
namespace {

void put16(std::string& out, std::uint16_t value) {
    out += static_cast<char>(value >> 8U);
    out += static_cast<char>(value & 0xffU);
}

std::string authority(const TunnelTarget& target) {
    const bool v6 = target.host.find(':') != std::string::npos;
    return (v6 ? "[" + target.host + "]" : target.host) + ":" + std::to_string(target.port);
}

/// One negotiation with one proxy.
class Negotiation {
  public:
    Negotiation(StreamPtr stream, Endpoint proxy, TunnelTarget target)
        : stream_(std::move(stream)), proxy_(std::move(proxy)), target_(std::move(target)) {}

    Task<Result<StreamPtr>> run() {
        auto asking = proxy_.scheme.starts_with("http")     ? http()
                      : proxy_.scheme.starts_with("socks5") ? socks5()
                                                            : socks4();
        auto done = co_await std::move(asking);
        if (!done) co_return std::unexpected(std::move(done.error()));
        co_return make_prefixed_stream(std::move(surplus_), std::move(stream_));
    }

  private:
    // HTTP

    Task<Result<void>> http() {
        std::string request = "CONNECT " + authority(target_) + " HTTP/1.1\r\nHost: " + authority(target_) + "\r\n";
        if (!proxy_.user.empty())
            request += "Proxy-Authorization: Basic " +
                       encoding::base64(proxy_.user + ":" + proxy_.password.value_or("")) + "\r\n";
        request += "\r\n";
        auto written = co_await stream_->write(as_bytes(request));
        if (!written) co_return written;
        const Error blame = violation("it closed the connection").error();
        auto reading = read_http_head(*stream_, surplus_, blame);
        auto head = co_await std::move(reading);
        if (!head) co_return std::unexpected(std::move(head.error()));
        co_return judge_http(head->line);
    }

    Result<void> judge_http(const std::string& line) const {
        // "HTTP/1.1 200 Connection established"
        if (!line.starts_with("HTTP/1.") || line.size() < 12) return violation("it does not speak HTTP");
        const std::string code = line.substr(9, 3);
        if (code.front() == '2') return {};
        if (code == "407")
            return fail(Status::login_refused, "the proxy", proxy_.text(), "wants a login: " + line.substr(9),
                        "write the user into its URL, the password into FID_PROXY_PASSWORD");
        return refused(line.substr(9));
    }

    // SOCKS4: RFC-less, as the OpenSSH and socat manuals describe it; 4a adds the name behind an address 0.0.0.x.

    Task<Result<void>> socks4() {
        auto where = socks_address(proxy_.scheme == "socks4a", FamilyChoice::v4);
        if (!where) co_return std::unexpected(std::move(where.error()));
        std::string request{4, 1};
        put16(request, target_.port);
        const auto bytes = where->address ? where->address->bytes() : std::array<std::uint8_t, 16>{0, 0, 0, 1};
        request.append(bytes.begin(), bytes.begin() + 4);
        request += proxy_.user;
        request += '\0';
        if (!where->address) {
            request += target_.host;
            request += '\0';
        }
        auto written = co_await stream_->write(as_bytes(request));
        if (!written) co_return written;
        auto reply = co_await exactly(8);
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        if (reply->front() != 0) co_return violation("it does not speak SOCKS4");
        const unsigned code = static_cast<unsigned char>((*reply)[1]);
        if (code == 90) co_return Result<void>();
        if (code == 92 || code == 93)
            co_return fail(Status::login_refused, "the proxy", proxy_.text(), "refused the user");
        co_return refused("request rejected or failed");
    }

    // SOCKS5

    Task<Result<void>> socks5() {
        const bool with_login = !proxy_.user.empty();
        std::string greeting{5, static_cast<char>(with_login ? 2 : 1), 0};
        if (with_login) greeting += '\2';
        auto written = co_await stream_->write(as_bytes(greeting));
        if (!written) co_return written;
        auto method = co_await exactly(2);
        if (!method) co_return std::unexpected(std::move(method.error()));
        if (method->front() != 5) co_return violation("it does not speak SOCKS5");
        const unsigned chosen = static_cast<unsigned char>((*method)[1]);
        if (chosen == 2 && with_login) {
            auto admitted = co_await log_in();
            if (!admitted) co_return admitted;
        } else if (chosen != 0) {
            co_return fail(Status::login_refused, "the proxy", proxy_.text(), "offers no login that we have",
                           "write the user into its URL, the password into FID_PROXY_PASSWORD");
        }
        auto asked = co_await ask_socks5();
        co_return asked;
    }

    Task<Result<void>> log_in() {
        const std::string password = proxy_.password.value_or("");
        if (proxy_.user.size() > 255 || password.size() > 255)
            co_return fail(Status::usage, "the login for", proxy_.text(), "is longer than SOCKS5's 255 bytes");
        std::string request(1, 1);
        request += static_cast<char>(proxy_.user.size());
        request += proxy_.user;
        request += static_cast<char>(password.size());
        request += password;
        auto written = co_await stream_->write(as_bytes(request));
        if (!written) co_return written;
        auto reply = co_await exactly(2);
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        if ((*reply)[1] == 0) co_return Result<void>();
        co_return fail(Status::login_refused, "the proxy", proxy_.text(), "refused the user or the password");
    }

    Task<Result<void>> ask_socks5() {
        auto where = socks_address(proxy_.scheme == "socks5h", target_.family);
        if (!where) co_return std::unexpected(std::move(where.error()));
        std::string request{5, 1, 0};
        if (where->address) {
            const auto bytes = where->address->bytes();
            request += where->address->is_v4() ? '\1' : '\4';
            request.append(bytes.begin(), bytes.begin() + (where->address->is_v4() ? 4 : 16));
        } else {
            if (target_.host.size() > 255)
                co_return fail(Status::usage, "the name", target_.host, "is longer than SOCKS5's 255 bytes");
            request += '\3';
            request += static_cast<char>(target_.host.size());
            request += target_.host;
        }
        put16(request, target_.port);
        auto written = co_await stream_->write(as_bytes(request));
        if (!written) co_return written;
        auto head = co_await exactly(5);
        if (!head) co_return std::unexpected(std::move(head.error()));
        // The bound address is of no use here, but has to be read to its end, and no further.
        const unsigned kind = static_cast<unsigned char>((*head)[3]);
        const std::size_t first = static_cast<unsigned char>((*head)[4]);
        const std::size_t rest = kind == 1 ? 3 : kind == 4 ? 15 : first;
        if (head->front() != 5 || (kind != 1 && kind != 3 && kind != 4))
            co_return violation("it does not speak SOCKS5");
        const unsigned code = static_cast<unsigned char>((*head)[1]);
        if (code != 0) co_return refused(std::string(socks5_reason(code)));
        auto bound = co_await exactly(rest + 2);
        if (!bound) co_return std::unexpected(std::move(bound.error()));
        co_return Result<void>();
    }

    static std::string_view socks5_reason(unsigned code) {
        constexpr std::array<std::string_view, 9> reasons{
            "succeeded",           "general failure",       "not allowed by its rules",
            "network unreachable", "host unreachable",      "connection refused",
            "TTL expired",         "command not supported", "address type not supported"};
        return code < reasons.size() ? reasons[code] : "unknown reason";
    }

    // Shared

    struct Where {
        std::optional<Address> address;  ///< absent: the proxy gets the name
    };
    [[nodiscard]] Result<Where> socks_address(bool names, FamilyChoice family) const {
        if (const auto address = Address::parse(target_.host); address) {
            if (family == FamilyChoice::v4 && !address->is_v4())
                return fail(Status::usage, "SOCKS4 cannot reach", target_.host, "it knows IPv4 only", "use socks5://");
            return Where{*address};
        }
        if (names) return Where{};
        const auto found = lookup(target_.host, family);
        if (!found) return std::unexpected(found.error());
        return Where{found->front()};
    }

    Task<Result<std::string>> exactly(std::size_t count) {
        std::string bytes(count, '\0');
        std::size_t have = 0;
        while (have < count) {
            const std::span<std::uint8_t> room(reinterpret_cast<std::uint8_t*>(bytes.data()) + have, count - have);
            auto chunk = co_await stream_->read(room);
            if (!chunk) co_return std::unexpected(std::move(chunk.error()));
            if (chunk->end) co_return violation("it closed the connection");
            have += chunk->size;
        }
        co_return bytes;
    }

    [[nodiscard]] std::unexpected<Error> violation(std::string what) const {
        return fail(Status::protocol_violation, "no tunnel through", proxy_.text(), std::move(what),
                    "is it a proxy of the kind " + proxy_.scheme + "?");
    }
    [[nodiscard]] std::unexpected<Error> refused(std::string why) const {
        return fail(Status::cannot_connect, "cannot connect to", authority(target_) + " through " + proxy_.text(),
                    std::move(why));
    }

    StreamPtr stream_;
    Endpoint proxy_;
    TunnelTarget target_;
    std::string surplus_;  ///< the target's, read with the end of the proxy's answer
};

}  // namespace

bool is_proxy_scheme(std::string_view scheme) {
    constexpr std::array<std::string_view, 6> schemes{"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
    return std::ranges::find(schemes, scheme) != schemes.end();
}

Task<Result<StreamPtr>> open_tunnel(StreamPtr stream, Endpoint proxy, TunnelTarget target) {
    Negotiation negotiation(std::move(stream), std::move(proxy), std::move(target));
    auto running = negotiation.run();
    auto tunnel = co_await std::move(running);
    co_return tunnel;
}

}  // namespace fid::transport
