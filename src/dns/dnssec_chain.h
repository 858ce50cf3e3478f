// SPDX-License-Identifier: MIT
// The chain of trust from an anchor down to an answer (RFC 4035 section 5), link by link: the anchor's keys, DS and
// DNSKEY records at every zone cut on the way, found by asking for DS label by label, then the answer or the proof that
// there is none; again for every name that an alias leads to.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dns/dnssec_anchor.h"
#include "dns/dnssec_asker.h"
#include "dns/dnssec_denial.h"

namespace fid::dns::dnssec {

/// One step of the chain, as it was found.
struct Link {
    Name name;
    std::uint16_t type = 0;
    Name zone;  ///< that signs it, or should
    Finding finding;
    std::string how;  ///< "signed by 20326 (RSASHA256), trusted by the anchor"; the reason where it is not secure
    // Of the signature that holds.
    std::optional<std::uint16_t> key_tag;
    std::uint8_t algorithm = 0;
    std::int64_t expiration = 0;  ///< seconds since 1970
};

/// Records of an answer that were judged.
struct Part {
    Asker::Shared answer;
    std::vector<Record> records;  ///< of its message
};

struct Validation {
    enum class Outcome : std::uint8_t { none, data, no_data, no_name };

    Question question;
    Finding finding;  ///< the worst of all links
    Outcome outcome = Outcome::none;
    std::vector<Part> parts;     ///< the answer, aliases first; of bogus ones too
    std::optional<Error> error;  ///< why there is no answer to judge
};

/// Validates names one after another; what was found out about zones is kept, and its links are told once.
class Validator {
  public:
    /// `now` is the time that signatures are checked against, seconds since 1970.
    Validator(Asker& asker, Anchors anchors, std::int64_t now, std::function<void(const Link&)> tell);

    [[nodiscard]] transport::Task<Validation> validate(Question question);

  private:
    struct Zone {
        Name name;
        std::vector<Dnskey> keys;
    };
    /// What is known about where a name lies.
    struct Standing {
        Finding finding;                   ///< insecure: no zone from here on is signed
        std::shared_ptr<const Zone> zone;  ///< where secure
        bool no_name = false;              ///< proven not to exist, and so nothing below
        std::optional<Error> error;
    };
    struct Judged;

    transport::Task<std::optional<Name>> signer(Name at, std::uint16_t type);
    transport::Task<Standing> stand(Name name);
    transport::Task<Standing> enter(Anchor anchor);
    transport::Task<Standing> descend(Standing above, Name child);
    transport::Task<Standing> take_keys(Name zone, Voucher voucher);
    transport::Task<std::optional<Name>> judge(Validation& validation, Name at, Standing standing);
    transport::Task<Asker::Shared> ask(Name name, std::uint16_t type);

    void prefetch(const Name& name, std::uint16_t type, const Name& anchor);
    Judged judge_set(const std::vector<RecordSet>& sets, const RecordSet& set, const Standing& standing);
    Judged judge_denial(const std::vector<RecordSet>& sets, const Name& name, std::uint16_t type, bool name_error,
                        const Standing& standing);
    Denials checked_denials(const std::vector<RecordSet>& sets, const Zone& zone, std::optional<Finding>& fault);
    Standing told(Link link, Standing standing);

    Asker& asker_;
    Anchors anchors_;
    std::function<void(const Link&)> tell_;
    Budget fresh_, budget_;
    std::map<Name, Standing> standings_;
};

}  // namespace fid::dns::dnssec
