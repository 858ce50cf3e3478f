// SPDX-License-Identifier: MIT
// Questions over TCP beside the bulk engine's UDP, for answers that were cut short. A bounded number of connections; a
// connection is used for one question after another while the server keeps it open (RFC 7766).
#pragma once

#include <sys/socket.h>

#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "report/text.h"
#include "transport/descriptor.h"
#include "transport/dial.h"

namespace fid::dns {

class BulkTcp {
  public:
    struct Hooks {
        /// Writes the question of `value` and returns its size.
        std::function<std::size_t(std::uint32_t value, std::span<std::uint8_t> into)> write;
        /// It is on its way now: time to look at the clock.
        std::function<void(std::uint32_t value)> started;
        /// A message came. Was it the answer?
        std::function<bool(std::uint32_t value, Bytes message)> received;
        std::function<void(std::uint32_t value, int error)> failed;
    };
    /// Events carry `first_tag` and up as their data.
    BulkTcp(int poll, std::uint64_t first_tag, const std::vector<transport::SocketAddress>& servers,
            transport::SocketOptions options, std::size_t query_room, Hooks hooks);

    void ask(std::uint32_t value, std::uint32_t server);
    /// Not waited for any longer, though started.
    void cancel(std::uint32_t value);
    void ready(std::uint64_t tag);
    /// Gives connections to those who wait for one. Hooks are called from here and from ready() only.
    void serve_waiting();

    static constexpr std::size_t most_connections = 32;

  private:
    static constexpr std::uint32_t nobody = ~0U;
    struct Connection {
        transport::Descriptor descriptor;
        std::uint32_t server = 0, value = nobody;
        std::vector<std::uint8_t> out, in;
        std::size_t written = 0;
        bool used_before = false;  ///< for another question: may have been closed meanwhile
    };
    struct Waiting {
        std::uint32_t value, server;
    };
    [[nodiscard]] std::uint64_t tag_of(const Connection& connection) const {
        return first_tag_ + static_cast<std::uint64_t>(&connection - connections_.data());
    }
    [[nodiscard]] Connection* vacant(std::uint32_t server);
    void begin(Connection& connection, const Waiting& waiting);
    void begin_anew(Connection& connection);
    void push(Connection& connection);
    void pull(Connection& connection);
    void take_messages(Connection& connection);
    void broke(Connection& connection, int error);
    void close(Connection& connection);

    int poll_;
    std::uint64_t first_tag_;
    const std::vector<transport::SocketAddress>& servers_;
    transport::SocketOptions options_;
    std::size_t query_room_;
    Hooks hooks_;
    std::vector<Connection> connections_;
    std::deque<Waiting> waiting_;
};

}  // namespace fid::dns
