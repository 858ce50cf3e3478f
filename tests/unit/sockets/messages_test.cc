// SPDX-License-Identifier: MIT
#include "sockets/messages.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/tcp.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

#include <cstring>
#include <vector>

namespace {

using namespace fid;
using namespace fid::sockets;
using Buffer = std::vector<std::uint8_t>;

template <class T>
void append(Buffer& bytes, const T& value) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(&value);
    bytes.insert(bytes.end(), begin, begin + sizeof(value));
}

void append_attribute(Buffer& bytes, std::uint16_t type, Bytes value) {
    append(bytes, nlattr{.nla_len = static_cast<std::uint16_t>(sizeof(nlattr) + value.size()), .nla_type = type});
    bytes.insert(bytes.end(), value.begin(), value.end());
    while (bytes.size() % 4 != 0) bytes.push_back(0);
}

Buffer inet_answer() {
    inet_diag_msg message{};
    message.idiag_family = AF_INET;
    message.idiag_state = 1;
    message.idiag_timer = 2;
    message.idiag_expires = 7000;
    message.id.idiag_sport = htons(50100);
    message.id.idiag_dport = htons(443);
    message.id.idiag_src[0] = htonl(0x0a000005);
    message.id.idiag_dst[0] = htonl(0xc6336450);
    message.id.idiag_cookie[0] = 1;
    message.id.idiag_cookie[1] = 2;
    message.idiag_rqueue = 3;
    message.idiag_wqueue = 4;
    message.idiag_uid = 33;
    message.idiag_inode = 1000;
    Buffer bytes;
    append(bytes, message);
    return bytes;
}

TEST_CASE("a TCP socket") {
    Buffer bytes = inet_answer();
    tcp_info info{};
    info.tcpi_rtt = 1500;
    info.tcpi_bytes_acked = 99;
    info.tcpi_pacing_rate = ~0ULL;
    Buffer raw;
    append(raw, info);
    // A kernel that knows less: it ends behind tcpi_bytes_acked.
    raw.resize(offsetof(tcp_info, tcpi_bytes_received));
    append_attribute(bytes, INET_DIAG_INFO, raw);
    append_attribute(bytes, INET_DIAG_CONG, as_bytes(std::string_view("cubic\0", 6)));
    const auto socket = read_answer(Kind::tcp, bytes);
    REQUIRE(socket);
    CHECK(socket->local.text() == "10.0.0.5");
    CHECK(socket->peer.text() == "198.51.100.80");
    CHECK(socket->local_port == 50100);
    CHECK(socket->peer_port == 443);
    CHECK(socket->state == State::established);
    CHECK(socket->timer == Timer::keepalive);
    CHECK(socket->timer_ms == 7000);
    CHECK(socket->cookie == 0x200000001U);
    CHECK(socket->uid == 33U);
    REQUIRE(socket->info);
    CHECK(socket->info->congestion == "cubic");
    CHECK(socket->info->rtt_us == 1500);
    CHECK(socket->info->bytes_acked == 99U);
    CHECK_FALSE(socket->info->bytes_received);
    CHECK_FALSE(socket->info->pacing_rate);
}

TEST_CASE("a Unix socket with an abstract name that holds a NUL") {
    Buffer bytes;
    append(bytes,
           unix_diag_msg{.udiag_family = AF_UNIX, .udiag_type = SOCK_SEQPACKET, .udiag_state = 10, .udiag_ino = 5});
    append_attribute(bytes, UNIX_DIAG_NAME, as_bytes(std::string_view("\0a\0b", 4)));
    const auto socket = read_answer(Kind::unix_domain, bytes);
    REQUIRE(socket);
    CHECK(socket->name == std::string("@a\0b", 4));
    CHECK(socket->state == State::listen);
    CHECK(long_kind_name(*socket) == "unix-seqpacket");
}

TEST_CASE("an answer cut anywhere is nothing, or a socket without its last attributes") {
    Buffer whole = inet_answer();
    append_attribute(whole, INET_DIAG_SKV6ONLY, Buffer{1});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Buffer cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK(read_answer(Kind::tcp, cut).has_value() == (size >= sizeof(inet_diag_msg)));
    }
}

TEST_CASE("lengths that lie end the walk") {
    Buffer bytes;
    append(bytes, nlmsghdr{.nlmsg_len = 20, .nlmsg_type = 7});
    append(bytes, std::uint32_t{1});
    append(bytes, nlmsghdr{.nlmsg_len = 17});  // one byte more than there is
    Bytes rest(bytes);
    Message message;
    REQUIRE(next_message(rest, message));
    CHECK(message.type == 7);
    CHECK(message.payload.size() == 4);
    CHECK_FALSE(next_message(rest, message));
    Attribute attribute;
    for (const std::uint16_t length : std::initializer_list<std::uint16_t>{0, 3, 9}) {
        Buffer one;
        append(one, nlattr{.nla_len = length, .nla_type = 1});
        append(one, std::uint32_t{0});
        Bytes all(one);
        CHECK_FALSE(next_attribute(all, attribute));
    }
}

}  // namespace
