// SPDX-License-Identifier: MIT
// The words of pcap-filter(7). A protocol word is the name of any dissector.
#include <algorithm>
#include <array>

#include "address/service.h"
#include "packet/filter/names.h"
#include "packet/filter/parser.h"

namespace fid::packet::filter {
namespace {

constexpr std::array<std::string_view, 6> reserved{"and", "or", "not", "src", "dst", "mask"};

/// "10", "10.1" and "10.1.2" are networks of 8, 16 and 24 bits for pcap-filter.
std::optional<Range> short_network(std::string_view text) {
    const auto dots = std::ranges::count(text, '.');
    if (text.empty() || dots > 2 || text.find_first_not_of("0123456789.") != std::string_view::npos)
        return std::nullopt;
    std::string whole(text);
    for (auto i = dots; i < 3; ++i) whole += ".0";
    const auto address = Address::read(whole);
    if (!address) return std::nullopt;
    return Prefix(Family::v4, address->number(), 8 * static_cast<unsigned>(dots + 1)).range();
}

bool carries_ports(Protocol protocol) {
    return protocol == Protocol::none || protocol == Protocol::tcp || protocol == Protocol::udp ||
           protocol == Protocol::sctp || protocol == Protocol::dccp;
}

std::string_view without_brackets(std::string_view text) {
    return text.size() > 2 && text.front() == '[' && text.back() == ']' ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

/// Could it be the value behind qualifiers, rather than the next operator?
bool Parser::is_value_word(const Token& token) {
    return token.kind == Kind::quoted ||
           (token.kind == Kind::word && std::ranges::find(reserved, token.text) == reserved.end());
}

/// src | dst | src or dst | src and dst
bool Parser::read_side(Qualifiers& qualifiers) {
    const bool source = peek().is_word("src");
    if (!source && !peek().is_word("dst")) return false;
    const std::string_view other = source ? "dst" : "src";
    qualifiers.side = source ? Side::source : Side::destination;
    take();
    if ((at_or() || at_and()) && peek(1).is_word(other)) {
        qualifiers.side = at_and() ? Side::both : Side::either;
        take();
        take();
    }
    return true;
}

/// Reads [protocol] [side] [type]; false if there were none.
bool Parser::read_qualifiers(Qualifiers& qualifiers) {
    static constexpr std::array<std::pair<std::string_view, Type>, 5> types{{{"host", Type::host},
                                                                             {"net", Type::net},
                                                                             {"port", Type::port},
                                                                             {"portrange", Type::port_range},
                                                                             {"proto", Type::protocol}}};
    const std::size_t start = at_;
    if (peek().is_word("ether")) {
        qualifiers.ether = true;
        take();
    } else if (const Dissector* known = peek().kind == Kind::word ? find_dissector(peek().text) : nullptr;
               known != nullptr) {
        qualifiers.protocol = known->protocol;
        take();
    }
    read_side(qualifiers);
    for (const auto& [word, type] : types) {
        if (!peek().is_word(word)) continue;
        qualifiers.type = type;
        take();
        break;
    }
    qualifiers.given = at_ != start;
    return qualifiers.given;
}

Parser::Index Parser::qualified() {
    const Token first = peek();
    if (first.is_word("less") || first.is_word("greater")) return length_limit();
    if (first.is_word("broadcast") || first.is_word("multicast") || peek(1).is_word("broadcast") ||
        peek(1).is_word("multicast"))
        return cast();
    if (first.is_word("inbound") || first.is_word("outbound")) {
        take();
        return add({.op = Op::direction, .low = first.text == "inbound" ? 1U : 2U});
    }
    if (first.is_word("gateway") || first.is_word("protochain"))
        return error(first, "'" + first.text + "' is not part of this language", "give it to --bpf");
    Qualifiers qualifiers;
    if (!read_qualifiers(qualifiers)) {
        // A bare value: of the kind that was named last, or an address.
        return value(last_);
    }
    const bool alone = qualifiers.side == Side::either && qualifiers.type == Type::none && at_ > 0 &&
                       !tokens_[at_ - 1].is_word("dst") && !tokens_[at_ - 1].is_word("src");
    if (alone && (qualifiers.protocol != Protocol::none || qualifiers.ether)) return protocol_alone(qualifiers, first);
    last_ = qualifiers;
    if (peek().is_sign("(")) return term();  // port (80 or 443)
    return value(qualifiers);
}

/// A protocol by itself, or with its tag: vlan 10, mpls 1024, pppoe 1.
Parser::Index Parser::protocol_alone(const Qualifiers& qualifiers, const Token& token) {
    if (qualifiers.ether) return add({.op = Op::protocol, .protocol = Protocol::ethernet});
    const bool tagged = qualifiers.protocol == Protocol::vlan || qualifiers.protocol == Protocol::mpls ||
                        qualifiers.protocol == Protocol::pppoe;
    const auto id = tagged && peek().kind == Kind::word ? read_number(peek().text) : std::nullopt;
    if (id) {
        const std::uint64_t most = qualifiers.protocol == Protocol::vlan   ? 0xfff
                                   : qualifiers.protocol == Protocol::mpls ? 0xfffff
                                                                           : 0xffff;
        const Token number = take();
        if (*id > most) return error(number, token.text + " goes up to " + std::to_string(most));
        return add({.op = Op::tag, .protocol = qualifiers.protocol, .low = static_cast<std::uint32_t>(*id)});
    }
    return add({.op = Op::protocol, .protocol = qualifiers.protocol});
}

Parser::Index Parser::value(const Qualifiers& qualifiers) {
    const Token token = peek();
    if (!is_value_word(token)) return error(token, "a value is missing here");
    take();
    switch (qualifiers.type) {
        case Type::host:
            return host(qualifiers, token);
        case Type::net:
            return net(qualifiers, token);
        case Type::port:
        case Type::port_range:
            return port(qualifiers, token);
        case Type::protocol:
            return protocol_number(qualifiers, token);
        case Type::none:
            break;
    }
    if (read_mac(token.text) || Address::read(without_brackets(token.text))) return host(qualifiers, token);
    if (token.text.find('/') != std::string::npos) return net(qualifiers, token);
    const std::string near = nearest_name(token.text);
    return error(token, "'" + token.text + "' is neither a protocol, a field, a word of the language nor an address",
                 near.empty() ? "" : "did you mean '" + near + "'?");
}

Parser::Index Parser::host(const Qualifiers& qualifiers, const Token& token) {
    if (const auto mac = read_mac(token.text)) {
        return add({.op = Op::hardware, .side = qualifiers.side, .protocol = Protocol::ethernet, .mac = *mac});
    }
    if (qualifiers.ether)
        return error(token, "'" + token.text + "' is not a hardware address", "like 00:11:22:33:44:55");
    const std::string_view text = without_brackets(token.text);
    if (text.find('/') != std::string_view::npos) return net(qualifiers, token);
    const auto address = Address::read(text);
    if (!address) {
        return error(token, "'" + token.text + "' is not an IP address",
                     "names are not looked up; fid resolve " + token.text + " finds the address");
    }
    return add({.op = Op::host,
                .side = qualifiers.side,
                .protocol = qualifiers.protocol,
                .range = Range{address->family(), address->number(), address->number()}});
}

Parser::Index Parser::net(const Qualifiers& qualifiers, const Token& token) {
    std::string text(without_brackets(token.text));
    if (peek().is_word("mask")) {
        take();
        text += "/" + take().text;
    }
    std::optional<Range> range = short_network(text);
    if (!range) {
        const auto parsed = Range::parse(text);
        if (!parsed)
            return error(token, "'" + text + "' is not a network",
                         parsed.error().hint.empty() ? "like 10.0.0.0/8" : parsed.error().hint);
        range = *parsed;
    }
    return add({.op = Op::host, .side = qualifiers.side, .protocol = qualifiers.protocol, .range = *range});
}

Parser::Index Parser::port(const Qualifiers& qualifiers, const Token& token) {
    if (!carries_ports(qualifiers.protocol)) return error(token, "only tcp, udp, sctp and dccp have ports");
    const auto read = [](std::string_view text) -> std::optional<std::uint32_t> {
        if (const auto number = read_number(text))
            return *number <= 0xffff ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
        if (const auto known = service_port(text)) return *known;  // of any transport
        return std::nullopt;
    };
    auto low = read(token.text);
    auto high = low;
    if (const auto dash = token.text.find('-'); !low && dash != std::string::npos) {
        low = read(std::string_view(token.text).substr(0, dash));
        high = read(std::string_view(token.text).substr(dash + 1));
    }
    if (!low || !high)
        return error(token, "'" + token.text + "' is not a port",
                     "0 to 65535, a range like 8000-8100, or a service name");
    if (*low > *high) std::swap(low, high);
    return add({.op = Op::port, .side = qualifiers.side, .protocol = qualifiers.protocol, .low = *low, .high = *high});
}

Parser::Index Parser::protocol_number(const Qualifiers& qualifiers, const Token& token) {
    std::string_view name = token.text;
    if (name.starts_with('\\')) name.remove_prefix(1);  // ip proto \tcp
    const auto number = read_number(name);
    if (qualifiers.ether) {
        if (number && *number <= 0xffff) return add({.op = Op::ether_type, .low = static_cast<std::uint32_t>(*number)});
    } else {
        if (number && *number <= 0xff)
            return add(
                {.op = Op::ip_protocol, .protocol = qualifiers.protocol, .low = static_cast<std::uint32_t>(*number)});
        if (const auto known = ip_protocol_number(name))
            return add({.op = Op::ip_protocol, .protocol = qualifiers.protocol, .low = *known});
    }
    if (const Dissector* known = find_dissector(name); known != nullptr)
        return add({.op = Op::protocol, .protocol = known->protocol});
    return error(token, "'" + token.text + "' is not a protocol",
                 qualifiers.ether ? "0 to 0xffff, or a name" : "0 to 255, or a name");
}

/// [ether | ip | ip6] (broadcast | multicast)
Parser::Index Parser::cast() {
    const Token first = take();
    const bool qualified = !first.is_word("broadcast") && !first.is_word("multicast");
    const bool broadcast = (qualified ? take() : first).text == "broadcast";
    if (!qualified || first.is_word("ether"))
        return add({.op = Op::cast, .low = broadcast ? ether_broadcast : ether_multicast});
    if (first.is_word("ip"))
        return add({.op = Op::cast, .protocol = Protocol::ip, .low = broadcast ? ip_broadcast : ip_multicast});
    if ((first.is_word("ip6") || first.is_word("ipv6")) && !broadcast)
        return add({.op = Op::cast, .protocol = Protocol::ip6, .low = ip_multicast});
    return error(first, "'" + first.text + "' has no " + (broadcast ? "broadcast" : "multicast"),
                 "ether, ip and ip6 have");
}

/// less N | greater N: both include N.
Parser::Index Parser::length_limit() {
    const Token word = take();
    const auto number = peek().kind == Kind::word ? read_number(peek().text) : std::nullopt;
    if (!number || *number > 0xffffffffU) return error(peek(), "'" + word.text + "' wants a length in bytes");
    take();
    return add({.op = word.text == "less" ? Op::shorter : Op::longer, .low = static_cast<std::uint32_t>(*number)});
}

/// A number, a name, or names joined by | in parentheses: (tcp-syn|tcp-ack)
std::optional<std::uint32_t> Parser::byte_value() {
    const bool open = peek().is_sign("(");
    if (open) take();
    std::uint32_t value = 0;
    for (;;) {
        const Token token = peek();
        const auto number = token.kind == Kind::word ? read_number(token.text) : std::nullopt;
        const auto named = token.kind == Kind::word ? byte_name(token.text) : std::nullopt;
        if ((!number || *number > 0xffffffffU) && !named) {
            error(token, "expected a number, or a name such as tcp-syn");
            return std::nullopt;
        }
        take();
        value |= named ? *named : static_cast<std::uint32_t>(*number);
        if (!open || !peek().is_sign("|")) break;
        take();
    }
    if (!open) return value;
    if (peek().is_sign(")")) {
        take();
        return value;
    }
    error(peek(), "this parenthesis is never closed");
    return std::nullopt;
}

/// proto[offset:size] [& mask] relation value
Parser::Index Parser::byte_test() {
    const Token token = take();
    const auto bracket = token.text.find('[');
    const Dissector* known = find_dissector(token.text.substr(0, bracket));
    if (token.text.starts_with("ether[")) known = &dissector(Protocol::ethernet);
    if (known == nullptr) return error(token, "'" + token.text.substr(0, bracket) + "' is not a protocol");
    if (token.text.back() != ']') return error(token, "this bracket is never closed");
    const std::string inside = token.text.substr(bracket + 1, token.text.size() - bracket - 2);
    const auto colon = inside.find(':');
    const std::string place = inside.substr(0, colon);
    auto offset = read_number(place);
    if (!offset) offset = byte_name(place);
    const auto size = colon == std::string::npos ? 1 : read_number(inside.substr(colon + 1));
    if (!offset || *offset > 0xffff || !size || (*size != 1 && *size != 2 && *size != 4))
        return error(token, "expected protocol[offset] or protocol[offset:size], size 1, 2 or 4",
                     "other arithmetic: give it to --bpf");
    ByteTest test{.protocol = known->protocol,
                  .offset = static_cast<std::uint32_t>(*offset),
                  .size = static_cast<std::uint32_t>(*size)};
    if (peek().is_sign("&")) {
        take();
        const auto mask = byte_value();
        if (!mask) return nothing;
        test.mask = *mask;
    }
    bool set = false;
    bool ignore_case = false;
    const Token sign = peek();
    const auto relation = read_relation(set, ignore_case);
    if (!relation || set || *relation > Relation::at_least)
        return error(sign, "expected a comparison such as != 0 here", "other arithmetic: give it to --bpf");
    const auto wanted = byte_value();
    if (!wanted) return nothing;
    test.relation = *relation;
    test.value = *wanted;
    program_.byte_tests.push_back(test);
    return add({.op = Op::bytes, .left = static_cast<Index>(program_.byte_tests.size() - 1)});
}

}  // namespace fid::packet::filter
