// SPDX-License-Identifier: MIT
// The reader of HTTP/1.1 answers (RFC 9112) for somebody who only wants to know where each ends and what its status is:
// it looks at as few bytes as it can, and keeps none but a line that came in pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/chunked.h"

namespace fid::load {

/// What a head says.
struct AnswerHead {
    enum class Framing : std::uint8_t { none, length, chunked, until_end };
    unsigned status = 0;
    Framing framing = Framing::until_end;
    bool persistent = true;    ///< the connection may be used again
    std::uint64_t length = 0;  ///< of the body, where framing is length
};

/// A head that was seen last, and what it said: servers send the same again and again. Belongs to one thread.
class KnownHead {
  public:
    /// Does `bytes` begin with it? It answered a request that was HEAD, or was not.
    [[nodiscard]] bool begins(std::string_view bytes, bool to_head) const {
        return size_ != 0 && to_head_ == to_head && bytes.starts_with(std::string_view(bytes_.data(), size_));
    }
    void keep(std::string_view bytes, bool to_head, const AnswerHead& head);
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] const AnswerHead& head() const { return head_; }

  private:
    std::string bytes_;
    std::size_t size_ = 0;
    AnswerHead head_;
    bool to_head_ = false;
};

class AnswerReader {
  public:
    enum class State : std::uint8_t { more, done, broken };

    struct Step {
        State state = State::more;
        std::size_t used = 0;  ///< bytes that belong to the answer; those behind it do not
    };

    /// The next answer is to such a request.
    void expect(bool to_head);
    /// What came next. Interim answers (1xx) are passed over. Not to be called any more once the state is not `more`.
    [[nodiscard]] Step take(std::string_view bytes, KnownHead& known);
    /// The connection has ended: was the answer whole with that?
    [[nodiscard]] bool ends_with_connection() const {
        return at_ == At::body && head_.framing == AnswerHead::Framing::until_end;
    }
    /// Bytes of a body of known length that are still to come: they may be thrown away unseen.
    [[nodiscard]] std::uint64_t to_skip() const {
        return at_ == At::body && head_.framing == AnswerHead::Framing::length ? head_.length : 0;
    }
    /// So many were. State done with the last of them.
    [[nodiscard]] State skipped(std::uint64_t count);

    /// Has any byte of the answer come?
    [[nodiscard]] bool begun() const { return begun_; }
    [[nodiscard]] const AnswerHead& head() const { return head_; }

    /// Longer heads (all lines together, and the interim ones) are refused.
    static constexpr std::size_t most_head_bytes = std::size_t{256} * 1024;

  private:
    enum class At : std::uint8_t { status_line, fields, body };

    [[nodiscard]] Step take_head(std::string_view bytes, KnownHead& known);
    [[nodiscard]] Step take_body(std::string_view bytes);
    /// One whole line without its end; false where it is none of HTTP/1's.
    [[nodiscard]] bool line(std::string_view text);
    [[nodiscard]] bool status_line(std::string_view text);
    [[nodiscard]] bool field(std::string_view text);
    /// The empty line has come.
    void end_head();

    At at_ = At::status_line;
    bool to_head_ = false;
    bool begun_ = false;
    bool has_length_ = false, has_coding_ = false, closes_ = false;  ///< what fields said
    AnswerHead head_;
    std::size_t head_bytes_ = 0;
    std::string held_;  ///< the beginning of a line whose end has not come
    http::ChunkedReader chunks_;
};

}  // namespace fid::load
