// SPDX-License-Identifier: MIT
// Any bytes may be given as a capture: reading ends, stays within them, and gives numbered packets.
#include <cstdlib>

#include "capture/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto reader = fid::capture::Reader::from_memory({data, size});
    if (!reader) return 0;
    fid::capture::PacketRecord packet;
    std::uint64_t packets = 0;
    unsigned sum = 0;
    while (reader->next(packet)) {
        if (packet.number != ++packets || packet.interface >= reader->interfaces().size()) std::abort();
        if (packet.time.nanoseconds >= 1'000'000'000) std::abort();
        for (const std::uint8_t byte : packet.data) sum += byte;
        fid::capture::each_comment(packet,
                                   [&sum](std::string_view comment) { sum += static_cast<unsigned>(comment.size()); });
    }
    if (reader->damage().size() > reader->damage_count()) std::abort();
    volatile unsigned sink = sum;
    (void)sink;
    return 0;
}
