// SPDX-License-Identifier: MIT
// The UDP sockets of the bulk engine: questions leave and answers come many to a system call, and the IDs in use are
// kept by socket. A socket is connected to its server, so that the kernel lets nobody else's answers through and tells
// of closed ports.
#pragma once

#include <sys/socket.h>

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "dns/bulk_ids.h"
#include "transport/descriptor.h"
#include "transport/dial.h"

namespace fid::dns {

/// One question on its way: where its answer will come.
struct Ticket {
    std::uint32_t socket = ~0U;
    std::uint16_t id = 0;

    [[nodiscard]] bool valid() const { return socket != ~0U; }
};

class BulkSockets {
  public:
    struct Options {
        std::vector<transport::SocketAddress> servers;
        transport::SocketOptions socket;
        unsigned each = 1;      ///< sockets to a server
        unsigned id_bits = 16;  ///< size of their ID tables
        std::size_t query_room = 512;
    };
    explicit BulkSockets(Options options);
    /// Opens every socket and adds it to the epoll descriptor, its number as the event's data. Servers to which there
    /// is no way never have room; the error is that of the first, where there is a way to none.
    [[nodiscard]] Result<void> open(int poll);

    [[nodiscard]] std::uint32_t server_of(std::uint32_t socket) const { return sockets_[socket].server; }
    [[nodiscard]] bool has_room(std::uint32_t server) const { return choose(server) != none; }

    /// Takes an ID for `value` and queues the message that `write(room, id)` makes (it returns its size). An invalid
    /// ticket where there is no room.
    template <class Write>
    [[nodiscard]] Ticket queue(std::uint32_t server, std::uint32_t value, RandomPool& random, Write&& write) {
        const std::uint32_t socket = choose(server);
        if (socket == none) return {};
        if (socket != current_ || queued_ == batch) flush();
        const auto id = sockets_[socket].ids.add(value, random);
        if (!id) return {};
        current_ = socket;
        iovec& message = out_vectors_[queued_++];
        message.iov_len = write(std::span(static_cast<std::uint8_t*>(message.iov_base), options_.query_room), *id);
        return {socket, *id};
    }
    /// Sends what is queued.
    void flush();
    /// Does not wait for the answer any more.
    void release(const Ticket& ticket) { sockets_[ticket.socket].ids.remove(ticket.id); }
    [[nodiscard]] std::optional<std::uint32_t> find(const Ticket& ticket) const {
        return sockets_[ticket.socket].ids.find(ticket.id);
    }

    /// Reads what has come to a socket, at most a few batches: on_message(socket, bytes, was_cut_short) for each.
    template <class OnMessage>
    void receive(std::uint32_t socket, OnMessage&& on_message) {
        for (unsigned i = 0; i < batches_at_once; ++i) {
            const unsigned count = receive_batch(socket);
            for (unsigned j = 0; j < count; ++j) {
                const mmsghdr& header = in_[j];
                on_message(socket, Bytes(static_cast<const std::uint8_t*>(in_vectors_[j].iov_base), header.msg_len),
                           (header.msg_hdr.msg_flags & MSG_TRUNC) != 0);
            }
            if (count < batch) return;
        }
    }

    /// Called with a socket and errno where the kernel says that its server cannot be reached; not while messages are
    /// being queued or read. Those waited for there are better not waited for any longer.
    template <class OnFailure>
    void tell_failures(OnFailure&& on_failure) {
        while (!failures_.empty()) {
            const Failure failure = failures_.back();
            failures_.pop_back();
            on_failure(failure.socket, failure.error);
        }
    }
    /// Calls `each(value)` for those whose answer is waited for at a socket.
    template <class Each>
    void for_each_waiting(std::uint32_t socket, Each&& each) const {
        sockets_[socket].ids.for_each(each);
    }

    static constexpr unsigned batch = 64;

  private:
    static constexpr std::uint32_t none = ~0U;
    static constexpr unsigned batches_at_once = 4;
    static constexpr std::size_t answer_room = 4096;
    struct Socket {
        transport::Descriptor descriptor;
        std::uint32_t server;
        IdTable ids;
        std::uint64_t sent = 0;  ///< from this port
    };
    struct Failure {
        std::uint32_t socket;
        int error;
    };
    [[nodiscard]] Result<transport::Descriptor> make(std::uint32_t server, std::uint32_t number) const;
    [[nodiscard]] std::uint32_t choose(std::uint32_t server) const;
    void count_sent(unsigned count);
    void renew_port();
    void note_failure(std::uint32_t socket, int error);
    unsigned receive_batch(std::uint32_t socket);

    Options options_;
    int poll_ = -1;
    std::vector<Socket> sockets_;
    std::uint32_t current_ = none;  ///< that the queued messages are for
    std::uint32_t tired_ = none;    ///< gets a new port once nothing is waited for there
    unsigned queued_ = 0;
    std::vector<Failure> failures_;
    std::unique_ptr<std::uint8_t[]> out_bytes_, in_bytes_;
    std::vector<iovec> out_vectors_, in_vectors_;
    std::vector<mmsghdr> out_, in_;
};

}  // namespace fid::dns
