// SPDX-License-Identifier: MIT
// The chunked transfer coding, read strictly and bit by bit (RFC 9112 section 7.1).
#pragma once

#include <cstdint>
#include <string_view>

namespace fid::http {

class ChunkedReader {
  public:
    enum class State : std::uint8_t { more, done, broken };

    struct Step {
        State state = State::more;
        std::size_t used = 0;   ///< bytes of the input that are over with
        std::string_view data;  ///< of the body, within those
    };
    /// Takes from the front of `bytes` until there is something to say. Call it again with the rest while `state` is
    /// more and `used` is not zero.
    [[nodiscard]] Step take(std::string_view bytes);

  private:
    enum class At : std::uint8_t { size, extension, size_end, data, data_cr, data_lf, trailer, trailer_end, done };

    bool step(char c);

    At at_ = At::size;
    std::uint64_t left_ = 0;     ///< of the chunk's data
    unsigned digits_ = 0;        ///< of its size
    std::size_t overhead_ = 0;   ///< bytes of extensions (of this chunk) and trailers
    bool trailer_empty_ = true;  ///< nothing of the trailer's line so far
};

}  // namespace fid::http
