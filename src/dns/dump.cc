// SPDX-License-Identifier: MIT
#include "dns/dump.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "address/characters.h"
#include "encoding/base64.h"

namespace fid::dns {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_hex_digit(char c) { return hex_value(c) < 16; }

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Adds the digits of a text that has nothing else but separators; the first character that is neither, or is the half
/// of a pair.
std::optional<std::size_t> add_hex(std::string_view text, std::vector<std::uint8_t>& bytes) {
    constexpr std::string_view separators = " \t\r\n:,-";
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        if (rest.starts_with("0x") || rest.starts_with("0X") || rest.starts_with("\\x")) {
            i += 2;
        } else if (separators.find(text[i]) != std::string_view::npos) {
            ++i;
        } else {
            const auto byte = hex_byte(rest);
            if (!byte) return i;
            bytes.push_back(*byte);
            i += 2;
        }
    }
    return std::nullopt;
}

/// Takes the number of the bytes before it off the front of a line: "0010  ", "00000010: ", "\t0x0010:  ".
bool take_offset(std::string_view& line, std::size_t before) {
    std::string_view rest = line;
    if (rest.starts_with("0x")) rest.remove_prefix(2);
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, 16);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    constexpr std::size_t fewest = 4, in_last_line = 6;
    if (error != std::errc() || digits < fewest || value != before) return false;
    rest.remove_prefix(digits);
    // hexdump ends with the size alone.
    if (rest.empty() && digits < in_last_line) return false;
    if (!rest.empty() && !rest.starts_with(':') && !rest.starts_with("  ")) return false;
    if (rest.starts_with(':')) rest.remove_prefix(1);
    line = trim(rest);
    return true;
}

/// The digits of a line behind its offset, without the column of characters.
std::string_view without_characters(std::string_view line) {
    if (line.ends_with('|')) return line.substr(0, line.find('|'));
    return line.substr(0, line.find("  "));
}

std::optional<std::vector<std::uint8_t>> read_base64_text(std::string_view text) {
    const std::size_t query = text.find("dns=");
    if (query != std::string_view::npos) {
        text.remove_prefix(query + 4);
        text = text.substr(0, text.find_first_of("&# \r\n"));
    }
    std::string joined;
    for (const char c : text)
        if (!is_blank(c)) joined += c;
    auto bytes = encoding::read_base64_lenient(joined);
    // Half of all words are base64.
    return bytes && bytes->size() >= header_size ? std::move(bytes) : std::nullopt;
}

}  // namespace

Result<std::vector<std::uint8_t>> read_dump(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    std::size_t number = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        ++number;
        line = trim(line);
        if (line.empty()) continue;
        if (take_offset(line, bytes.size())) line = without_characters(line);
        if (const auto wrong = add_hex(line, bytes)) {
            if (auto decoded = read_base64_text(text)) return std::move(*decoded);
            const bool one = is_hex_digit(line[*wrong]);
            return fail(Status::bad_input, "neither hexadecimal nor base64:", "line " + std::to_string(number),
                        (one ? "half a byte" : "a character that is no digit") + std::string(" in column ") +
                            std::to_string(*wrong + 1));
        }
    }
    if (bytes.empty()) return fail(Status::bad_input, "there is no message in the text", {});
    return bytes;
}

bool is_hex(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    return !add_hex(text, bytes) && !bytes.empty();
}

bool is_dump_text(Bytes bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) {
        return (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\n' || byte == '\r';
    });
}

std::string_view capture_kind(Bytes bytes) {
    if (bytes.size() < 4) return {};
    packet::Cursor at(bytes);
    switch (const std::uint32_t magic = at.u32()) {
        case 0xa1b2c3d4:
        case 0xd4c3b2a1:
        case 0xa1b23c4d:
        case 0x4d3cb2a1:
            return "pcap";
        case 0x0a0d0d0a:
            return "pcapng";
        case 0x28b52ffd:
            return "zstd";
        default:
            return magic >> 16U == 0x1f8b ? "gzip" : "";
    }
}

std::optional<Fault> find_fault(Bytes bytes) {
    const auto message = Message::open(bytes);
    if (!message) return Fault{bytes.size(), "the header breaks off"};
    static constexpr std::array<std::string_view, 4> sections{"question", "answer record", "authority record",
                                                              "additional record"};
    const Header& header = message->header();
    const std::array counts{header.questions, header.answers, header.authorities, header.additionals};
    packet::Cursor at(bytes);
    at.skip(header_size);
    for (std::size_t section = 0; section < counts.size(); ++section) {
        for (unsigned i = 1; i <= counts.at(section); ++i) {
            const std::string which = std::string(sections.at(section)) + " " + std::to_string(i) + " of " +
                                      std::to_string(counts.at(section));
            const std::size_t begin = at.offset();
            if (begin == bytes.size()) return Fault{begin, which + " is missing"};
            if (!Name::read(at, bytes)) return Fault{begin, "no name begins " + which};
            const std::size_t fixed = at.offset();
            at.skip(section == 0 ? 4 : 8);
            const std::size_t size = section == 0 ? 0 : at.u16();
            if (!at.ok()) return Fault{fixed, which + " breaks off"};
            const std::size_t data = at.offset();
            at.skip(size);
            if (!at.ok())
                return Fault{data, "the data of " + which + " breaks off, " + std::to_string(bytes.size() - data) +
                                       " bytes of " + std::to_string(size)};
        }
    }
    if (at.remaining() == 0) return std::nullopt;
    return Fault{at.offset(), "bytes behind the message: " + std::to_string(at.remaining())};
}

std::vector<Placed> split_messages(Bytes bytes) {
    std::vector<Placed> one{{0, bytes}};
    if (!find_fault(bytes)) return one;
    std::vector<Placed> several;
    bool whole = true;
    for (std::size_t at = 0; at < bytes.size() && whole;) {
        packet::Cursor cursor(bytes.subspan(at));
        const std::size_t size = cursor.u16();
        const Bytes message = cursor.rest().first(std::min(size, cursor.remaining()));
        whole = cursor.ok() && message.size() == size && size >= header_size;
        // Bytes that are no message are part of what is broken.
        several.push_back({at + (cursor.ok() ? 2U : 0U), message});
        at += 2 + size;
    }
    const bool begins_well = several.size() > 1 && !find_fault(several.front().message);
    return whole || begins_well ? several : one;
}

}  // namespace fid::dns
