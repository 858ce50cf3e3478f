// SPDX-License-Identifier: MIT
// The filter language of `fid sniff`: pcap-filter's words and comparisons of fields, evaluated on decoded layers, so
// that VLAN tags, tunnels and mixed link types make no difference and the order of terms does not matter.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "packet/packet.h"
#include "report/error.h"

namespace fid::packet {

/// What a filter may ask of a packet that is not in its bytes.
struct Frame {
    std::uint64_t number = 0;
    std::int64_t seconds = 0;  ///< since 1970
    std::uint32_t nanoseconds = 0;
    std::uint32_t length = 0;  ///< on the wire
    std::uint32_t interface = 0;
    std::string_view interface_name;
    std::uint32_t direction = 0;  ///< 1 in, 2 out, 0 unknown
};

namespace filter {
struct Program;
}

/// A compiled filter. Matching allocates nothing for words; a field comparison asks the layer's dissector for its
/// fields. Every occurrence of a field counts: one that satisfies the comparison is enough; `!=` means present and
/// never equal.
class Filter {
  public:
    /// Status usage; the error names the column and shows the place with a caret.
    [[nodiscard]] static Result<Filter> compile(std::string_view text);
    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;
    ~Filter();

    [[nodiscard]] bool matches(const Packet& packet, const Frame& frame) const;
    /// Where `or` is followed by `and` without parentheses the two readings differ; pcap-filter's left to right is
    /// used.
    [[nodiscard]] bool mixes_and_or() const;

    /// It can be decided before dissect_applications().
    [[nodiscard]] bool needs_ports_only() const;
    /// All packets of a TCP conversation match, or none: it asks for protocols, ports and hosts, wherever they stand.
    [[nodiscard]] bool chooses_conversations() const;

  private:
    explicit Filter(std::unique_ptr<const filter::Program> program);
    std::unique_ptr<const filter::Program> program_;
};

}  // namespace fid::packet
