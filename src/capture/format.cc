// SPDX-License-Identifier: MIT
#include "capture/format.h"

namespace fid::capture {

void Contents::note_damage(std::uint64_t offset, std::uint64_t bytes_lost, std::string what) {
    constexpr std::size_t kept = 1000;
    ++damage_count;
    if (damage.size() < kept) damage.push_back({offset, bytes_lost, std::move(what)});
}

bool Format::end(const char* what) {
    if (ended_) return false;
    ended_ = true;
    const std::size_t left = source_.available();
    if (left != 0) contents_.note_damage(source_.offset(), left, what);
    source_.consume(left);
    if (!source_.problem().empty()) contents_.note_damage(source_.offset(), 0, source_.problem());
    return false;
}

void Format::recover(std::string what) {
    const std::uint64_t from = source_.offset();
    // Byte by byte, and never back: a file full of damage is still read in linear time.
    source_.consume(1);
    while (source_.available() != 0 || source_.ensure(1)) {
        if (sound_here()) break;
        source_.consume(1);
    }
    contents_.note_damage(from, source_.offset() - from, std::move(what));
}

std::uint16_t canonical_link_type(std::uint16_t link_type) {
    constexpr std::uint16_t raw_ip = 101;
    // 12: DLT_RAW of most systems, 14: of OpenBSD (tcpdump.org/linktypes.html, "LINKTYPE_RAW").
    return link_type == 12 || link_type == 14 ? raw_ip : link_type;
}

}  // namespace fid::capture
