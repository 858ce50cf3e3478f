// SPDX-License-Identifier: MIT
// The fields of a DNS message, and the tables of types, classes and codes. One field table serves DNS, mDNS, LLMNR and
// NBNS, each with its own prefix.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "packet/dissector.h"

namespace fid::packet::dns {

enum Field : unsigned {
    f_length,
    f_id,
    f_flags,
    f_response,
    f_opcode,
    f_authoritative,
    f_truncated,
    f_recursion_desired,
    f_recursion_available,
    f_authenticated,
    f_checking_disabled,
    f_broadcast,
    f_rcode,
    f_questions,
    f_answers,
    f_authorities,
    f_additionals,
    f_question,
    f_answer,
    f_authority,
    f_additional,
    f_name,
    f_type,
    f_class,
    f_unicast,
    f_cache_flush,
    f_ttl,
    f_rdlength,
    f_a,
    f_aaaa,
    f_cname,
    f_dname,
    f_ns,
    f_ptr,
    f_mx,
    f_mx_preference,
    f_soa_mname,
    f_soa_rname,
    f_soa_serial,
    f_soa_refresh,
    f_soa_retry,
    f_soa_expire,
    f_soa_minimum,
    f_srv_priority,
    f_srv_weight,
    f_srv_port,
    f_srv_target,
    f_txt,
    f_svcb_priority,
    f_svcb_target,
    f_svcb_param,
    f_svcb_key,
    f_svcb_alpn,
    f_svcb_port,
    f_svcb_ipv4hint,
    f_svcb_ipv6hint,
    f_svcb_ech,
    f_svcb_value,
    f_caa_flags,
    f_caa_tag,
    f_caa_value,
    f_ds_keytag,
    f_ds_algorithm,
    f_ds_digest_type,
    f_ds_digest,
    f_dnskey_flags,
    f_dnskey_protocol,
    f_dnskey_algorithm,
    f_dnskey_key,
    f_rrsig_type,
    f_rrsig_algorithm,
    f_rrsig_labels,
    f_rrsig_ttl,
    f_rrsig_expiration,
    f_rrsig_inception,
    f_rrsig_keytag,
    f_rrsig_signer,
    f_rrsig_signature,
    f_nsec_next,
    f_nsec_type,
    f_nsec3_algorithm,
    f_nsec3_flags,
    f_nsec3_iterations,
    f_nsec3_salt,
    f_nsec3_next,
    f_tlsa_usage,
    f_tlsa_selector,
    f_tlsa_matching,
    f_tlsa_data,
    f_naptr_order,
    f_naptr_preference,
    f_naptr_flags,
    f_naptr_service,
    f_naptr_regexp,
    f_naptr_replacement,
    f_hinfo_cpu,
    f_hinfo_os,
    f_sshfp_algorithm,
    f_sshfp_type,
    f_sshfp_fingerprint,
    f_nb_flags,
    f_nb_address,
    f_nbstat_name,
    f_nbstat_flags,
    f_nbstat_mac,
    f_opt_size,
    f_opt_extended_rcode,
    f_opt_version,
    f_opt_do,
    f_opt_option,
    f_opt_code,
    f_opt_ecs_family,
    f_opt_ecs_source,
    f_opt_ecs_scope,
    f_opt_ecs_address,
    f_opt_cookie_client,
    f_opt_cookie_server,
    f_opt_ede_code,
    f_opt_ede_text,
    f_opt_data,
    f_data,
    f_count,
};

struct Spec {
    std::string_view suffix;
    FieldType type;
    std::string_view title;
};
extern const std::array<Spec, f_count> specs;

/// How rdata is made up, in wire order.
enum class Part : std::uint8_t {
    u8,
    u16,
    u32,
    a,
    aaaa,
    name,
    string,
    strings,
    counted,
    types,
    text,
    rest,
    nbstat,
    opt,
    params
};
struct RdataField {
    Part part;
    Field field;
};
struct TypeInfo {
    std::uint16_t type;
    std::string_view name;
    std::span<const RdataField> rdata;
};
/// IANA's types, ascending.
[[nodiscard]] std::span<const TypeInfo> type_table();
/// Null where the type is unknown.
[[nodiscard]] const TypeInfo* type_info(std::uint16_t type);
[[nodiscard]] std::string_view type_name(std::uint16_t type);    ///< "" where unknown
[[nodiscard]] std::string_view class_name(std::uint16_t value);  ///< "" where unknown
[[nodiscard]] std::string_view opcode_name(unsigned opcode);
[[nodiscard]] std::string_view rcode_name(unsigned rcode);  ///< as IANA: "NXDomain"
[[nodiscard]] std::string_view ede_name(unsigned code);
[[nodiscard]] std::string_view option_name(unsigned code);
[[nodiscard]] std::string_view param_name(unsigned key);

inline constexpr std::uint16_t type_opt = 41;
inline constexpr std::uint16_t type_nbstat = 33;  ///< in NBNS; SRV in DNS

/// Reports the rdata bytes in `message` from `offset`; false where they contradict the type. `base` is the offset of
/// the message in its layer.
bool visit_rdata(std::uint16_t type, bool netbios, Bytes message, std::size_t offset, std::size_t length,
                 std::size_t base, FieldSink& sink);

}  // namespace fid::packet::dns
