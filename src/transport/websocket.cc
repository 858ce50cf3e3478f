// SPDX-License-Identifier: MIT
#include "transport/websocket.h"

#include <algorithm>
#include <cstring>

namespace fid::transport {
namespace {

constexpr std::size_t longest_control = 125;  // section 5.5
constexpr std::uint8_t final_bit = 0x80, deflate_bit = 0x40, reserved_bits = 0x30, mask_bit = 0x80;

std::unexpected<Violation> broken(std::string_view what, std::uint16_t code = close_code::protocol_error) {
    return std::unexpected(Violation{.code = code, .what = what});
}

bool is_control(Opcode opcode) { return static_cast<unsigned>(opcode) >= 8; }

bool is_opcode(unsigned value) { return value <= 2 || (value >= 8 && value <= 10); }

/// May it stand in a Close? Sections 7.4.1 and 7.4.2, and the codes registered since (1012 to 1014).
bool may_be_sent(std::uint16_t code) {
    const bool registered = code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
    return registered || (code >= 3000 && code <= 4999);
}

std::uint64_t big_endian(Bytes bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes) value = value << 8U | byte;
    return value;
}

void put_big_endian(std::vector<std::uint8_t>& out, std::uint64_t value, unsigned count) {
    while (count-- != 0) out.push_back(static_cast<std::uint8_t>(value >> (8U * count)));
}

}  // namespace

bool Utf8Checker::take(Bytes bytes) {
    for (const std::uint8_t byte : bytes) {
        if (missing_ != 0) {
            if (byte < lowest_ || byte > highest_) return false;
            lowest_ = 0x80;
            highest_ = 0xbf;
            --missing_;
        } else if (byte >= 0x80) {
            if (byte < 0xc2 || byte > 0xf4) return false;
            missing_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
            if (byte == 0xe0) lowest_ = 0xa0;
            if (byte == 0xed) highest_ = 0x9f;
            if (byte == 0xf0) lowest_ = 0x90;
            if (byte == 0xf4) highest_ = 0x8f;
        }
    }
    return true;
}

WebSocketReader::WebSocketReader(WebSocketRole role, WebSocketLimits limits, std::optional<DeflateTerms> deflate)
    : role_(role), limits_(limits), inflater_(deflate ? std::make_unique<Inflater>(*deflate) : nullptr) {}

void WebSocketReader::feed(Bytes bytes) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

WebSocketReader::Next WebSocketReader::next() {
    while (!violation_) {
        StepResult stepped;
        switch (step_) {
            case Step::head:
                stepped = read_head();
                break;
            case Step::control:
                stepped = read_control();
                break;
            case Step::data:
                stepped = compressed_ ? read_deflated() : read_data();
                break;
            case Step::over:
                at_ = buffer_.size();
                break;  // section 5.5.1: what follows a Close is not looked at
        }
        if (!stepped)
            violation_ = stepped.error();
        else if (stepped->event)
            return stepped->event;
        else if (!stepped->more)
            return std::nullopt;
    }
    return std::unexpected(*violation_);
}

