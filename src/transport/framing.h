// SPDX-License-Identifier: MIT
// Messages in a stream of bytes: what separates them, as bytes in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "report/error.h"
#include "report/text.h"

namespace fid::transport {

enum class Framing : std::uint8_t {
    line,     ///< LF behind each
    nul,      ///< a NUL behind each
    len16,    ///< its length before each, 2 bytes, the highest first
    len32,    ///< 4 bytes, the highest first
    len32le,  ///< 4 bytes, the lowest first
    mp,       ///< Python's multiprocessing.connection: 4 bytes with a sign, the highest first; 8 more behind a -1
};

/// "line", "len32le": the names in the order of the values.
[[nodiscard]] std::vector<std::string_view> framing_names();
[[nodiscard]] std::optional<Framing> find_framing(std::string_view name);

/// The largest message that is read or written; a longer length is taken for bytes of another protocol.
inline constexpr std::uint64_t most_message_bytes = std::uint64_t{64} << 20U;

/// A message, or a part of one.
struct FramePiece {
    Bytes bytes;       ///< a view until the reader is used again
    bool last = true;  ///< the message ends here
};

/// feed() some bytes, then next() until it has nothing: only then feed() again, or end().
class FrameReader {
  public:
    explicit FrameReader(Framing framing, std::uint64_t most = most_message_bytes) : framing_(framing), most_(most) {}

    /// Takes a view, which has to live until next() has nothing.
    void feed(Bytes bytes) { input_ = bytes; }
    /// Status protocol_violation where a message is too large.
    [[nodiscard]] Result<std::optional<FramePiece>> next();
    /// The bytes have ended: gives the end of a message that lacks its separator, nothing where none is begun. Status
    /// truncated within a frame that had told its length.
    [[nodiscard]] Result<std::optional<FramePiece>> end();

  private:
    [[nodiscard]] bool has_separator() const { return framing_ == Framing::line || framing_ == Framing::nul; }
    Result<std::optional<FramePiece>> to_separator();
    Result<std::optional<FramePiece>> by_length();
    [[nodiscard]] bool length_goes_on();
    [[nodiscard]] std::unexpected<Error> too_large(std::uint64_t size) const;

    Framing framing_;
    std::uint64_t most_;
    Bytes input_;
    bool begun_ = false;         ///< a message, or a length
    std::uint64_t size_ = 0;     ///< of the message so far; by length: what it still lacks
    std::uint64_t length_ = 0;   ///< what was read of it
    unsigned length_bytes_ = 0;  ///< how much of the length was read
    bool wide_ = false;          ///< mp: the length has 8 bytes
};

/// Appends a message with what separates it. Status bad_input where it does not fit: too long for its length field, or
/// it holds the NUL that would end it. A line feed in a line is left, and makes two lines of it.
[[nodiscard]] Result<void> put_framed(Framing framing, Bytes message, std::vector<std::uint8_t>& out);

}  // namespace fid::transport
