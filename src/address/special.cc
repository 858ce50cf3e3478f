// SPDX-License-Identifier: MIT
#include "address/special.h"

#include <array>

namespace fid {
namespace {

constexpr Prefix v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d, unsigned length) {
    return {Family::v4, (a << 24U) | (b << 16U) | (c << 8U) | d, length};
}
/// The upper and the lower 64 bits.
constexpr Prefix v6(std::uint64_t upper, std::uint64_t lower, unsigned length) {
    return {Family::v6, (Uint128{upper} << 64U) | lower, length};
}

constexpr bool T = true, F = false;
constexpr Reachable no = Reachable::no, yes = Reachable::yes, na = Reachable::not_applicable;

// clang-format off
constexpr auto registry = std::to_array<SpecialPurpose>({
    // prefix                  name                                          RFC         src dst fwd glob reserved ended
    {v4(0, 0, 0, 0, 8),        "this network",                               "RFC 791",  T, F, F, no,  T},
    {v4(0, 0, 0, 0, 32),       "this host on this network",                  "RFC 1122", T, F, F, no,  T},
    {v4(10, 0, 0, 0, 8),       "private-use",                                "RFC 1918", T, T, T, no,  F},
    {v4(100, 64, 0, 0, 10),    "shared address space",                       "RFC 6598", T, T, T, no,  F},
    {v4(127, 0, 0, 0, 8),      "loopback",                                   "RFC 1122", F, F, F, no,  T},
    {v4(169, 254, 0, 0, 16),   "link-local",                                 "RFC 3927", T, T, F, no,  T},
    {v4(172, 16, 0, 0, 12),    "private-use",                                "RFC 1918", T, T, T, no,  F},
    {v4(192, 0, 0, 0, 24),     "IETF protocol assignments",                  "RFC 6890", F, F, F, no,  F},
    {v4(192, 0, 0, 0, 29),     "IPv4 service continuity prefix",             "RFC 7335", T, T, T, no,  F},
    {v4(192, 0, 0, 8, 32),     "IPv4 dummy address",                         "RFC 7600", T, F, F, no,  F},
    {v4(192, 0, 0, 9, 32),     "Port Control Protocol anycast",              "RFC 7723", T, T, T, yes, F},
    {v4(192, 0, 0, 10, 32),    "traversal using relays around NAT anycast",  "RFC 8155", T, T, T, yes, F},
    {v4(192, 0, 0, 170, 32),   "NAT64/DNS64 discovery",                      "RFC 7050", F, F, F, no,  T},
    {v4(192, 0, 0, 171, 32),   "NAT64/DNS64 discovery",                      "RFC 7050", F, F, F, no,  T},
    {v4(192, 0, 2, 0, 24),     "documentation (TEST-NET-1)",                 "RFC 5737", F, F, F, no,  F},
    {v4(192, 31, 196, 0, 24),  "AS112-v4",                                   "RFC 7535", T, T, T, yes, F},
    {v4(192, 52, 193, 0, 24),  "AMT",                                        "RFC 7450", T, T, T, yes, F},
    {v4(192, 88, 99, 0, 24),   "deprecated (6to4 relay anycast)",            "RFC 7526", F, F, F, na,  F, T},
    {v4(192, 88, 99, 2, 32),   "6a44-relay anycast",                         "RFC 6751", T, T, T, no,  F},
    {v4(192, 168, 0, 0, 16),   "private-use",                                "RFC 1918", T, T, T, no,  F},
    {v4(192, 175, 48, 0, 24),  "direct delegation AS112 service",            "RFC 7534", T, T, T, yes, F},
    {v4(198, 18, 0, 0, 15),    "benchmarking",                               "RFC 2544", T, T, T, no,  F},
    {v4(198, 51, 100, 0, 24),  "documentation (TEST-NET-2)",                 "RFC 5737", F, F, F, no,  F},
    {v4(203, 0, 113, 0, 24),   "documentation (TEST-NET-3)",                 "RFC 5737", F, F, F, no,  F},
    {v4(240, 0, 0, 0, 4),      "reserved",                                   "RFC 1112", F, F, F, no,  T},
    {v4(255, 255, 255, 255, 32), "limited broadcast",                        "RFC 919", F, T, F, no,  T},

    {v6(0, 0, 128),                        "unspecified",                    "RFC 4291", T, F, F, no,  T},
    {v6(0, 1, 128),                        "loopback",                       "RFC 4291", F, F, F, no,  T},
    {v6(0, 0xffff00000000, 96),            "IPv4-mapped",                    "RFC 4291", F, F, F, no,  T},
    {v6(0x0064ff9b00000000, 0, 96),        "IPv4-IPv6 translation",          "RFC 6052", T, T, T, yes, F},
    {v6(0x0064ff9b00010000, 0, 48),        "IPv4-IPv6 translation, local",   "RFC 8215", T, T, T, no,  F},
    {v6(0x0100000000000000, 0, 64),        "discard-only",                   "RFC 6666", T, T, T, no,  F},
    {v6(0x0100000000000001, 0, 64),        "dummy IPv6 prefix",              "RFC 9780", T, F, F, no,  F},
    {v6(0x2001000000000000, 0, 23),        "IETF protocol assignments",      "RFC 2928", F, F, F, no,  F},
    {v6(0x2001000000000000, 0, 32),        "Teredo",                         "RFC 4380", T, T, T, na,  F},
    {v6(0x2001000100000000, 1, 128),       "Port Control Protocol anycast",  "RFC 7723", T, T, T, yes, F},
    {v6(0x2001000100000000, 2, 128),  "traversal using relays around NAT anycast", "RFC 8155", T, T, T, yes, F},
    {v6(0x2001000100000000, 3, 128),  "DNS-SD service registration protocol anycast", "RFC 9665", T, T, T, yes, F},
    {v6(0x2001000200000000, 0, 48),        "benchmarking",                   "RFC 5180", T, T, T, no,  F},
    {v6(0x2001000300000000, 0, 32),        "AMT",                            "RFC 7450", T, T, T, yes, F},
    {v6(0x2001000401120000, 0, 48),        "AS112-v6",                       "RFC 7535", T, T, T, yes, F},
    {v6(0x2001001000000000, 0, 28),        "deprecated (ORCHID)",            "RFC 4843", F, F, F, na,  F, T},
    {v6(0x2001002000000000, 0, 28),        "ORCHIDv2",                       "RFC 7343", T, T, T, yes, F},
    {v6(0x2001003000000000, 0, 28),        "drone remote ID entity tags",    "RFC 9374", T, T, T, yes, F},
    {v6(0x20010db800000000, 0, 32),        "documentation",                  "RFC 3849", F, F, F, no,  F},
    {v6(0x2002000000000000, 0, 16),        "6to4",                           "RFC 3056", T, T, T, na,  F},
    {v6(0x2620004f80000000, 0, 48),        "direct delegation AS112 service", "RFC 7534", T, T, T, yes, F},
    {v6(0x3fff000000000000, 0, 20),        "documentation",                  "RFC 9637", F, F, F, no,  F},
    {v6(0x5f00000000000000, 0, 16),        "segment routing (SRv6) SIDs",    "RFC 9602", T, T, T, no,  F},
    {v6(0xfc00000000000000, 0, 7),         "unique-local",                   "RFC 4193", T, T, T, no,  F},
    {v6(0xfe80000000000000, 0, 10),        "link-local unicast",             "RFC 4291", T, T, F, no,  T},
});

// A wider prefix stands before those within it, as above. The IPv6 multicast scopes are told by the address, below.
constexpr auto other_uses = std::to_array<AddressUse>({
    {v4(224, 0, 0, 0, 4),     "multicast",                               "RFC 5771"},
    {v4(224, 0, 0, 0, 24),    "multicast, local network control block",  "RFC 5771"},
    {v4(224, 0, 0, 1, 32),    "multicast, all systems on this subnet",   "RFC 1112"},
    {v4(224, 0, 0, 2, 32),    "multicast, all routers on this subnet",   "RFC 1112"},
    {v4(224, 0, 0, 251, 32),  "multicast, mDNS",                         "RFC 6762"},
    {v4(224, 0, 0, 252, 32),  "multicast, LLMNR",                        "RFC 4795"},
    {v4(224, 0, 1, 0, 24),    "multicast, internetwork control block",   "RFC 5771"},
    {v4(232, 0, 0, 0, 8),     "multicast, source-specific",              "RFC 4607"},
    {v4(233, 0, 0, 0, 8),     "multicast, GLOP",                         "RFC 3180"},
    {v4(233, 252, 0, 0, 24),  "multicast, documentation (MCAST-TEST-NET)", "RFC 6676"},
    {v4(234, 0, 0, 0, 8),     "multicast, unicast-prefix-based",         "RFC 6034"},
    {v4(239, 0, 0, 0, 8),     "multicast, administratively scoped",      "RFC 2365"},
    {v6(0, 0, 96),            "IPv4-compatible, deprecated",             "RFC 4291"},
    {v6(0x2000000000000000, 0, 3),  "global unicast",                    "RFC 4291"},
    {v6(0xfec0000000000000, 0, 10), "site-local, deprecated",            "RFC 3879"},
    {v6(0xff00000000000000, 0, 8),  "multicast",                         "RFC 4291"},
});

// RFC 4291 section 2.7 as RFC 7346 has it: the low four bits of the second octet of ff00::/8.
constexpr std::array<std::string_view, 16> multicast_scopes{
    "reserved scope",     "interface-local scope",    "link-local scope", "realm-local scope",
    "admin-local scope",  "site-local scope",         "unassigned scope", "unassigned scope",
    "organization-local scope", "unassigned scope",   "unassigned scope", "unassigned scope",
    "unassigned scope",   "unassigned scope",         "global scope",     "reserved scope"};
// clang-format on

template <class Table>
auto most_specific(const Table& table, const Range& range) -> decltype(table.data()) {
    decltype(table.data()) best = nullptr;
    for (const auto& entry : table)
        if (entry.prefix.range().contains(range) && (best == nullptr || entry.prefix.length() >= best->prefix.length()))
            best = &entry;
    return best;
}

/// The scope field of an IPv6 multicast range, where the whole range has one.
std::optional<unsigned> multicast_scope(const Range& range) {
    if (range.family != Family::v6 || range.first >> 120U != 0xff || range.first >> 112U != range.last >> 112U)
        return std::nullopt;
    return static_cast<unsigned>(range.first >> 112U) & 15U;
}

}  // namespace

