// SPDX-License-Identifier: MIT
#include "dns/multicast.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "dns/exchange.h"
#include "transport/descriptor.h"
#include "transport/socket_address.h"

namespace fid::dns {
namespace {

using Clock = std::chrono::steady_clock;
using transport::Descriptor;
using transport::SocketAddress;

constexpr std::uint16_t port = 5353;
constexpr int link_hops = 255;                    // section 11
constexpr std::uint16_t unicast_wanted = 0x8000;  // of a question's class: section 5.4
constexpr std::size_t most_messages = 10000;      // told in a round; nobody has so many neighbours

Address group_of(Family family) { return family == Family::v4 ? Address::v4(0xe00000fb) : *Address::read("ff02::fb"); }

/// An interface with its networks.
struct Link {
    std::string name;
    unsigned index = 0;
    std::vector<Prefix> networks;
    std::optional<Address> v4_address, v6_address;
};

std::optional<Address> address_of(const sockaddr* place) {
    if (place == nullptr || (place->sa_family != AF_INET && place->sa_family != AF_INET6)) return std::nullopt;
    sockaddr_storage storage{};
    const socklen_t size = place->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    std::memcpy(&storage, place, size);
    return SocketAddress(storage, size).address();
}

std::vector<Link> find_links(const std::string& wanted) {
    ifaddrs* first = nullptr;
    std::vector<Link> links;
    if (getifaddrs(&first) != 0) return links;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(first, &freeifaddrs);
    for (const ifaddrs* one = list.get(); one != nullptr; one = one->ifa_next) {
        const bool loopback = (one->ifa_flags & IFF_LOOPBACK) != 0;
        const bool able = (one->ifa_flags & IFF_UP) != 0 && ((one->ifa_flags & IFF_MULTICAST) != 0 || loopback);
        if (!able || (wanted.empty() ? loopback : wanted != one->ifa_name)) continue;
        const auto address = address_of(one->ifa_addr);
        const auto mask = address_of(one->ifa_netmask);
        if (!address || !mask) continue;
        auto link = std::ranges::find(links, one->ifa_name, &Link::name);
        if (link == links.end()) {
            links.emplace_back();
            link = links.end() - 1;
            link->name = one->ifa_name;
            link->index = if_nametoindex(one->ifa_name);
        }
        const unsigned host_bits = std::min(trailing_zeros(mask->number()), width(mask->family()));
        link->networks.emplace_back(address->family(), address->number(), width(address->family()) - host_bits);
        auto& own = address->is_v4() ? link->v4_address : link->v6_address;
        const bool better = !address->zone().empty();  // link-local: what questions are sent from
        if (!own || better) own = *address;
    }
    return links;
}

template <class T>
bool set(int socket, int level, int option, const T& value) {
    return setsockopt(socket, level, option, &value, sizeof value) == 0;
}

/// Questions leave through the link with hop limit 255; that of what comes in is told.
bool prepare(int socket, const Link& link, Family family) {
    if (family == Family::v4) {
        ip_mreqn where{};
        where.imr_ifindex = static_cast<int>(link.index);
        return set(socket, IPPROTO_IP, IP_MULTICAST_IF, where) &&
               set(socket, IPPROTO_IP, IP_MULTICAST_TTL, link_hops) && set(socket, IPPROTO_IP, IP_RECVTTL, 1);
    }
    return set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1) && set(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, link.index) &&
           set(socket, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, link_hops) && set(socket, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
}

bool join(int socket, const Link& link, Family family) {
    if (family == Family::v4) {
        ip_mreqn group{};
        group.imr_multiaddr.s_addr = htonl(static_cast<std::uint32_t>(group_of(family).number()));
        group.imr_ifindex = static_cast<int>(link.index);
        return set(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, group);
    }
    ipv6_mreq group{};
    const auto bytes = group_of(family).bytes();
    std::memcpy(&group.ipv6mr_multiaddr, bytes.data(), bytes.size());
    group.ipv6mr_interface = link.index;
    return set(socket, IPPROTO_IPV6, IPV6_JOIN_GROUP, group);
}

/// The group's address on a link, as sendto() and bind() want it.
SocketAddress group_at(const Link& link, Family family) {
    if (family == Family::v4) return {group_of(family), port};
    sockaddr_in6 place{};
    place.sin6_family = AF_INET6;
    place.sin6_port = htons(port);
    place.sin6_scope_id = link.index;
    const auto bytes = group_of(family).bytes();
    std::memcpy(&place.sin6_addr, bytes.data(), bytes.size());
    sockaddr_storage storage{};
    std::memcpy(&storage, &place, sizeof place);
    return {storage, sizeof place};
}

/// The TTL or hop limit of a message, where the kernel told it.
std::optional<int> hops_of(msghdr& header) {
    for (cmsghdr* one = CMSG_FIRSTHDR(&header); one != nullptr; one = CMSG_NXTHDR(&header, one)) {
        const bool v4 = one->cmsg_level == IPPROTO_IP && one->cmsg_type == IP_TTL;
        const bool v6 = one->cmsg_level == IPPROTO_IPV6 && one->cmsg_type == IPV6_HOPLIMIT;
        if (!v4 && !v6) continue;
        int hops = 0;
        std::memcpy(&hops, CMSG_DATA(one), sizeof hops);
        return hops;
    }
    return std::nullopt;
}

}  // namespace

bool is_shared(const Question& question) {
    static const Name arpa = *Name::parse("arpa");
    return question.type == type::any || (question.type == type::ptr && !question.name.is_within(arpa));
}

class Multicast::Sockets {
  public:
    explicit Sockets(MulticastOptions options) : options_(std::move(options)) {}

