// SPDX-License-Identifier: MIT
#include "packet/filter/names.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "packet/dissector.h"
#include "packet/names.h"
#include "report/suggest.h"

namespace fid::packet::filter {
namespace {

template <class Number>
using Named = std::pair<std::string_view, Number>;

constexpr Named<std::uint32_t> byte_names[]{{"tcpflags", 13},
                                            {"icmptype", 0},
                                            {"icmpcode", 1},
                                            {"icmp6type", 0},
                                            {"icmp6code", 1},
                                            {"tcp-fin", 1},
                                            {"tcp-syn", 2},
                                            {"tcp-rst", 4},
                                            {"tcp-push", 8},
                                            {"tcp-ack", 16},
                                            {"tcp-urg", 32},
                                            {"tcp-ece", 64},
                                            {"tcp-cwr", 128},
                                            {"icmp-echoreply", 0},
                                            {"icmp-unreach", 3},
                                            {"icmp-sourcequench", 4},
                                            {"icmp-redirect", 5},
                                            {"icmp-echo", 8},
                                            {"icmp-routeradvert", 9},
                                            {"icmp-routersolicit", 10},
                                            {"icmp-timxceed", 11},
                                            {"icmp-paramprob", 12},
                                            {"icmp-tstamp", 13},
                                            {"icmp-tstampreply", 14},
                                            {"icmp6-destinationunreach", 1},
                                            {"icmp6-packettoobig", 2},
                                            {"icmp6-timeexceeded", 3},
                                            {"icmp6-echo", 128},
                                            {"icmp6-echoreply", 129},
                                            {"icmp6-routersolicit", 133},
                                            {"icmp6-routeradvert", 134},
                                            {"icmp6-neighborsolicit", 135},
                                            {"icmp6-neighboradvert", 136},
                                            {"icmp6-redirect", 137}};

/// IANA protocol numbers.
constexpr Named<std::uint8_t> ip_protocols[]{
    {"icmp", std::uint8_t{1}},   {"igmp", std::uint8_t{2}},   {"tcp", std::uint8_t{6}},   {"udp", std::uint8_t{17}},
    {"dccp", std::uint8_t{33}},  {"gre", std::uint8_t{47}},   {"esp", std::uint8_t{50}},  {"ah", std::uint8_t{51}},
    {"icmp6", std::uint8_t{58}}, {"eigrp", std::uint8_t{88}}, {"ospf", std::uint8_t{89}}, {"pim", std::uint8_t{103}},
    {"vrrp", std::uint8_t{112}}, {"l2tp", std::uint8_t{115}}, {"sctp", std::uint8_t{132}}};

constexpr std::string_view words[]{"host",   "net",       "port",      "portrange", "proto",    "less", "greater",
                                   "ether",  "broadcast", "multicast", "inbound",   "outbound", "len",  "caplen",
                                   "number", "time",      "interface", "contains",  "matches"};

template <class Number>
std::optional<Number> look_up(std::span<const Named<Number>> table, std::string_view name) {
    const auto found = std::ranges::find(table, name, &Named<Number>::first);
    return found == table.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<std::uint32_t> byte_name(std::string_view name) { return look_up<std::uint32_t>(byte_names, name); }
std::optional<std::uint8_t> ip_protocol_number(std::string_view name) {
    return look_up<std::uint8_t>(ip_protocols, name);
}

std::string nearest_name(std::string_view word) {
    std::vector<std::string_view> names(std::begin(words), std::end(words));
    for (const Dissector* one : all_dissectors()) {
        names.push_back(one->name);
        for (const FieldInfo& field : one->fields) names.push_back(field.name);
    }
    return std::string(report::nearest(word, names));
}

}  // namespace fid::packet::filter
