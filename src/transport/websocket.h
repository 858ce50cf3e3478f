// SPDX-License-Identifier: MIT
// The frames of a WebSocket (RFC 6455) as bytes in and out, without a connection: what the stream, the tests and the
// fuzzer have in common.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/text.h"
#include "transport/message_deflate.h"

namespace fid::transport {

enum class WebSocketRole : std::uint8_t { client, server };

/// Section 5.2.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Section 7.4.1: what both ends of this program say and judge.
namespace close_code {
inline constexpr std::uint16_t normal = 1000, going_away = 1001, protocol_error = 1002, none = 1005, bad_data = 1007,
                               too_big = 1009;
}

/// What the peer did wrong; the code is what its Close is answered with.
struct Violation {
    std::uint16_t code = 0;
    std::string_view what;
};

/// UTF-8 (RFC 3629) that comes in pieces, which may end within a character.
class Utf8Checker {
  public:
    /// False once the bytes so far can no longer become UTF-8.
    [[nodiscard]] bool take(Bytes bytes);
    /// No character is begun.
    [[nodiscard]] bool complete() const { return missing_ == 0; }
    void reset() { *this = {}; }

  private:
    unsigned missing_ = 0;                         ///< continuation bytes
    std::uint8_t lowest_ = 0x80, highest_ = 0xbf;  ///< of the next one: no overlong forms, no surrogates
};

/// Something whole that was received, or a part of a message.
struct WebSocketEvent {
    enum class Kind : std::uint8_t { data, ping, pong, close };
    Kind kind = Kind::data;
    Bytes payload;           ///< close: the reason, UTF-8. A view until the reader is used again
    bool text = false;       ///< data: the message is text
    bool last = true;        ///< data: the message ends here
    std::uint16_t code = 0;  ///< close: close_code::none where there was none
};

struct WebSocketLimits {
    std::uint64_t message = std::uint64_t{64} << 20U;  ///< bytes, after inflating
};

/// Takes what the peer sent apart. feed() some bytes, then next() until it has nothing: only then feed() again.
/// Memory is bounded by the largest feed(), not by what length fields say.
class WebSocketReader {
  public:
    /// `role` is ours: a client refuses masked frames, a server those without a mask (section 5.1).
    explicit WebSocketReader(WebSocketRole role, WebSocketLimits limits = {},
                             std::optional<DeflateTerms> deflate = std::nullopt);

    void feed(Bytes bytes);
    using Next = std::expected<std::optional<WebSocketEvent>, Violation>;
    /// Nothing where more bytes are needed, and for ever after a Close. After a violation it is given again.
    [[nodiscard]] Next next();
    /// Data of a message, or a part of a frame, was received and its end was not.
    [[nodiscard]] bool within() const { return in_message_ || at_ != buffer_.size(); }

  private:
    enum class Step : std::uint8_t { head, control, data, over };
    /// What one step gave: an event, or nothing and whether another step may give one.
    struct Stepped {
        std::optional<WebSocketEvent> event;
        bool more = false;
    };
    using StepResult = std::expected<Stepped, Violation>;
    StepResult read_head();
    std::expected<void, Violation> judge_head(bool masked) const;
    StepResult read_control();
    StepResult read_close(Bytes payload);
    StepResult read_data();
    StepResult read_deflated();
    StepResult give(Bytes piece, bool last);
    Bytes take_payload(std::size_t most);
    [[nodiscard]] Bytes waiting() const { return Bytes(buffer_).subspan(at_); }

    WebSocketRole role_;
    WebSocketLimits limits_;
    std::unique_ptr<Inflater> inflater_;  ///< where deflate was agreed on
    std::vector<std::uint8_t> buffer_;
    std::size_t at_ = 0;  ///< what of the buffer is done with
    Step step_ = Step::head;
    std::optional<Violation> violation_;
    // The frame
    Opcode opcode_ = Opcode::continuation;
    bool final_ = false, reserved_ = false;
    std::optional<std::array<std::uint8_t, 4>> mask_;
    std::size_t mask_at_ = 0;
    std::uint64_t left_ = 0;  ///< of its payload
    // The message
    bool in_message_ = false, text_ = false, compressed_ = false;
    std::uint64_t size_ = 0;
    Utf8Checker utf8_;
};

struct FrameHead {
    Opcode opcode = Opcode::text;
    bool final = true;
    bool compressed = false;  ///< RSV1 (RFC 7692 section 6)
    std::uint64_t size = 0;
    std::optional<std::array<std::uint8_t, 4>> mask;
};
/// Appends the head of a frame, its length in as few bytes as there may be.
void put_frame_head(std::vector<std::uint8_t>& out, const FrameHead& head);
/// Masks, or unmasks, bytes of which `offset` came before in the same frame (section 5.3).
void mask_bytes(std::span<std::uint8_t> bytes, const std::array<std::uint8_t, 4>& mask, std::size_t offset);
/// Appends a whole frame; `mask` is new random bytes for each frame of a client.
void put_frame(std::vector<std::uint8_t>& out, Opcode opcode, Bytes payload,
               const std::optional<std::array<std::uint8_t, 4>>& mask);
/// A Close's payload: the code and as much of the reason as there is room for.
[[nodiscard]] std::vector<std::uint8_t> close_payload(std::uint16_t code, std::string_view reason);

}  // namespace fid::transport
