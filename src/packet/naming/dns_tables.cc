// SPDX-License-Identifier: MIT
// IANA's DNS parameters, as tables.
#include "packet/naming/dns_fields.h"

namespace fid::packet::dns {

constinit const std::array<Spec, f_count> specs{{
    {"length", FieldType::number, "Length"},
    {"id", FieldType::hex, "Transaction ID"},
    {"flags", FieldType::hex, "Flags"},
    {"flags.response", FieldType::flag, "Response"},
    {"opcode", FieldType::number, "Opcode"},
    {"flags.authoritative", FieldType::flag, "Authoritative answer"},
    {"flags.truncated", FieldType::flag, "Truncated"},
    {"flags.recdesired", FieldType::flag, "Recursion desired"},
    {"flags.recavail", FieldType::flag, "Recursion available"},
    {"flags.authenticated", FieldType::flag, "Authenticated data"},
    {"flags.checkdisable", FieldType::flag, "Checking disabled"},
    {"flags.broadcast", FieldType::flag, "Broadcast"},
    {"rcode", FieldType::number, "Response code"},
    {"count.queries", FieldType::number, "Questions"},
    {"count.answers", FieldType::number, "Answers"},
    {"count.auth_rr", FieldType::number, "Authority records"},
    {"count.add_rr", FieldType::number, "Additional records"},
    {"question", FieldType::group, "Question"},
    {"answer", FieldType::group, "Answer"},
    {"authority", FieldType::group, "Authority"},
    {"additional", FieldType::group, "Additional"},
    {"name", FieldType::text, "Name"},
    {"type", FieldType::number, "Type"},
    {"class", FieldType::number, "Class"},
    {"unicast", FieldType::flag, "Unicast response wanted"},
    {"cache_flush", FieldType::flag, "Cache flush"},
    {"ttl", FieldType::number, "Time to live"},
    {"rdlength", FieldType::number, "Data length"},
    {"a", FieldType::ipv4, "Address"},
    {"aaaa", FieldType::ipv6, "Address"},
    {"cname", FieldType::text, "Canonical name"},
    {"dname", FieldType::text, "Delegation name"},
    {"ns", FieldType::text, "Name server"},
    {"ptr", FieldType::text, "Domain name"},
    {"mx", FieldType::text, "Mail exchange"},
    {"mx.preference", FieldType::number, "Preference"},
    {"soa.mname", FieldType::text, "Primary name server"},
    {"soa.rname", FieldType::text, "Responsible mailbox"},
    {"soa.serial", FieldType::number, "Serial"},
    {"soa.refresh", FieldType::number, "Refresh"},
    {"soa.retry", FieldType::number, "Retry"},
    {"soa.expire", FieldType::number, "Expire"},
    {"soa.minimum", FieldType::number, "Negative TTL"},
    {"srv.priority", FieldType::number, "Priority"},
    {"srv.weight", FieldType::number, "Weight"},
    {"srv.port", FieldType::number, "Port"},
    {"srv.target", FieldType::text, "Target"},
    {"txt", FieldType::text, "Text"},
    {"svcb.priority", FieldType::number, "Priority"},
    {"svcb.target", FieldType::text, "Target"},
    {"svcb.param", FieldType::group, "Parameter"},
    {"svcb.key", FieldType::number, "Key"},
    {"svcb.alpn", FieldType::text, "ALPN"},
    {"svcb.port", FieldType::number, "Port"},
    {"svcb.ipv4hint", FieldType::ipv4, "IPv4 hint"},
    {"svcb.ipv6hint", FieldType::ipv6, "IPv6 hint"},
    {"svcb.ech", FieldType::bytes, "Encrypted Client Hello"},
    {"svcb.value", FieldType::bytes, "Value"},
    {"caa.flags", FieldType::hex, "Flags"},
    {"caa.tag", FieldType::text, "Tag"},
    {"caa.value", FieldType::text, "Value"},
    {"ds.keytag", FieldType::number, "Key tag"},
    {"ds.algorithm", FieldType::number, "Algorithm"},
    {"ds.digest_type", FieldType::number, "Digest type"},
    {"ds.digest", FieldType::bytes, "Digest"},
    {"dnskey.flags", FieldType::hex, "Flags"},
    {"dnskey.protocol", FieldType::number, "Protocol"},
    {"dnskey.algorithm", FieldType::number, "Algorithm"},
    {"dnskey.key", FieldType::bytes, "Public key"},
    {"rrsig.type", FieldType::number, "Type covered"},
    {"rrsig.algorithm", FieldType::number, "Algorithm"},
    {"rrsig.labels", FieldType::number, "Labels"},
    {"rrsig.ttl", FieldType::number, "Original TTL"},
    {"rrsig.expiration", FieldType::number, "Expiration"},
    {"rrsig.inception", FieldType::number, "Inception"},
    {"rrsig.keytag", FieldType::number, "Key tag"},
    {"rrsig.signer", FieldType::text, "Signer"},
    {"rrsig.signature", FieldType::bytes, "Signature"},
    {"nsec.next", FieldType::text, "Next name"},
    {"nsec.type", FieldType::number, "Type present"},
    {"nsec3.algorithm", FieldType::number, "Hash algorithm"},
    {"nsec3.flags", FieldType::hex, "Flags"},
    {"nsec3.iterations", FieldType::number, "Iterations"},
    {"nsec3.salt", FieldType::bytes, "Salt"},
    {"nsec3.next", FieldType::bytes, "Next hashed owner"},
    {"tlsa.usage", FieldType::number, "Certificate usage"},
    {"tlsa.selector", FieldType::number, "Selector"},
    {"tlsa.matching", FieldType::number, "Matching type"},
    {"tlsa.data", FieldType::bytes, "Association data"},
    {"naptr.order", FieldType::number, "Order"},
    {"naptr.preference", FieldType::number, "Preference"},
    {"naptr.flags", FieldType::text, "Flags"},
    {"naptr.service", FieldType::text, "Service"},
    {"naptr.regexp", FieldType::text, "Regular expression"},
    {"naptr.replacement", FieldType::text, "Replacement"},
    {"hinfo.cpu", FieldType::text, "CPU"},
    {"hinfo.os", FieldType::text, "Operating system"},
    {"sshfp.algorithm", FieldType::number, "Algorithm"},
    {"sshfp.type", FieldType::number, "Fingerprint type"},
    {"sshfp.fingerprint", FieldType::bytes, "Fingerprint"},
    {"nb.flags", FieldType::hex, "NetBIOS flags"},
    {"nb.address", FieldType::ipv4, "NetBIOS address"},
    {"nbstat.name", FieldType::text, "Node name"},
    {"nbstat.flags", FieldType::hex, "Node name flags"},
    {"nbstat.mac", FieldType::mac, "Unit ID"},
    {"opt.size", FieldType::number, "UDP payload size"},
    {"opt.extended_rcode", FieldType::number, "Extended response code"},
    {"opt.version", FieldType::number, "EDNS version"},
    {"opt.do", FieldType::flag, "DNSSEC OK"},
    {"opt.option", FieldType::group, "Option"},
    {"opt.code", FieldType::number, "Option code"},
    {"opt.ecs.family", FieldType::number, "Client subnet family"},
    {"opt.ecs.source", FieldType::number, "Source prefix length"},
    {"opt.ecs.scope", FieldType::number, "Scope prefix length"},
    {"opt.ecs.address", FieldType::text, "Client subnet"},
    {"opt.cookie.client", FieldType::bytes, "Client cookie"},
    {"opt.cookie.server", FieldType::bytes, "Server cookie"},
    {"opt.ede.code", FieldType::number, "Extended error"},
    {"opt.ede.text", FieldType::text, "Extra text"},
    {"opt.data", FieldType::bytes, "Option data"},
    {"data", FieldType::bytes, "Data"},
}};

namespace {

struct Word {
    unsigned code;
    std::string_view name;
};
std::string_view find(std::span<const Word> words, unsigned code) {
    const auto found = std::ranges::find(words, code, &Word::code);
    return found == words.end() ? std::string_view{} : found->name;
}

using enum Part;
constexpr std::array rdata_a{RdataField{a, f_a}};
constexpr std::array rdata_ns{RdataField{name, f_ns}};
constexpr std::array rdata_cname{RdataField{name, f_cname}};
constexpr std::array rdata_soa{RdataField{name, f_soa_mname}, RdataField{name, f_soa_rname},
                               RdataField{u32, f_soa_serial}, RdataField{u32, f_soa_refresh},
                               RdataField{u32, f_soa_retry},  RdataField{u32, f_soa_expire},
                               RdataField{u32, f_soa_minimum}};
constexpr std::array rdata_ptr{RdataField{name, f_ptr}};
constexpr std::array rdata_hinfo{RdataField{string, f_hinfo_cpu}, RdataField{string, f_hinfo_os}};
constexpr std::array rdata_mx{RdataField{u16, f_mx_preference}, RdataField{name, f_mx}};
constexpr std::array rdata_txt{RdataField{strings, f_txt}};
constexpr std::array rdata_aaaa{RdataField{aaaa, f_aaaa}};
constexpr std::array rdata_nb{RdataField{u16, f_nb_flags}, RdataField{a, f_nb_address}};
constexpr std::array rdata_srv{RdataField{u16, f_srv_priority}, RdataField{u16, f_srv_weight},
                               RdataField{u16, f_srv_port}, RdataField{name, f_srv_target}};
constexpr std::array rdata_naptr{RdataField{u16, f_naptr_order},     RdataField{u16, f_naptr_preference},
                                 RdataField{string, f_naptr_flags},  RdataField{string, f_naptr_service},
                                 RdataField{string, f_naptr_regexp}, RdataField{name, f_naptr_replacement}};
constexpr std::array rdata_dname{RdataField{name, f_dname}};
constexpr std::array rdata_opt{RdataField{opt, f_opt_option}};
constexpr std::array rdata_ds{RdataField{u16, f_ds_keytag}, RdataField{u8, f_ds_algorithm},
                              RdataField{u8, f_ds_digest_type}, RdataField{rest, f_ds_digest}};
constexpr std::array rdata_sshfp{RdataField{u8, f_sshfp_algorithm}, RdataField{u8, f_sshfp_type},
                                 RdataField{rest, f_sshfp_fingerprint}};
constexpr std::array rdata_rrsig{
    RdataField{u16, f_rrsig_type},   RdataField{u8, f_rrsig_algorithm},   RdataField{u8, f_rrsig_labels},
    RdataField{u32, f_rrsig_ttl},    RdataField{u32, f_rrsig_expiration}, RdataField{u32, f_rrsig_inception},
    RdataField{u16, f_rrsig_keytag}, RdataField{name, f_rrsig_signer},    RdataField{rest, f_rrsig_signature}};
constexpr std::array rdata_nsec{RdataField{name, f_nsec_next}, RdataField{types, f_nsec_type}};
constexpr std::array rdata_dnskey{RdataField{u16, f_dnskey_flags}, RdataField{u8, f_dnskey_protocol},
                                  RdataField{u8, f_dnskey_algorithm}, RdataField{rest, f_dnskey_key}};
constexpr std::array rdata_nsec3{RdataField{u8, f_nsec3_algorithm},   RdataField{u8, f_nsec3_flags},
                                 RdataField{u16, f_nsec3_iterations}, RdataField{counted, f_nsec3_salt},
                                 RdataField{counted, f_nsec3_next},   RdataField{types, f_nsec_type}};
constexpr std::array rdata_nsec3param{RdataField{u8, f_nsec3_algorithm}, RdataField{u8, f_nsec3_flags},
                                      RdataField{u16, f_nsec3_iterations}, RdataField{counted, f_nsec3_salt}};
constexpr std::array rdata_tlsa{RdataField{u8, f_tlsa_usage}, RdataField{u8, f_tlsa_selector},
                                RdataField{u8, f_tlsa_matching}, RdataField{rest, f_tlsa_data}};
constexpr std::array rdata_svcb{RdataField{u16, f_svcb_priority}, RdataField{name, f_svcb_target},
                                RdataField{params, f_svcb_param}};
constexpr std::array rdata_caa{RdataField{u8, f_caa_flags}, RdataField{string, f_caa_tag},
                               RdataField{text, f_caa_value}};

constexpr std::array known_types{
    TypeInfo{1, "A", rdata_a},
    TypeInfo{2, "NS", rdata_ns},
    TypeInfo{3, "MD", {}},
    TypeInfo{4, "MF", {}},
    TypeInfo{5, "CNAME", rdata_cname},
    TypeInfo{6, "SOA", rdata_soa},
    TypeInfo{7, "MB", {}},
    TypeInfo{8, "MG", {}},
    TypeInfo{9, "MR", {}},
    TypeInfo{10, "NULL", {}},
    TypeInfo{11, "WKS", {}},
    TypeInfo{12, "PTR", rdata_ptr},
    TypeInfo{13, "HINFO", rdata_hinfo},
    TypeInfo{14, "MINFO", {}},
    TypeInfo{15, "MX", rdata_mx},
    TypeInfo{16, "TXT", rdata_txt},
    TypeInfo{17, "RP", {}},
    TypeInfo{18, "AFSDB", {}},
    TypeInfo{19, "X25", {}},
    TypeInfo{20, "ISDN", {}},
    TypeInfo{21, "RT", {}},
    TypeInfo{22, "NSAP", {}},
    TypeInfo{23, "NSAP-PTR", {}},
    TypeInfo{24, "SIG", {}},
    TypeInfo{25, "KEY", {}},
    TypeInfo{26, "PX", {}},
    TypeInfo{27, "GPOS", {}},
    TypeInfo{28, "AAAA", rdata_aaaa},
    TypeInfo{29, "LOC", {}},
    TypeInfo{30, "NXT", {}},
    TypeInfo{31, "EID", {}},
    TypeInfo{32, "NB", rdata_nb},
    TypeInfo{33, "SRV", rdata_srv},
    TypeInfo{34, "ATMA", {}},
    TypeInfo{35, "NAPTR", rdata_naptr},
    TypeInfo{36, "KX", {}},
    TypeInfo{37, "CERT", {}},
    TypeInfo{38, "A6", {}},
    TypeInfo{39, "DNAME", rdata_dname},
    TypeInfo{40, "SINK", {}},
    TypeInfo{41, "OPT", rdata_opt},
    TypeInfo{42, "APL", {}},
    TypeInfo{43, "DS", rdata_ds},
    TypeInfo{44, "SSHFP", rdata_sshfp},
    TypeInfo{45, "IPSECKEY", {}},
    TypeInfo{46, "RRSIG", rdata_rrsig},
    TypeInfo{47, "NSEC", rdata_nsec},
    TypeInfo{48, "DNSKEY", rdata_dnskey},
    TypeInfo{49, "DHCID", {}},
    TypeInfo{50, "NSEC3", rdata_nsec3},
    TypeInfo{51, "NSEC3PARAM", rdata_nsec3param},
    TypeInfo{52, "TLSA", rdata_tlsa},
    TypeInfo{53, "SMIMEA", rdata_tlsa},
    TypeInfo{55, "HIP", {}},
    TypeInfo{56, "NINFO", {}},
    TypeInfo{57, "RKEY", {}},
    TypeInfo{58, "TALINK", {}},
    TypeInfo{59, "CDS", rdata_ds},
    TypeInfo{60, "CDNSKEY", rdata_dnskey},
    TypeInfo{61, "OPENPGPKEY", {}},
    TypeInfo{62, "CSYNC", {}},
    TypeInfo{63, "ZONEMD", {}},
    TypeInfo{64, "SVCB", rdata_svcb},
    TypeInfo{65, "HTTPS", rdata_svcb},
    TypeInfo{99, "SPF", rdata_txt},
    TypeInfo{100, "UINFO", {}},
    TypeInfo{101, "UID", {}},
    TypeInfo{102, "GID", {}},
    TypeInfo{103, "UNSPEC", {}},
    TypeInfo{104, "NID", {}},
    TypeInfo{105, "L32", {}},
    TypeInfo{106, "L64", {}},
    TypeInfo{107, "LP", {}},
    TypeInfo{108, "EUI48", {}},
    TypeInfo{109, "EUI64", {}},
    TypeInfo{249, "TKEY", {}},
    TypeInfo{250, "TSIG", {}},
    TypeInfo{251, "IXFR", {}},
    TypeInfo{252, "AXFR", {}},
    TypeInfo{253, "MAILB", {}},
    TypeInfo{254, "MAILA", {}},
    TypeInfo{255, "ANY", {}},
    TypeInfo{256, "URI", {}},
    TypeInfo{257, "CAA", rdata_caa},
    TypeInfo{258, "AVC", {}},
    TypeInfo{259, "DOA", {}},
    TypeInfo{260, "AMTRELAY", {}},
    TypeInfo{261, "RESINFO", {}},
    TypeInfo{32768, "TA", {}},
    TypeInfo{32769, "DLV", rdata_ds},
};
constexpr std::array classes{
    Word{1, "IN"}, Word{2, "CS"}, Word{3, "CHAOS"}, Word{4, "HESIOD"}, Word{254, "NONE"}, Word{255, "ANY"},
};
constexpr std::array opcodes{
    Word{0, "query"},  Word{1, "inverse query"}, Word{2, "status"},
    Word{4, "notify"}, Word{5, "update"},        Word{6, "stateful"},
};
constexpr std::array rcodes{
    Word{0, "NoError"},  Word{1, "FormErr"},    Word{2, "ServFail"}, Word{3, "NXDomain"},  Word{4, "NotImp"},
    Word{5, "Refused"},  Word{6, "YXDomain"},   Word{7, "YXRRSet"},  Word{8, "NXRRSet"},   Word{9, "NotAuth"},
    Word{10, "NotZone"}, Word{11, "DSOTYPENI"}, Word{16, "BadVers"}, Word{17, "BadKey"},   Word{18, "BadTime"},
    Word{19, "BadMode"}, Word{20, "BadName"},   Word{21, "BadAlg"},  Word{22, "BadTrunc"}, Word{23, "BadCookie"},
};
constexpr std::array errors{
    Word{0, "Other"},
    Word{1, "Unsupported DNSKEY Algorithm"},
    Word{2, "Unsupported DS Digest Type"},
    Word{3, "Stale Answer"},
    Word{4, "Forged Answer"},
    Word{5, "DNSSEC Indeterminate"},
    Word{6, "DNSSEC Bogus"},
    Word{7, "Signature Expired"},
    Word{8, "Signature Not Yet Valid"},
    Word{9, "DNSKEY Missing"},
    Word{10, "RRSIGs Missing"},
    Word{11, "No Zone Key Bit Set"},
    Word{12, "NSEC Missing"},
    Word{13, "Cached Error"},
    Word{14, "Not Ready"},
    Word{15, "Blocked"},
    Word{16, "Censored"},
    Word{17, "Filtered"},
    Word{18, "Prohibited"},
    Word{19, "Stale NXDOMAIN Answer"},
    Word{20, "Not Authoritative"},
    Word{21, "Not Supported"},
    Word{22, "No Reachable Authority"},
    Word{23, "Network Error"},
    Word{24, "Invalid Data"},
    Word{25, "Signature Expired before Valid"},
    Word{26, "Too Early"},
    Word{27, "Unsupported NSEC3 Iterations Value"},
    Word{28, "Unable to conform to policy"},
    Word{29, "Synthesized"},
};
constexpr std::array options{
    Word{1, "LLQ"},      Word{2, "UL"},     Word{3, "NSID"},    Word{5, "DAU"},     Word{6, "DHU"},
    Word{7, "N3U"},      Word{8, "ECS"},    Word{9, "EXPIRE"},  Word{10, "COOKIE"}, Word{11, "KEEPALIVE"},
    Word{12, "PADDING"}, Word{13, "CHAIN"}, Word{14, "KEYTAG"}, Word{15, "EDE"},
};
constexpr std::array svcb_params{
    Word{0, "mandatory"}, Word{1, "alpn"}, Word{2, "no-default-alpn"}, Word{3, "port"},
    Word{4, "ipv4hint"},  Word{5, "ech"},  Word{6, "ipv6hint"},        Word{7, "dohpath"},
};

}  // namespace

std::span<const TypeInfo> type_table() { return known_types; }
const TypeInfo* type_info(std::uint16_t type) {
    const auto* const found = std::ranges::lower_bound(known_types, type, {}, &TypeInfo::type);
    return found != known_types.end() && found->type == type ? found : nullptr;
}
std::string_view type_name(std::uint16_t type) {
    const TypeInfo* info = type_info(type);
    return info == nullptr ? std::string_view{} : info->name;
}
std::string_view class_name(std::uint16_t value) { return find(classes, value); }
std::string_view opcode_name(unsigned opcode) { return find(opcodes, opcode); }
std::string_view rcode_name(unsigned rcode) { return find(rcodes, rcode); }
std::string_view ede_name(unsigned code) { return find(errors, code); }
std::string_view option_name(unsigned code) { return find(options, code); }
std::string_view param_name(unsigned key) { return find(svcb_params, key); }

}  // namespace fid::packet::dns
