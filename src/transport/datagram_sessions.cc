// SPDX-License-Identifier: MIT
#include "transport/datagram_sessions.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "transport/pollable.h"

namespace fid::transport {
namespace {

constexpr std::size_t largest_datagram = std::size_t{64} * 1024;
/// Others on the loop get a turn after so many datagrams.
constexpr unsigned turn_datagrams = 64;
/// Room for either family's in_pktinfo.
constexpr std::size_t control_bytes = 128;

/// The address that a datagram was sent to, as a control message gives it and takes it back (ip(7), ipv6(7)).
struct Destination {
    std::optional<in_pktinfo> v4;
    std::optional<in6_pktinfo> v6;
};

Destination destination_of(msghdr& message) {
    Destination destination;
    for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
        if (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_PKTINFO)
            std::memcpy(&destination.v4.emplace(), CMSG_DATA(each), sizeof(in_pktinfo));
        if (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_PKTINFO)
            std::memcpy(&destination.v6.emplace(), CMSG_DATA(each), sizeof(in6_pktinfo));
    }
    return destination;
}

/// The address to answer from; nothing where the datagram went to many (a group, a broadcast): then the kernel chooses.
std::optional<Address> answering_address(const Destination& destination) {
    if (destination.v4) {
        const std::uint32_t to = ntohl(destination.v4->ipi_addr.s_addr);
        // The kernel's ipi_spec_dst is the local address in either case.
        const std::uint32_t local = ntohl(destination.v4->ipi_spec_dst.s_addr);
        return to == local ? std::optional(Address::v4(local)) : std::nullopt;
    }
    if (!destination.v6 || IN6_IS_ADDR_MULTICAST(&destination.v6->ipi6_addr)) return std::nullopt;
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &destination.v6->ipi6_addr, bytes.size());
    return Address::from_bytes(std::span<const std::uint8_t, 16>(bytes));
}

std::string key_of(const SocketAddress& peer) {
    return {reinterpret_cast<const char*>(peer.data()), static_cast<std::size_t>(peer.length())};
}

}  // namespace

/// What the listener and the streams share. The streams keep it, and so the socket, alive.
struct DatagramSessions::Table : std::enable_shared_from_this<DatagramSessions::Table> {
    class Session;
    using Order = std::list<Session*>;

    Table(Executor executor, Descriptor descriptor, const DatagramLimits& bounds)
        : socket(executor, std::move(descriptor)), limits(bounds), arrived(executor), loop(executor) {}

    Task<void> receive();
    void deliver(const SocketAddress& peer, const Destination& to, Bytes bytes);
    void forget(Session& session);

    Pollable socket;
    DatagramLimits limits;
    std::map<std::string, Session*> sessions;
    Order order;  ///< the one that was silent longest first
    std::deque<DatagramSession> fresh;
    Timer arrived;  ///< cancelled when there is a fresh session, or no more will come
    std::optional<Error> stopped;
    Executor loop;
};

class DatagramSessions::Table::Session final : public Stream {
  public:
    Session(std::shared_ptr<Table> table, const SocketAddress& peer, const Destination& to)
        : table_(std::move(table)), peer_(peer), to_(to), name_(peer.text()), wake_(table_->loop) {
        key = key_of(peer);
    }
    ~Session() override { table_->forget(*this); }

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        while (waiting_.empty()) {
            if (stopped_) co_return std::unexpected(*stopped_);
            const auto due = last_ + std::chrono::duration_cast<Clock::duration>(table_->limits.idle);
            if (ended || Clock::now() >= due) {
                table_->forget(*this);
                const Chunk end{.size = 0, .end = true};
                co_return end;
            }
            wake_.expires_at(due);
            co_await wake_.async_wait(as_task);
        }
        const std::vector<std::uint8_t> datagram = std::move(waiting_.front());
        waiting_.pop_front();
        // What does not fit is cut off, as recv(2) does it.
        const Chunk chunk{.size = std::min(into.size(), datagram.size())};
        std::copy_n(datagram.begin(), chunk.size, into.begin());
        co_return chunk;
    }

    Task<Result<void>> write(Bytes bytes) override {
        while (true) {
            if (stopped_) co_return std::unexpected(*stopped_);
            last_ = Clock::now();
            if (send(bytes) >= 0) co_return Result<void>();
            if (errno == EINTR) continue;
            if (errno != EAGAIN) co_return fail_errno(Status::send_failure, "cannot send to", name_, errno);
            auto ready = co_await table_->socket.writable();
            if (!ready) co_return ready;
        }
    }
    Task<Result<void>> finish() override { co_return Result<void>(); }
    void stop(const Error& why) override {
        if (!stopped_) stopped_ = why;
        wake_.cancel();
    }
    [[nodiscard]] bool keeps_boundaries() const override { return true; }
    [[nodiscard]] Ending ending() const override { return Ending::none; }
    [[nodiscard]] std::string_view name() const override { return name_; }

    void take(Bytes bytes) {
        last_ = Clock::now();
        if (waiting_.size() >= table_->limits.waiting) return;
        waiting_.emplace_back(bytes.begin(), bytes.end());
        wake_.cancel();
    }
    /// It has to make room.
    void end() {
        ended = true;
        wake_.cancel();
    }

    std::string key;
    std::optional<Order::iterator> place;  ///< in the order, while it is in the table
    bool ended = false;

  private:
    ssize_t send(Bytes bytes) {
        alignas(cmsghdr) std::array<char, control_bytes> control{};
        iovec part{.iov_base = const_cast<std::uint8_t*>(bytes.data()), .iov_len = bytes.size()};
        msghdr message{};
        message.msg_name = const_cast<sockaddr*>(peer_.data());
        message.msg_namelen = peer_.length();
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        if (answering_address(to_)) {
            message.msg_control = control.data();
            if (to_.v4)
                message.msg_controllen = put(control, IPPROTO_IP, IP_PKTINFO, in_pktinfo{0, to_.v4->ipi_spec_dst, {}});
            else
                message.msg_controllen = put(control, IPPROTO_IPV6, IPV6_PKTINFO, *to_.v6);
        }
        return ::sendmsg(table_->socket.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    }

    template <class Info>
    static std::size_t put(std::array<char, control_bytes>& control, int level, int type, const Info& info) {
        cmsghdr head{};
        head.cmsg_len = CMSG_LEN(sizeof(info));
        head.cmsg_level = level;
        head.cmsg_type = type;
        std::memcpy(control.data(), &head, sizeof(head));
        std::memcpy(control.data() + CMSG_LEN(0), &info, sizeof(info));
        return CMSG_SPACE(sizeof(info));
    }

    std::shared_ptr<Table> table_;
    SocketAddress peer_;
    Destination to_;
    std::string name_;
    std::deque<std::vector<std::uint8_t>> waiting_;
    Timer wake_;  ///< cancelled when there is something new
    Clock::time_point last_ = Clock::now();
    std::optional<Error> stopped_;
};