    Result<void> open() {
        links_ = find_links(options_.interface);
        for (const Link& link : links_) {
            if (link.v4_address && options_.family != transport::FamilyChoice::v6) open(link, Family::v4);
            if (link.v6_address && options_.family != transport::FamilyChoice::v4) open(link, Family::v6);
        }
        if (!sockets_.empty()) return {};
        if (options_.interface.empty())
            return fail(Status::cannot_connect, "cannot ask by multicast", {},
                        "no interface is up that does multicast");
        return fail(Status::usage, "cannot ask by multicast on", options_.interface,
                    "there is no such interface, or it is down, or has no address of the family");
    }

    Result<bool> ask(std::span<const Question> questions, const std::function<void(const MulticastReply&)>& tell) {
        questions_ = questions;
        tell_ = &tell;
        waiting_.assign(questions.size(), true);
        told_.clear();
        ids_.clear();
        for (std::size_t i = 0; i < questions.size(); ++i) ids_.push_back(static_cast<std::uint16_t>(random_bits()));
        begun_ = Clock::now();
        const auto end = begun_ + std::chrono::duration_cast<Clock::duration>(options_.timeout);
        // A lost packet must not make a host look absent.
        auto repeat = begun_ + std::chrono::duration_cast<Clock::duration>(options_.timeout / 3);
        if (auto sent = send(); !sent) return std::unexpected(std::move(sent.error()));
        while (std::ranges::find(waiting_, true) != waiting_.end()) {
            const auto now = Clock::now();
            if (now >= end) break;
            if (now >= repeat) {
                [[maybe_unused]] const auto sent = send();  // the first time it went out
                repeat = end;
            }
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::min(end, repeat) - now);
            if (!wait(static_cast<int>(left.count()))) return false;
        }
        return true;
    }

  private:
    struct Socket {
        Descriptor descriptor;
        Link link;
        Family family = Family::v4;
        bool asks = false;  ///< and gets the answers to its own port; else it hears the group
    };

