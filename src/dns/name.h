// SPDX-License-Identifier: MIT
// A domain name as a value, in wire form: what questions carry, answers name and everything compares.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "address/address.h"
#include "packet/cursor.h"
#include "report/error.h"

namespace fid::dns {

class Name {
  public:
    static constexpr std::size_t max_size = 255;  ///< bytes on the wire (RFC 1035 section 2.3.4)
    static constexpr std::size_t max_label = 63;

    /// The root.
    Name() = default;

    /// Presentation form (RFC 1035 section 5.1): "example.com", "example.com.", "a\.b.example", "\000.example", ".".
    /// The final dot may be missing. Bytes from 0x80 on stand for themselves. Status usage; the cause says which label
    /// is wrong, and how.
    [[nodiscard]] static Result<Name> parse(std::string_view text);
    /// What a person types: the same, but labels with letters outside ASCII are made A-labels by IDNA 2008
    /// (RFC 5891, after the mapping of UTS 46), and ideographic full stops are dots. ASCII labels such as _sip stay as
    /// they are.
    [[nodiscard]] static Result<Name> from_user(std::string_view text);
    /// Does the text end in a dot that is not escaped?
    [[nodiscard]] static bool is_absolute(std::string_view text);
    /// The name at the cursor, which is left behind it; `message` is where compression pointers count from. Nothing
    /// where it is none (see packet::walk_dns_name); the cursor has failed then.
    [[nodiscard]] static std::optional<Name> read(packet::Cursor& cursor, Bytes message);
    /// "1.2.0.192.in-addr.arpa."; the zone of the address is left out.
    [[nodiscard]] static Name reverse(const Address& address);

    [[nodiscard]] Bytes wire() const { return {bytes_.data(), size_}; }  ///< with the root's zero at the end
    [[nodiscard]] bool is_root() const { return size_ == 1; }
    [[nodiscard]] unsigned labels() const;  ///< how many, the root not counted
    [[nodiscard]] Bytes first_label() const { return wire().subspan(1, bytes_[0]); }  ///< empty for the root
    [[nodiscard]] Name parent() const;  ///< without its first label; the root's is the root
    /// Is this name `ancestor`, or below it?
    [[nodiscard]] bool is_within(const Name& ancestor) const;
    /// This name in front of another: "www" + "example.com". Nothing where that would be too long.
    [[nodiscard]] std::optional<Name> under(const Name& suffix) const;

    /// As dig writes it: with the final dot; " ( ) . ; \ @ $ behind a backslash, bytes outside 0x21-0x7e as \DDD.
    /// Always ASCII, safe for a terminal.
    void write(Text& out) const;
    [[nodiscard]] std::string text() const;
    /// The same with A-labels (xn--) as the letters they stand for. A label stays xn-- where libidn2 does not make the
    /// same of those letters again, or where they are none to be shown (controls, bidi): safe for a terminal of UTF-8.
    [[nodiscard]] std::string unicode() const;

    /// Letter case does not count in comparing.
    friend bool operator==(const Name& a, const Name& b);
    /// The canonical order of RFC 4034 section 6.1: by labels from the right.
    friend std::weak_ordering operator<=>(const Name& a, const Name& b);
    [[nodiscard]] std::size_t hash() const;  ///< the same for names that are equal

  private:
    [[nodiscard]] bool append(Bytes label);
    /// Most names are letters, digits, hyphens and underscores: those need no second look. False for all others, and
    /// where the name is not allowed; nothing is said about why.
    [[nodiscard]] bool read_plain(std::string_view text);
    [[nodiscard]] static Result<Name> parse(std::string_view text, bool idna);

    std::array<std::uint8_t, max_size> bytes_{};
    std::uint8_t size_ = 1;
};

/// Are two names on the wire, of the same length and uncompressed, the same but for letter case?
[[nodiscard]] bool same_name(Bytes a, Bytes b);

/// Makes the case of each letter a coin's (0x20, draft-vixie-dnsext-dns0x20): one bit of `random` a byte, again from
/// the first after the 64th.
void mix_case(std::span<std::uint8_t> name, std::uint64_t random);

}  // namespace fid::dns
