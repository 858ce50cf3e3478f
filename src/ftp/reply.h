// SPDX-License-Identifier: MIT
// What an FTP server answers (RFC 959 section 4.2), and the values that stand in some answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"

namespace fid::ftp {

struct Reply {
    unsigned code = 0;               ///< 100 to 599
    std::vector<std::string> lines;  ///< without their ends; the code and its separator are gone where they stood

    [[nodiscard]] bool preliminary() const { return code < 200; }
    [[nodiscard]] bool positive() const { return code >= 200 && code < 300; }
    [[nodiscard]] bool intermediate() const { return code >= 300 && code < 400; }
    [[nodiscard]] bool negative() const { return code >= 400; }
    /// "550 no such file": the code and the last line that says something, for messages.
    [[nodiscard]] std::string text() const;
};

/// Takes the bytes of a control connection as they come. A reply is one line, "ddd text", or several: from "ddd-" to
/// the line that begins with the same code and a blank. Lines end with LF; a CR before it goes with it.
class ReplyReader {
  public:
    /// Bytes of one line, and of all lines of a reply; a server that says more is not listened to.
    static constexpr std::size_t most_line_bytes = std::size_t{16} * 1024, most_bytes = std::size_t{1024} * 1024;

    void feed(std::string_view bytes);
    /// The next whole reply; nothing where more bytes are needed. Status protocol_violation: it is none.
    [[nodiscard]] Result<std::optional<Reply>> next();
    /// Bytes that were fed and not used.
    [[nodiscard]] bool empty() const { return at_ == buffer_.size() && !reply_; }

  private:
    [[nodiscard]] std::optional<std::string_view> take_line();

    std::string buffer_;
    std::size_t at_ = 0;          ///< how much of the buffer is used up
    std::size_t searched_ = 0;    ///< up to here the buffer has no line end
    std::size_t size_ = 0;        ///< bytes of reply_
    std::optional<Reply> reply_;  ///< of several lines, not ended yet
};

/// The port of a 229 reply, "(|||6446|)" (RFC 2428 section 3); any character may stand for the bar.
[[nodiscard]] std::optional<std::uint16_t> extended_passive_port(const Reply& reply);
/// The port of a 227 reply, six numbers. The address in it is not read: see connect_passive().
[[nodiscard]] std::optional<std::uint16_t> passive_port(const Reply& reply);
/// The path of a 257 reply, quotes doubled in it (RFC 959 appendix II).
[[nodiscard]] std::optional<std::string> quoted_path(const Reply& reply);
/// The number of a 213 reply to SIZE.
[[nodiscard]] std::optional<std::uint64_t> size_value(const Reply& reply);
/// "20240501102030[.123]" (RFC 3659 section 2.3) as seconds since 1970; also "19124...", which servers wrote for 2024
/// that counted years from 1900.
[[nodiscard]] std::optional<std::int64_t> time_value(std::string_view text);
/// The other way, for MFMT.
[[nodiscard]] std::string time_text(std::int64_t seconds);

}  // namespace fid::ftp
