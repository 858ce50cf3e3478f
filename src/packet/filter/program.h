// SPDX-License-Identifier: MIT
// A compiled filter: nodes that refer to each other by index, so that evaluating one touches little memory.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "address/prefix.h"
#include "packet/dissector.h"
#include "packet/filter/filter.h"
#include "packet/packet.h"

namespace re2 {
class RE2;
}

namespace fid::packet::filter {

enum class Op : std::uint8_t {
    chain,        ///< links [left, left + right): the first's value, then each joined by and/or, left to right
    negate,       ///< of node `left`
    protocol,     ///< a layer of that protocol
    tag,          ///< a VLAN, MPLS or PPPoE layer whose id is `low`
    host,         ///< an address in `range`
    hardware,     ///< the MAC address `mac`
    cast,         ///< broadcast or multicast: see `low`
    port,         ///< a port from `low` to `high`
    ip_protocol,  ///< the IP protocol number `low`
    ether_type,   ///< the EtherType `low`
    shorter,      ///< length <= low
    longer,       ///< length >= low
    direction,    ///< seen going in (1) or out (2): `low`
    compare,      ///< comparisons[left]
    bytes,        ///< byte_tests[left]
};

enum class Side : std::uint8_t { either, source, destination, both };

enum Cast : std::uint8_t { ether_broadcast, ether_multicast, ip_broadcast, ip_multicast };

struct Node {
    Op op = Op::protocol;
    Side side = Side::either;
    Protocol protocol = Protocol::none;  ///< only in layers of this protocol; none = any
    std::uint32_t left = 0, right = 0;
    std::uint32_t low = 0, high = 0;
    Range range = {};
    std::array<std::uint8_t, 6> mac = {};
};

struct Link {
    std::uint32_t node = 0;
    bool is_and = false;  ///< how it joins what stands before it
};

enum class Relation : std::uint8_t {
    present,
    equal,
    differs,
    less,
    at_most,
    greater,
    at_least,
    contains,
    matches,
    misses
};

/// What a field is compared with, in every form that the field's type can use.
struct Operand {
    std::string text;  ///< as typed, or the decoded bytes
    bool has_number = false;
    std::uint64_t low = 0, high = 0;  ///< a number is low == high
    std::uint32_t nanoseconds = 0;    ///< of a time
    bool has_range = false;
    Range range = {};                      ///< of addresses
    std::unique_ptr<re2::RE2> expression;  ///< for matches
    Operand();
    Operand(Operand&&) noexcept;
    Operand& operator=(Operand&&) noexcept;
    ~Operand();
};

enum class Subject : std::uint8_t { field, length, captured, number, time, interface };

/// "field relation operands": true if one of the operands satisfies it (a set has several).
struct Comparison {
    Subject subject = Subject::field;
    Relation relation = Relation::present;
    FieldType type = FieldType::number;
    std::vector<std::pair<Protocol, unsigned>> fields;  ///< the same field may stand in several protocols (dns, mdns)
    std::vector<Operand> operands;
};

/// tcp[13:1] & 2 != 0
struct ByteTest {
    Protocol protocol = Protocol::none;
    std::uint32_t offset = 0;
    std::uint32_t size = 1;  ///< 1, 2 or 4
    std::uint32_t mask = 0xffffffffU;
    Relation relation = Relation::equal;
    std::uint32_t value = 0;
};

struct Program {
    std::vector<Node> nodes;
    std::vector<Link> links;
    std::vector<Comparison> comparisons;
    std::vector<ByteTest> byte_tests;
    std::uint32_t root = 0;
    bool mixes_and_or = false;
};

[[nodiscard]] bool evaluate(const Program& program, const Packet& packet, const Frame& frame);
[[nodiscard]] bool compare(const Comparison& comparison, const Packet& packet, const Frame& frame);

template <class T>
[[nodiscard]] bool holds(Relation relation, const T& a, const T& b) {
    switch (relation) {
        case Relation::equal:
            return a == b;
        case Relation::differs:
            return !(a == b);
        case Relation::less:
            return a < b;
        case Relation::at_most:
            return a <= b;
        case Relation::greater:
            return a > b;
        case Relation::at_least:
            return a >= b;
        default:
            return false;
    }
}

}  // namespace fid::packet::filter
