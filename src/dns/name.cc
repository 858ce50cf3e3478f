// SPDX-License-Identifier: MIT
#include "dns/name.h"

#include <algorithm>

#include "address/characters.h"
#include "address/convert.h"
#include "dns/idna.h"
#include "packet/naming/dns_name.h"

namespace fid::dns {
namespace {

constexpr std::uint8_t lower(std::uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte + 0x20) : byte;
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::unexpected<Error> bad_name(std::string_view text, std::string cause) {
    return fail(Status::usage, "not a domain name:", "'" + std::string(text) + "'", std::move(cause));
}

/// The bytes of the dot at `at`: 1, 3 for the full stops that UTS 46 takes for one, 0 where there is none.
std::size_t dot_size(std::string_view text, std::size_t at, bool idna) {
    if (text[at] == '.') return 1;
    const std::string_view here = text.substr(at, 3);
    return idna && (here == "\u3002" || here == "\uff0e" || here == "\uff61") ? 3 : 0;
}

/// The end of the label that begins at `at`.
std::size_t label_end(std::string_view text, std::size_t at, bool idna) {
    while (at < text.size() && dot_size(text, at, idna) == 0) at += text[at] == '\\' ? 2U : 1U;
    return std::min(at, text.size());
}

/// Takes the escapes out of a label; the error is the cause.
std::expected<std::string, std::string> unescape(std::string_view label) {
    std::string bytes;
    for (std::size_t i = 0; i < label.size(); ++i) {
        if (label[i] != '\\') {
            bytes += label[i];
            continue;
        }
        if (++i == label.size()) return std::unexpected("a backslash at the end of label '" + std::string(label) + "'");
        if (!is_digit(label[i])) {
            bytes += label[i];
            continue;
        }
        const std::string_view digits = label.substr(i, 3);
        unsigned value = 0;
        for (const char c : digits) value = is_digit(c) ? value * 10 + static_cast<unsigned>(c - '0') : 256;
        if (digits.size() < 3 || value > 255)
            return std::unexpected("'\\" + std::string(digits) + "' is not three digits up to 255");
        bytes += static_cast<char>(value);
        i += 2;
    }
    return bytes;
}

/// An A-label in its letters where a terminal may show all of them as they are.
std::string shown_label(std::string_view label) {
    std::string letters = label_to_unicode(label);
    Text safe;
    safe.escaped(letters);
    return safe.view() == letters ? letters : std::string(label);
}

}  // namespace

Result<Name> Name::parse(std::string_view text) { return parse(text, false); }
Result<Name> Name::from_user(std::string_view text) { return parse(text, true); }

bool Name::is_absolute(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size()) {
        end = label_end(text, end, true);
        if (end == text.size()) return false;
        end += dot_size(text, end, true);
    }
    return !text.empty();
}

bool Name::read_plain(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() + 2 > max_size) return false;
    std::size_t length_at = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i == text.size() || text[i] == '.') {
            const std::size_t length = i - length_at;
            if (length == 0 || length > max_label) return false;
            bytes_[length_at] = static_cast<std::uint8_t>(length);
            length_at = i + 1;
        } else if (is_letter(text[i]) || is_digit(text[i]) || text[i] == '-' || text[i] == '_') {
            bytes_[i + 1] = static_cast<std::uint8_t>(text[i]);
        } else {
            return false;
        }
    }
    bytes_[length_at] = 0;
    size_ = static_cast<std::uint8_t>(length_at + 1);
    return true;
}

Result<Name> Name::parse(std::string_view text, bool idna) {
    Name name;
    if (text == "." || name.read_plain(text)) return name;
    name = Name();
    if (text.empty()) return bad_name(text, "it is empty");
    unsigned number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = label_end(text, at, idna);
        const std::string_view typed = text.substr(at, end - at);
        ++number;
        if (typed.empty()) return bad_name(text, "label " + std::to_string(number) + " is empty");
        auto label = unescape(typed);
        if (label && idna && !is_ascii(typed)) {
            label = label_to_ascii(*label);
            if (!label) label.error() = "label '" + std::string(typed) + "': " + label.error();
        }
        if (!label) return bad_name(text, std::move(label.error()));
        if (label->size() > max_label)
            return bad_name(text, "label " + std::to_string(number) + " has " + std::to_string(label->size()) +
                                      " bytes; at most 63 are allowed");
        if (!name.append(as_bytes(*label))) return bad_name(text, "it is longer than 255 bytes");
        at = end < text.size() ? end + dot_size(text, end, idna) : end;
    }
    return name;
}

bool Name::append(Bytes label) {
    if (label.size() + 1 + size_ > max_size) return false;
    std::uint8_t* const at = bytes_.data() + size_ - 1;
    *at = static_cast<std::uint8_t>(label.size());
    std::ranges::copy(label, at + 1);
    size_ = static_cast<std::uint8_t>(size_ + label.size() + 1);
    bytes_[size_ - 1U] = 0;
    return true;
}

