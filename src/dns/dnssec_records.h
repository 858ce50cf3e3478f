// SPDX-License-Identifier: MIT
// The records of a message as DNSSEC sees them: sets of one owner and type, in canonical form and order (RFC 4034
// section 6), each with the signatures that came with it; and what is in the records of DNSSEC itself.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dns/message.h"

namespace fid::dns::dnssec {

using Octets = std::vector<std::uint8_t>;

/// Appends the wire form in lower case.
void append_canonical(Octets& to, const Name& name);
/// The last so many labels of a name: (a.b.example, 2) is b.example.
[[nodiscard]] Name last_labels(const Name& name, unsigned count);
/// "*." in front of it; nothing where that would be too long.
[[nodiscard]] std::optional<Name> wildcard_of(const Name& name);
/// As RRSIG counts them: without the root and without a leading asterisk.
[[nodiscard]] unsigned signed_labels(const Name& name);

struct Rrsig {
    std::uint16_t covered = 0;
    std::uint8_t algorithm = 0, labels = 0;
    std::uint32_t original_ttl = 0, expiration = 0, inception = 0;
    std::uint16_t tag = 0;
    Name signer;
    Octets head;  ///< the data without the signature, in canonical form: what is signed begins with it
    Octets signature;

    [[nodiscard]] static std::optional<Rrsig> read(Bytes rdata);
};

struct Dnskey {
    std::uint16_t flags = 0, tag = 0;
    std::uint8_t protocol = 0, algorithm = 0;
    Octets key;
    Octets rdata;

    [[nodiscard]] static std::optional<Dnskey> read(Bytes rdata);
    [[nodiscard]] bool zone_key() const { return (flags & 0x0100U) != 0 && protocol == 3; }  ///< RFC 4034 section 2.1
    [[nodiscard]] bool revoked() const { return (flags & 0x0080U) != 0; }                    ///< RFC 5011 section 2.1
};

struct Ds {
    std::uint16_t tag = 0;
    std::uint8_t algorithm = 0, digest_type = 0;
    Octets digest;

    [[nodiscard]] static std::optional<Ds> read(Bytes rdata);
};

/// The bitmap of NSEC and NSEC3.
class Types {
  public:
    Types() = default;
    explicit Types(Bytes bitmap) : bitmap_(bitmap.begin(), bitmap.end()) {}
    [[nodiscard]] bool has(std::uint16_t type) const;
    [[nodiscard]] bool empty() const { return bitmap_.empty(); }
    /// Is it the parent's side of a delegation? Such a record says nothing of what the child has but DS.
    [[nodiscard]] bool delegation() const { return has(type::ns) && !has(type::soa); }

  private:
    Octets bitmap_;
};

struct Nsec {
    Name owner, next;
    Types types;

    [[nodiscard]] static std::optional<Nsec> read(const Name& owner, Bytes rdata);
};

struct Nsec3 {
    Octets hash;  ///< of the owner
    std::uint8_t algorithm = 0, flags = 0;
    std::uint16_t iterations = 0;
    Octets salt, next;
    Types types;

    /// Nothing too where the owner is not a hash below `zone`.
    [[nodiscard]] static std::optional<Nsec3> read(const Name& owner, const Name& zone, Bytes rdata);
    [[nodiscard]] bool opt_out() const { return (flags & 1U) != 0; }
};

struct RecordSet {
    Name owner;
    std::uint16_t type = 0, klass = 0;
    Section section{};
    std::vector<Octets> data;       ///< in canonical form and order, each once
    std::vector<Record> records;    ///< the same where they lie in the message, in its order
    std::vector<Rrsig> signatures;  ///< that came in the same section
};

/// The sets of the answer and authority sections, in the order in which they begin. Signatures without their set are
/// left out, and so is what is malformed.
[[nodiscard]] std::vector<RecordSet> record_sets(const Message& message);
/// The first of that owner and type in a section; null where there is none.
[[nodiscard]] const RecordSet* find_set(const std::vector<RecordSet>& sets, Section section, const Name& owner,
                                        std::uint16_t type);

/// What `signature` signs: its head, then every record with the owner's name, wildcards undone, and the original TTL
/// (RFC 4034 section 3.1.8.1).
[[nodiscard]] Octets signed_data(const RecordSet& set, const Rrsig& signature);

}  // namespace fid::dns::dnssec
