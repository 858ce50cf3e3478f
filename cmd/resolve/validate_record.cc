// SPDX-License-Identifier: MIT
#include "cmd/resolve/validate_record.h"

#include <array>

#include "cmd/resolve/record.h"
#include "dns/dnssec_crypto.h"
#include "report/calendar.h"

namespace fid::cmd::resolve {
namespace {

using dns::dnssec::Finding;
using dns::dnssec::Link;
using dns::dnssec::Validation;
using dns::dnssec::Verdict;
using report::Field;
using report::List;
using report::Object;
using report::Type;
using report::Value;

constexpr std::array link_fields{
    Field{"name", Type::text, "owner of the records"},
    Field{"rrtype", Type::text, "their type: DNSKEY, DS, an alias on the way, or what was asked for"},
    Field{"zone", Type::text, "that signs them, or should"},
    Field{"verdict", Type::text, "secure, insecure, bogus or indeterminate"},
    Field{"how", Type::text, "who signs them and vouches for that; why not where they are not secure"},
    Field{"key_tag", Type::integer, "of the key whose signature holds"},
    Field{"algorithm", Type::text, "of that signature"},
    Field{"expires", Type::time, "when that signature ends"},
    Field{"extended_error", Type::object, "code and name (RFC 8914) of what is wrong"},
};
constexpr std::array validation_fields{
    Field{"name", Type::text, "the name that was asked for"},
    Field{"qtype", Type::text, "the type that was asked for"},
    Field{"verdict", Type::text, "secure, insecure, bogus or indeterminate: the worst of all links"},
    Field{"reason", Type::text, "why it is not secure"},
    Field{"extended_error", Type::object, "code and name (RFC 8914) of that"},
    Field{"status", Type::text, "NOERROR, NODATA or NXDOMAIN; null where there is no answer"},
    Field{"server", Type::text, "who was asked, the first of several"},
    Field{"checked_at", Type::time, "the time that signatures were checked against"},
    Field{"answers", Type::list, "records as those of an answer, aliases first; none where they are bogus"},
};

Value extended_error(const Finding& finding) {
    if (!finding.extended_error) return {};
    const unsigned code = *finding.extended_error;
    return Object{{"code", code}, {"name", dns::extended_error_text(code)}};
}

}  // namespace

constinit const report::RecordType link_record{"link", "--validate: a link of the chain of trust.", link_fields};
constinit const report::RecordType validation_record{"validation", "--validate: what came of one question.",
                                                     validation_fields};

report::Record describe(const Link& link) {
    report::Record record(link_record);
    record.set("name", link.name.text());
    record.set("rrtype", dns::type_text(link.type));
    record.set("zone", link.zone.text());
    record.set("verdict", verdict_text(link.finding.verdict));
    record.set("how", link.how);
    if (link.key_tag) {
        record.set("key_tag", unsigned{*link.key_tag});
        record.set("algorithm", dns::dnssec::algorithm_text(link.algorithm));
        record.set("expires", report::utc_text(link.expiration));
    }
    record.set("extended_error", extended_error(link.finding));
    return record;
}

std::string_view outcome_text(Validation::Outcome outcome) {
    switch (outcome) {
        case Validation::Outcome::data:
            return "NOERROR";
        case Validation::Outcome::no_data:
            return "NODATA";
        case Validation::Outcome::no_name:
            return "NXDOMAIN";
        case Validation::Outcome::none:
            break;
    }
    return "";
}

report::Record describe(const Validation& validation, std::int64_t at, const Settings& settings) {
    report::Record record(validation_record);
    record.set("name", validation.question.name.text());
    record.set("qtype", dns::type_text(validation.question.type));
    record.set("verdict", verdict_text(validation.finding.verdict));
    if (!validation.finding.secure()) record.set("reason", validation.finding.reason);
    record.set("extended_error", extended_error(validation.finding));
    const std::string_view status = outcome_text(validation.outcome);
    if (!status.empty()) record.set("status", status);
    record.set("checked_at", report::utc_text(at));
    List answers;
    for (const dns::dnssec::Part& part : validation.parts) {
        if (validation.finding.verdict == Verdict::bogus) break;
        const dns::Message message = (*part.answer)->message();
        for (const dns::Record& each : part.records) answers.push_back(record_value(message, each, settings.generic));
    }
    record.set("answers", std::move(answers));
    return record;
}

}  // namespace fid::cmd::resolve