WebSocketReader::StepResult WebSocketReader::read_head() {
    const Bytes bytes = waiting();
    if (bytes.size() < 2) return Stepped{};
    const bool masked = (bytes[1] & mask_bit) != 0;
    const unsigned first_length = bytes[1] & 0x7fU;
    if ((bytes[0] & reserved_bits) != 0) return broken("a reserved bit is set");
    if (!is_opcode(bytes[0] & 0x0fU)) return broken("an unknown kind of frame");
    opcode_ = static_cast<Opcode>(bytes[0] & 0x0fU);
    final_ = (bytes[0] & final_bit) != 0;
    reserved_ = (bytes[0] & deflate_bit) != 0;
    left_ = first_length;
    if (auto good = judge_head(masked); !good) return std::unexpected(good.error());
    const std::size_t length_size = first_length == 127 ? 8 : first_length == 126 ? 2 : 0;
    const std::size_t head_size = 2 + length_size + (masked ? 4 : 0);
    if (bytes.size() < head_size) return Stepped{};
    if (length_size != 0) left_ = big_endian(bytes.subspan(2, length_size));
    if ((length_size == 2 && left_ < 126) || (length_size == 8 && (left_ <= 0xffff || left_ >> 63U != 0)))
        return broken("a length that is not in its shortest form");
    mask_.reset();
    mask_at_ = 0;
    if (masked) std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(2 + length_size), 4, mask_.emplace().begin());
    at_ += head_size;
    if (is_control(opcode_)) {
        step_ = Step::control;
        return Stepped{.event = {}, .more = true};
    }
    if (opcode_ != Opcode::continuation) {
        in_message_ = true;
        text_ = opcode_ == Opcode::text;
        compressed_ = reserved_;
        size_ = 0;
        utf8_.reset();
        if (compressed_) inflater_->begin();
    }
    if (!compressed_ && left_ > limits_.message - size_) return broken("a message is too large", close_code::too_big);
    step_ = Step::data;
    return Stepped{.event = {}, .more = true};
}

std::expected<void, Violation> WebSocketReader::judge_head(bool masked) const {
    if (masked && role_ == WebSocketRole::client) return broken("a server's frame is masked");
    if (!masked && role_ == WebSocketRole::server) return broken("a client's frame is not masked");
    const bool begins = opcode_ == Opcode::text || opcode_ == Opcode::binary;
    if (reserved_ && (!inflater_ || !begins)) return broken("a reserved bit is set");
    if (is_control(opcode_)) {
        if (!final_) return broken("a control frame in fragments");
        if (left_ > longest_control) return broken("a control frame of more than 125 bytes");
    } else if (begins && in_message_) {
        return broken("a message begins within another");
    } else if (!begins && !in_message_) {
        return broken("a continuation of nothing");
    }
    return {};
}

/// The next bytes of the frame's payload, unmasked in place.
Bytes WebSocketReader::take_payload(std::size_t most) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>({left_, buffer_.size() - at_, most}));
    const std::span<std::uint8_t> bytes(buffer_.data() + at_, size);
    if (mask_) mask_bytes(bytes, *mask_, mask_at_);
    mask_at_ += size;
    left_ -= size;
    at_ += size;
    return bytes;
}

WebSocketReader::StepResult WebSocketReader::read_control() {
    if (waiting().size() < left_) return Stepped{};
    const Bytes payload = take_payload(longest_control);
    step_ = Step::head;
    if (opcode_ == Opcode::close) return read_close(payload);
    WebSocketEvent event;
    event.kind = opcode_ == Opcode::ping ? WebSocketEvent::Kind::ping : WebSocketEvent::Kind::pong;
    event.payload = payload;
    return Stepped{.event = event, .more = true};
}

WebSocketReader::StepResult WebSocketReader::read_close(Bytes payload) {
    WebSocketEvent event;
    event.kind = WebSocketEvent::Kind::close;
    event.code = close_code::none;
    if (payload.size() == 1) return broken("a Close with half a code");
    if (!payload.empty()) {
        event.code = static_cast<std::uint16_t>(big_endian(payload.first(2)));
        event.payload = payload.subspan(2);
        if (!may_be_sent(event.code)) return broken("a Close with a code that must not be sent");
        if (!is_utf8(event.payload)) return broken("a Close whose reason is not UTF-8", close_code::bad_data);
    }
    step_ = Step::over;
    in_message_ = false;
    return Stepped{.event = event, .more = true};
}

WebSocketReader::StepResult WebSocketReader::read_data() {
    const Bytes piece = take_payload(SIZE_MAX);
    const bool ended = left_ == 0;
    if (ended) step_ = Step::head;
    return give(piece, ended && final_);
}

