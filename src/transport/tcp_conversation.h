// SPDX-License-Identifier: MIT
// One TCP connection as segments: from "so many bytes were sent, then received, then the peer ended" to the segments
// that may have carried them, with sequence numbers that add up.
#pragma once

#include <array>
#include <cstdint>

#include "report/text.h"
#include "transport/synthesis.h"

namespace fid::transport {

enum class Side : std::uint8_t { local, remote };
[[nodiscard]] constexpr Side other(Side side) { return side == Side::local ? Side::remote : Side::local; }

/// Takes segments in order; `from` is the side that sends. What follows the head is the payload.
class SegmentSink {
  public:
    virtual ~SegmentSink() = default;
    virtual void segment(Side from, const PacketHead& head, Bytes payload) = 0;
};

/// Every segment acknowledges all that came before it; a side that is silent while it receives acknowledges now and
/// then, and each FIN at once. So no analyser finds a hole, a full window or a repeated acknowledgement. What comes
/// after a side's own end, or after a reset, is recorded as nothing: no segment could carry it.
class TcpConversation {
  public:
    /// `ends`: the local end is the source. The sequence numbers are those of the SYNs.
    TcpConversation(const Ends& ends, std::uint32_t local_sequence, std::uint32_t remote_sequence);

    void request(Side initiator, SegmentSink& sink);  ///< SYN; once
    void establish(SegmentSink& sink);                ///< SYN+ACK, ACK; before them the local SYN, if there was none
    void refuse(SegmentSink& sink);                   ///< the answer to the SYN is RST
    void data(Side from, Bytes bytes, SegmentSink& sink);
    void end(Side from, SegmentSink& sink);    ///< FIN, and its ACK; the other direction goes on
    void reset(Side from, SegmentSink& sink);  ///< RST

  private:
    struct Half {
        std::uint32_t next = 0;          ///< sequence number of the next byte
        std::uint32_t acknowledged = 0;  ///< what the other side last said to have
        bool ended = false;
    };
    enum class Phase : std::uint8_t { fresh, requested, open, over };

    [[nodiscard]] Half& half(Side side) { return halves_[static_cast<std::size_t>(side)]; }
    void put(Side from, std::uint8_t flags, Bytes payload, SegmentSink& sink);

    Ends ends_;
    std::array<Half, 2> halves_;
    Side initiator_ = Side::local;
    Phase phase_ = Phase::fresh;
};

}  // namespace fid::transport