std::optional<Name> Name::read(packet::Cursor& cursor, Bytes message) {
    Name name;
    bool fits = true;
    packet::walk_dns_name(cursor, message, [&](Bytes label) { fits = fits && name.append(label); });
    if (!fits) cursor.fail();
    if (!cursor.ok()) return std::nullopt;
    return name;
}

Name Name::reverse(const Address& address) {
    Name name;
    const std::string text = reverse_name(address.without_zone());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = label_end(text, at, false);
        (void)name.append(as_bytes(std::string_view(text).substr(at, end - at)));  // 74 bytes at most
        at = end + 1;
    }
    return name;
}

unsigned Name::labels() const {
    unsigned count = 0;
    for (std::size_t at = 0; bytes_[at] != 0; at += bytes_[at] + 1U) ++count;
    return count;
}

Name Name::parent() const {
    if (is_root()) return *this;
    Name name;
    const Bytes rest = wire().subspan(bytes_[0] + 1U);
    std::ranges::copy(rest, name.bytes_.begin());
    name.size_ = static_cast<std::uint8_t>(rest.size());
    return name;
}

bool Name::is_within(const Name& ancestor) const {
    std::size_t at = 0;
    while (size_ - at > ancestor.size_) at += bytes_[at] + 1U;
    return size_ - at == ancestor.size_ && same_name(wire().subspan(at), ancestor.wire());
}

std::optional<Name> Name::under(const Name& suffix) const {
    if (std::size_t{size_} - 1 + suffix.size_ > max_size) return std::nullopt;
    Name name = *this;
    std::ranges::copy(suffix.wire(), name.bytes_.begin() + size_ - 1);
    name.size_ = static_cast<std::uint8_t>(size_ - 1 + suffix.size_);
    return name;
}

void Name::write(Text& out) const {
    if (is_root()) return out.put('.');
    for (std::size_t at = 0; bytes_[at] != 0; at += bytes_[at] + 1U) {
        for (const std::uint8_t byte : wire().subspan(at + 1, bytes_[at])) {
            if (byte <= 0x20 || byte >= 0x7f) {
                out.put('\\');
                out.padded(byte, 3);
                continue;
            }
            const char c = static_cast<char>(byte);
            if (std::string_view("\"().;\\@$").find(c) != std::string_view::npos) out.put('\\');
            out.put(c);
        }
        out.put('.');
    }
}

std::string Name::text() const {
    Text out;
    write(out);
    return out.take();
}

std::string Name::unicode() const {
    const std::string ascii = text();
    std::string made;
    for (std::size_t at = 0; at < ascii.size();) {
        const std::size_t end = label_end(ascii, at, false);
        const std::string_view label = std::string_view(ascii).substr(at, end - at);
        // An escaped label is no A-label: those are letters, digits and hyphens.
        const bool encoded = label.size() > 4 && same_name(as_bytes(label.substr(0, 4)), as_bytes("xn--"));
        made += encoded ? shown_label(label) : std::string(label);
        made += '.';
        at = end + 1;
    }
    return made;
}

bool operator==(const Name& a, const Name& b) { return same_name(a.wire(), b.wire()); }

std::weak_ordering operator<=>(const Name& a, const Name& b) {
    // Where each label begins, to walk them from the right; 127 at most.
    const auto starts = [](const Name& name) {
        std::pair<std::array<std::uint8_t, 128>, std::size_t> found{};
        for (std::size_t at = 0; name.bytes_[at] != 0; at += name.bytes_[at] + 1U)
            found.first[found.second++] = static_cast<std::uint8_t>(at);
        return found;
    };
    auto [a_at, a_count] = starts(a);
    auto [b_at, b_count] = starts(b);
    while (a_count != 0 && b_count != 0) {
        const auto label = [](const Name& name, std::uint8_t at) {
            return name.wire().subspan(at + 1U, name.bytes_[at]);
        };
        const Bytes x = label(a, a_at[--a_count]);
        const Bytes y = label(b, b_at[--b_count]);
        const auto order = std::lexicographical_compare_three_way(
            x.begin(), x.end(), y.begin(), y.end(),
            [](std::uint8_t p, std::uint8_t q) -> std::strong_ordering { return lower(p) <=> lower(q); });
        if (order != std::strong_ordering::equal) return order;
    }
    return a_count <=> b_count;
}

std::size_t Name::hash() const {
    std::uint64_t sum = 0xcbf29ce484222325U;  // FNV-1a
    for (const std::uint8_t byte : wire()) sum = (sum ^ lower(byte)) * 0x100000001b3U;
    return sum;
}

bool same_name(Bytes a, Bytes b) {
    // Lengths of labels are below 64, where no letter is.
    return std::ranges::equal(a, b, {}, lower, lower);
}

void mix_case(std::span<std::uint8_t> name, std::uint64_t random) {
    for (std::size_t i = 0; i < name.size(); ++i)
        if (is_letter(static_cast<char>(name[i])) && (random >> (i % 64) & 1U) != 0) name[i] ^= 0x20U;
}

}  // namespace fid::dns
