// SPDX-License-Identifier: MIT
#include "dns/dnssec_crypto.h"
#include "dns/dnssec_denial.h"
#include "dns/types.h"

namespace fid::dns::dnssec {

/// RFC 5155 section 8.3.
struct Denials::Encloser {
    Name name;           ///< the longest ancestor that exists, or the name itself
    const Nsec3* match;  ///< its record
    const Nsec3* next;   ///< that says that the name one label longer does not exist; null for the name itself
};

std::optional<Octets> Denials::hash(const Name& name, Budget& budget) const {
    if (const auto known = hashes_.find(name); known != hashes_.end()) return known->second;
    if (!budget.take_hash()) return std::nullopt;
    const Nsec3& first = nsec3_.front();
    return hashes_.emplace(name, nsec3_hash(name, first.salt, first.iterations)).first->second;
}

const Nsec3* Denials::nsec3_matching(const std::optional<Octets>& hash) const {
    for (const Nsec3& each : nsec3_)
        if (hash && each.hash == *hash) return &each;
    return nullptr;
}

const Nsec3* Denials::nsec3_covering(const std::optional<Octets>& hash) const {
    for (const Nsec3& each : nsec3_) {
        if (!hash) break;
        const bool after = each.hash < *hash;
        const bool before = *hash < each.next;
        // The last one's next is the first; where there is only one it covers all but itself.
        const bool last = each.next <= each.hash;
        if (last ? (after || before) && each.hash != *hash : after && before) return &each;
    }
    return nullptr;
}

std::optional<Denials::Encloser> Denials::closest_encloser(const Name& name, Budget& budget) const {
    Name at = name;
    std::optional<Name> longer;
    while (at.is_within(zone_)) {
        if (const Nsec3* const match = nsec3_matching(hash(at, budget))) {
            if (!longer) return Encloser{at, match, nullptr};
            // What lies below a delegation or a DNAME this zone knows nothing of.
            if (match->types.delegation() || match->types.has(type::dname)) return std::nullopt;
            const Nsec3* const next = nsec3_covering(hash(*longer, budget));
            if (next == nullptr) return std::nullopt;
            return Encloser{at, match, next};
        }
        if (at.is_root()) break;
        longer = at;
        at = at.parent();
    }
    return std::nullopt;
}

Denial Denials::nsec3_no_data(const Name& name, std::uint16_t type, Budget& budget) const {
    if (too_many_iterations_) return {.proof = Denial::Proof::iterations, .by = "NSEC3"};
    Denial made{.by = "NSEC3"};
    const auto found = closest_encloser(name, budget);
    if (!found) {
        made.by = "no NSEC3 record tells about " + name.text();
        return made;
    }
    if (found->next == nullptr) {
        made.delegation = found->match->types.delegation();
        if (lacks(found->match->types, type, name))
            made.proof = Denial::Proof::proven;
        else
            made.by = "the NSEC3 record of " + name.text() + " does not say that there is no " + type_text(type);
        return made;
    }
    if (found->next->opt_out()) {
        made.proof = Denial::Proof::opt_out;
        return made;
    }
    const auto wildcard = wildcard_of(found->name);
    const Nsec3* const match = wildcard ? nsec3_matching(hash(*wildcard, budget)) : nullptr;
    if (match != nullptr && lacks(match->types, type, name))
        made.proof = Denial::Proof::proven;
    else
        made.by = "no NSEC3 record tells about the wildcard for " + name.text();
    return made;
}

Denial Denials::nsec3_no_name(const Name& name, Budget& budget) const {
    if (too_many_iterations_) return {.proof = Denial::Proof::iterations, .by = "NSEC3"};
    Denial made{.by = "NSEC3"};
    const auto found = closest_encloser(name, budget);
    if (!found || found->next == nullptr) {
        made.by = "no NSEC3 record says that " + name.text() + " does not exist";
        return made;
    }
    const auto wildcard = wildcard_of(found->name);
    // Where there is no room for a wildcard's label there is none.
    if (wildcard && nsec3_covering(hash(*wildcard, budget)) == nullptr) {
        made.by = "no NSEC3 record says that the wildcard " + wildcard->text() + " does not exist";
        return made;
    }
    made.no_name = true;
    made.proof = found->next->opt_out() ? Denial::Proof::opt_out : Denial::Proof::proven;
    return made;
}

Denial Denials::no_closer_match(const Name& name, unsigned labels, Budget& budget) const {
    Denial made{.by = nsec3_.empty() ? "NSEC" : "NSEC3"};
    const Name closer = last_labels(name, labels + 1);
    if (nsec3_.empty()) {
        // RFC 4035 section 5.3.4: nothing between the wildcard's parent and the name.
        if (const Nsec* const covers = covering(name);
            covers != nullptr && !covers->next.is_within(closer) && !covers->owner.is_within(closer)) {
            made.proof = Denial::Proof::proven;
            return made;
        }
        made.by = "no NSEC record says that " + closer.text() + " does not exist, for which a wildcard answered";
        return made;
    }
    if (too_many_iterations_) {
        made.proof = Denial::Proof::iterations;
        return made;
    }
    if (const Nsec3* const covers = nsec3_covering(hash(closer, budget)); covers != nullptr)
        made.proof = covers->opt_out() ? Denial::Proof::opt_out : Denial::Proof::proven;
    else
        made.by = "no NSEC3 record says that " + closer.text() + " does not exist, for which a wildcard answered";
    return made;
}

}  // namespace fid::dns::dnssec