WebSocketReader::StepResult WebSocketReader::read_deflated() {
    // One block of output at a time: a few bytes may inflate to a thousand times as many.
    if (inflater_->wants_input() && left_ != 0) {
        const Bytes piece = take_payload(SIZE_MAX);
        if (piece.empty()) return Stepped{};
        inflater_->input(piece);
    }
    const bool frame_taken = left_ == 0 && final_;
    auto inflated = inflater_->inflate(frame_taken);
    if (!inflated) return broken("a message that does not inflate", close_code::bad_data);
    const bool frame_ended = left_ == 0 && inflater_->wants_input();
    if (frame_ended) step_ = Step::head;
    return give(*inflated, frame_ended && final_);
}

/// A piece of the message, after the checks that need its bytes.
WebSocketReader::StepResult WebSocketReader::give(Bytes piece, bool last) {
    size_ += piece.size();
    if (size_ > limits_.message) return broken("a message is too large", close_code::too_big);
    if (text_ && (!utf8_.take(piece) || (last && !utf8_.complete())))
        return broken("text that is not UTF-8", close_code::bad_data);
    if (last) in_message_ = false;
    // Without bytes and without an end there is nothing to tell; the next frame, or the next bytes, may have some.
    if (piece.empty() && !last) return Stepped{.event = {}, .more = step_ == Step::head || at_ != buffer_.size()};
    WebSocketEvent event;
    event.payload = piece;
    event.text = text_;
    event.last = last;
    return Stepped{.event = event, .more = true};
}

void put_frame_head(std::vector<std::uint8_t>& out, const FrameHead& head) {
    unsigned first = static_cast<unsigned>(head.opcode);
    if (head.final) first |= final_bit;
    if (head.compressed) first |= deflate_bit;
    out.push_back(static_cast<std::uint8_t>(first));
    const std::uint8_t masked = head.mask ? mask_bit : 0;
    if (head.size < 126) {
        out.push_back(masked | static_cast<std::uint8_t>(head.size));
    } else if (head.size <= 0xffff) {
        out.push_back(masked | 126U);
        put_big_endian(out, head.size, 2);
    } else {
        out.push_back(masked | 127U);
        put_big_endian(out, head.size, 8);
    }
    if (head.mask) out.insert(out.end(), head.mask->begin(), head.mask->end());
}

void mask_bytes(std::span<std::uint8_t> bytes, const std::array<std::uint8_t, 4>& mask, std::size_t offset) {
    std::array<std::uint8_t, 8> turned{};
    for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = mask[(offset + i) % 4];
    std::uint64_t key = 0;
    std::memcpy(&key, turned.data(), sizeof key);
    std::size_t i = 0;
    for (; i + sizeof key <= bytes.size(); i += sizeof key) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + i, sizeof word);
        word ^= key;
        std::memcpy(bytes.data() + i, &word, sizeof word);
    }
    for (; i < bytes.size(); ++i) bytes[i] ^= turned[i % 4];
}

void put_frame(std::vector<std::uint8_t>& out, Opcode opcode, Bytes payload,
               const std::optional<std::array<std::uint8_t, 4>>& mask) {
    put_frame_head(out, {.opcode = opcode, .final = true, .compressed = false, .size = payload.size(), .mask = mask});
    const std::size_t start = out.size();
    out.insert(out.end(), payload.begin(), payload.end());
    if (mask) mask_bytes(std::span(out).subspan(start), *mask, 0);
}

std::vector<std::uint8_t> close_payload(std::uint16_t code, std::string_view reason) {
    reason = reason.substr(0, longest_control - 2);
    std::vector<std::uint8_t> out(2 + reason.size());
    out[0] = static_cast<std::uint8_t>(code >> 8U);
    out[1] = static_cast<std::uint8_t>(code & 0xffU);
    std::ranges::copy(as_bytes(reason), out.begin() + 2);
    return out;
}

}  // namespace fid::transport
