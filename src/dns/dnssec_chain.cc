// SPDX-License-Identifier: MIT
#include "dns/dnssec_chain.h"

#include "dns/dnssec_crypto.h"
#include "dns/rdata.h"

namespace fid::dns::dnssec {
namespace {

using transport::Task;

constexpr unsigned most_aliases = 12;

Finding indeterminate(std::string reason, std::uint16_t code = ede::indeterminate) {
    return {Verdict::indeterminate, std::move(reason), code};
}

std::string key_text(const SignatureCheck& check) {
    return std::to_string(check.tag) + " (" + algorithm_text(check.algorithm) + ")";
}

/// Bogus weighs most: part of the answer is wrong. Then what could not be told, then what need not be signed.
unsigned weight(Verdict verdict) {
    switch (verdict) {
        case Verdict::secure:
            return 0;
        case Verdict::insecure:
            return 1;
        case Verdict::indeterminate:
            return 2;
        case Verdict::bogus:
            break;
    }
    return 3;
}

void worsen(Finding& finding, const Finding& by) {
    if (weight(by.verdict) > weight(finding.verdict)) finding = by;
}

/// The alias in a DNAME record for a name below its owner (RFC 6672 section 2.2); nothing where it would be too long.
std::optional<Name> below_dname(const Name& name, const RecordSet& dname) {
    packet::Cursor at(dname.data.front());
    const auto target = Name::read(at, at.all());
    if (!target) return std::nullopt;
    const Bytes whole = name.wire();
    const Bytes front = whole.first(whole.size() - dname.owner.wire().size());
    Octets wire(front.begin(), front.end());
    wire.insert(wire.end(), target->wire().begin(), target->wire().end());
    packet::Cursor made{Bytes(wire)};
    return Name::read(made, wire);
}

const RecordSet* dname_above(const std::vector<RecordSet>& sets, const Name& name) {
    for (const RecordSet& set : sets)
        if (set.section == Section::answer && set.type == type::dname && name != set.owner && name.is_within(set.owner))
            return &set;
    return nullptr;
}

}  // namespace

struct Validator::Judged {
    Finding finding;
    std::string how;
    std::optional<SignatureCheck> signature;
    Denial denial;

