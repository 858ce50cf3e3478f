// SPDX-License-Identifier: MIT
#include "dns/destination_order.h"

#include <algorithm>
#include <charconv>

#include "dns/config_words.h"

namespace fid::dns {
namespace {

constexpr Uint128 mapped = Uint128{0xffff} << 32U;  // ::ffff:0:0

Uint128 as_v6(const Address& address) { return address.is_v4() ? mapped | address.number() : address.number(); }

Prefix v6(Uint128 high, unsigned length) { return {Family::v6, high << 112U, length}; }

std::optional<unsigned> read_number(std::string_view word) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
    return number;
}

constexpr unsigned link_local = 2, site_local = 5, global = 14;  // RFC 4291 section 2.7

/// How many leading bits two addresses of a family have in common.
unsigned common_bits(const Address& a, const Address& b) {
    return width(a.family()) - bit_count(a.number() ^ b.number());
}

/// glibc compares IPv4 addresses only where the destination is in the source's own network: elsewhere a common prefix
/// says nothing (RFC 6724 section 6 leaves that open).
unsigned matching_bits(const Destination& one) {
    const SourceAddress& source = *one.source;
    if (one.address.is_v4()) {
        const Prefix network(Family::v4, source.address.number(), source.prefix_length);
        if (!network.contains(one.address)) return 0;
    }
    return common_bits(one.address, source.address);
}

/// Collects the first rule that tells two destinations apart.
class Comparing {
  public:
    /// More is better.
    void rule(unsigned number, unsigned first, unsigned second, std::string text) {
        if (decided_ || first == second) return;
        decided_ = true;
        reason_ = {first > second, number, std::move(text)};
    }
    /// "what: 40, not 10", the better one in front.
    void measure(unsigned number, unsigned first, unsigned second, bool more_is_better, std::string_view what) {
        const unsigned better = more_is_better ? std::max(first, second) : std::min(first, second);
        const unsigned worse = first + second - better;
        std::string text(what);
        text += ": " + std::to_string(better) + ", not " + std::to_string(worse);
        rule(number, more_is_better ? first : second, more_is_better ? second : first, std::move(text));
    }
    [[nodiscard]] OrderReason take() {
        if (!decided_) reason_.text = "as they were found";
        return std::move(reason_);
    }

  private:
    OrderReason reason_;
    bool decided_ = false;
};

}  // namespace

PolicyTable::PolicyTable()
    : labels_{{v6(0, 0), 1},
              {{Family::v6, 1, 128}, 0},
              {v6(0x2002, 16), 2},
              {{Family::v6, 0, 96}, 3},
              {{Family::v6, mapped, 96}, 4},
              {v6(0xfec0, 10), 5},
              {v6(0xfc00, 7), 6},
              {v6(0x2001, 32), 7}},
      precedences_{{v6(0, 0), 40},
                   {{Family::v6, 1, 128}, 50},
                   {v6(0x2002, 16), 30},
                   {{Family::v6, 0, 96}, 20},
                   {{Family::v6, mapped, 96}, 10}},
      scopes_{{{Family::v6, mapped | 0xa9fe0000U, 112}, link_local},
              {{Family::v6, mapped | 0x7f000000U, 104}, link_local},
              {{Family::v6, mapped, 96}, global}} {}

PolicyTable PolicyTable::parse(std::string_view gai_conf) {
    PolicyTable table;
    Table labels, precedences, scopes;
    while (!gai_conf.empty()) {
        std::string_view line = without_comment(take_line(gai_conf));
        const std::string_view kind = take_word(line);
        const auto range = Range::parse(take_word(line));
        const auto value = read_number(take_word(line));
        if (!range || !value) continue;
        const auto prefix = range->as_prefix();
        if (!prefix || prefix->family() != Family::v6) continue;
        if (kind == "label") labels.push_back({*prefix, *value});
        if (kind == "precedence") precedences.push_back({*prefix, *value});
        if (kind == "scopev4") scopes.push_back({*prefix, *value});
    }
    if (!labels.empty()) table.labels_ = std::move(labels);
    if (!precedences.empty()) table.precedences_ = std::move(precedences);
    if (!scopes.empty()) table.scopes_ = std::move(scopes);
    return table;
}

/// The longest prefix that holds the address; glibc ends each table with an entry of the greatest value for all else.
unsigned PolicyTable::find(const Table& table, const Address& address) {
    constexpr unsigned otherwise = 0x7fffffff;
    const Address six = Address::v6(as_v6(address));
    const Entry* best = nullptr;
    for (const Entry& entry : table)
        if (entry.prefix.contains(six) && (best == nullptr || entry.prefix.length() > best->prefix.length()))
            best = &entry;
    return best == nullptr ? otherwise : best->value;
}

unsigned PolicyTable::label(const Address& address) const { return find(labels_, address); }
unsigned PolicyTable::precedence(const Address& address) const { return find(precedences_, address); }

unsigned PolicyTable::scope(const Address& address) const {
    if (address.is_v4()) return find(scopes_, address);
    const auto bytes = address.bytes();
    if (bytes[0] == 0xff) return bytes[1] & 15U;
    if (address.number() == 1 || v6(0xfe80, 10).contains(address.without_zone())) return link_local;
    return v6(0xfec0, 10).contains(address) ? site_local : global;
}

OrderReason compare_destinations(const Destination& first, const Destination& second, const PolicyTable& table) {
    Comparing order;
    const auto is = [](bool yes) { return yes ? 1U : 0U; };
    order.rule(1, is(first.source.has_value()), is(second.source.has_value()), "there is a way to it");
    const unsigned scopes[2]{table.scope(first.address), table.scope(second.address)};
    const bool both = first.source && second.source;
    if (both) {
        const SourceAddress &a = *first.source, &b = *second.source;
        order.rule(2, is(table.scope(a.address) == scopes[0]), is(table.scope(b.address) == scopes[1]),
                   "the source has the same scope");
        order.rule(3, is(!a.deprecated), is(!b.deprecated), "the other's source is deprecated");
        order.rule(4, is(a.home), is(b.home), "the source is a home address");
        order.rule(5, is(table.label(a.address) == table.label(first.address)),
                   is(table.label(b.address) == table.label(second.address)), "the source has the same label");
    }
    order.measure(6, table.precedence(first.address), table.precedence(second.address), true, "higher precedence");
    if (both) order.rule(7, is(!first.source->tunnelled), is(!second.source->tunnelled), "no tunnel");
    order.measure(8, scopes[0], scopes[1], false, "smaller scope");
    if (both && first.address.family() == second.address.family())
        order.measure(9, matching_bits(first), matching_bits(second), true, "more bits in common with the source");
    return order.take();
}

}  // namespace fid::dns
