// SPDX-License-Identifier: MIT
// Where to connect or listen, as every subcommand takes it: [scheme://]host[:port][/path][?k=v], or `host port`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "address/address.h"
#include "address/service.h"

namespace fid {

struct Endpoint {
    std::string scheme;  ///< lower case; "" where none was written
    std::string user;    ///< percent-decoded
    std::optional<std::string> password;
    std::string host;                ///< as typed, without brackets; "" means every address (":8080")
    std::optional<Address> address;  ///< where the host is one
    std::optional<std::uint16_t> port;
    /// unix: the socket's path, or its name where `abstract`; exec: the command; pty: the link to it, "" for none; ws,
    /// http and the like: the path with "/".
    std::string path;
    bool abstract = false;                                        ///< unix:@name
    std::optional<unsigned> descriptor;                           ///< fd:3
    std::vector<std::pair<std::string, std::string>> parameters;  ///< percent-decoded, in order
    std::string query;                                            ///< the same as it was written, without "?"

    /// tcp, udp, tls, unix, ws, wss, stdio ("-" too), exec, fd, pty, http(s), ftp(s), sftp, smtp(s), imap(s), pop3(s),
    /// lmtp, socks4, socks4a, socks5, socks5h. Nothing is filled in: default_port() knows the scheme's port. Status
    /// usage; the hint says how to write it. A host of digits and dots must be an address.
    [[nodiscard]] static Result<Endpoint> parse(std::string_view text, Reading reading = Reading::strict);
    /// The form of two words; `port` is a number or a service name.
    [[nodiscard]] static Result<Endpoint> parse(std::string_view host, std::string_view port,
                                                Reading reading = Reading::strict);

    [[nodiscard]] bool is_local() const {
        return scheme == "unix" || scheme == "stdio" || scheme == "exec" || scheme == "fd" || scheme == "pty";
    }
    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
    /// The port that was written, else the scheme's own.
    [[nodiscard]] std::optional<std::uint16_t> port_or_default() const;
    /// "[2001:db8::1]:443", "example.org:80", "unix:/run/x", "unix:@name": for people and messages, never the password.
    [[nodiscard]] std::string text() const;
};

/// "443", "https". Status usage.
[[nodiscard]] Result<std::uint16_t> parse_port(std::string_view text, Transport transport = Transport::tcp);
/// The port of a scheme that has one: https 443.
[[nodiscard]] std::optional<std::uint16_t> default_port(std::string_view scheme);

}  // namespace fid
