// SPDX-License-Identifier: MIT
// TCP sequence numbers counted from each conversation's first, as tcpdump prints them: a compact open-addressed table.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "packet/packet.h"

namespace fid::cmd::sniff {

class SequenceTable {
  public:
    /// Sets the packet's sequence bases. The first packet of a conversation that acknowledges something is absolute,
    /// and so is every packet that acknowledges nothing.
    void apply(packet::Packet& packet);
    [[nodiscard]] std::size_t size() const { return used_; }

  private:
    struct Entry {
        std::array<std::uint64_t, 2> low{}, high{};  ///< the ends' addresses, the smaller end first
        std::uint32_t ports = 0;
        std::uint32_t low_base = 0, high_base = 0;
        bool taken = false;
    };
    Entry& find(const Entry& key, bool& found);
    void grow();

    /// A capture may hold any number of conversations; beyond this the table starts anew and numbers are absolute
    /// again.
    static constexpr std::size_t max_entries = 256 * 1024;
    std::vector<Entry> entries_ = std::vector<Entry>(1024);
    std::size_t used_ = 0;
};

}  // namespace fid::cmd::sniff
