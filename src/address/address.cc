// SPDX-License-Identifier: MIT
#include "address/address.h"

#include <algorithm>
#include <deque>
#include <mutex>

#include "address/characters.h"

namespace fid {
namespace {

Uint128 number_of(std::span<const std::uint8_t> bytes) {
    Uint128 number = 0;
    for (const std::uint8_t byte : bytes) number = (number << 8U) | byte;
    return number;
}

/// Zone names are few and live as long as the process, so an address carries an index instead of a string.
class ZoneTable {
  public:
    /// The index of `name`, 1 and up; 0 where the table is full.
    std::uint16_t index(std::string_view name) {
        const std::lock_guard lock(mutex_);
        const auto found = std::find(names_.begin(), names_.end(), name);
        if (found != names_.end()) return static_cast<std::uint16_t>(found - names_.begin() + 1);
        if (names_.size() == most) return 0;
        names_.emplace_back(name);
        return static_cast<std::uint16_t>(names_.size());
    }
    std::string_view name(std::uint16_t index) {
        const std::lock_guard lock(mutex_);
        return names_[index - 1U];
    }

  private:
    static constexpr std::size_t most = 4096;  // interfaces of one host; keeps the linear search bounded
    std::mutex mutex_;
    std::deque<std::string> names_;  // a deque never moves its elements, so views stay valid
};

ZoneTable& zones() {
    static ZoneTable table;
    return table;
}

constexpr std::size_t longest_zone = 64;

std::string subject_of(std::string_view text) {
    constexpr std::size_t most = 100;
    if (text.size() <= most) return std::string(text);
    return std::string(text.substr(0, most)) + "...";
}

std::unexpected<Error> refuse(std::string_view text, std::string cause, std::string hint = {}) {
    return fail(Status::bad_input, "not an IP address:", subject_of(text), std::move(cause), std::move(hint));
}

/// One number of inet_aton(3): decimal, 0 octal, 0x hexadecimal.
std::optional<std::uint64_t> read_c_number(std::string_view part) {
    unsigned base = 10;
    if (part.size() > 1 && part[0] == '0') {
        base = 8;
        part.remove_prefix(1);
        if (part[0] == 'x' || part[0] == 'X') {
            base = 16;
            part.remove_prefix(1);
        }
    }
    if (part.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : part) {
        const unsigned digit = hex_value(c);
        if (digit >= base) return std::nullopt;
        value = value * base + digit;
        if (value > 0xffffffffU) return std::nullopt;
    }
    return value;
}

/// inet_aton(3): one to four parts, the last one fills the bytes that are left.
std::optional<std::uint32_t> read_legacy(std::string_view text) {
    std::uint32_t number = 0;
    for (unsigned part = 0; part < 4; ++part) {
        const std::size_t dot = text.find('.');
        const auto value = read_c_number(text.substr(0, dot));
        if (!value) return std::nullopt;
        if (dot == std::string_view::npos) {
            const unsigned bits = 32 - 8 * part;
            if (*value >> bits != 0) return std::nullopt;
            return number | static_cast<std::uint32_t>(*value);
        }
        if (*value > 255) return std::nullopt;
        number |= static_cast<std::uint32_t>(*value) << (24 - 8 * part);
        text.remove_prefix(dot + 1);
    }
    return std::nullopt;
}

std::string quoted(char c) {
    Text out;
    out.put('\'');
    out.escaped(std::string_view(&c, 1));
    out.put('\'');
    return out.take();
}

/// Why `text`, which has no colon, is not a dotted quad.
std::unexpected<Error> explain_v4(std::string_view text, Reading reading) {
    if (text.empty()) return refuse("\"\"", "empty");
    for (const char c : text) {
        if (c == ' ' || c == '\t') return refuse(text, "spaces are not part of an address");
        if (c == '/') return refuse(text, "a prefix where one address is needed");
    }
    const auto legacy = read_legacy(text);
    std::string hint;
    if (legacy && reading == Reading::strict) {
        Text out;
        out.put("--legacy-ip reads it as inet_aton does, as ");
        out.ipv4(*legacy);
        hint = out.take();
    }
    for (const char c : text)
        if (!is_digit(c) && c != '.') return refuse(text, quoted(c) + " is not a decimal digit", hint);
    std::size_t octets = 0;
    for (std::string_view rest = text;;) {
        const std::size_t dot = rest.find('.');
        const std::string octet(rest.substr(0, dot));
        ++octets;
        if (octet.empty()) return refuse(text, "an octet is empty");
        if (octet.size() > 1 && octet[0] == '0') {
            if (octet.find_first_of("89") != std::string::npos || octet.size() > 4)
                return refuse(text, "leading zero in " + octet, "write it without the zero");
            const auto octal = read_c_number(octet);
            const std::size_t digits = std::min(octet.find_first_not_of('0'), octet.size() - 1);
            return refuse(text, "leading zero in " + octet,
                          octet + ": octal " + std::to_string(octal.value_or(0)) + " or decimal " +
                              octet.substr(digits) + "? Write it without the zero; --legacy-ip reads it as octal");
        }
        if (octet.size() > 3 || std::stoi(octet) > 255) {
            return refuse(text, (octet.size() > 20 ? "an octet" : "octet " + octet) + " is above 255", hint);
        }
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    return refuse(text, std::to_string(octets) + (octets == 1 ? " octet" : " octets") + " where 4 are needed", hint);
}

/// Why `text`, which has a colon, is not an IPv6 address.
std::unexpected<Error> explain_v6(std::string_view text) {
    if (text.empty()) return refuse("%", "there is no address before the zone");
    if (text.front() == '[') return refuse(text, "brackets are not part of an address", "write it without [ and ]");
    for (const char c : text) {
        if (c == '/') return refuse(text, "a prefix where one address is needed");
        if (hex_value(c) == 16 && c != ':' && c != '.') return refuse(text, quoted(c) + " is not a hexadecimal digit");
    }
    const std::size_t gap = text.find("::");
    if (text.find(":::") != std::string_view::npos) return refuse(text, "three colons in a row");
    if (gap != std::string_view::npos && text.find("::", gap + 1) != std::string_view::npos)
        return refuse(text, "\"::\" twice", "which of them stands for how many zeros is not known");
    std::size_t groups = 0;
    for (std::string_view rest = text;;) {
        const std::size_t colon = rest.find(':');
        const std::string_view group = rest.substr(0, colon);
        if (group.find('.') != std::string_view::npos) {
            std::uint32_t ignored = 0;
            if (colon != std::string_view::npos) return refuse(text, "a dotted quad may only stand at the end");
            if (read_v4(group.data(), group.data() + group.size(), ignored) != group.data() + group.size())
                return refuse(text, std::string(group.substr(0, 40)) + " is not a dotted quad");
            ++groups;
        } else if (group.size() > 4) {
            return refuse(text, "a group has more than four hexadecimal digits");
        }
        if (!group.empty()) ++groups;
        if (colon == std::string_view::npos) break;
        rest.remove_prefix(colon + 1);
    }
    if (gap == std::string_view::npos && (text.front() == ':' || text.back() == ':'))
        return refuse(text, "a single colon at the edge");
    if (gap != std::string_view::npos && groups >= 8) return refuse(text, "\"::\" stands for at least one group");
    if (groups != 8) return refuse(text, std::to_string(groups) + " groups where 8 are needed");
    return refuse(text, "a single colon at the edge");
}

bool is_zone(std::string_view zone) {
    return !zone.empty() && zone.size() <= longest_zone && std::all_of(zone.begin(), zone.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != '%' && c != '/' && c != ':' && c != '[' && c != ']';
    });
}

}  // namespace

Address Address::from_bytes(std::span<const std::uint8_t, 4> bytes) { return {Family::v4, number_of(bytes)}; }
Address Address::from_bytes(std::span<const std::uint8_t, 16> bytes) { return {Family::v6, number_of(bytes)}; }

Result<Address> Address::parse(std::string_view text, Reading reading) {
    if (const auto address = read(text)) return *address;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        if (reading == Reading::legacy)
            if (const auto number = read_legacy(text)) return v4(*number);
        return explain_v4(text, reading);
    }
    const std::size_t percent = text.find('%');
    if (percent == std::string_view::npos) return explain_v6(text);
    auto address = read(text.substr(0, percent));
    if (!address) return explain_v6(text.substr(0, percent));
    const std::string_view zone = text.substr(percent + 1);
    if (zone.empty()) return refuse(text, "the zone after % is empty", "fe80::1%eth0 is an address of interface eth0");
    if (!is_zone(zone)) return refuse(text, "the zone after % is not an interface name or number");
    address->zone_ = zones().index(zone);
    if (address->zone_ == 0) return refuse(text, "too many different zones");
    return *address;
}

