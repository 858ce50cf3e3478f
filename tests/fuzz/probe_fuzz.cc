// SPDX-License-Identifier: MIT
// Bytes as an ICMP message, as what an ICMP error quotes, as a UDP answer, and as the control messages beside them.
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "probe/icmp.h"
#include "probe/sockets.h"
#include "probe/udp_payload.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fid;
    using namespace fid::probe;
    const Bytes bytes(data, size);
    volatile unsigned sum = 0;  // keeps the reads
    const auto within = [&](const std::optional<Echo>& echo) {
        if (!echo) return;
        if (echo->payload.size() + echo_header_size > size) std::abort();
        for (const std::uint8_t byte : echo->payload) sum = sum + byte;
        if (const auto mark = read_mark(echo->payload, 0); mark && first_difference(echo->payload, 0, *mark, 0) != 0)
            std::abort();  // a whole mark is more than an empty payload
    };
    for (const Family family : {Family::v4, Family::v6}) {
        within(read_echo_reply(bytes, family, false));
        within(read_quoted_request(bytes, family));
    }
    within(read_echo_reply(bytes, Family::v4, true));
    for (const UdpService service : {UdpService::none, UdpService::dns, UdpService::ntp})
        for (const UdpSide side : {UdpSide::probe, UdpSide::answer}) (void)udp_sequence(service, side, bytes, 0);

    std::vector<char> control(size);  // aligned as the kernel's
    if (size != 0) std::memcpy(control.data(), data, size);
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const Ancillary beside = read_ancillary(message);
    if (beside.hops && *beside.hops > 255) std::abort();
    if (beside.stamp && *beside.stamp < 0) std::abort();
    if (beside.icmp && beside.icmp->name().empty()) std::abort();
    if (beside.offender && beside.offender->text().empty()) std::abort();
    return 0;
}
