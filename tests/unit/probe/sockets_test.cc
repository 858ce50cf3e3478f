// SPDX-License-Identifier: MIT
#include "probe/sockets.h"

#include <doctest/doctest.h>
#include <linux/errqueue.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <ctime>

using namespace fid;
using namespace fid::probe;

namespace {

/// Control messages as the kernel lays them out.
class Control {
  public:
    template <class T>
    void add(int level, int type, const T& data) {
        cmsghdr header{};
        header.cmsg_len = CMSG_LEN(sizeof(T));
        header.cmsg_level = level;
        header.cmsg_type = type;
        const std::size_t at = bytes_.size();
        bytes_.resize(at + CMSG_SPACE(sizeof(T)));
        std::memcpy(bytes_.data() + at, &header, sizeof(header));
        std::memcpy(bytes_.data() + at + CMSG_LEN(0), &data, sizeof(data));
    }
    [[nodiscard]] Ancillary read(std::size_t cut = 0) {
        msghdr message{};
        message.msg_control = bytes_.data();
        message.msg_controllen = bytes_.size() - cut;
        return read_ancillary(message);
    }

  private:
    std::vector<char> bytes_;
};

struct ErrorV4 {
    sock_extended_err error;
    sockaddr_in offender;
};

ErrorV4 host_unreachable() {
    ErrorV4 all{};
    all.error.ee_errno = EHOSTUNREACH;
    all.error.ee_origin = SO_EE_ORIGIN_ICMP;
    all.error.ee_type = 3;
    all.error.ee_code = 1;
    all.offender.sin_family = AF_INET;
    all.offender.sin_addr.s_addr = htonl(0xc0000201);
    return all;
}

}  // namespace

TEST_CASE("the kernel's stamp, the hop count and the error are read") {
    Control control;
    control.add(SOL_SOCKET, SO_TIMESTAMPNS, timespec{12, 34});
    control.add(IPPROTO_IP, IP_TTL, int{61});
    control.add(IPPROTO_IP, IP_RECVERR, host_unreachable());
    const Ancillary beside = control.read();
    CHECK(beside.stamp == 12'000'000'034);
    CHECK(beside.hops == 61U);
    REQUIRE(beside.icmp);
    CHECK(beside.icmp->name() == "host unreachable");
    CHECK(beside.error == EHOSTUNREACH);
    REQUIRE(beside.offender);
    CHECK(beside.offender->text() == "192.0.2.1");
}

TEST_CASE("an error of our own system has no sender") {
    Control control;
    sock_extended_err error{};
    error.ee_errno = EMSGSIZE;
    error.ee_origin = SO_EE_ORIGIN_LOCAL;
    control.add(IPPROTO_IPV6, IPV6_RECVERR, error);
    const Ancillary beside = control.read();
    CHECK(beside.local);
    CHECK(beside.error == EMSGSIZE);
    CHECK_FALSE(beside.icmp);
    CHECK_FALSE(beside.offender);
}

TEST_CASE("control messages that are cut short are left out") {
    Control control;
    control.add(SOL_SOCKET, SO_TIMESTAMPNS, timespec{12, 34});
    control.add(IPPROTO_IP, IP_RECVERR, host_unreachable());
    const Ancillary beside = control.read(8);
    CHECK(beside.stamp);
    CHECK_FALSE(beside.icmp);
    Control tiny;
    tiny.add(IPPROTO_IP, IP_RECVERR, std::uint16_t{1});
    CHECK_FALSE(tiny.read().icmp);
    CHECK(Control().read().error == 0);
}

TEST_CASE("a clock that was set does not make a round trip absurd") {
    const SentAt sent = now();
    CHECK(round_trip(sent, sent.wall + 1000) == 1000);
    CHECK(round_trip(sent, sent.wall - 1) >= 0);
    CHECK(round_trip(sent, sent.wall + Nanoseconds{3'600'000'000'000}) < 3'600'000'000'000);
    CHECK(round_trip(sent, std::nullopt) >= 0);
}