std::optional<Address> Address::read(std::string_view text) {
    const char* const end = text.data() + text.size();
    std::uint32_t number4 = 0;
    if (read_v4(text.data(), end, number4) == end && !text.empty()) return v4(number4);
    Uint128 number6 = 0;
    if (text.size() >= 2 && read_v6(text.data(), end, number6) == end) return v6(number6);
    return std::nullopt;
}

std::array<std::uint8_t, 16> Address::bytes() const {
    std::array<std::uint8_t, 16> out{};
    Uint128 rest = is_v4() ? number_ << 96U : number_;
    for (std::size_t i = 16; i-- > 0; rest >>= 8U) out[i] = static_cast<std::uint8_t>(rest);
    return out;
}

std::string_view Address::zone() const { return zone_ == 0 ? std::string_view{} : zones().name(zone_); }

void Address::write(Text& out) const {
    if (is_v4()) {
        out.ipv4(static_cast<std::uint32_t>(number_));
        return;
    }
    out.ipv6(bytes());
    if (zone_ != 0) {
        out.put('%');
        out.put(zone());
    }
}

std::string Address::text() const {
    Text out;
    write(out);
    return out.take();
}

std::strong_ordering operator<=>(const Address& a, const Address& b) {
    if (a.family_ != b.family_) return a.family_ <=> b.family_;
    if (a.number_ != b.number_)
        return a.number_ < b.number_ ? std::strong_ordering::less : std::strong_ordering::greater;
    if (a.zone_ == b.zone_) return std::strong_ordering::equal;
    return a.zone() <=> b.zone();
}

}  // namespace fid