    [[nodiscard]] Link link(const Name& name, std::uint16_t type, const Name& zone) const {
        Link made{.name = name, .type = type, .zone = zone, .finding = finding, .how = how};
        if (signature) {
            made.key_tag = signature->tag;
            made.algorithm = signature->algorithm;
            made.expiration = signature->expiration;
        }
        return made;
    }
};

Validator::Validator(Asker& asker, Anchors anchors, std::int64_t now, std::function<void(const Link&)> tell)
    : asker_(asker), anchors_(std::move(anchors)), tell_(std::move(tell)) {
    fresh_.now = now;
    budget_ = fresh_;
}

Validator::Standing Validator::told(Link link, Standing standing) {
    link.finding = standing.finding;
    if (!standing.finding.secure()) link.how = standing.finding.reason;
    // The verdict of the whole says where it is from.
    if (!standing.finding.secure())
        standing.finding.reason = link.name.text() + " " + type_text(link.type) + ": " + standing.finding.reason;
    tell_(link);
    return standing;
}

Task<Asker::Shared> Validator::ask(Name name, std::uint16_t type) {
    if (!asker_.knows(name, type) && !budget_.take_question()) {
        auto refusal = std::make_shared<const Result<Answer>>(
            fail(Status::protocol_violation, "too many questions for one answer: given up at", name.text()));
        co_return refusal;
    }
    auto asking = asker_.ask(name, type);
    auto answer = co_await std::move(asking);
    if (!*answer) co_return answer;
    const Message message = (*answer)->message();
    const unsigned code = message.rcode(message.edns());
    if (!message.whole()) {
        answer = std::make_shared<const Result<Answer>>(
            fail(Status::protocol_violation, "a malformed answer to", name.text() + " " + type_text(type)));
    } else if (code != rcode::no_error && code != rcode::name_error) {
        answer = std::make_shared<const Result<Answer>>(
            fail(Status::server_error, "answered with " + rcode_text(code) + ":", name.text() + " " + type_text(type)));
    }
    co_return answer;
}

/// Everything that will be wanted if all goes well, at the same time.
void Validator::prefetch(const Name& name, std::uint16_t type, const Name& anchor) {
    const auto start = [&](const Name& one, std::uint16_t kind) {
        if (!asker_.knows(one, kind) && asker_.under_way() < Asker::most_at_once && budget_.take_question())
            asker_.start(one, kind);
    };
    start(name, type);
    start(anchor, type::dnskey);
    for (unsigned labels = anchor.labels() + 1; labels < name.labels(); ++labels)
        if (!standings_.contains(last_labels(name, labels))) start(last_labels(name, labels), type::ds);
}

Task<Validation> Validator::validate(Question question) {
    budget_ = fresh_;
    Validation made;
    made.question = question;
    Name at = question.name;
    for (unsigned alias = 0; alias <= most_aliases; ++alias) {
        // DS lies with the parent.
        const bool parents = question.type == type::ds && !at.is_root();
        const Name place = parents ? at.parent() : at;
        const Anchor* const anchor = anchors_.above(place);
        if (anchor != nullptr) prefetch(at, question.type, anchor->zone);
        auto finding = signer(at, question.type);
        const std::optional<Name> hint = co_await std::move(finding);
        // Where the answer is signed, its zone is the signer's: no cut need be looked for below.
        Name lowest = place;
        if (hint && anchor != nullptr && place.is_within(*hint) && hint->is_within(anchor->zone)) lowest = *hint;
        auto standing_up = stand(lowest);
        Standing standing = co_await std::move(standing_up);
        worsen(made.finding, standing.finding);
        if (standing.finding.verdict == Verdict::bogus || standing.error) {
            made.error = std::move(standing.error);
            co_return made;
        }
        auto judging = judge(made, at, std::move(standing));
        const std::optional<Name> next = co_await std::move(judging);
        if (!next) co_return made;
        at = *next;
    }
    worsen(made.finding, bogus("more than " + std::to_string(most_aliases) + " aliases, one behind the other"));
    made.outcome = Validation::Outcome::none;
    co_return made;
}

/// Who signs the answer, or says so; whether that is so is seen later.
Task<std::optional<Name>> Validator::signer(Name at, std::uint16_t type) {
    auto asking = ask(at, type);
    const Asker::Shared answer = co_await std::move(asking);
    if (!*answer) co_return std::nullopt;
    const std::vector<RecordSet> sets = record_sets((*answer)->message());
    bool any = false;
    for (const RecordSet& set : sets) {
        const bool own = set.owner == at || set.type == type::dname;
        if (set.section != Section::answer || !own) continue;
        any = true;
        if (!set.signatures.empty()) co_return set.signatures.front().signer;
    }
    for (const RecordSet& set : sets) {
        const bool denial = set.type == type::nsec || set.type == type::nsec3;
        if (!any && set.section == Section::authority && denial && !set.signatures.empty())
            co_return set.signatures.front().signer;
    }
    co_return std::nullopt;
}

/// From the anchor down, label by label.
Task<Validator::Standing> Validator::stand(Name name) {
    const Anchor* const anchor = anchors_.above(name);
    if (anchor == nullptr) {
        Standing none;
        none.finding = indeterminate("there is no trust anchor for it");
        co_return none;
    }
    if (!standings_.contains(anchor->zone)) {
        auto entering = enter(*anchor);
        Standing entered = co_await std::move(entering);
        standings_.emplace(anchor->zone, std::move(entered));
    }
    Standing standing = standings_.at(anchor->zone);
    for (unsigned labels = anchor->zone.labels() + 1; labels <= name.labels(); ++labels) {
        if (!standing.finding.secure() || standing.no_name) break;
        const Name child = last_labels(name, labels);
        const auto known = standings_.find(child);
        if (known != standings_.end()) {
            standing = known->second;
            continue;
        }
        auto descending = descend(standing, child);
        standing = co_await std::move(descending);
        standings_.emplace(child, standing);
    }
    co_return standing;
}

Task<Validator::Standing> Validator::enter(Anchor anchor) {
    if (auto why = unusable(anchor.voucher)) {
        Standing standing;
        standing.finding = std::move(*why);
        standing.finding.reason = "the trust anchor: " + standing.finding.reason;
        co_return standing;
    }
    auto taking = take_keys(anchor.zone, anchor.voucher);
    Standing standing = co_await std::move(taking);
    if (standing.finding.extended_error == ede::rrsigs_missing)
        standing.finding.reason += "; the server may not pass the records of DNSSEC on";
    co_return standing;
}

Task<Validator::Standing> Validator::take_keys(Name zone, Voucher voucher) {
    Standing standing;
    Link link{.name = zone, .type = type::dnskey, .zone = zone};
    auto asking = ask(zone, type::dnskey);
    const Asker::Shared answer = co_await std::move(asking);
    if (!*answer) {
        standing.error = answer->error();
        standing.finding = indeterminate(standing.error->sentence(), ede::no_reachable_authority);
        co_return told(std::move(link), std::move(standing));
    }
    const std::vector<RecordSet> sets = record_sets((*answer)->message());
    const RecordSet* const set = find_set(sets, Section::answer, zone, type::dnskey);
    if (set == nullptr) {
        standing.finding = bogus("the zone has no keys (DNSKEY), though it should be signed", ede::dnskey_missing);
        co_return told(std::move(link), std::move(standing));
    }
    KeyCheck check = check_keys(*set, voucher, budget_);
    standing.finding = check.signature.finding;
    if (standing.finding.secure()) {
        link.key_tag = check.signature.tag;
        link.algorithm = check.signature.algorithm;
        link.expiration = check.signature.expiration;
        link.how = "signed by " + key_text(check.signature);
        const bool anchored = anchors_.above(zone) != nullptr && anchors_.above(zone)->zone == zone;
        if (anchored)
            link.how += ", trusted by the anchor";
        else if (check.ds)
            link.how +=
                ", which matches DS " + std::to_string(check.ds->tag) + " (" + digest_text(check.ds->digest_type) + ")";
        standing.zone = std::make_shared<const Zone>(Zone{zone, std::move(check.keys)});
    }
    co_return told(std::move(link), std::move(standing));
}

/// Is there a zone cut at `child`, and is what lies below signed?
Task<Validator::Standing> Validator::descend(Standing above, Name child) {
    auto asking = ask(child, type::ds);
    const Asker::Shared answer = co_await std::move(asking);
    Link link{.name = child, .type = type::ds, .zone = above.zone->name};
    Standing standing;
    if (!*answer) {
        standing.error = answer->error();
        standing.finding = indeterminate(standing.error->sentence(), ede::no_reachable_authority);
        co_return told(std::move(link), std::move(standing));
    }
    const Message message = (*answer)->message();
    const std::vector<RecordSet> sets = record_sets(message);
    if (const RecordSet* const set = find_set(sets, Section::answer, child, type::ds)) {
        Judged judged = judge_set(sets, *set, above);
        if (judged.finding.secure() && judged.signature->labels < signed_labels(child))
            judged.finding = bogus("DS records from a wildcard");
        Voucher voucher;
        for (const Octets& data : set->data)
            if (auto ds = Ds::read(data)) voucher.ds.push_back(std::move(*ds));
        link = judged.link(child, type::ds, above.zone->name);
        standing.finding = std::move(judged.finding);
        if (standing.finding.secure())
            if (auto why = unusable(voucher)) standing.finding = std::move(*why);
        if (!standing.finding.secure()) co_return told(std::move(link), std::move(standing));
        tell_(link);
        auto taking = take_keys(child, std::move(voucher));
        standing = co_await std::move(taking);
        co_return standing;
    }
    // An alias is no zone cut; nor is a name that only a DNAME above makes.
    const RecordSet* alias = find_set(sets, Section::answer, child, type::cname);
    if (const RecordSet* const dname = dname_above(sets, child)) alias = dname;
    if (alias != nullptr) {
        const Judged judged = judge_set(sets, *alias, above);
        if (judged.finding.secure()) co_return above;
        link.type = alias->type;
        link.name = alias->owner;
        standing.finding = judged.finding;
        co_return told(std::move(link), std::move(standing));
    }
    const Judged judged = judge_denial(sets, child, type::ds, message.header().rcode() == rcode::name_error, above);
    if (judged.finding.secure() && !judged.denial.delegation) {
        above.no_name = judged.denial.no_name;
        co_return above;
    }
    standing.finding = judged.finding;
    if (judged.finding.secure())
        standing.finding = insecure("an unsigned zone: there is no DS, proven by " + judged.denial.by);
    co_return told(std::move(link), std::move(standing));
}

/// Judges the answer for `at` in the zone where it lies; gives the name that it is an alias of, if it is one.
Task<std::optional<Name>> Validator::judge(Validation& validation, Name at, Standing standing) {
    const std::uint16_t type = validation.question.type;
    auto asking = ask(at, type);
    const Asker::Shared answer = co_await std::move(asking);
    const Name zone = standing.zone ? standing.zone->name : Name();
    if (!*answer) {
        validation.error = answer->error();
        validation.outcome = Validation::Outcome::none;
        worsen(validation.finding, indeterminate(answer->error().sentence(), ede::no_reachable_authority));
        co_return std::nullopt;
    }
    const Message message = (*answer)->message();
    const std::vector<RecordSet> sets = record_sets(message);
    const auto take = [&](const RecordSet& set) {
        const Judged judged = judge_set(sets, set, standing);
        validation.parts.push_back({answer, set.records});
        Finding finding = judged.finding;
        if (!finding.secure() && standing.finding.secure())
            finding.reason = set.owner.text() + " " + type_text(set.type) + ": " + finding.reason;
        worsen(validation.finding, finding);
        if (standing.zone) tell_(judged.link(set.owner, set.type, zone));
        validation.outcome = Validation::Outcome::data;
    };
    bool any = false;
    for (const RecordSet& set : sets) {
        if (set.section != Section::answer || set.owner != at || set.klass != klass::in) continue;
        if (set.type != type && type != type::any) continue;
        take(set);
        any = true;
    }
    if (any) co_return std::nullopt;
    const RecordSet* const cname = find_set(sets, Section::answer, at, type::cname);
    if (const RecordSet* const dname = dname_above(sets, at)) {
        take(*dname);
        const auto target = below_dname(at, *dname);
        if (!target) {
            worsen(validation.finding, bogus("the name that its DNAME makes is too long"));
            validation.outcome = Validation::Outcome::none;
        } else if (cname != nullptr) {
            // Made by the server from the DNAME, and so unsigned (RFC 6672 section 5.3.1).
            validation.parts.push_back({answer, cname->records});
            if (rdata_name(message, cname->records.front()) != target)
                worsen(validation.finding, bogus(at.text() + " CNAME: is not what its DNAME makes of it"));
        }
        if (validation.finding.verdict == Verdict::bogus) co_return std::nullopt;
        co_return target;
    }
    if (cname != nullptr) {
        take(*cname);
        if (validation.finding.verdict == Verdict::bogus) co_return std::nullopt;
        co_return rdata_name(message, cname->records.front());
    }
    const bool name_error = message.header().rcode() == rcode::name_error;
    const Judged judged = judge_denial(sets, at, type, name_error, standing);
    const bool no_name = standing.finding.secure() && judged.finding.secure() ? judged.denial.no_name : name_error;
    validation.outcome = no_name ? Validation::Outcome::no_name : Validation::Outcome::no_data;
    Finding finding = judged.finding;
    if (!finding.secure() && standing.finding.secure())
        finding.reason = at.text() + " " + type_text(type) + ": " + finding.reason;
    worsen(validation.finding, finding);
    if (standing.zone) tell_(judged.link(at, type, zone));
    co_return std::nullopt;
}

Validator::Judged Validator::judge_set(const std::vector<RecordSet>& sets, const RecordSet& set,
                                       const Standing& standing) {
    Judged made;
    if (!standing.finding.secure()) {
        made.finding = standing.finding;
        made.how = made.finding.reason;
        return made;
    }
    const SignatureCheck check = check_signatures(set, standing.zone->name, standing.zone->keys, budget_);
    made.finding = check.finding;
    made.how = made.finding.reason;
    if (!check.finding.secure()) return made;
    made.signature = check;
    made.how = "signed by " + key_text(check);
    if (check.labels >= signed_labels(set.owner)) return made;
    // From a wildcard: only where nothing closer exists.
    std::optional<Finding> fault;
    const Denials denials = checked_denials(sets, *standing.zone, fault);
    made.denial = denials.no_closer_match(set.owner, check.labels, budget_);
    const auto star = wildcard_of(last_labels(set.owner, check.labels));
    const std::string wildcard = star ? star->text() : "*";
    switch (made.denial.proof) {
        case Denial::Proof::proven:
            made.how += " as " + wildcard + ", and nothing closer exists, proven by " + made.denial.by;
            return made;
        case Denial::Proof::opt_out:
            made.finding = insecure("from the wildcard " + wildcard + ", where unsigned zones may lie (opt-out)");
            break;
        case Denial::Proof::iterations:
            made.finding =
                insecure("NSEC3 with more than " + std::to_string(most_iterations) + " iterations", ede::iterations);
            break;
        case Denial::Proof::missing:
            made.finding = fault ? std::move(*fault) : bogus(made.denial.by, ede::nsec_missing);
            break;
    }
    made.how = made.finding.reason;
    return made;
}

Validator::Judged Validator::judge_denial(const std::vector<RecordSet>& sets, const Name& name, std::uint16_t type,
                                          bool name_error, const Standing& standing) {
    Judged made;
    if (!standing.finding.secure()) {
        made.finding = standing.finding;
        made.how = made.finding.reason;
        return made;
    }
    std::optional<Finding> fault;
    const Denials denials = checked_denials(sets, *standing.zone, fault);
    if (name_error) made.denial = denials.no_name(name, budget_);
    // Some servers say that a name does not exist where only others below it do.
    if (made.denial.proof == Denial::Proof::missing) {
        Denial other = denials.no_data(name, type, budget_);
        if (!name_error || other.proof != Denial::Proof::missing) made.denial = std::move(other);
    }
    switch (made.denial.proof) {
        case Denial::Proof::proven:
            made.how =
                (made.denial.no_name ? "no such name, proven by " : "no such record, proven by ") + made.denial.by;
            return made;
        case Denial::Proof::opt_out:
            made.finding = insecure("not proven: unsigned zones may lie there (NSEC3 with opt-out)");
            break;
        case Denial::Proof::iterations:
            made.finding =
                insecure("NSEC3 with more than " + std::to_string(most_iterations) + " iterations", ede::iterations);
            break;
        case Denial::Proof::missing:
            made.finding = fault ? std::move(*fault) : bogus("not proven: " + made.denial.by, ede::nsec_missing);
            break;
    }
    made.how = made.finding.reason;
    return made;
}

/// The proofs in the authority section whose signatures hold; `fault` is the first that does not.
Denials Validator::checked_denials(const std::vector<RecordSet>& sets, const Zone& zone,
                                   std::optional<Finding>& fault) {
    constexpr unsigned enough = 12;  // the longest proof has three records
    Denials denials(zone.name);
    unsigned looked_at = 0;
    for (const RecordSet& set : sets) {
        if (set.section != Section::authority || set.klass != klass::in) continue;
        if ((set.type != type::nsec && set.type != type::nsec3) || ++looked_at > enough) continue;
        const SignatureCheck check = check_signatures(set, zone.name, zone.keys, budget_);
        // A wildcard's own record tells about the wildcard, not about the names it stands for.
        if (check.finding.secure() && check.labels >= signed_labels(set.owner)) {
            denials.add(set);
        } else if (!fault && !check.finding.secure()) {
            fault = check.finding;
            fault->reason = "the " + type_text(set.type) + " record of " + set.owner.text() + ": " + fault->reason;
        }
    }
    return denials;
}

}  // namespace fid::dns::dnssec
