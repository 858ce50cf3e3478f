// SPDX-License-Identifier: MIT
#include "address/prefix.h"

#include <algorithm>
#include <array>

#include "address/characters.h"

namespace fid {
namespace {

/// What one spelling says: the address as typed and the range it means.
struct Spelled {
    Address typed;
    Range range;
    bool is_prefix = false;  ///< written as address/length, address/mask or a bare address
};

std::unexpected<Error> refuse(std::string_view text, std::string cause, std::string hint = {}) {
    constexpr std::size_t most = 100;
    std::string subject(text.substr(0, most));
    if (text.size() > most) subject += "...";
    return fail(Status::bad_input, "not a prefix:", std::move(subject), std::move(cause), std::move(hint));
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The prefix length that a dotted mask means: a netmask (ones first) or a Cisco wildcard (zeros first).
Result<unsigned> length_of_mask(std::string_view text, std::string_view mask_text, std::uint32_t mask) {
    const std::string name(mask_text);
    if (mask == 0)
        return refuse(text, "the mask " + name + " is ambiguous: as a netmask it is /0, as a wildcard /32",
                      "write /0 or /32");
    if (mask == 0xffffffffU)
        return refuse(text, "the mask " + name + " is ambiguous: as a netmask it is /32, as a wildcard /0",
                      "write /32 or /0");
    const auto ones_first = static_cast<unsigned>(std::countl_one(mask));
    if (std::popcount(mask) == std::countl_one(mask)) return ones_first;
    if (std::popcount(mask) == std::countr_one(mask)) return 32 - static_cast<unsigned>(std::countr_one(mask));
    return refuse(text, "the mask " + name + " is not contiguous",
                  "a netmask is ones then zeros (255.255.255.0), a wildcard zeros then ones (0.0.0.255)");
}

Result<unsigned> read_prefix_length(std::string_view text, std::string_view length_text, Family family) {
    const char* const end = length_text.data() + length_text.size();
    unsigned length = 0;
    if (!length_text.empty() && read_length(length_text.data(), end, width(family), length) == end) return length;
    std::uint32_t mask = 0;
    if (!length_text.empty() && read_v4(length_text.data(), end, mask) == end) {
        if (family == Family::v6)
            return refuse(text, "a dotted mask on an IPv6 address", "IPv6 prefixes are written with a length, /64");
        return length_of_mask(text, length_text, mask);
    }
    if (length_text.empty()) return refuse(text, "the length after / is empty");
    if (length_text.find('/') != std::string_view::npos) return refuse(text, "more than one /");
    const std::string name(length_text.substr(0, 40));
    if (!std::all_of(length_text.begin(), length_text.end(), is_digit))
        return refuse(text, "/" + name + " is neither a length nor a mask");
    if (length_text[0] == '0') return refuse(text, "leading zero in the length /" + name);
    return refuse(text, "/" + name + " is longer than " + (family == Family::v4 ? "IPv4's /32" : "IPv6's /128"));
}

Result<Spelled> spell_span(std::string_view text, std::size_t dash, Reading reading) {
    auto first = Address::parse(trimmed(text.substr(0, dash)), reading);
    if (!first) return std::unexpected(std::move(first.error()));
    auto last = Address::parse(trimmed(text.substr(dash + 1)), reading);
    if (!last) return std::unexpected(std::move(last.error()));
    if (first->family() != last->family()) return refuse(text, "a range from one address family to the other");
    if (first->number() > last->number())
        return refuse(text, "the range ends before it starts",
                      "did you mean " + last->text() + "-" + first->text() + "?");
    return Spelled{*first, {first->family(), first->number(), last->number()}, false};
}

Result<Spelled> spell(std::string_view text, Reading reading) {
    if (const auto bare = Address::read(text))
        return Spelled{*bare, {bare->family(), bare->number(), bare->number()}, true};
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
        if (text.find('-', slash + 2) != std::string_view::npos)
            return refuse(text, "a range of prefixes",
                          "write the first and the last address, or both prefixes on their own");
        auto address = Address::parse(text.substr(0, slash), reading);
        if (!address) return std::unexpected(std::move(address.error()));
        auto length = read_prefix_length(text, text.substr(slash + 1), address->family());
        if (!length) return std::unexpected(std::move(length.error()));
        return Spelled{*address, Prefix(address->family(), address->number(), *length).range(), true};
    }
    auto address = Address::parse(text, reading);  // first, for a zone name may contain a dash
    if (address) return Spelled{*address, {address->family(), address->number(), address->number()}, true};
    for (std::size_t dash = text.find('-'); dash != std::string_view::npos; dash = text.find('-', dash + 1)) {
        const bool zone_before = text.substr(0, dash).find('%') != std::string_view::npos;
        if (!zone_before || Address::parse(trimmed(text.substr(dash + 1)), reading))
            return spell_span(text, dash, reading);
    }
    return std::unexpected(std::move(address.error()));
}

}  // namespace

Result<Range> Range::parse(std::string_view text, Reading reading) {
    auto spelled = spell(text, reading);
    if (!spelled) return std::unexpected(std::move(spelled.error()));
    return spelled->range;
}

std::string Range::count_text() const {
    if (last - first == ~Uint128{0}) return "340282366920938463463374607431768211456";
    return decimal(last - first + 1);
}

std::optional<Prefix> Range::as_prefix() const {
    const Uint128 host = first ^ last;
    if ((host & (host + 1)) != 0 || (first & host) != 0) return std::nullopt;
    return Prefix(family, first, width(family) - bit_count(host));
}

std::string Range::text() const {
    Text out;
    if (const auto prefix = as_prefix(); prefix && first != last) {
        prefix->write(out);
    } else {
        first_address().write(out);
        if (first != last) {
            out.put('-');
            last_address().write(out);
        }
    }
    return out.take();
}

Result<Prefix> Prefix::parse(std::string_view text, Reading reading, Address* host_bits) {
    auto spelled = spell(text, reading);
    if (!spelled) return std::unexpected(std::move(spelled.error()));
    const auto prefix = spelled->range.as_prefix();
    if (!prefix) return refuse(text, "the range is not one prefix");
    if (host_bits != nullptr) {
        *host_bits = spelled->typed;
    } else if (spelled->typed.number() != prefix->first()) {
        return refuse(text, "host bits are set", "the prefix is " + prefix->text());
    }
    return *prefix;
}

bool Prefix::contains(const Address& address) const {
    return address.family() == family_ && ((address.number() ^ number_) & ~host_mask()) == 0;
}

void Prefix::write(Text& out) const {
    network().write(out);
    out.put('/');
    out.number(length_);
}

std::string Prefix::text() const {
    Text out;
    write(out);
    return out.take();
}

std::string decimal(Uint128 value) {
    std::array<char, 39> digits;
    std::size_t at = digits.size();
    do {
        digits[--at] = static_cast<char>('0' + static_cast<unsigned>(value % 10));
        value /= 10;
    } while (value != 0);
    return {digits.data() + at, digits.size() - at};
}

Range host_range(const Prefix& prefix) {
    Range range = prefix.range();
    const unsigned host_bits = width(prefix.family()) - prefix.length();
    if (host_bits < 2) return range;
    ++range.first;
    if (prefix.family() == Family::v4) --range.last;
    return range;
}

}  // namespace fid
