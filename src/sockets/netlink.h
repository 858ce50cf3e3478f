// SPDX-License-Identifier: MIT
// Asks the kernel for its sockets: NETLINK_SOCK_DIAG dumps (sock_diag(7)) over a plain netlink socket.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "report/error.h"
#include "sockets/socket.h"
#include "transport/descriptor.h"

namespace fid::sockets {

/// What the kernel can leave out for us. It may answer with more than asked for, never with less.
struct Question {
    Kind kind = Kind::tcp;
    Family family = Family::v4;  ///< for TCP, UDP and raw sockets: one question a family
    StateMask states = every_state;
    std::span<const std::uint8_t> bytecode = {};  ///< see bytecode.h; empty: every socket
    bool info = false;                            ///< with TcpInfo
};

enum class Answer : std::uint8_t {
    complete,
    interrupted,  ///< the tables changed under the walk each time it was tried: some sockets may be missing or twice
    unavailable,  ///< this kernel (or sandbox) has no sock_diag for that kind
};

/// Bound to the network namespace it was opened in.
class DiagSocket {
  public:
    /// Status cannot_read where there is no such socket to be had.
    [[nodiscard]] static Result<DiagSocket> open();
    /// Appends the answer's sockets. A walk that was interrupted (NLM_F_DUMP_INTR) is begun anew a few times.
    [[nodiscard]] Result<Answer> ask(const Question& question, std::vector<Socket>& sockets);

  private:
    explicit DiagSocket(transport::Descriptor descriptor) : descriptor_(std::move(descriptor)), buffer_(buffer_size) {}
    [[nodiscard]] Result<void> send(const Question& question);
    [[nodiscard]] Result<Answer> receive(Kind kind, std::vector<Socket>& sockets);

    static constexpr std::size_t buffer_size = 64 * 1024;  ///< the kernel fills up to 32 KiB at a time
    static constexpr unsigned tries = 5;
    transport::Descriptor descriptor_;
    std::vector<std::uint8_t> buffer_;
    std::uint32_t sequence_ = 0;
};

}  // namespace fid::sockets
