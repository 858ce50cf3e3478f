// SPDX-License-Identifier: MIT
// What a client asks for, whichever version of HTTP carried it, and the strict reader of HTTP/1.1 heads (RFC 9112).
// The views of a Request point into the bytes it was read from.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/text.h"

namespace fid::http {

/// What a client may make us hold and wait for. Everything has a bound.
struct RequestLimits {
    std::size_t line_bytes = std::size_t{8} * 1024;   ///< method, target and version (414)
    std::size_t head_bytes = std::size_t{32} * 1024;  ///< all of the head (431)
    std::size_t fields = 100;                         ///< lines of it (431)
};

/// The fields that somebody looks at; all others are only kept in Request::fields.
enum class Known : std::uint8_t {
    host,
    connection,
    content_length,
    transfer_encoding,
    expect,
    range,
    if_match,
    if_none_match,
    if_modified_since,
    if_unmodified_since,
    if_range,
    accept,
    accept_encoding,
    authorization,
    user_agent,
    referer,
    other,
};
inline constexpr std::size_t known_count = static_cast<std::size_t>(Known::other);

/// The known field of that name, whatever its case.
[[nodiscard]] Known known_field(std::string_view name);

struct RequestField {
    std::string_view name, value;
};

/// Why a request is not served: the status to answer with, and the words for the page. The connection ends with it.
struct Refusal {
    unsigned status = 400;
    std::string_view reason;
};

enum class Framing : std::uint8_t { none, length, chunked };

struct Request {
    std::string_view method;
    std::string_view target;     ///< as it was sent
    std::string_view authority;  ///< the host that was asked for, "" where an HTTP/1.0 client named none
    std::string_view path;       ///< of the target, still percent-encoded; "*" for OPTIONS *
    std::string_view query;      ///< behind the "?"
    bool has_query = false;
    unsigned major = 1, minor = 1;
    bool keep_alive = true;
    bool expects_continue = false;
    Framing framing = Framing::none;  ///< of the body
    std::uint64_t length = 0;         ///< of the body, for Framing::length
    std::vector<RequestField> fields;

    [[nodiscard]] bool has(Known field) const { return (present_ & bit(field)) != 0; }
    /// The value; several fields of a list are joined with ", " (RFC 9110 section 5.2). "" where there is none.
    [[nodiscard]] std::string_view value(Known field) const {
        return has(field) ? known_[static_cast<std::size_t>(field)] : std::string_view{};
    }
    [[nodiscard]] bool is_get() const { return method == "GET"; }
    [[nodiscard]] bool is_head() const { return method == "HEAD"; }

    /// Forgets everything but the memory.
    void clear();
    /// Adds a field; false where it may stand only once and does already.
    [[nodiscard]] bool add(std::string_view name, std::string_view value);
    /// Splits `target` into authority, path and query; false where it is none that the method may have.
    [[nodiscard]] bool read_target(std::string_view text);

  private:
    static constexpr std::uint32_t bit(Known field) { return 1U << static_cast<unsigned>(field); }

    std::uint32_t present_ = 0;
    std::array<std::string_view, known_count> known_{};
    std::deque<std::string> joined_;  ///< values of more than one field
};

/// Looks for the end of a head in bytes that come bit by bit, without looking at any twice.
class HeadScanner {
  public:
    /// How many bytes the head takes, with the empty line at its end; none while that has not come. A line that does
    /// not end with CR LF, and a head beyond the limits, are refused at once.
    [[nodiscard]] std::expected<std::optional<std::size_t>, Refusal> scan(std::string_view bytes,
                                                                          const RequestLimits& limits);
    void reset() { *this = {}; }
    [[nodiscard]] bool begun() const { return seen_ != 0; }

  private:
    std::size_t seen_ = 0;        ///< bytes looked at
    std::size_t line_begin_ = 0;  ///< of the line that is being looked at
    std::size_t start_ = 0;       ///< where the request line begins, behind an empty line
    bool first_done_ = false;     ///< the request line is complete
};

/// Reads a whole head as scan() measured it. All that could be understood in two ways is refused (RFC 9112 sections 3,
/// 5 and 6; RFC 9110 section 5.5).
[[nodiscard]] std::expected<void, Refusal> parse_head(std::string_view head, const RequestLimits& limits,
                                                      Request& request);

/// Decimal digits and nothing else, without overflow.
[[nodiscard]] std::optional<std::uint64_t> parse_digits(std::string_view text);

}  // namespace fid::http
