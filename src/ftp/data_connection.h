// SPDX-License-Identifier: MIT
// The second connection of FTP, over which files and listings go: we connect to the server (passive), or it to us
// (active).
#pragma once

#include <optional>
#include <string>

#include "transport/descriptor.h"
#include "transport/dial.h"

namespace fid::ftp {

/// Connects to `port` of the host that the control connection goes to, whatever address the server named: a server that
/// may send us anywhere can have us talk to machines that only we reach (CVE-2020-8284).
[[nodiscard]] transport::Task<Result<transport::Connection>> connect_passive(transport::Executor executor,
                                                                             const transport::Connection& control,
                                                                             Endpoint server, std::uint16_t port,
                                                                             transport::DialOptions options);

/// A socket that waits for the server to connect.
class ActiveListener {
  public:
    /// On the address that the control connection comes from, any port. Status cannot_connect.
    [[nodiscard]] static Result<ActiveListener> open(const transport::SocketAddress& control);
    /// "|1|192.0.2.1|4242|" for EPRT (RFC 2428), "192,0,2,1,16,146" for PORT (nothing for IPv6).
    [[nodiscard]] std::string extended_address() const;
    [[nodiscard]] std::optional<std::string> address() const;
    /// The server's connection; others are turned away. Status timeout, cannot_connect.
    [[nodiscard]] transport::Task<Result<transport::Connection>> accept(transport::Executor executor,
                                                                        transport::SocketAddress peer,
                                                                        std::chrono::nanoseconds timeout,
                                                                        transport::Recorder* recorder);

  private:
    transport::Descriptor socket_;
    transport::SocketAddress local_;
};

}  // namespace fid::ftp
