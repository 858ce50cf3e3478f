// SPDX-License-Identifier: MIT
#include <algorithm>

#include "dns/dnssec_crypto.h"
#include "dns/dnssec_signature.h"

namespace fid::dns::dnssec {
namespace {

constexpr unsigned sha1 = 1;

bool usable(const Ds& ds) { return knows_algorithm(ds.algorithm) && knows_digest(ds.digest_type); }

/// A digest by SHA-1 counts for nothing beside a better one (RFC 4509 section 3).
bool outranked(const Ds& ds, const Voucher& voucher) {
    return ds.digest_type == sha1 &&
           std::ranges::any_of(voucher.ds, [](const Ds& other) { return usable(other) && other.digest_type != sha1; });
}

std::string ds_text(const Ds& ds) {
    return std::to_string(ds.tag) + " (" + algorithm_text(ds.algorithm) + ", " + digest_text(ds.digest_type) + ")";
}

/// Looks for the keys that a voucher has, and for the best reason where there is none.
class KeySearch {
  public:
    KeySearch(const RecordSet& set, const Voucher& voucher, Budget& budget)
        : set_(set), voucher_(voucher), budget_(budget) {
        for (const Octets& data : set.data)
            if (auto key = Dnskey::read(data)) check_.keys.push_back(std::move(*key));
    }

    KeyCheck run() {
        Finding& finding = check_.signature.finding;
        finding = bogus(nothing_matches(), ede::dnskey_missing);
        for (const Ds& ds : voucher_.ds)
            if (usable(ds) && !outranked(ds, voucher_))
                for (const Dnskey& key : check_.keys)
                    if (key.tag == ds.tag && key.algorithm == ds.algorithm && matches(key, ds) && try_key(key, ds))
                        return std::move(check_);
        for (const Dnskey& anchor : voucher_.keys)
            for (const Dnskey& key : check_.keys)
                if (key.rdata == anchor.rdata && try_key(key, {})) return std::move(check_);
        check_.keys.clear();
        return std::move(check_);
    }

  private:
    [[nodiscard]] std::string nothing_matches() const {
        std::string text = "no key (DNSKEY) matches ";
        bool first = true;
        const auto add = [&](const std::string& one) {
            text.append(first ? "" : ", ").append(one);
            first = false;
        };
        constexpr std::size_t enough = 4;
        for (const Ds& ds : std::span(voucher_.ds).first(std::min(voucher_.ds.size(), enough)))
            if (usable(ds) && !outranked(ds, voucher_)) add("DS " + ds_text(ds));
        for (const Dnskey& key : std::span(voucher_.keys).first(std::min(voucher_.keys.size(), enough)))
            add("the anchor's " + std::to_string(key.tag) + " (" + algorithm_text(key.algorithm) + ")");
        return text;
    }

    bool matches(const Dnskey& key, const Ds& ds) {
        if (!budget_.take_signature()) {
            check_.signature.finding = bogus("too many keys and signatures to try: given up at DS " + ds_text(ds));
            return false;
        }
        Octets text;
        append_canonical(text, set_.owner);
        text.insert(text.end(), key.rdata.begin(), key.rdata.end());
        if (digest(ds.digest_type, text) == ds.digest) return true;
        if (!vouched_)
            check_.signature.finding = bogus("the digest in DS " + ds_text(ds) + " is not that of key " +
                                                 std::to_string(key.tag) + weaker_ds(key, text),
                                             ede::dnskey_missing);
        return false;
    }

    /// Says so where a digest that does not count would match.
    [[nodiscard]] std::string weaker_ds(const Dnskey& key, const Octets& text) const {
        for (const Ds& ds : voucher_.ds)
            if (ds.tag == key.tag && outranked(ds, voucher_) && digest(sha1, text) == ds.digest)
                return "; that by SHA-1 is, which counts for nothing beside a better one (algorithm downgrade)";
        return {};
    }

    bool try_key(const Dnskey& key, const std::optional<Ds>& ds) {
        vouched_ = true;
        check_.signature = check_signatures(set_, set_.owner, std::span(&key, 1), budget_);
        if (check_.signature.finding.secure()) {
            check_.ds = ds;
            return true;
        }
        if (check_.signature.finding.extended_error == ede::dnskey_missing && !key.revoked())
            check_.signature.finding = bogus("the key set is not signed by " + std::to_string(key.tag) + " (" +
                                                 algorithm_text(key.algorithm) + "), the key that is vouched for",
                                             ede::rrsigs_missing);
        return false;
    }

    const RecordSet& set_;
    const Voucher& voucher_;
    Budget& budget_;
    KeyCheck check_;
    bool vouched_ = false;
};

}  // namespace

std::optional<Finding> unusable(const Voucher& voucher) {
    const auto known = [](const Dnskey& key) { return knows_algorithm(key.algorithm); };
    if (std::ranges::any_of(voucher.ds, usable) || std::ranges::any_of(voucher.keys, known)) return std::nullopt;
    const auto known_algorithm = [](const Ds& ds) { return knows_algorithm(ds.algorithm); };
    if (const auto found = std::ranges::find_if(voucher.ds, known_algorithm); found != voucher.ds.end())
        return insecure("its DS records only have digests that are not understood here: " + ds_text(*found),
                        ede::unsupported_digest);
    return insecure("its DS records only name algorithms that are not understood here" +
                        (voucher.ds.empty() ? std::string() : ": " + ds_text(voucher.ds.front())),
                    ede::unsupported_algorithm);
}

KeyCheck check_keys(const RecordSet& set, const Voucher& voucher, Budget& budget) {
    return KeySearch(set, voucher, budget).run();
}

}  // namespace fid::dns::dnssec
