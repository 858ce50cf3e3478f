// SPDX-License-Identifier: MIT
// What an IMAP server says (RFC 3501, RFC 9051 section 7), with its literals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"

namespace fid::mail {

struct ImapValue {
    enum class Kind : std::uint8_t { nil, atom, string, list };

    Kind kind = Kind::nil;
    std::string text;  ///< of an atom or a string
    std::vector<ImapValue> list;

    [[nodiscard]] bool is_list() const { return kind == Kind::list; }
    /// A number; nothing for anything else.
    [[nodiscard]] std::optional<std::uint64_t> number() const;
};

struct ImapResponse {
    std::string tag;     ///< "*", "+", or that of the command it answers
    std::string status;  ///< OK, NO, BAD, BYE or PREAUTH; "" where it tells data
    std::string code;    ///< what stands in brackets behind the status: "CAPABILITY IMAP4rev1 IDLE"
    std::string text;    ///< what the status, or "+", says to people
    std::vector<ImapValue> values;

    /// "* 12 EXISTS": the number. "* LIST ...": 0 where it begins so. Nothing where it is another response.
    [[nodiscard]] std::optional<std::uint64_t> numbered(std::string_view name) const;
    [[nodiscard]] bool named(std::string_view name) const;
    /// Of "* 1 FETCH (...)": the value behind that name; null where there is none.
    [[nodiscard]] const ImapValue* item(std::string_view name) const;
};

/// Is it the same word but for the case of ASCII letters?
[[nodiscard]] bool same_word(std::string_view one, std::string_view other);

/// Takes the bytes of a connection as they come.
class ImapReader {
  public:
    /// Of one response, its literals not counted; how deep lists may lie in lists.
    static constexpr std::size_t most_line_bytes = std::size_t{1024} * 1024;
    static constexpr unsigned deepest = 50;

    /// `most_literal_bytes`: of all literals of one response.
    explicit ImapReader(std::uint64_t most_literal_bytes) : most_literal_bytes_(most_literal_bytes) {}

    void feed(std::string_view bytes);
    /// The next whole response; nothing where more bytes are needed. Status protocol_violation: it is none, or too
    /// long.
    [[nodiscard]] Result<std::optional<ImapResponse>> next();
    /// Nothing was fed that is not used.
    [[nodiscard]] bool empty() const { return at_ == buffer_.size(); }

  private:
    [[nodiscard]] Result<bool> find_end();

    std::uint64_t most_literal_bytes_;
    std::string buffer_;
    std::size_t at_ = 0;          ///< where the response begins
    std::size_t searched_ = 0;    ///< up to here its end is not
    std::size_t line_ = 0;        ///< where its line begins that goes on at `searched_`
    std::size_t line_bytes_ = 0;  ///< of its lines before
    std::uint64_t literals_ = 0;  ///< bytes of its literals
};

}  // namespace fid::mail
