// SPDX-License-Identifier: MIT
#include "dns/bulk_sockets.h"

#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

#include "transport/socket_options.h"

namespace fid::dns {
namespace {

/// Questions from one port. A forger has to guess port and ID; a port that is used for ever is known some day.
constexpr std::uint64_t questions_a_port = 100'000;
/// As much as unprivileged users usually get (net.core.rmem_max bounds it silently): answers come in bursts.
constexpr int receive_buffer = 4 << 20;
constexpr int longest_wait_ms = 20;  // for room in the send buffer

}  // namespace

BulkSockets::BulkSockets(Options options)
    : options_(std::move(options)),
      out_bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(batch * options_.query_room)),
      in_bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(batch * answer_room)),
      out_vectors_(batch),
      in_vectors_(batch),
      out_(batch),
      in_(batch) {
    for (std::size_t i = 0; i < batch; ++i) {
        out_vectors_[i] = {out_bytes_.get() + i * options_.query_room, 0};
        out_[i].msg_hdr.msg_iov = &out_vectors_[i];
        out_[i].msg_hdr.msg_iovlen = 1;
        in_vectors_[i] = {in_bytes_.get() + i * answer_room, answer_room};
        in_[i].msg_hdr.msg_iov = &in_vectors_[i];
        in_[i].msg_hdr.msg_iovlen = 1;
    }
}

Result<void> BulkSockets::open(int poll) {
    poll_ = poll;
    Result<void> result;
    bool any = false;
    for (std::uint32_t server = 0; server < options_.servers.size(); ++server) {
        for (unsigned i = 0; i < options_.each; ++i) {
            auto made = make(server, static_cast<std::uint32_t>(sockets_.size()));
            any = any || made;
            if (!made && result) result = std::unexpected(made.error());
            sockets_.push_back({made ? std::move(*made) : transport::Descriptor(), server, IdTable(options_.id_bits)});
        }
    }
    if (any) return {};
    return result;
}

Result<transport::Descriptor> BulkSockets::make(std::uint32_t server, std::uint32_t number) const {
    const transport::SocketAddress& peer = options_.servers[server];
    auto made = transport::make_socket(peer, SOCK_DGRAM, options_.socket);
    if (!made) return made;
    if (!options_.socket.receive_buffer)
        setsockopt(made->get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = number}};
    if (connect(made->get(), peer.data(), peer.length()) != 0 ||
        epoll_ctl(poll_, EPOLL_CTL_ADD, made->get(), &event) != 0)
        return fail_errno(Status::cannot_connect, "cannot reach", peer.text(), errno);
    return made;
}

std::uint32_t BulkSockets::choose(std::uint32_t server) const {
    const std::uint32_t first = server * options_.each;
    const auto usable = [&](std::uint32_t socket) {
        return socket != tired_ && sockets_[socket].descriptor.valid() && sockets_[socket].ids.has_room();
    };
    // The one in use until its batch is full: so batches are large. Then the one with the fewest under way.
    if (current_ != none && sockets_[current_].server == server && queued_ > 0 && queued_ < batch && usable(current_))
        return current_;
    std::uint32_t best = none;
    for (std::uint32_t socket = first; socket < first + options_.each; ++socket)
        if (usable(socket) && (best == none || sockets_[socket].ids.used() < sockets_[best].ids.used())) best = socket;
    return best;
}

void BulkSockets::flush() {
    unsigned done = 0;
    while (done < queued_) {
        const int sent = sendmmsg(sockets_[current_].descriptor.get(), &out_[done], queued_ - done, 0);
        if (sent > 0) {
            done += static_cast<unsigned>(sent);
        } else if (errno == EAGAIN || errno == ENOBUFS) {
            // The interface is slower than we are; ENOBUFS does not show in poll(2), hence the time limit.
            pollfd room{.fd = sockets_[current_].descriptor.get(), .events = POLLOUT, .revents = 0};
            poll(&room, errno == EAGAIN ? 1 : 0, longest_wait_ms);
        } else if (errno != EINTR) {
            // What went wrong with an earlier one is told instead of sending: only then try the same again.
            const bool earlier = errno == ECONNREFUSED;
            note_failure(current_, errno);
            if (!earlier) ++done;
        }
    }
    count_sent(queued_);
    queued_ = 0;
}

void BulkSockets::count_sent(unsigned count) {
    if (current_ == none) return;
    Socket& socket = sockets_[current_];
    socket.sent += count;
    if (socket.sent >= questions_a_port && tired_ == none) tired_ = current_;
    renew_port();
}

void BulkSockets::renew_port() {
    // A source port that the user chose stays.
    if (tired_ == none || sockets_[tired_].ids.used() != 0 || options_.socket.source_port != 0) return;
    Socket& socket = sockets_[tired_];
    // The old socket is only given up for a new one.
    if (auto fresh = make(socket.server, tired_)) socket.descriptor = std::move(*fresh);
    socket.sent = 0;
    tired_ = none;
}

void BulkSockets::note_failure(std::uint32_t socket, int error) {
    const bool known = std::ranges::find(failures_, socket, &Failure::socket) != failures_.end();
    if (!known) failures_.push_back({socket, error});
}

unsigned BulkSockets::receive_batch(std::uint32_t socket) {
    while (true) {
        const int count = recvmmsg(sockets_[socket].descriptor.get(), in_.data(), batch, 0, nullptr);
        if (count >= 0) return static_cast<unsigned>(count);
        if (errno == EINTR) continue;
        if (errno != EAGAIN) note_failure(socket, errno);
        return 0;
    }
}

}  // namespace fid::dns
