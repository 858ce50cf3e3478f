// SPDX-License-Identifier: MIT
// Any text as a filter, evaluated on a TCP packet behind a VLAN tag when it compiles.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "packet/filter/filter.h"

namespace {

constexpr std::array<std::uint8_t, 58> packet_bytes{
    2,    0,    0, 0,  0, 1, 2, 0, 0,  0, 0, 2, 0x81, 0, 0,    10, 8,  0,         // Ethernet, VLAN 10
    0x45, 0,    0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10,   0, 0,    1,  10, 0, 0, 2,   // IPv4
    0x1f, 0x90, 0, 80, 0, 0, 0, 1, 0,  0, 0, 0, 0x50, 2, 0x10, 0,  0,  0, 0, 0};  // TCP SYN 8080 > 80

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const auto filter = fid::packet::Filter::compile({reinterpret_cast<const char*>(data), size});
    if (!filter) {
        if (filter.error().status != fid::Status::usage) std::abort();
        return 0;
    }
    fid::packet::Packet packet;
    fid::packet::dissect(packet, packet_bytes, packet_bytes.size(), 1);
    (void)filter->matches(packet, {.number = 1, .length = packet_bytes.size(), .interface_name = "eth0"});
    return 0;
}
