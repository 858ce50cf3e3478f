// SPDX-License-Identifier: MIT
// The cryptography of DNSSEC: is this signature made by that key, what is the digest of a key, what is the hash of a
// name. Which record signs what is none of its business.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dns/name.h"

namespace fid::dns::dnssec {

/// RSA with SHA-1, SHA-256 and SHA-512, ECDSA with P-256 and P-384, Ed25519 and Ed448 (IANA, DNSSEC algorithm numbers).
[[nodiscard]] bool knows_algorithm(unsigned algorithm);
/// SHA-1, SHA-256 and SHA-384 (IANA, DS digest types).
[[nodiscard]] bool knows_digest(unsigned digest_type);
/// "RSASHA256"; "algorithm 99" where it has no name.
[[nodiscard]] std::string algorithm_text(unsigned algorithm);
/// "SHA-256"; "digest type 99" where it has no name.
[[nodiscard]] std::string digest_text(unsigned digest_type);

/// `public_key` and `signature` as DNSKEY and RRSIG have them. False too where the key is none of this algorithm, or
/// larger than a resolver bears (RSA: 4096 bits).
[[nodiscard]] bool verify(unsigned algorithm, Bytes public_key, Bytes data, Bytes signature);
/// Empty where the type is not known.
[[nodiscard]] std::vector<std::uint8_t> digest(unsigned digest_type, Bytes data);
/// RFC 5155 section 5, with SHA-1, the only hash there is: `iterations` on top of the first.
[[nodiscard]] std::vector<std::uint8_t> nsec3_hash(const Name& name, Bytes salt, unsigned iterations);

}  // namespace fid::dns::dnssec
