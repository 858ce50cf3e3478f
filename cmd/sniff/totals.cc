// SPDX-License-Identifier: MIT
#include "cmd/sniff/totals.h"

#include <algorithm>
#include <utility>

namespace fid::cmd::sniff {

Totals add_up(capture::Reader& reader, report::Progress& progress) {
    Totals totals;
    capture::Timestamp before;
    capture::PacketRecord packet;
    while (reader.next(packet)) {
        constexpr std::uint64_t packets_between_looks = 4096;  // at the clock, which costs more than a packet
        if (++totals.packets % packets_between_looks == 0) progress.update(reader.file_bytes_taken());
        totals.wire_bytes += packet.length;
        totals.captured_bytes += packet.data.size();
        if (packet.data.size() < packet.length) ++totals.packets_cut;
        if (!packet.has_time) {
            ++totals.untimed;
            continue;
        }
        if (!totals.timed) {
            totals.timed = true;
            totals.earliest = totals.latest = before = packet.time;
        }
        if (packet.time < before) ++totals.backwards;
        before = packet.time;
        if (packet.time > totals.latest) totals.latest = packet.time;
        if (packet.time < totals.earliest) totals.earliest = packet.time;
    }
    return totals;
}

std::vector<std::string> link_names(const capture::Reader& reader) {
    std::vector<std::string> names;
    for (const capture::Interface& interface : reader.interfaces()) {
        std::string name(capture::link_type_name(interface.link_type));
        if (name == "unknown") name.append(" ").append(std::to_string(interface.link_type));
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    return names;
}

}  // namespace fid::cmd::sniff
