// SPDX-License-Identifier: MIT
#include "transport/tcp_conversation.h"

#include <algorithm>

namespace fid::transport {
namespace {

/// Far below the window: analysers warn where it is full.
constexpr std::uint32_t acknowledge_after = window_bytes / 16;

}  // namespace

TcpConversation::TcpConversation(const Ends& ends, std::uint32_t local_sequence, std::uint32_t remote_sequence)
    : ends_(ends), halves_{Half{local_sequence, local_sequence}, Half{remote_sequence, remote_sequence}} {}

void TcpConversation::put(Side from, std::uint8_t flags, Bytes payload, SegmentSink& sink) {
    Half& sender = half(from);
    Half& receiver = half(other(from));
    TcpSegment segment{.sequence = sender.next, .flags = flags};
    if ((flags & TcpSegment::ack) != 0) segment.acknowledgement = receiver.acknowledged = receiver.next;
    sink.segment(from, tcp_head(from == Side::local ? ends_ : ends_.turned(), segment, payload), payload);
    // SYN and FIN count as a byte each (RFC 9293, 3.4); all is modulo 2^32.
    const bool counted = (flags & (TcpSegment::syn | TcpSegment::fin)) != 0;
    sender.next += static_cast<std::uint32_t>(payload.size()) + (counted ? 1U : 0U);
}

void TcpConversation::request(Side initiator, SegmentSink& sink) {
    if (phase_ != Phase::fresh) return;
    phase_ = Phase::requested;
    initiator_ = initiator;
    put(initiator, TcpSegment::syn, {}, sink);
}

void TcpConversation::establish(SegmentSink& sink) {
    request(Side::local, sink);
    if (phase_ != Phase::requested) return;
    phase_ = Phase::open;
    put(other(initiator_), TcpSegment::syn | TcpSegment::ack, {}, sink);
    put(initiator_, TcpSegment::ack, {}, sink);
}

void TcpConversation::refuse(SegmentSink& sink) {
    request(Side::local, sink);
    if (phase_ != Phase::requested) return;
    phase_ = Phase::over;
    half(other(initiator_)).next = 0;  // RFC 9293, 3.5.2: the answer to a SYN nobody waits for
    put(other(initiator_), TcpSegment::rst | TcpSegment::ack, {}, sink);
}

void TcpConversation::data(Side from, Bytes bytes, SegmentSink& sink) {
    if (phase_ == Phase::over || half(from).ended || bytes.empty()) return;
    phase_ = Phase::open;
    while (!bytes.empty()) {
        const Bytes payload = bytes.first(std::min(bytes.size(), largest_segment));
        bytes = bytes.subspan(payload.size());
        constexpr std::uint8_t inner = TcpSegment::ack, last = TcpSegment::ack | TcpSegment::psh;
        put(from, bytes.empty() ? last : inner, payload, sink);
        const Half& sender = half(from);
        if (sender.next - sender.acknowledged >= acknowledge_after) put(other(from), TcpSegment::ack, {}, sink);
    }
}

void TcpConversation::end(Side from, SegmentSink& sink) {
    if (phase_ == Phase::over || half(from).ended) return;
    phase_ = Phase::open;
    put(from, TcpSegment::fin | TcpSegment::ack, {}, sink);
    half(from).ended = true;
    put(other(from), TcpSegment::ack, {}, sink);
}

void TcpConversation::reset(Side from, SegmentSink& sink) {
    if (phase_ == Phase::over) return;
    phase_ = Phase::over;
    put(from, TcpSegment::rst | TcpSegment::ack, {}, sink);
}

}  // namespace fid::transport
