// SPDX-License-Identifier: MIT
#include "dns/dnssec_signature.h"

#include <algorithm>

#include "dns/dnssec_crypto.h"
#include "dns/types.h"
#include "report/calendar.h"

namespace fid::dns::dnssec {
namespace {

/// How far a signature came before it failed: of several failures the one that came furthest is told.
enum class Stage : std::uint8_t { nothing, algorithm, signer, key, key_flags, time, signature, limit };

struct Failure {
    Stage stage = Stage::nothing;
    Finding finding;

    void note(Stage at, Finding why) {
        if (at <= stage) return;
        stage = at;
        finding = std::move(why);
    }
};

std::string tag_text(unsigned tag, unsigned algorithm) {
    return std::to_string(tag) + " (" + algorithm_text(algorithm) + ")";
}

/// Times of signatures are 32 bits, to be read as those nearest to now (RFC 4034 section 3.1.5, RFC 1982).
std::int64_t near(std::uint32_t time, std::int64_t now) {
    return now + static_cast<std::int32_t>(time - static_cast<std::uint32_t>(now));
}

std::optional<Finding> wrong_time(const Rrsig& signature, std::int64_t now) {
    const std::int64_t begin = near(signature.inception, now);
    const std::int64_t end = near(signature.expiration, now);
    const std::string by = "the signature by " + std::to_string(signature.tag);
    if (end < begin) return bogus(by + " ends before it begins", ede::expired_before_valid);
    if (now > end)
        return bogus(by + " expired " + span_text(now - end) + " ago (" + report::utc_text(end) + ")", ede::expired);
    if (now < begin)
        return bogus(
            by + " is not yet valid: it begins in " + span_text(begin - now) + " (" + report::utc_text(begin) + ")",
            ede::not_yet_valid);
    return std::nullopt;
}

/// What can be said of a signature without any key.
bool may_hold(const RecordSet& set, const Rrsig& signature, const Name& zone, Failure& failure) {
    if (!knows_algorithm(signature.algorithm)) {
        failure.note(Stage::algorithm,
                     bogus("only signed with " + algorithm_text(signature.algorithm) + ", which is not understood here",
                           ede::unsupported_algorithm));
        return false;
    }
    if (!set.owner.is_within(zone)) {
        failure.note(Stage::signer, bogus("it is not within " + zone.text()));
        return false;
    }
    if (signature.signer != zone) {
        failure.note(Stage::signer, bogus("signed by " + signature.signer.text() + ", not by its zone " + zone.text()));
        return false;
    }
    if (signature.labels > signed_labels(set.owner)) {
        failure.note(Stage::signer, bogus("the signature counts more labels than the name has"));
        return false;
    }
    return true;
}

}  // namespace

std::string_view verdict_text(Verdict verdict) {
    switch (verdict) {
        case Verdict::secure:
            return "secure";
        case Verdict::insecure:
            return "insecure";
        case Verdict::bogus:
            return "bogus";
        case Verdict::indeterminate:
            break;
    }
    return "indeterminate";
}

Finding bogus(std::string reason, std::uint16_t code) { return {Verdict::bogus, std::move(reason), code}; }
Finding insecure(std::string reason, std::optional<std::uint16_t> code) {
    return {Verdict::insecure, std::move(reason), code};
}

std::string span_text(std::int64_t seconds) {
    struct Unit {
        std::int64_t seconds;
        std::string_view name;
    };
    for (const Unit& unit : {Unit{86400, "day"}, Unit{3600, "hour"}, Unit{60, "minute"}, Unit{1, "second"}}) {
        if (seconds < unit.seconds && unit.seconds != 1) continue;
        const std::int64_t count = seconds / unit.seconds;
        return std::to_string(count).append(" ").append(unit.name).append(count == 1 ? "" : "s");
    }
    return {};
}

SignatureCheck check_signatures(const RecordSet& set, const Name& zone, std::span<const Dnskey> keys, Budget& budget) {
    Failure failure;
    failure.finding = bogus("there is no signature (RRSIG)", ede::rrsigs_missing);
    unsigned looked_at = 0;
    for (const Rrsig& signature : set.signatures) {
        if (++looked_at > most_signatures_of_a_set) break;
        if (!may_hold(set, signature, zone, failure)) continue;
        failure.note(Stage::key, bogus("the signature is by " + tag_text(signature.tag, signature.algorithm) +
                                           ", which is none of the keys of " + zone.text(),
                                       ede::dnskey_missing));
        Octets text;
        unsigned tried = 0;
        for (const Dnskey& key : keys) {
            if (key.tag != signature.tag || key.algorithm != signature.algorithm) continue;
            const std::string by = tag_text(key.tag, key.algorithm);
            if (!key.zone_key()) {
                failure.note(Stage::key_flags,
                             bogus("the key " + by + " is no zone key (flags " + std::to_string(key.flags) +
                                       ", protocol " + std::to_string(key.protocol) + ")",
                                   ede::no_zone_key_bit));
                continue;
            }
            if (key.revoked()) {
                failure.note(Stage::key_flags, bogus("the key " + by + " is revoked", ede::dnskey_missing));
                continue;
            }
            if (auto late = wrong_time(signature, budget.now)) {
                failure.note(Stage::time, std::move(*late));
                break;
            }
            if (++tried > most_keys_of_a_tag || !budget.take_signature()) {
                failure.note(Stage::limit, bogus("too many keys and signatures to try: given up at " + by));
                break;
            }
            if (text.empty()) text = signed_data(set, signature);
            if (verify(key.algorithm, key.key, text, signature.signature))
                return {{}, key.tag, key.algorithm, signature.labels, near(signature.expiration, budget.now)};
            failure.note(Stage::signature, bogus("the signature by " + by + " does not verify"));
        }
    }
    return {std::move(failure.finding)};
}

}  // namespace fid::dns::dnssec
