// SPDX-License-Identifier: MIT
// Is a set of records signed by its zone, and is a zone's key set the one its parent or a trust anchor vouches for?
// Every no comes with the reason in words that say what to mend.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dns/dnssec_records.h"

namespace fid::dns::dnssec {

enum class Verdict : std::uint8_t {
    secure,         ///< signed, all the way from the anchor
    insecure,       ///< proven that it need not be signed
    bogus,          ///< it should be signed, and is not, or wrongly
    indeterminate,  ///< there is no anchor for it, or no answer to judge
};
[[nodiscard]] std::string_view verdict_text(Verdict verdict);  ///< "secure"

/// RFC 8914's codes for what validation finds.
namespace ede {
inline constexpr std::uint16_t unsupported_algorithm = 1, unsupported_digest = 2, indeterminate = 5, bogus = 6,
                               expired = 7, not_yet_valid = 8, dnskey_missing = 9, rrsigs_missing = 10,
                               no_zone_key_bit = 11, nsec_missing = 12, no_reachable_authority = 22,
                               expired_before_valid = 25, iterations = 27;
}

/// What is thought of something, and why; secure things need no reason.
struct Finding {
    Verdict verdict = Verdict::secure;
    std::string reason;
    std::optional<std::uint16_t> extended_error;

    [[nodiscard]] bool secure() const { return verdict == Verdict::secure; }
};
[[nodiscard]] Finding bogus(std::string reason, std::uint16_t code = ede::bogus);
[[nodiscard]] Finding insecure(std::string reason, std::optional<std::uint16_t> code = {});

/// What answers may cost in all: they come from strangers, and can be made so that checking them has no end
/// (CVE-2023-50387, CVE-2023-50868).
struct Budget {
    unsigned signatures = 400;  ///< signatures and digests of keys that may still be computed
    unsigned hashes = 2000;     ///< names that may still be hashed for NSEC3
    unsigned questions = 100;   ///< that may still be asked
    std::int64_t now = 0;       ///< the time of the check, seconds since 1970

    [[nodiscard]] bool take_signature() { return signatures != 0 && signatures-- != 0; }
    [[nodiscard]] bool take_hash() { return hashes != 0 && hashes-- != 0; }
    [[nodiscard]] bool take_question() { return questions != 0 && questions-- != 0; }
};
inline constexpr unsigned most_signatures_of_a_set = 8;  ///< others are not looked at
inline constexpr unsigned most_keys_of_a_tag = 4;        ///< of one zone and algorithm

/// The outcome for one set, and the signature that holds where one does.
struct SignatureCheck {
    Finding finding;
    std::uint16_t tag = 0;
    std::uint8_t algorithm = 0;
    unsigned labels = 0;          ///< below signed_labels(owner) the set is a wildcard's
    std::int64_t expiration = 0;  ///< seconds since 1970
};

/// Does one of the set's signatures hold with one of the keys of `zone` (RFC 4035 section 5.3)? One is enough.
[[nodiscard]] SignatureCheck check_signatures(const RecordSet& set, const Name& zone, std::span<const Dnskey> keys,
                                              Budget& budget);

/// What vouches for a zone's keys: DS records, or the keys themselves, as trust anchors may have them.
struct Voucher {
    std::vector<Ds> ds;
    std::vector<Dnskey> keys;
};
/// Nothing where one of the records can be followed; otherwise the zone is insecure, and this is why (RFC 4035
/// section 5.2).
[[nodiscard]] std::optional<Finding> unusable(const Voucher& voucher);

struct KeyCheck {
    SignatureCheck signature;
    std::vector<Dnskey> keys;  ///< all of the set, where it is secure
    std::optional<Ds> ds;      ///< that the signing key matches; nothing where it is an anchor itself
};
/// Is the key set signed by a key that the voucher has?
[[nodiscard]] KeyCheck check_keys(const RecordSet& set, const Voucher& voucher, Budget& budget);

/// "3 days", "2 hours", "50 seconds".
[[nodiscard]] std::string span_text(std::int64_t seconds);

}  // namespace fid::dns::dnssec
