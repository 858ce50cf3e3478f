// SPDX-License-Identifier: MIT
// The DNS message engine behind dns, mdns, llmnr and nbns.
#pragma once

#include <cstdint>
#include <optional>

#include "packet/dissector.h"

namespace fid::packet::dns {

enum class Flavour : std::uint8_t { dns, mdns, llmnr, nbns };

inline constexpr std::size_t header_size = 12;
inline constexpr unsigned flag_response = 0x8000, flag_authoritative = 0x400, flag_truncated = 0x200,
                          flag_recursion_desired = 0x100, flag_recursion_available = 0x80, flag_authenticated = 0x20,
                          flag_checking_disabled = 0x10;

struct Header {
    std::uint16_t id = 0, flags = 0, questions = 0, answers = 0, authorities = 0, additionals = 0;

    [[nodiscard]] unsigned opcode() const { return flags >> 11U & 15U; }
    [[nodiscard]] unsigned rcode() const { return flags & 15U; }
    [[nodiscard]] bool has(unsigned flag) const { return (flags & flag) != 0; }
};
[[nodiscard]] Header read_header(Cursor& cursor);

/// Is the layer, or the next to be added if null, directly inside TCP (messages behind each other count)?
[[nodiscard]] bool over_tcp(const Packet& packet, const Layer* layer);

[[nodiscard]] Step step_message(Bytes bytes, Packet& packet, Protocol protocol);
void visit_message(const Packet& packet, const Layer& layer, FieldSink& sink, Flavour flavour);
/// tcpdump's line for a message.
void print_message(const Packet& packet, const Layer& layer, Text& out, Flavour flavour);
/// "QUERY; REQUEST; BROADCAST HOST<20>" for a NetBIOS name service message.
void print_nbns(Bytes message, Text& out);
/// A NetBIOS name (RFC 1001 section 14.1) from its half-ASCII form: "HOST<20>"; the name as it is where it is none.
void print_netbios_name(std::string_view name, Text& out);

}  // namespace fid::packet::dns
