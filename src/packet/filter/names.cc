// SPDX-License-Identifier: MIT
#include "packet/filter/names.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "packet/dissector.h"
#include "packet/names.h"

namespace fid::packet::filter {
namespace {

template <class Number>
using Named = std::pair<std::string_view, Number>;

constexpr Named<std::uint16_t> services[]{{"ftp-data", 20},
                                          {"ftp", 21},
                                          {"ssh", 22},
                                          {"telnet", 23},
                                          {"smtp", 25},
                                          {"domain", 53},
                                          {"bootps", 67},
                                          {"bootpc", 68},
                                          {"tftp", 69},
                                          {"gopher", 70},
                                          {"finger", 79},
                                          {"http", 80},
                                          {"kerberos", 88},
                                          {"pop3", 110},
                                          {"sunrpc", 111},
                                          {"nntp", 119},
                                          {"ntp", 123},
                                          {"netbios-ns", 137},
                                          {"netbios-dgm", 138},
                                          {"netbios-ssn", 139},
                                          {"imap", 143},
                                          {"imap2", 143},
                                          {"snmp", 161},
                                          {"snmp-trap", 162},
                                          {"bgp", 179},
                                          {"irc", 194},
                                          {"ldap", 389},
                                          {"https", 443},
                                          {"microsoft-ds", 445},
                                          {"isakmp", 500},
                                          {"syslog", 514},
                                          {"submission", 587},
                                          {"rtsp", 554},
                                          {"ldaps", 636},
                                          {"domain-s", 853},
                                          {"ftps", 990},
                                          {"imaps", 993},
                                          {"pop3s", 995},
                                          {"socks", 1080},
                                          {"radius", 1812},
                                          {"radius-acct", 1813},
                                          {"mysql", 3306},
                                          {"ms-wbt-server", 3389},
                                          {"sip", 5060},
                                          {"sips", 5061},
                                          {"mdns", 5353},
                                          {"postgresql", 5432},
                                          {"redis", 6379},
                                          {"http-alt", 8080}};

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

/// Edit distance with swapped neighbours counted as one error (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

}  // namespace

std::optional<std::uint16_t> service_port(std::string_view name) { return look_up<std::uint16_t>(services, name); }
std::optional<std::uint32_t> byte_name(std::string_view name) { return look_up<std::uint32_t>(byte_names, name); }
std::optional<std::uint8_t> ip_protocol_number(std::string_view name) {
    return look_up<std::uint8_t>(ip_protocols, name);
}

std::string nearest_name(std::string_view word) {
    std::string best;
    if (word.size() > 64) return best;
    std::size_t least = word.size() < 4 ? 2 : 3;  // one error in a short word, two in a longer one
    const auto consider = [&](std::string_view name) {
        // The distance is at least the difference in length; most of the thousands of field names end here.
        if (std::max(word.size(), name.size()) - std::min(word.size(), name.size()) >= least) return;
        const std::size_t errors = distance(word, name);
        if (errors >= least) return;
        least = errors;
        best = name;
    };
    for (const std::string_view name : words) consider(name);
    for (const Dissector* one : all_dissectors()) {
        consider(one->name);
        for (const FieldInfo& field : one->fields) consider(field.name);
    }
    return best;
}

}  // namespace fid::packet::filter
