// SPDX-License-Identifier: MIT
// What an SMTP server answers (RFC 5321 section 4.2), with enhanced status codes (RFC 2034).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"

namespace fid::mail {

struct Reply {
    unsigned code = 0;               ///< 200 to 599
    std::vector<std::string> lines;  ///< without their ends, the code and its separator

    [[nodiscard]] bool positive() const { return code >= 200 && code < 300; }
    [[nodiscard]] bool intermediate() const { return code >= 300 && code < 400; }
    [[nodiscard]] bool temporary() const { return code >= 400 && code < 500; }
    /// "5.1.1", where the first line begins with one of the reply's own class; else "".
    [[nodiscard]] std::string_view enhanced() const;
    /// "550 5.1.1 no such user": the code and all lines joined with a blank, the enhanced code once.
    [[nodiscard]] std::string text() const;
    /// The same without the code.
    [[nodiscard]] std::string words() const;
};

/// Takes the bytes of a connection as they come. A reply is one line, "ddd text", or several: "ddd-" to "ddd ", each
/// with the same code. Lines end with LF; a CR before it goes with it.
class ReplyReader {
  public:
    /// Bytes of one line, and of all lines of a reply; a server that says more is not listened to.
    static constexpr std::size_t most_line_bytes = std::size_t{16} * 1024, most_bytes = std::size_t{256} * 1024;

    void feed(std::string_view bytes);
    /// The next whole reply; nothing where more bytes are needed. Status protocol_violation: it is none.
    [[nodiscard]] Result<std::optional<Reply>> next();
    /// Nothing was fed that is not used.
    [[nodiscard]] bool empty() const { return at_ == buffer_.size() && !reply_; }

  private:
    [[nodiscard]] std::optional<std::string_view> take_line();

    std::string buffer_;
    std::size_t at_ = 0;          ///< how much of the buffer is used up
    std::size_t searched_ = 0;    ///< up to here the buffer has no line end
    std::size_t size_ = 0;        ///< bytes of reply_
    std::optional<Reply> reply_;  ///< of several lines, not ended yet
};

}  // namespace fid::mail
