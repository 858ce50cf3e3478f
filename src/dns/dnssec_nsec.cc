// SPDX-License-Identifier: MIT
#include "dns/dnssec_denial.h"
#include "dns/types.h"

namespace fid::dns::dnssec {
namespace {

bool strictly_within(const Name& name, const Name& ancestor) { return name != ancestor && name.is_within(ancestor); }

Name common_ancestor(const Name& a, const Name& b) {
    Name left = a;
    while (!b.is_within(left)) left = left.parent();
    return left;
}

/// The closest name above `name` that exists, as the record that covers it has it.
Name encloser(const Nsec& covers, const Name& name) {
    const Name by_owner = common_ancestor(name, covers.owner);
    const Name by_next = common_ancestor(name, covers.next);
    return by_owner.labels() > by_next.labels() ? by_owner : by_next;
}

}  // namespace

bool lacks(const Types& types, std::uint16_t type, const Name& name) {
    // What has no data of any type is a name that only leads to others; with NSEC such names have no record.
    if (type == type::any) return types.empty();
    if (types.has(type) || types.has(type::cname)) return false;
    return type == type::ds ? !types.has(type::soa) || name.is_root() : !types.delegation();
}

void Denials::add(const RecordSet& set) {
    for (const Octets& data : set.data) {
        if (set.type == type::nsec) {
            if (auto read = Nsec::read(set.owner, data)) nsec_.push_back(std::move(*read));
        } else if (set.type == type::nsec3) {
            auto read = Nsec3::read(set.owner, zone_, data);
            constexpr unsigned hash_sha1 = 1;
            // RFC 5155 sections 8.1 and 8.2: unknown hashes and flags are passed over.
            if (!read || read->algorithm != hash_sha1 || read->flags > 1 || read->hash.size() != 20) continue;
            if (read->iterations > most_iterations) too_many_iterations_ = true;
            if (nsec3_.empty() || (nsec3_[0].salt == read->salt && nsec3_[0].iterations == read->iterations))
                nsec3_.push_back(std::move(*read));
        }
    }
}

Denial Denials::no_data(const Name& name, std::uint16_t type, Budget& budget) const {
    return nsec3_.empty() ? nsec_no_data(name, type) : nsec3_no_data(name, type, budget);
}

Denial Denials::no_name(const Name& name, Budget& budget) const {
    return nsec3_.empty() ? nsec_no_name(name) : nsec3_no_name(name, budget);
}

/// The record between whose names `name` lies, and which may speak for it: one of the parent's at a delegation does not
/// know what lies below, nor does one beside a DNAME (RFC 6840 section 4.1).
const Nsec* Denials::covering(const Name& name) const {
    for (const Nsec& each : nsec_) {
        if (!each.owner.is_within(zone_) || each.owner >= name) continue;
        if (name.is_within(each.owner) && (each.types.delegation() || each.types.has(type::dname))) continue;
        // The last one's next is the zone itself.
        if (name < each.next || (each.next == zone_ && name.is_within(zone_))) return &each;
    }
    return nullptr;
}

Denial Denials::nsec_no_data(const Name& name, std::uint16_t type) const {
    Denial made{.by = "NSEC"};
    for (const Nsec& each : nsec_) {
        if (each.owner != name) continue;
        if (lacks(each.types, type, name)) {
            made.proof = Denial::Proof::proven;
            made.delegation = each.types.delegation();
            return made;
        }
        made.by = "the NSEC record of " + name.text() + " does not say that there is no " + type_text(type);
        return made;
    }
    const Nsec* const covers = covering(name);
    if (covers == nullptr) {
        made.by = "no NSEC record tells about " + name.text();
        return made;
    }
    // A name without data of its own, that only leads to others.
    if (strictly_within(covers->next, name)) {
        made.proof = Denial::Proof::proven;
        return made;
    }
    const auto wildcard = wildcard_of(encloser(*covers, name));
    for (const Nsec& each : nsec_)
        if (wildcard && each.owner == *wildcard && lacks(each.types, type, *wildcard)) {
            made.proof = Denial::Proof::proven;
            return made;
        }
    made.by = "no NSEC record tells about the wildcard for " + name.text();
    return made;
}

Denial Denials::nsec_no_name(const Name& name) const {
    Denial made{.by = "NSEC"};
    const Nsec* const covers = covering(name);
    if (covers == nullptr || strictly_within(covers->next, name)) {
        made.by = "no NSEC record says that " + name.text() + " does not exist";
        return made;
    }
    const auto wildcard = wildcard_of(encloser(*covers, name));
    // Where there is no room for a wildcard's label there is none.
    if (wildcard && covering(*wildcard) == nullptr) {
        made.by = "no NSEC record says that the wildcard " + wildcard->text() + " does not exist";
        return made;
    }
    made.proof = Denial::Proof::proven;
    made.no_name = true;
    return made;
}

}  // namespace fid::dns::dnssec
