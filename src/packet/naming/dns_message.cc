// SPDX-License-Identifier: MIT
#include "packet/naming/dns_message.h"

#include <algorithm>
#include <array>

#include "packet/naming/dns_fields.h"
#include "packet/naming/dns_name.h"

namespace fid::packet::dns {

Header read_header(Cursor& cursor) {
    return {.id = cursor.u16(),
            .flags = cursor.u16(),
            .questions = cursor.u16(),
            .answers = cursor.u16(),
            .authorities = cursor.u16(),
            .additionals = cursor.u16()};
}

bool over_tcp(const Packet& packet, const Layer* layer) {
    const auto layers = packet.layers();
    std::size_t i = layer == nullptr ? layers.size() : packet.index(*layer);
    while (i-- > 0) {
        if (layers[i].protocol == Protocol::tcp || layers[i].protocol == Protocol::tls) return true;
        if (layers[i].protocol != Protocol::dns) return false;
    }
    return false;
}

namespace {

/// Are all questions and records inside the message?
bool complete(Cursor at, const Header& header) {
    for (unsigned i = 0; i < header.questions && at.ok(); ++i) {
        skip_dns_name(at);
        at.skip(4);
    }
    const unsigned records = unsigned{header.answers} + header.authorities + header.additionals;
    for (unsigned i = 0; i < records && at.ok(); ++i) {
        skip_dns_name(at);
        at.skip(8);
        at.skip(at.u16());
    }
    return at.ok();
}

}  // namespace

Step step_message(Bytes bytes, Packet& packet, Protocol protocol) {
    Step step{.header = bytes.size()};
    const bool cut = packet.data.size() < packet.wire_length;
    Bytes message = bytes;
    if (over_tcp(packet, nullptr)) {
        Cursor prefix(bytes);
        const std::size_t length = prefix.u16();
        if (!prefix.ok() || length < header_size) return {.refused = true};
        message = prefix.rest();
        if (length < message.size()) {
            step.header = length + 2;
            step.next = protocol;
            message = message.first(length);
        } else
            step.truncated = length > message.size();
    }
    Cursor at(message);
    const Header header = read_header(at);
    if (!at.ok()) {
        step.truncated = cut || step.truncated;
        step.refused = !step.truncated;
        return step;
    }
    // A question takes 5 bytes at least, a record 11.
    const std::size_t least = header.questions * std::size_t{5} +
                              (std::size_t{header.answers} + header.authorities + header.additionals) * 11;
    const bool fits = least <= at.remaining();
    const unsigned opcode = header.opcode();
    const bool known = opcode_name(opcode) != "" || protocol == Protocol::nbns;
    if (!known && !fits) return {.refused = true};
    if (!fits || !complete(at, header)) {
        if (cut)
            step.truncated = true;
        else if (!step.truncated && !header.has(flag_truncated))
            step.malformed = true;
    }
    return step;
}

void print_netbios_name(std::string_view name, Text& out) {
    const std::string_view label = name.substr(0, name.find('.'));
    const auto half = [](char c) { return c >= 'A' && c <= 'P'; };
    if (label.size() != 32 || !std::ranges::all_of(label, half)) return out.put(name);
    std::array<std::uint8_t, 16> decoded{};
    for (std::size_t i = 0; i < decoded.size(); ++i) {
        const auto nibble = [&](std::size_t at) { return static_cast<unsigned>(label[at] - 'A'); };
        decoded[i] = static_cast<std::uint8_t>(nibble(2 * i) << 4U | nibble(2 * i + 1));
    }
    std::size_t size = 15;
    while (size > 0 && (decoded[size - 1] == ' ' || decoded[size - 1] == 0)) --size;
    out.put(as_text(Bytes(decoded).first(size)));
    out.put('<');
    out.hex(decoded[15], 2);
    out.put('>');
    if (const auto scope = name.substr(label.size()); scope.size() > 1) out.put(scope.substr(0, scope.size() - 1));
}

void print_nbns(Bytes message, Text& out) {
    Cursor at(message);
    const Header header = read_header(at);
    if (!at.ok()) return out.put("NBT [|nbns]");
    // RFC 1002 section 4.2.1.1.
    static constexpr std::array<std::string_view, 16> operations{
        "QUERY",   "OP1",     "OP2",  "OP3",  "OP4",  "REGISTRATION", "RELEASE", "WACK",
        "REFRESH", "REFRESH", "OP10", "OP11", "OP12", "OP13",         "OP14",    "MULTIHOMED REGISTRATION"};
    out.put("NBT ");
    out.put(operations[header.opcode()]);
    if (header.has(flag_response))
        out.put(header.rcode() == 0 ? "; POSITIVE; RESPONSE" : "; NEGATIVE; RESPONSE");
    else
        out.put(header.has(flag_checking_disabled) ? "; REQUEST; BROADCAST" : "; REQUEST; UNICAST");
    if (header.questions == 0 && header.answers == 0) return;
    Text name;
    print_netbios_name(DnsName(at, message).text(), name);
    out.put(' ');
    out.escaped(name.view());
}

}  // namespace fid::packet::dns