    void open(const Link& link, Family family) {
        for (const bool asks : {true, false}) {
            const int domain = family == Family::v4 ? AF_INET : AF_INET6;
            Descriptor socket(::socket(domain, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            if (!socket.valid() || !prepare(socket.get(), link, family)) return;
            const SocketAddress group = group_at(link, family);
            if (!asks) {
                // Beside the machine's own responder. Bound to the group's address, so that nothing that is meant for
                // that one's port comes here.
                const bool shared =
                    set(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1) && set(socket.get(), SOL_SOCKET, SO_REUSEPORT, 1);
                if (!shared || bind(socket.get(), group.data(), group.length()) != 0 ||
                    !join(socket.get(), link, family))
                    return;
            } else {
                const SocketAddress any(Address(family, 0), 0);
                if (bind(socket.get(), any.data(), any.length()) != 0) return;
            }
            sockets_.push_back({std::move(socket), link, family, asks});
        }
    }

    Result<void> send() {
        std::vector<std::uint8_t> message(std::numeric_limits<std::uint16_t>::max());
        bool any = false;
        int error = 0;
        for (std::size_t i = 0; i < questions_.size(); ++i) {
            if (!waiting_[i]) continue;
            Question question = questions_[i];
            question.klass |= unicast_wanted;
            const std::size_t size = write_query(message, ids_[i], question, options_.query);
            for (const Socket& socket : sockets_) {
                if (!socket.asks) continue;
                const SocketAddress group = group_at(socket.link, socket.family);
                if (sendto(socket.descriptor.get(), message.data(), size, MSG_NOSIGNAL, group.data(), group.length()) <
                    0) {
                    error = errno;
                    continue;
                }
                any = true;
                flow(socket, group).sent(Bytes(message).first(size));
            }
        }
        if (!any) return fail_errno(Status::cannot_connect, "cannot ask by multicast", {}, error);
        return {};
    }

    /// Waits and hears what has come; false on an interrupt.
    bool wait(int milliseconds) {
        std::vector<pollfd> polled;
        for (const Socket& socket : sockets_) polled.push_back({socket.descriptor.get(), POLLIN, 0});
        polled.push_back({options_.interrupt, POLLIN, 0});
        if (poll(polled.data(), polled.size(), milliseconds) < 0) return errno == EINTR;
        if (polled.back().revents != 0) return false;
        for (std::size_t i = 0; i < sockets_.size(); ++i)
            if (polled[i].revents != 0) hear(sockets_[i]);
        return true;
    }

    void hear(const Socket& socket) {
        constexpr unsigned at_once = 64;
        for (unsigned i = 0; i < at_once; ++i) {
            std::vector<std::uint8_t> bytes(std::numeric_limits<std::uint16_t>::max());
            sockaddr_storage storage{};
            alignas(cmsghdr) std::array<char, 256> control{};
            iovec block{bytes.data(), bytes.size()};
            msghdr header{};
            header.msg_name = &storage;
            header.msg_namelen = sizeof storage;
            header.msg_iov = &block;
            header.msg_iovlen = 1;
            header.msg_control = control.data();
            header.msg_controllen = control.size();
            const ssize_t got = recvmsg(socket.descriptor.get(), &header, 0);
            if (got < 0) return;
            bytes.resize(static_cast<std::size_t>(got));
            const SocketAddress from(storage, header.msg_namelen);
            if (!is_neighbour(socket, from, hops_of(header))) continue;
            flow(socket, from).received(bytes);
            take(socket, from, std::move(bytes));
        }
    }

    [[nodiscard]] static bool is_neighbour(const Socket& socket, const SocketAddress& from, std::optional<int> hops) {
        const auto address = from.address();
        if (!address || from.port() != port) return false;
        if (hops == link_hops) return true;
        return std::ranges::any_of(socket.link.networks,
                                   [&](const Prefix& network) { return network.contains(address->without_zone()); });
    }

    void take(const Socket& socket, const SocketAddress& from, std::vector<std::uint8_t> bytes) {
        auto message = Message::open(bytes);
        namespace wire = packet::dns;
        if (!message || !message->whole() || !message->header().has(wire::flag_response) ||
            message->header().opcode() != 0 || message->header().rcode() != 0)
            return;
        clear_flush_bits(*message, bytes);
        message = Message::open(bytes);
        for (std::size_t i = 0; i < questions_.size(); ++i) {
            if (socket.asks && message->header().id != ids_[i]) continue;
            if (!answers(*message, questions_[i])) continue;
            if (!is_shared(questions_[i])) waiting_[i] = false;
            // The same message comes again where it was asked for twice.
            std::string key = std::to_string(i) + from.text();
            key.append(as_text(Bytes(bytes).subspan(2)));
            if (told_.size() >= most_messages || !told_.insert(std::move(key)).second) continue;
            (*tell_)({i, bytes, from, socket.link.name, Clock::now() - begun_});
        }
    }

    /// Section 10.2: the top bit of a record's class says that there are no others, and is none of the class.
    static void clear_flush_bits(const Message& message, std::vector<std::uint8_t>& bytes) {
        constexpr std::size_t class_before_data = 8;  // class, TTL, length
        // A question repeated has the bit that asked for unicast.
        packet::Cursor at(bytes);
        at.skip(header_size);
        if (message.header().questions != 0 && Name::read(at, bytes) && at.remaining() >= 4)
            bytes[at.offset() + 2] &= 0x7f;
        Records records(message);
        for (Record record; records.next(record);)
            if (record.type != type::opt) bytes[record.rdata_at - class_before_data] &= 0x7f;
    }

    /// A record of the type, an alias, or the denial that there is one (section 6.1).
    static bool answers(const Message& message, const Question& question) {
        Records records(message);
        for (Record record; records.next(record) && record.section == Section::answer;) {
            const bool fits = record.type == question.type || question.type == type::any ||
                              record.type == type::cname || record.type == type::nsec;
            if (!fits) continue;
            const auto name = message.name(record.name_at);
            if (name && *name == question.name) return true;
        }
        return false;
    }

    /// The recording of what a socket and the group, or a neighbour that speaks to the group, say to each other.
    transport::Flow& flow(const Socket& socket, const SocketAddress& remote) {
        if (options_.recorder == nullptr) return no_flow_;
        auto& flow = flows_[{socket.descriptor.get(), remote.text()}];
        if (flow) return flow;
        SocketAddress local = SocketAddress::local_of(socket.descriptor.get());
        const auto& own = socket.family == Family::v4 ? socket.link.v4_address : socket.link.v6_address;
        if (socket.asks && own) local = SocketAddress(*own, local.port());
        flow = options_.recorder->open(local, remote, transport::FlowKind::datagram, "resolve @mdns");
        return flow;
    }

    MulticastOptions options_;
    std::vector<Link> links_;
    std::vector<Socket> sockets_;
    std::map<std::pair<int, std::string>, transport::Flow> flows_;
    transport::Flow no_flow_;
    std::span<const Question> questions_;
    const std::function<void(const MulticastReply&)>* tell_ = nullptr;
    std::vector<std::uint16_t> ids_;
    std::vector<bool> waiting_;  ///< by question: more can come
    std::set<std::string> told_;
    Clock::time_point begun_;
};

Multicast::Multicast(std::unique_ptr<Sockets> sockets) : sockets_(std::move(sockets)) {}
Multicast::Multicast(Multicast&&) noexcept = default;
Multicast::~Multicast() = default;

Result<Multicast> Multicast::open(MulticastOptions options) {
    auto sockets = std::make_unique<Sockets>(std::move(options));
    if (auto opened = sockets->open(); !opened) return std::unexpected(std::move(opened.error()));
    return Multicast(std::move(sockets));
}

Result<bool> Multicast::ask(std::span<const Question> questions,
                            const std::function<void(const MulticastReply&)>& tell) {
    return sockets_->ask(questions, tell);
}

}  // namespace fid::dns
