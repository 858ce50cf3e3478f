// SPDX-License-Identifier: MIT
#include "dns/rdata_parts.h"

#include <algorithm>
#include <array>

#include "packet/naming/dns_fields.h"

namespace fid::dns {
namespace {

using P = RdataPart;
using enum Part;
constexpr std::array address4{P{ipv4, "address"}};
constexpr std::array address6{P{ipv6, "address"}};
constexpr std::array target{P{name, "target"}};
constexpr std::array soa{P{name, "mname"}, P{name, "rname"}, P{u32, "serial"}, P{u32, "refresh"},
                         P{u32, "retry"},  P{u32, "expire"}, P{u32, "minimum"}};
constexpr std::array hinfo{P{string, "cpu"}, P{string, "os"}};
constexpr std::array minfo{P{name, "rmailbx"}, P{name, "emailbx"}};
constexpr std::array mx{P{u16, "preference"}, P{name, "exchange"}};
constexpr std::array txt{P{strings, "strings"}};
constexpr std::array rp{P{name, "mailbox"}, P{name, "txt"}};
constexpr std::array afsdb{P{u16, "subtype"}, P{name, "host"}};
constexpr std::array x25{P{string, "address"}};
constexpr std::array rt{P{u16, "preference"}, P{name, "host"}};
constexpr std::array nsap_address{P{nsap, "address"}};
constexpr std::array rrsig{P{type, "type_covered"}, P{u8, "algorithm"},    P{u8, "labels"},
                           P{u32, "original_ttl"},  P{time, "expiration"}, P{time, "inception"},
                           P{u16, "key_tag"},       P{name, "signer"},     P{base64, "signature"}};
constexpr std::array dnskey{P{u16, "flags"}, P{u8, "protocol"}, P{u8, "algorithm"}, P{base64_last, "public_key"}};
constexpr std::array px{P{u16, "preference"}, P{name, "map822"}, P{name, "mapx400"}};
constexpr std::array gpos{P{string, "longitude"}, P{string, "latitude"}, P{string, "altitude"}};
constexpr std::array bytes{P{hex, "data"}};
constexpr std::array srv{P{u16, "priority"}, P{u16, "weight"}, P{u16, "port"}, P{name, "target"}};
constexpr std::array naptr{P{u16, "order"},      P{u16, "preference"}, P{string, "flags"},
                           P{string, "service"}, P{string, "regexp"},  P{name, "replacement"}};
constexpr std::array cert{P{certificate, "certificate_type"}, P{u16, "key_tag"}, P{algorithm, "algorithm"},
                          P{base64, "certificate"}};
constexpr std::array sink{P{u8, "meaning"}, P{u8, "coding"}, P{u8, "subcoding"}, P{base64_last, "data"}};
constexpr std::array ds{P{u16, "key_tag"}, P{u8, "algorithm"}, P{u8, "digest_type"}, P{hex, "digest"}};
constexpr std::array sshfp{P{u8, "algorithm"}, P{u8, "fingerprint_type"}, P{hex, "fingerprint"}};
constexpr std::array nsec{P{name, "next"}, P{types, "types"}};
constexpr std::array dhcid{P{base64, "data"}};
constexpr std::array nsec3{P{u8, "hash_algorithm"}, P{u8, "flags"},  P{u16, "iterations"},
                           P{salt, "salt"},         P{hash, "next"}, P{types, "types"}};
constexpr std::array nsec3param{P{u8, "hash_algorithm"}, P{u8, "flags"}, P{u16, "iterations"}, P{salt, "salt"}};
constexpr std::array tlsa{P{u8, "usage"}, P{u8, "selector"}, P{u8, "matching_type"}, P{hex, "data"}};
constexpr std::array talink{P{name, "previous"}, P{name, "next"}};
constexpr std::array openpgpkey{P{base64, "public_key"}};
constexpr std::array csync{P{u32, "serial"}, P{u16, "flags"}, P{types, "types"}};
constexpr std::array zonemd{P{u32, "serial"}, P{u8, "scheme"}, P{u8, "hash_algorithm"}, P{hex, "digest"}};
constexpr std::array svcb{P{u16, "priority"}, P{name, "target"}, P{params, "params"}};
constexpr std::array nid{P{u16, "preference"}, P{groups, "node_id"}};
constexpr std::array l32{P{u16, "preference"}, P{ipv4, "locator"}};
constexpr std::array l64{P{u16, "preference"}, P{groups, "locator"}};
constexpr std::array lp{P{u16, "preference"}, P{name, "fqdn"}};
constexpr std::array eui_address{P{eui, "address"}};
constexpr std::array tsig{P{name, "algorithm"},  P{u48, "time_signed"}, P{u16, "fudge_s"},  P{counted, "mac"},
                          P{u16, "original_id"}, P{error, "error"},     P{counted, "other"}};
constexpr std::array uri{P{u16, "priority"}, P{u16, "weight"}, P{text, "target"}};
constexpr std::array caa{P{u8, "flags"}, P{word, "tag"}, P{text, "value"}};

struct Row {
    std::uint16_t type;
    std::span<const RdataPart> parts;
};
// Ascending. LOC, APL, IPSECKEY, HIP, WKS, NXT, ISDN, A6, ATMA and what else ldns knows are left to it.
constexpr std::array rows{
    Row{1, address4},    Row{2, target},  Row{3, target},  Row{4, target},        Row{5, target},
    Row{6, soa},         Row{7, target},  Row{8, target},  Row{9, target},        Row{12, target},
    Row{13, hinfo},      Row{14, minfo},  Row{15, mx},     Row{16, txt},          Row{17, rp},
    Row{18, afsdb},      Row{19, x25},    Row{21, rt},     Row{22, nsap_address}, Row{23, target},
    Row{24, rrsig},      Row{25, dnskey}, Row{26, px},     Row{27, gpos},         Row{28, address6},
    Row{31, bytes},      Row{32, bytes},  Row{33, srv},    Row{35, naptr},        Row{36, mx},
    Row{37, cert},       Row{39, target}, Row{40, sink},   Row{43, ds},           Row{44, sshfp},
    Row{46, rrsig},      Row{47, nsec},   Row{48, dnskey}, Row{49, dhcid},        Row{50, nsec3},
    Row{51, nsec3param}, Row{52, tlsa},   Row{53, tlsa},   Row{56, txt},          Row{57, dnskey},
    Row{58, talink},     Row{59, ds},     Row{60, dnskey}, Row{61, openpgpkey},   Row{62, csync},
    Row{63, zonemd},     Row{64, svcb},   Row{65, svcb},   Row{99, txt},          Row{104, nid},
    Row{105, l32},       Row{106, l64},   Row{107, lp},    Row{108, eui_address}, Row{109, eui_address},
    Row{250, tsig},      Row{256, uri},   Row{257, caa},   Row{258, txt},         Row{261, txt},
    Row{32768, ds},      Row{32769, ds},
};
static_assert(std::ranges::is_sorted(rows, {}, &Row::type));

struct Word {
    std::uint64_t number;
    std::string_view name;
};
// RFC 4398 section 2.1.
constexpr std::array certificates{Word{1, "PKIX"},  Word{2, "SPKI"}, Word{3, "PGP"},    Word{4, "IPKIX"},
                                  Word{5, "ISPKI"}, Word{6, "IPGP"}, Word{7, "ACPKIX"}, Word{8, "IACPKIX"},
                                  Word{253, "URI"}, Word{254, "OID"}};
// IANA, DNSSEC algorithm numbers, as far as dig knows them.
constexpr std::array algorithms{Word{1, "RSAMD5"},           Word{3, "DSA"},          Word{5, "RSASHA1"},
                                Word{6, "NSEC3DSA"},         Word{7, "NSEC3RSASHA1"}, Word{8, "RSASHA256"},
                                Word{10, "RSASHA512"},       Word{12, "ECCGOST"},     Word{13, "ECDSAP256SHA256"},
                                Word{14, "ECDSAP384SHA384"}, Word{15, "ED25519"},     Word{16, "ED448"},
                                Word{252, "INDIRECT"},       Word{253, "PRIVATEDNS"}, Word{254, "PRIVATEOID"}};

std::string_view word_of(std::span<const Word> words, std::uint64_t number) {
    const auto found = std::ranges::find(words, number, &Word::number);
    return found == words.end() ? std::string_view() : found->name;
}

}  // namespace

std::span<const RdataPart> rdata_parts(std::uint16_t type_number) {
    const auto* const found = std::ranges::lower_bound(rows, type_number, {}, &Row::type);
    return found != rows.end() && found->type == type_number ? found->parts : std::span<const RdataPart>();
}

Piece take_part(Part part, packet::Cursor& at, Bytes message) {
    Piece piece;
    switch (part) {
        case u8:
        case algorithm:
            piece.number = at.u8();
            break;
        case u16:
        case type:
        case error:
        case certificate:
            piece.number = at.u16();
            break;
        case u32:
        case time:
            piece.number = at.u32();
            break;
        case u48:
            piece.number = at.u48();
            break;
        case counted:
            piece.bytes = at.take(at.u16());
            break;
        case ipv4:
            piece.bytes = at.take(4);
            break;
        case ipv6:
            piece.bytes = at.take(16);
            break;
        case groups:
            piece.bytes = at.take(8);
            break;
        case Part::name:
            piece.name = Name::read(at, message);
            break;
        case string:
        case word:
        case salt:
        case hash:
            piece.bytes = at.take(at.u8());
            break;
        case hex:
        case base64:
        case eui:
        case nsap:
        case strings:
            if (at.remaining() == 0) at.fail();
            [[fallthrough]];
        case text:
        case base64_last:
        case types:
        case params:
            piece.bytes = at.take(at.remaining());
            break;
    }
    return piece;
}

std::optional<SvcParam> take_param(Bytes& rest) {
    packet::Cursor at(rest);
    SvcParam param;
    param.key = at.u16();
    param.value = at.take(at.u16());
    if (!at.ok()) return std::nullopt;
    rest = at.rest();
    return param;
}

std::string param_text(std::uint16_t key) {
    const std::string_view known = packet::dns::param_name(key);
    std::string made(known.empty() ? "key" : known);
    if (known.empty()) made += std::to_string(key);
    return made;
}

std::string_view certificate_name(std::uint64_t number) { return word_of(certificates, number); }
std::string_view algorithm_name(std::uint64_t number) { return word_of(algorithms, number); }

}  // namespace fid::dns
