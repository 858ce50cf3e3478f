// SPDX-License-Identifier: MIT
#include "cmd/ipcalc/list_output.h"

#include <array>
#include <string>

namespace fid::cmd::ipcalc {
namespace {

using report::Field;
using report::Format;
using report::Output;
using report::Record;
using report::Type;
using report::Value;

constexpr std::array prefix_fields{
    Field{"prefix", Type::text, "the network with its length"},
    field::family,
    Field{"prefix_length", Type::integer, "number of network bits"},
    field::first,
    field::last,
    field::addresses,
};
constexpr std::array range_fields{
    Field{"range", Type::text, "first-last"}, field::family, field::first, field::last, field::addresses,
};
constexpr std::array address_fields{
    Field{"address", Type::text, "the address"},
    field::family,
    Field{"integer", Type::integer, "the address as a whole number"},
};

Record make_prefix_record(const Prefix& prefix) {
    Record record(prefix_record);
    record.set("prefix", prefix.text()).set("family", number_of(prefix.family()));
    record.set("prefix_length", prefix.length()).set("first", prefix.network().text());
    record.set("last", prefix.range().last_address().text());
    record.set("addresses", Value::big(prefix.range().count_text()));
    return record;
}

/// nft(8): a table with one interval set per family, ready for `nft -f`.
void write_nft(Output& out, const PrefixSet& set) {
    Text& text = out.text();
    text.put("table inet fid {\n");
    for (const Family family : {Family::v4, Family::v6}) {
        const bool v4 = family == Family::v4;
        if (v4 ? set.v4().empty() : set.v6().empty()) continue;
        text.put(v4 ? "\tset ipv4 {\n\t\ttype ipv4_addr\n" : "\tset ipv6 {\n\t\ttype ipv6_addr\n");
        text.put("\t\tflags interval\n\t\telements = {\n");
        set.each_prefix([&](const Prefix& prefix) {
            if (prefix.family() != family) return true;
            text.put("\t\t\t");
            prefix.write(text);
            text.put(",\n");
            out.line_done();
            return !out.closed();
        });
        text.put("\t\t}\n\t}\n");
    }
    text.put("}\n");
    out.line_done();
}

void write_ipset_entry(Output& out, const Prefix& prefix) {
    out.text().put(prefix.family() == Family::v4 ? "add fid4 " : "add fid6 ");
    prefix.write(out.text());
    out.text().put('\n');
    out.line_done();
}

/// ipset(8) restore format. hash:net refuses a length of 0, so the whole space is written as its two halves.
void write_ipset(Output& out, const PrefixSet& set) {
    for (const Family family : {Family::v4, Family::v6}) {
        std::uint64_t entries = 1;  // room for the two halves of /0
        set.each_prefix([&](const Prefix& prefix) {
            if (prefix.family() == family) ++entries;
            return true;
        });
        if (entries == 1) continue;
        out.text().put(family == Family::v4 ? "create fid4 hash:net family inet" : "create fid6 hash:net family inet6");
        out.text().put(" maxelem ");
        out.text().number(entries < 65536 ? 65536 : entries);
        out.text().put('\n');
        set.each_prefix([&](const Prefix& prefix) {
            if (prefix.family() != family) return true;
            if (prefix.length() == 0) {
                write_ipset_entry(out, Prefix(family, 0, 1));
                write_ipset_entry(out, Prefix(family, highest(family), 1));
            } else {
                write_ipset_entry(out, prefix);
            }
            return !out.closed();
        });
    }
}

void put_class(Text& out, unsigned low, unsigned high) {
    if (low == high) {
        out.number(low);
        return;
    }
    out.put('[');
    out.number(low);
    if (high - low > 1) out.put('-');
    out.number(high);
    out.put(']');
}

/// Alternatives for the decimal numbers low..high (0 to 255) without leading zeros.
void put_octet(Text& out, unsigned low, unsigned high) {
    if (low == high) {
        out.number(low);
        return;
    }
    out.put('(');
    bool first = true;
    auto next = [&] {
        if (!first) out.put('|');
        first = false;
    };
    for (unsigned at = low; at <= high;) {
        const unsigned block_end = at / 10 * 10 + 9;  // numbers that share all digits but the last
        unsigned end = block_end < high ? block_end : high;
        next();
        const bool hundred = at % 100 == 0 && at + 99 <= high && at >= 100;
        unsigned last_full = end;  // last number of a run of whole tens within the same hundred
        if (at % 10 == 0 && at >= 10 && end == block_end)
            while (last_full % 100 != 99 && last_full + 10 <= high) last_full += 10;
        if (hundred) {
            put_class(out, at / 100, at / 100);
            out.put("[0-9][0-9]");
            end = at + 99;
        } else if (last_full != end) {
            if (at >= 100) out.number(at / 100);
            put_class(out, at / 10 % 10, last_full / 10 % 10);
            out.put("[0-9]");
            end = last_full;
        } else {
            if (at >= 10) out.number(at / 10);
            put_class(out, at % 10, end % 10);
        }
        at = end + 1;
    }
    out.put(')');
}

Status write_regexes(Context& context, const PrefixSet& set) {
    if (!set.v6().empty())
        return context.log.error(
            {Status::bad_input, "cannot write", "IPv6 prefixes",
             "one address has many spellings, so no regular expression finds them all",
             "fid ipcalc grep finds IPv6 addresses in any spelling; or take the IPv6 part off: ... - ::/0"});
    set.each_prefix([&](const Prefix& prefix) {
        write_regex(context.out.text(), prefix);
        context.out.text().put('\n');
        context.out.line_done();
        return !context.out.closed();
    });
    return Status::success;
}

}  // namespace

const report::RecordType prefix_record{"prefix", "One network.", prefix_fields};
const report::RecordType range_record{"range", "An inclusive run of addresses.", range_fields};
const report::RecordType address_record{"address", "One address.", address_fields};

Option as_option() {
    return {.names = "--as",
            .value = "FORM",
            .help = "how to print the set: a list, or text for nft -f, ipset restore, grep -Ef",
            .group = "Output",
            .fallback = "prefixes",
            .choices = {"prefixes", "ranges", "addresses", "nft", "ipset", "regex"}};
}

As read_as(const Arguments& arguments) {
    const std::string_view word = arguments.value("--as");
    if (word == "ranges") return As::ranges;
    if (word == "addresses") return As::addresses;
    if (word == "nft") return As::nft;
    if (word == "ipset") return As::ipset;
    if (word == "regex") return As::regex;
    return As::prefixes;
}

bool write_prefix(Output& out, const Prefix& prefix) {
    if (out.plain_text()) {
        prefix.write(out.text());
        out.text().put('\n');
        out.line_done();
        return !out.closed();
    }
    out.write(make_prefix_record(prefix));
    return !out.closed();
}

bool write_prefix_row(Output& out, const Prefix& prefix) {
    if (!out.plain_text() || !out.terminal()) return write_prefix(out, prefix);
    static constexpr std::array<std::string_view, 4> shown{"prefix", "addresses", "first", "last"};
    out.write_row(make_prefix_record(prefix), shown);
    return !out.closed();
}

bool write_range(Output& out, const Range& range) {
    const std::string first = range.first_address().text();
    const std::string last = range.last_address().text();
    if (out.plain_text()) {
        out.text().put(first);
        if (range.first != range.last) {
            out.text().put('-');
            out.text().put(last);
        }
        out.text().put('\n');
        out.line_done();
        return !out.closed();
    }
    Record record(range_record);
    record[0] = first + "-" + last;
    record[1] = number_of(range.family);
    record[2] = first;
    record[3] = last;
    record[4] = Value::big(range.count_text());
    out.write(record);
    return !out.closed();
}

bool write_address(Output& out, const Address& address) {
    if (out.plain_text()) {
        address.write(out.text());
        out.text().put('\n');
        out.line_done();
        return !out.closed();
    }
    Record record(address_record);
    record[0] = address.text();
    record[1] = number_of(address.family());
    record[2] = Value::big(address.number());
    out.write(record);
    return !out.closed();
}

Status write_set(Context& context, const PrefixSet& set, As as) {
    Output& out = context.out;
    const bool template_form = as == As::nft || as == As::ipset || as == As::regex;
    if (template_form && out.format() != Format::text)
        return context.log.error({Status::usage, "cannot combine", "--as " + std::string(context.args.value("--as")),
                                  "it is a text of its own, not records", "leave out --json and --csv"});
    switch (as) {
        case As::prefixes:
            set.each_prefix([&](const Prefix& prefix) { return write_prefix(out, prefix); });
            break;
        case As::ranges:
            set.each_range([&](const Range& range) { return write_range(out, range); });
            break;
        case As::addresses:
            set.each_range([&](const Range& range) {
                for (Uint128 at = range.first;; ++at) {
                    if (!write_address(out, Address(range.family, at))) return false;
                    if (at == range.last) return true;
                }
            });
            break;
        case As::nft:
            write_nft(out, set);
            break;
        case As::ipset:
            write_ipset(out, set);
            break;
        case As::regex:
            return write_regexes(context, set);
    }
    return Status::success;
}

void write_regex(Text& out, const Prefix& prefix) {
    const auto first = static_cast<std::uint32_t>(prefix.first());
    const auto last = static_cast<std::uint32_t>(prefix.last());
    for (unsigned shift = 32; shift != 0;) {
        shift -= 8;
        put_octet(out, (first >> shift) & 0xffU, (last >> shift) & 0xffU);
        if (shift != 0) out.put("\\.");
    }
}

}  // namespace fid::cmd::ipcalc
