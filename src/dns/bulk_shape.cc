// SPDX-License-Identifier: MIT
#include "dns/bulk_shape.h"

namespace fid::dns {

BulkShape bulk_shape(std::size_t servers, std::uint32_t window) {
    constexpr std::size_t few = 4, some = 16, many = 64;
    BulkShape shape;
    shape.sockets_each = servers <= few ? 4 : servers <= some ? 2 : 1;
    shape.window.most = servers <= few ? 32768 : servers <= many ? 8192 : 1024;
    if (window != 0) {
        const auto share = (window + servers - 1) / servers;
        shape.window.start = shape.window.least = shape.window.most = static_cast<std::uint32_t>(share);
    }
    // Four places for each question under way: there are late ones and those asked twice, too.
    const std::uint64_t places = std::uint64_t{4} * shape.window.most / shape.sockets_each;
    constexpr unsigned least_bits = 10, most_bits = 16;
    shape.id_bits = least_bits;
    while (shape.id_bits < most_bits && (std::uint64_t{1} << shape.id_bits) < places) ++shape.id_bits;
    // A window that does not fit gets more sockets.
    while (places > (std::uint64_t{shape.sockets_each} << shape.id_bits) && shape.sockets_each < many)
        ++shape.sockets_each;
    return shape;
}

}  // namespace fid::dns