std::string_view special_purpose_date() { return "2026-07"; }
std::span<const SpecialPurpose> special_purposes() { return registry; }
const SpecialPurpose* special_purpose(const Range& range) { return most_specific(registry, range); }
const AddressUse* address_use(const Range& range) { return most_specific(other_uses, range); }

std::string use_text(const Range& range) {
    std::string name, rfc;
    if (const auto* special = special_purpose(range)) {
        name = special->name, rfc = special->rfc;
    } else if (const auto* use = address_use(range)) {
        name = use->name, rfc = use->rfc;
        if (const auto scope = multicast_scope(range)) name += ", " + std::string(multicast_scopes[*scope]);
    } else if (range.first == 0 && range.last == highest(range.family)) {
        return "the whole address space";
    } else {
        return range.family == Family::v4 ? "global unicast" : "unallocated";
    }
    return name + " (" + rfc + ")";
}

bool is_global(const Range& range) {
    if (const auto* special = special_purpose(range)) return special->globally_reachable == Reachable::yes;
    for (const auto& entry : registry)
        if (entry.globally_reachable == Reachable::no && entry.prefix.range().overlaps(range)) return false;
    if (const auto scope = multicast_scope(range)) return *scope == 14;
    if (range.family == Family::v6) return v6(0x2000000000000000, 0, 3).range().contains(range);
    const Range multicast = v4(224, 0, 0, 0, 4).range();
    if (!multicast.overlaps(range)) return true;
    return multicast.contains(range) && !v4(224, 0, 0, 0, 24).range().overlaps(range) &&
           !v4(239, 0, 0, 0, 8).range().overlaps(range);
}

std::optional<char> legacy_class(const Address& address) {
    if (!address.is_v4()) return std::nullopt;
    const auto first = static_cast<unsigned>(address.number() >> 24U);
    if (first < 128) return 'A';
    if (first < 192) return 'B';
    if (first < 224) return 'C';
    return first < 240 ? 'D' : 'E';
}

}  // namespace fid