void DatagramSessions::Table::forget(Session& session) {
    if (!session.place) return;
    order.erase(*session.place);
    sessions.erase(session.key);
    session.place.reset();
}

void DatagramSessions::Table::deliver(const SocketAddress& peer, const Destination& to, Bytes bytes) {
    const auto found = sessions.find(key_of(peer));
    if (found != sessions.end()) {
        order.splice(order.end(), order, *found->second->place);
        found->second->take(bytes);
        return;
    }
    if (stopped) return;
    if (sessions.size() >= limits.peers) {
        Session& oldest = *order.front();
        forget(oldest);
        oldest.end();
    }
    auto session = std::make_unique<Session>(shared_from_this(), peer, to);
    session->place = order.insert(order.end(), session.get());
    sessions.emplace(session->key, session.get());
    session->take(bytes);
    SocketAddress local = SocketAddress::local_of(socket.get());
    if (const auto address = answering_address(to)) local = SocketAddress(*address, local.port());
    fresh.push_back({.stream = std::move(session), .local = local, .peer = peer});
    arrived.cancel();
}

Task<void> DatagramSessions::Table::receive() {
    const auto self = shared_from_this();
    std::vector<std::uint8_t> block(largest_datagram);
    unsigned turn = 0;
    while (true) {
        sockaddr_storage sender{};
        alignas(cmsghdr) std::array<char, control_bytes> control{};
        iovec part{.iov_base = block.data(), .iov_len = block.size()};
        msghdr message{};
        message.msg_name = &sender;
        message.msg_namelen = sizeof(sender);
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t count = ::recvmsg(socket.get(), &message, MSG_DONTWAIT);
        if (count >= 0) {
            const SocketAddress peer(sender, message.msg_namelen);
            // A fresh session that nobody has fetched is a datagram of a peer that may not exist.
            if (peer.is_ip() && fresh.size() < limits.peers)
                deliver(peer, destination_of(message), Bytes(block).first(static_cast<std::size_t>(count)));
            if (++turn < turn_datagrams) continue;
            turn = 0;
            co_await asio::post(loop, as_task);
            if (stopped && sessions.empty()) break;
            continue;
        }
        if (errno == EINTR) continue;
        // Anything but EAGAIN tells of a datagram sent before, and of another peer.
        if (errno != EAGAIN) continue;
        if (stopped && sessions.empty()) break;
        auto ready = co_await socket.readable();
        if (!ready) break;
    }
}

DatagramSessions::DatagramSessions(Executor executor, Descriptor socket, const DatagramLimits& limits) {
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
    setsockopt(socket.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
    table_ = std::make_shared<Table>(executor, std::move(socket), limits);
    auto receiving = table_->receive();
    asio::co_spawn(executor, std::move(receiving), asio::detached);
}

DatagramSessions::~DatagramSessions() {
    const Error over{Status::success, "nobody listens any more", {}, {}, {}};
    stop(over);
    table_->fresh.clear();
    table_->socket.stop(over);
}

Task<Result<DatagramSession>> DatagramSessions::next() {
    while (table_->fresh.empty()) {
        if (table_->stopped) co_return std::unexpected(*table_->stopped);
        table_->arrived.expires_at(Timer::time_point::max());
        co_await table_->arrived.async_wait(as_task);
    }
    DatagramSession session = std::move(table_->fresh.front());
    table_->fresh.pop_front();
    co_return session;
}

void DatagramSessions::stop(const Error& why) {
    if (!table_->stopped) table_->stopped = why;
    table_->arrived.cancel();
}

}  // namespace fid::transport
