// SPDX-License-Identifier: MIT
#include "dns/dnssec_records.h"

#include <algorithm>
#include <array>
#include <map>

#include "dns/rdata.h"
#include "dns/rdata_parts.h"

namespace fid::dns::dnssec {
namespace {

constexpr std::uint8_t lower(std::uint8_t c) { return c >= 'A' && c <= 'Z' ? static_cast<std::uint8_t>(c + 32) : c; }

void append(Octets& to, Bytes bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void append_u16(Octets& to, std::size_t value) {
    to.push_back(static_cast<std::uint8_t>(value >> 8U));
    to.push_back(static_cast<std::uint8_t>(value));
}

Octets octets(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

// RFC 4034 section 6.2 as RFC 6840 section 5.1 has it (NSEC is not among them): NS MD MF CNAME SOA MB MG MR PTR MINFO
// MX RP AFSDB RT SIG PX SRV NAPTR KX DNAME RRSIG. NXT and A6, which are, have been obsolete for twenty years.
constexpr std::array<std::uint16_t, 21> lower_cased{2,  3,  4,  5,  6,  7,  8,  9,  12, 14, 15,
                                                    17, 18, 21, 24, 26, 33, 35, 36, 39, 46};

Octets canonical_rdata(const Message& message, const Record& record) {
    if (!std::ranges::binary_search(lower_cased, record.type)) return plain_rdata(message, record);
    const Bytes rdata = message.rdata(record);
    packet::Cursor at(rdata);
    Octets canonical;
    for (const RdataPart& each : rdata_parts(record.type)) {
        const std::size_t before = at.offset();
        const Piece piece = take_part(each.part, at, message.bytes());
        if (!at.ok()) return octets(rdata);
        if (piece.name)
            append_canonical(canonical, *piece.name);
        else
            append(canonical, rdata.subspan(before, at.offset() - before));
    }
    append(canonical, at.rest());
    return canonical;
}

/// RFC 4648 section 7, either case; nothing where it is none.
std::optional<Octets> from_base32hex(Bytes text) {
    Octets bytes;
    unsigned held = 0, bits = 0;
    for (const std::uint8_t byte : text) {
        const std::uint8_t c = lower(byte);
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'v')) return std::nullopt;
        held = (held << 5U | static_cast<unsigned>(digit ? c - '0' : c - 'a' + 10)) & 0xfffU;
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    }
    return bytes;
}

struct SetKey {
    Section section;
    Name owner;
    std::uint16_t type, klass;
    friend bool operator<(const SetKey& a, const SetKey& b) {
        if (a.section != b.section) return a.section < b.section;
        if (a.type != b.type) return a.type < b.type;
        if (a.klass != b.klass) return a.klass < b.klass;
        return a.owner < b.owner;
    }
};

}  // namespace

void append_canonical(Octets& to, const Name& name) {
    // Lengths of labels are below 64, where no letter is.
    for (const std::uint8_t byte : name.wire()) to.push_back(lower(byte));
}

Name last_labels(const Name& name, unsigned count) {
    Name left = name;
    for (unsigned have = name.labels(); have > count; --have) left = left.parent();
    return left;
}

std::optional<Name> wildcard_of(const Name& name) {
    static const Name asterisk = *Name::parse("*");
    return asterisk.under(name);
}

unsigned signed_labels(const Name& name) {
    const Bytes first = name.first_label();
    return name.labels() - (first.size() == 1 && first[0] == '*' ? 1 : 0);
}

std::optional<Rrsig> Rrsig::read(Bytes rdata) {
    packet::Cursor at(rdata);
    Rrsig made;
    made.covered = at.u16();
    made.algorithm = at.u8();
    made.labels = at.u8();
    made.original_ttl = at.u32();
    made.expiration = at.u32();
    made.inception = at.u32();
    made.tag = at.u16();
    const std::size_t fixed = at.offset();
    const auto signer = Name::read(at, rdata);
    if (!signer || !at.ok()) return std::nullopt;
    made.signer = *signer;
    made.head = octets(rdata.first(fixed));
    append_canonical(made.head, *signer);
    made.signature = octets(at.rest());
    return made;
}

std::optional<Dnskey> Dnskey::read(Bytes rdata) {
    packet::Cursor at(rdata);
    Dnskey made;
    made.flags = at.u16();
    made.protocol = at.u8();
    made.algorithm = at.u8();
    made.key = octets(at.rest());
    if (!at.ok()) return std::nullopt;
    made.rdata = octets(rdata);
    made.tag = key_tag(rdata);
    return made;
}

std::optional<Ds> Ds::read(Bytes rdata) {
    packet::Cursor at(rdata);
    Ds made;
    made.tag = at.u16();
    made.algorithm = at.u8();
    made.digest_type = at.u8();
    made.digest = octets(at.rest());
    if (!at.ok()) return std::nullopt;
    return made;
}

bool Types::has(std::uint16_t type) const {
    bool found = false;
    return walk_types(bitmap_, [&](std::uint16_t each) { found = found || each == type; }) && found;
}

std::optional<Nsec> Nsec::read(const Name& owner, Bytes rdata) {
    packet::Cursor at(rdata);
    const auto next = Name::read(at, rdata);
    if (!next || !at.ok() || !walk_types(at.rest(), [](std::uint16_t) {})) return std::nullopt;
    return Nsec{owner, *next, Types(at.rest())};
}

std::optional<Nsec3> Nsec3::read(const Name& owner, const Name& zone, Bytes rdata) {
    packet::Cursor at(rdata);
    Nsec3 made;
    made.algorithm = at.u8();
    made.flags = at.u8();
    made.iterations = at.u16();
    const std::size_t salt_size = at.u8();
    made.salt = octets(at.take(salt_size));
    const std::size_t next_size = at.u8();
    made.next = octets(at.take(next_size));
    if (!at.ok() || owner.is_root() || owner.parent() != zone || !walk_types(at.rest(), [](std::uint16_t) {}))
        return std::nullopt;
    made.types = Types(at.rest());
    auto hash = from_base32hex(owner.first_label());
    if (!hash || hash->size() != made.next.size()) return std::nullopt;
    made.hash = std::move(*hash);
    return made;
}

std::vector<RecordSet> record_sets(const Message& message) {
    std::vector<RecordSet> sets;
    std::map<SetKey, std::size_t> places;
    std::vector<std::pair<SetKey, Rrsig>> signatures;
    Records records(message);
    for (Record record; records.next(record) && record.section != Section::additional;) {
        const auto owner = message.name(record.name_at);
        if (!owner) continue;
        Octets data = canonical_rdata(message, record);
        if (record.type == type::rrsig) {
            if (auto read = Rrsig::read(data))
                signatures.emplace_back(SetKey{record.section, *owner, read->covered, record.klass}, std::move(*read));
            continue;
        }
        const auto [place, fresh] =
            places.try_emplace(SetKey{record.section, *owner, record.type, record.klass}, sets.size());
        if (fresh) {
            RecordSet& made = sets.emplace_back();
            made.owner = *owner;
            made.type = record.type;
            made.klass = record.klass;
            made.section = record.section;
        }
        sets[place->second].data.push_back(std::move(data));
        sets[place->second].records.push_back(record);
    }
    for (RecordSet& set : sets) {
        // Text compares as RFC 4034 section 6.3 has it: unsigned bytes from the left, the shorter first.
        std::ranges::sort(set.data, {}, [](const Octets& data) { return as_text(data); });
        const auto again = std::ranges::unique(set.data);
        set.data.erase(again.begin(), again.end());
    }
    for (auto& [key, signature] : signatures)
        if (const auto place = places.find(key); place != places.end())
            sets[place->second].signatures.push_back(std::move(signature));
    return sets;
}

const RecordSet* find_set(const std::vector<RecordSet>& sets, Section section, const Name& owner, std::uint16_t type) {
    for (const RecordSet& set : sets)
        if (set.section == section && set.type == type && set.klass == klass::in && set.owner == owner) return &set;
    return nullptr;
}

Octets signed_data(const RecordSet& set, const Rrsig& signature) {
    Octets name;
    if (signature.labels < signed_labels(set.owner)) {
        name = {1, '*'};
        append_canonical(name, last_labels(set.owner, signature.labels));
    } else {
        append_canonical(name, set.owner);
    }
    append_u16(name, set.type);
    append_u16(name, set.klass);
    append_u16(name, signature.original_ttl >> 16U);
    append_u16(name, signature.original_ttl);
    Octets text = signature.head;
    for (const Octets& data : set.data) {
        append(text, name);
        append_u16(text, data.size());
        append(text, data);
    }
    return text;
}

}  // namespace fid::dns::dnssec
