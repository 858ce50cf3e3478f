// SPDX-License-Identifier: MIT
// Proofs that something does not exist, by NSEC (RFC 4035 section 5.4) and NSEC3 (RFC 5155 section 8). The records go
// in once their signatures hold; what they prove comes out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dns/dnssec_signature.h"

namespace fid::dns::dnssec {

/// RFC 9276 section 3.2 lets a validator choose. Names are hashed so often at most; a zone that wants more is insecure.
inline constexpr unsigned most_iterations = 100;

struct Denial {
    enum class Proof : std::uint8_t {
        missing,
        proven,
        opt_out,     ///< an unsigned delegation may lie there (RFC 5155 section 6): nothing below can be secure
        iterations,  ///< too many: treated as insecure
    };
    Proof proof = Proof::missing;
    bool delegation = false;  ///< no_data() of DS: there is an unsigned zone, not just a name
    bool no_name = false;     ///< the name does not exist
    std::string by;           ///< "NSEC", "NSEC3"; what was missing where it was

    [[nodiscard]] bool proven() const { return proof == Proof::proven; }
};

/// Does the bitmap of a name's own record say that there is no such type (RFC 6840 section 4.1)? Only the parent can
/// say that there is no DS, and only the child anything else.
[[nodiscard]] bool lacks(const Types& types, std::uint16_t type, const Name& name);

class Denials {
  public:
    explicit Denials(Name zone) : zone_(std::move(zone)) {}
    /// A set of NSEC or NSEC3 records whose signature holds.
    void add(const RecordSet& set);

    /// The name exists, or a wildcard stands for it, and neither it nor a CNAME has this type.
    [[nodiscard]] Denial no_data(const Name& name, std::uint16_t type, Budget& budget) const;
    /// Neither the name nor a wildcard for it exists.
    [[nodiscard]] Denial no_name(const Name& name, Budget& budget) const;
    /// The name does not exist, and so may be answered from the wildcard below its last `labels` labels (RFC 4035
    /// section 5.3.4, RFC 5155 section 8.8).
    [[nodiscard]] Denial no_closer_match(const Name& name, unsigned labels, Budget& budget) const;

  private:
    struct Encloser;
    [[nodiscard]] const Nsec* covering(const Name& name) const;
    [[nodiscard]] Denial nsec_no_data(const Name& name, std::uint16_t type) const;
    [[nodiscard]] Denial nsec_no_name(const Name& name) const;
    [[nodiscard]] std::optional<Octets> hash(const Name& name, Budget& budget) const;
    [[nodiscard]] const Nsec3* nsec3_matching(const std::optional<Octets>& hash) const;
    [[nodiscard]] const Nsec3* nsec3_covering(const std::optional<Octets>& hash) const;
    [[nodiscard]] std::optional<Encloser> closest_encloser(const Name& name, Budget& budget) const;
    [[nodiscard]] Denial nsec3_no_data(const Name& name, std::uint16_t type, Budget& budget) const;
    [[nodiscard]] Denial nsec3_no_name(const Name& name, Budget& budget) const;

    Name zone_;
    std::vector<Nsec> nsec_;
    std::vector<Nsec3> nsec3_;  ///< all with the parameters of the first (RFC 5155 section 8.2)
    bool too_many_iterations_ = false;
    mutable std::map<Name, Octets> hashes_;  ///< each name is hashed once
};

}  // namespace fid::dns::dnssec
