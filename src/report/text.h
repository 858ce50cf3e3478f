// SPDX-License-Identifier: MIT
// The one growing text buffer that every line of output is built in. Appends never allocate once it has grown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fid {

using Bytes = std::span<const std::uint8_t>;

[[nodiscard]] inline Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Text {
  public:
    void put(char c) { buffer_.push_back(c); }
    void put(std::string_view text) { buffer_.append(text); }
    void fill(char c, std::size_t count) { buffer_.append(count, c); }
    void number(std::uint64_t value);                    ///< decimal
    void number_signed(std::int64_t value);              ///< decimal
    void padded(std::uint64_t value, unsigned width);    ///< decimal, zeros on the left
    void hex(std::uint64_t value, unsigned digits = 1);  ///< lower case, at least `digits`, no 0x
    void hex_bytes(Bytes bytes, std::string_view separator = {});
    void mac(Bytes bytes);                               ///< 00:11:22:...; any length
    void ipv4(std::uint32_t host_order);                 ///< dotted quad
    void ipv6(std::span<const std::uint8_t, 16> bytes);  ///< RFC 5952
    /// Bytes from the network, safe for a terminal: printable UTF-8 as it is; C0, DEL, C1, bidi controls, line
    /// separators, backslash and invalid UTF-8 as \n \t \r \\ \xNN or \u{NNNN}. At most `limit` input bytes, then
    /// "...".
    void escaped(Bytes bytes, std::size_t limit = static_cast<std::size_t>(-1));
    void escaped(std::string_view text) { escaped(as_bytes(text)); }
    /// A JSON string with its quotes; invalid UTF-8 becomes U+FFFD (bytes that matter go through json_bytes).
    void json(std::string_view text);
    /// A JSON string where the bytes are UTF-8, otherwise {"base64": "..."}.
    void json_bytes(Bytes bytes);

    [[nodiscard]] std::string_view view() const { return buffer_; }
    [[nodiscard]] std::size_t size() const { return buffer_.size(); }
    [[nodiscard]] bool empty() const { return buffer_.empty(); }
    [[nodiscard]] bool ends_with(std::string_view tail) const { return view().ends_with(tail); }
    void clear() { buffer_.clear(); }
    void truncate(std::size_t size) { buffer_.resize(size); }
    std::string take() { return std::move(buffer_); }

  private:
    std::string buffer_;
};

/// Is it valid UTF-8 (RFC 3629: no surrogates, no overlong forms)?
[[nodiscard]] bool is_utf8(Bytes bytes);

}  // namespace fid
