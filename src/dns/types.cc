// SPDX-License-Identifier: MIT
#include "dns/types.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "packet/naming/dns_fields.h"

namespace fid::dns {
namespace {

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c; }

bool same(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, upper, upper); }

/// The number behind a prefix: "TYPE65".
std::optional<std::uint16_t> numbered(std::string_view text, std::string_view prefix) {
    if (!same(text.substr(0, prefix.size()), prefix)) return std::nullopt;
    text.remove_prefix(prefix.size());
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string or_number(std::string_view name, std::string_view prefix, unsigned number) {
    std::string text(name.empty() ? prefix : name);
    if (name.empty()) text += std::to_string(number);
    return text;
}

struct ClassName {
    std::uint16_t value;
    std::string_view name, long_name;
};
constexpr std::array classes{ClassName{klass::in, "IN", "INTERNET"}, ClassName{klass::chaos, "CH", "CHAOS"},
                             ClassName{klass::hesiod, "HS", "HESIOD"}, ClassName{klass::none, "NONE", "NONE"},
                             ClassName{klass::any, "ANY", "ANY"}};

// RFC 6895 section 2.2.
constexpr std::array<std::string_view, 7> opcodes{"QUERY", "IQUERY", "STATUS", "", "NOTIFY", "UPDATE", "DSO"};

}  // namespace

std::string type_text(std::uint16_t type) { return or_number(packet::dns::type_name(type), "TYPE", type); }

std::optional<std::uint16_t> read_type(std::string_view text) {
    const auto table = packet::dns::type_table();
    const auto found = std::ranges::find_if(table, [&](const auto& row) { return same(row.name, text); });
    if (found != table.end()) return found->type;
    return numbered(text, "TYPE");
}

std::vector<std::string_view> type_names() {
    std::vector<std::string_view> names;
    for (const auto& row : packet::dns::type_table()) names.push_back(row.name);
    return names;
}

std::string class_text(std::uint16_t value) {
    const auto* const found = std::ranges::find(classes, value, &ClassName::value);
    return or_number(found == classes.end() ? std::string_view() : found->name, "CLASS", value);
}

std::optional<std::uint16_t> read_class(std::string_view text) {
    for (const ClassName& each : classes)
        if (same(each.name, text) || same(each.long_name, text)) return each.value;
    return numbered(text, "CLASS");
}

std::string opcode_text(unsigned opcode) {
    return or_number(opcode < opcodes.size() ? opcodes[opcode] : std::string_view(), "RESERVED", opcode);
}

std::string rcode_text(unsigned rcode) {
    std::string text = or_number(packet::dns::rcode_name(rcode), "RESERVED", rcode);
    std::ranges::transform(text, text.begin(), upper);
    return text;
}

std::string tsig_error_text(unsigned code) {
    constexpr unsigned bad_signature = 16;  // BADVERS in EDNS
    return code == bad_signature ? "BADSIG" : rcode_text(code);
}

std::string_view option_text(unsigned code) { return packet::dns::option_name(code); }
std::string_view extended_error_text(unsigned code) { return packet::dns::ede_name(code); }

}  // namespace fid::dns
