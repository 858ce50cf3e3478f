// SPDX-License-Identifier: MIT
// `fid ipcalc ADDR...` without a verb: everything an address, prefix or range says about itself.
#include <algorithm>
#include <array>

#include "address/convert.h"
#include "address/special.h"
#include "cmd/ipcalc/info_text.h"
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"
#include "report/suggest.h"

namespace fid::cmd::ipcalc {
namespace {

using report::Field;
using report::List;
using report::Record;
using report::Type;
using report::Value;

constexpr std::array info_fields{
    Field{"address", Type::text, "the address as typed; null for a range"},
    field::family,
    Field{"prefix", Type::text, "the network with its length; null for a range that is no prefix"},
    Field{"range", Type::text, "first-last"},
    Field{"network", Type::text, "lowest address of the prefix"},
    Field{"broadcast", Type::text, "broadcast address; null for IPv6, /31 and /32, which have none"},
    Field{"first_host", Type::text, "lowest address for a host"},
    Field{"last_host", Type::text, "highest address for a host"},
    Field{"netmask", Type::text, "network bits as an address"},
    Field{"wildcard", Type::text, "host bits as an address"},
    Field{"prefix_length", Type::integer, "number of network bits"},
    field::addresses,
    Field{"hosts", Type::integer, "how many addresses for hosts, exactly"},
    Field{"prefixes", Type::list, "for a range: the shortest list of prefixes that is exactly it"},
    Field{"use", Type::text, "what the address (or the whole range) is for, with the RFC"},
    Field{"special_name", Type::text, "name in the IANA special-purpose registry; null where it is not in it"},
    Field{"special_prefix", Type::text, "the registry's prefix"},
    Field{"special_rfc", Type::text, "and its RFC"},
    Field{"special_date", Type::text, "the month the registries were copied"},
    Field{"global", Type::boolean, "can it be reached from the internet?"},
    Field{"source", Type::boolean, "may it be a source address? (special-purpose only)"},
    Field{"destination", Type::boolean, "may it be a destination address? (special-purpose only)"},
    Field{"forwardable", Type::boolean, "may a router forward it? (special-purpose only)"},
    Field{"reserved_by_protocol", Type::boolean,
          "must every implementation treat it specially? (special-purpose only)"},
    Field{"class", Type::text, "historic class of an IPv4 address, A to E (RFC 791, RFC 1112)"},
    Field{"ptr", Type::text, "name of its PTR record"},
    Field{"reverse_zones", Type::list, "reverse zones that together cover it"},
    Field{"classless_zone", Type::text, "RFC 2317 zone of an IPv4 prefix longer than /24"},
    Field{"integer", Type::integer, "the address (of a range: the first) as a whole number"},
    Field{"hex", Type::text, "the same in hexadecimal"},
    Field{"bytes_network_order", Type::text, "its bytes, most significant first"},
    Field{"bytes_host_order", Type::text, "its bytes, least significant first"},
    Field{"embedded_ipv4", Type::text, "the IPv4 address inside an IPv6 one"},
    Field{"embedding", Type::text, "how it is embedded: mapped, 6to4, Teredo, NAT64..."},
    Field{"teredo_server", Type::text, "the Teredo server's address"},
    Field{"teredo_port", Type::integer, "the Teredo client's outside UDP port"},
    Field{"mac", Type::text, "the MAC address in a modified EUI-64 interface identifier"},
};

/// What was typed: an address inside a prefix, or a range that is no prefix.
struct Subject {
    Range range;
    std::optional<Prefix> prefix;
    std::optional<Address> address;
};

void put_use(Record& record, const Range& range) {
    record.set("use", use_text(range)).set("global", is_global(range));
    if (const SpecialPurpose* special = special_purpose(range)) {
        record.set("special_name", special->name)
            .set("special_prefix", special->prefix.text())
            .set("special_rfc", special->rfc)
            .set("special_date", special_purpose_date());
        if (special->terminated) return;
        record.set("source", special->source).set("destination", special->destination);
        record.set("forwardable", special->forwardable).set("reserved_by_protocol", special->reserved_by_protocol);
    }
}

/// Many zones as a list of names are of no use to a reader; --json has them all.
Value zone_list(const Prefix& prefix, bool shorten) {
    constexpr std::size_t readable = 4;
    std::vector<std::string> zones = reverse_zones(prefix);
    if (shorten && zones.size() > readable)
        return zones.front() + " to " + zones.back() + " (" + std::to_string(zones.size()) + " zones)";
    List list;
    for (std::string& zone : zones) list.emplace_back(std::move(zone));
    return list;
}

void put_prefix(Record& record, const Prefix& prefix, bool shorten) {
    const bool v4 = prefix.family() == Family::v4;
    const Range hosts = host_range(prefix);
    record.set("prefix", prefix.text()).set("network", prefix.network().text());
    if (v4 && prefix.length() < 31) record.set("broadcast", prefix.range().last_address().text());
    record.set("first_host", hosts.first_address().text()).set("last_host", hosts.last_address().text());
    record.set("netmask", Address(prefix.family(), prefix.net_mask()).text());
    record.set("wildcard", Address(prefix.family(), prefix.host_mask()).text());
    record.set("prefix_length", prefix.length()).set("hosts", Value::big(hosts.count_text()));
    record.set("reverse_zones", zone_list(prefix, shorten));
    record.set("classless_zone", classless_zone(prefix));
}

void put_number(Record& record, const Address& address) {
    const auto bytes = address.bytes();
    const Bytes network = Bytes(bytes).first(address.is_v4() ? 4 : 16);
    std::array<std::uint8_t, 16> reversed{};
    std::ranges::reverse_copy(network, reversed.begin());
    record.set("integer", Value::big(address.number()));
    Text text;
    text.put("0x");
    text.hex_bytes(network);
    record.set("hex", text.take());
    text.hex_bytes(network, " ");
    record.set("bytes_network_order", text.take());
    text.hex_bytes(Bytes(reversed).first(network.size()), " ");
    record.set("bytes_host_order", text.take());
}

void put_embedded(Record& record, const Address& address) {
    if (const auto inside = embedded_v4(address)) {
        record.set("embedded_ipv4", inside->address.text()).set("embedding", embedding_name(inside->how));
        if (inside->how == Embedding::teredo)
            record.set("teredo_server", inside->teredo_server.text()).set("teredo_port", unsigned{inside->teredo_port});
    }
    if (const auto mac = mac_of(address)) {
        Text text;
        text.mac(*mac);
        record.set("mac", text.take());
    }
}

Record describe(const Subject& subject, bool shorten) {
    Record record(info_record);
    const Range& range = subject.range;
    record.set("family", number_of(range.family));
    record.set("range", range.first_address().text() + "-" + range.last_address().text());
    record.set("addresses", Value::big(range.count_text()));
    const Address about = subject.address.value_or(range.first_address());
    if (subject.address) {
        record.set("address", about.text()).set("ptr", reverse_name(about));
    }
    if (subject.prefix) {
        put_prefix(record, *subject.prefix, shorten);
    } else {
        List prefixes;
        range.each_prefix([&](const Prefix& prefix) {
            prefixes.emplace_back(prefix.text());
            return true;
        });
        record.set("prefixes", std::move(prefixes));
    }
    put_use(record, subject.address ? Range{range.family, about.number(), about.number()} : range);
    if (const auto letter = legacy_class(about)) record.set("class", std::string(1, *letter));
    put_number(record, about);
    if (subject.address) put_embedded(record, about);
    return record;
}

/// A mistyped verb arrives here as an address.
std::string meant_verb(std::string_view word) {
    std::vector<std::string_view> verbs;
    for (const Command* verb : ipcalc_command.verbs) verbs.push_back(verb->name);
    return report::did_you_mean(word, verbs);
}

bool write_subject(report::Output& out, const Subject& subject, bool first) {
    const Record record = describe(subject, out.plain_text());
    if (!first && out.plain_text()) out.text().put('\n');
    if (out.plain_text() && out.terminal())
        write_info_text(out, record);
    else
        out.write(record);
    return !out.closed();
}

}  // namespace

const report::RecordType info_record{"address_info", "What an address, prefix or range says about itself.",
                                     info_fields};

Status run_info(Context& context) {
    Status status = Status::success;
    bool first = true;
    auto write = [&](const Subject& subject) {
        const bool more = write_subject(context.out, subject, first);
        first = false;
        return more;
    };
    if (context.args.words().empty())
        return context.log.error({Status::usage,
                                  "ipcalc wants",
                                  "an address, prefix or range",
                                  {},
                                  "fid ipcalc 192.168.1.77/26; see 'fid ipcalc --help'"});
    for (const std::string& word : context.args.words()) {
        if (word == "-" || word.starts_with('@')) {
            status = worse(status, each_entry(context, word, [&](const Entry& entry) {
                               return write({entry.range, entry.range.as_prefix(), entry.range.first_address()});
                           }));
            continue;
        }
        const auto range = Range::parse(word, reading(context.args));
        if (!range) {
            Error error = range.error();
            if (error.hint.empty()) error.hint = meant_verb(word);
            status = worse(status, context.log.error(error));
            continue;
        }
        Address typed;
        const auto prefix = Prefix::parse(word, reading(context.args), &typed);
        const Subject subject = prefix ? Subject{*range, *prefix, typed} : Subject{*range, std::nullopt, std::nullopt};
        if (!write(subject)) break;
    }
    return status;
}

}  // namespace fid::cmd::ipcalc
