// SPDX-License-Identifier: MIT
// A prefix (network) and an inclusive range of addresses.
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "address/address.h"

namespace fid {

class Prefix;

/// Zero bits below the lowest one; 128 for 0.
[[nodiscard]] constexpr unsigned trailing_zeros(Uint128 number) {
    const auto low = static_cast<std::uint64_t>(number);
    if (low != 0) return static_cast<unsigned>(std::countr_zero(low));
    return 64 + static_cast<unsigned>(std::countr_zero(static_cast<std::uint64_t>(number >> 64U)));
}
/// How many bits the number needs: 0 for 0, 128 for 2^127 and up.
[[nodiscard]] constexpr unsigned bit_count(Uint128 number) {
    const auto high = static_cast<std::uint64_t>(number >> 64U);
    if (high != 0) return 128 - static_cast<unsigned>(std::countl_zero(high));
    return 64 - static_cast<unsigned>(std::countl_zero(static_cast<std::uint64_t>(number)));
}
/// The lowest `bits` bits set, 0 to 128.
[[nodiscard]] constexpr Uint128 low_bits(unsigned bits) { return bits >= 128 ? ~Uint128{0} : (Uint128{1} << bits) - 1; }

/// Inclusive on both ends, one family, first <= last; so the size of ::/0 is last - first + 1 = 2^128, which does not
/// fit in 128 bits: ask for count_text().
struct Range {
    Family family = Family::v4;
    Uint128 first = 0;
    Uint128 last = 0;

    /// "10.0.0.5-10.0.1.9", "10.0.0.0/8", "192.0.2.1", "192.168.0.0/255.255.0.0", "192.168.0.0/0.0.255.255". A prefix
    /// with host bits set means the whole prefix. The masks 0.0.0.0 and 255.255.255.255 are refused as ambiguous.
    [[nodiscard]] static Result<Range> parse(std::string_view text, Reading reading = Reading::strict);

    [[nodiscard]] Address first_address() const { return {family, first}; }
    [[nodiscard]] Address last_address() const { return {family, last}; }
    [[nodiscard]] std::string count_text() const;  ///< exact, 1 to 2^128
    [[nodiscard]] bool contains(const Range& other) const {
        return family == other.family && first <= other.first && other.last <= last;
    }
    [[nodiscard]] bool overlaps(const Range& other) const {
        return family == other.family && first <= other.last && other.first <= last;
    }
    /// The prefix that is exactly this range, if there is one.
    [[nodiscard]] std::optional<Prefix> as_prefix() const;
    /// Calls `emit(Prefix)` for the minimal list of prefixes that is exactly this range, ascending; stops when it
    /// returns false.
    template <class Emit>
    void each_prefix(Emit&& emit) const;
    [[nodiscard]] std::string text() const;  ///< "first-last", a prefix where it is one, an address where it is one

    friend auto operator<=>(const Range&, const Range&) = default;
};

/// A network: base address with the host bits cleared, and a length.
class Prefix {
  public:
    constexpr Prefix() = default;
    /// Host bits are cleared. `length` must be at most width(family).
    constexpr Prefix(Family family, Uint128 number, unsigned length)
        : family_(family), number_(number & ~low_bits(width(family) - length)), length_(length) {}
    /// Any spelling of Range::parse that names one prefix; a bare address is /32 or /128. Host bits set are an error
    /// unless `host_bits` is given, which then receives the address as typed.
    [[nodiscard]] static Result<Prefix> parse(std::string_view text, Reading reading = Reading::strict,
                                              Address* host_bits = nullptr);

    [[nodiscard]] Family family() const { return family_; }
    [[nodiscard]] unsigned length() const { return length_; }
    [[nodiscard]] Uint128 first() const { return number_; }
    [[nodiscard]] Uint128 last() const { return number_ | host_mask(); }
    [[nodiscard]] Uint128 host_mask() const {
        return low_bits(width(family_) - length_);
    }  ///< the host bits as ones: 255 for a v4 /24
    [[nodiscard]] Uint128 net_mask() const { return highest(family_) & ~host_mask(); }
    [[nodiscard]] Address network() const { return {family_, number_}; }
    [[nodiscard]] Range range() const { return {family_, first(), last()}; }
    [[nodiscard]] bool contains(const Address& address) const;
    void write(Text& out) const;  ///< always with /length
    [[nodiscard]] std::string text() const;

    friend auto operator<=>(const Prefix&, const Prefix&) = default;

  private:
    Family family_ = Family::v4;
    Uint128 number_ = 0;
    unsigned length_ = 0;
};

/// The addresses that may be given to hosts: without network and broadcast (IPv4 up to /30), without the subnet-router
/// anycast address (IPv6 up to /126, RFC 4291 section 2.6.1); both ends of /31 (RFC 3021) and /127 (RFC 6164).
[[nodiscard]] Range host_range(const Prefix& prefix);

/// 2^128 and below, exactly: the number of addresses in a range, in decimal.
[[nodiscard]] std::string decimal(Uint128 value);

template <class Emit>
void Range::each_prefix(Emit&& emit) const {
    Uint128 at = first;
    for (;;) {
        // The largest block that `at` is aligned to and that ends by `last`: 2^k <= last - at + 1.
        const Uint128 rest = last - at;
        const unsigned fits = rest == ~Uint128{0} ? 128 : bit_count(rest + 1) - 1;
        const unsigned aligned = trailing_zeros(at);
        const unsigned host_bits = aligned < fits ? aligned : fits;
        const Prefix prefix(family, at, width(family) - host_bits);
        if (!emit(prefix)) return;
        if (prefix.last() == last) return;
        at = prefix.last() + 1;
    }
}

}  // namespace fid
