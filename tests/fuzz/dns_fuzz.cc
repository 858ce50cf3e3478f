// SPDX-License-Identifier: MIT
// Any bytes as an answer, as a name typed, and as a resolv.conf. What is read from one name must come back from its
// text. What DNSSEC makes of the answer's records, and of any bytes as trust anchors, must stay within its bounds.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "dns/dnssec_anchor.h"
#include "dns/dnssec_denial.h"
#include "dns/rdata.h"
#include "dns/resolv_conf.h"

namespace {

using namespace fid;
using namespace fid::dns;

void demand(bool condition) {
    if (!condition) std::abort();
}

void read_message(Bytes bytes) {
    const auto message = Message::open(bytes);
    if (!message) return;
    (void)message->whole();
    const auto edns = message->edns();
    (void)message->rcode(edns);
    if (edns) {
        Bytes rest = edns->options;
        while (take_option(rest)) {
        }
    }
    if (const auto question = message->question()) (void)match_reply(bytes, message->header().id, *question);
    Records records(*message);
    Text out;
    for (Record record; records.next(record);) {
        out.clear();
        write_rdata(*message, record, out);
        for (const char c : out.view()) demand(c >= 0x20 && c < 0x7f);
        report::Value(rdata_fields(*message, record)).write_json(out);
        (void)rdata_name(*message, record);
        const auto name = message->name(record.name_at);
        if (!name) continue;
        const auto again = Name::parse(name->text());
        demand(again && *again == *name && again->wire().size() == name->wire().size());
        (void)name->unicode();
    }
}

/// Every set against every key there, then everything that its NSEC and NSEC3 records prove about its names.
void validate_message(Bytes bytes) {
    namespace sec = fid::dns::dnssec;
    const auto message = Message::open(bytes);
    if (!message) return;
    const auto sets = sec::record_sets(*message);
    sec::Budget budget{.signatures = 20, .hashes = 20, .now = 1700000000};
    std::vector<sec::Dnskey> keys;
    sec::Voucher voucher;
    for (const sec::RecordSet& set : sets)
        for (const sec::Octets& data : set.data) {
            if (set.type == type::dnskey)
                if (auto key = sec::Dnskey::read(data)) keys.push_back(std::move(*key));
            if (set.type == type::ds)
                if (auto ds = sec::Ds::read(data)) voucher.ds.push_back(std::move(*ds));
        }
    (void)sec::unusable(voucher);
    const auto question = message->question();
    sec::Denials denials(question ? question->name : Name());
    const auto some = std::span(sets).first(std::min<std::size_t>(sets.size(), 8));
    for (const sec::RecordSet& set : some) {
        // Nobody can sign by guessing.
        demand(!sec::check_signatures(set, set.owner, keys, budget).finding.secure());
        if (set.type == type::dnskey) demand(!sec::check_keys(set, voucher, budget).signature.finding.secure());
        denials.add(set);
    }
    for (const sec::RecordSet& set : some) {
        (void)denials.no_data(set.owner, type::ds, budget);
        (void)denials.no_name(set.owner, budget);
        if (const auto below = sec::wildcard_of(set.owner)) (void)denials.no_name(*below, budget);
        if (set.owner.labels() != 0) (void)denials.no_closer_match(set.owner, set.owner.labels() - 1, budget);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Bytes bytes(data + 1, size - 1);
    if (data[0] % 4 == 0) {
        if (const auto name = Name::from_user(as_text(bytes))) demand(Name::parse(name->text()) == *name);
    } else if (data[0] % 4 == 1) {
        (void)search_names("host.example", parse_resolv_conf(as_text(bytes)));
    } else if (data[0] % 8 == 3) {
        if (const auto read = dnssec::Anchors::parse(as_text(bytes), "the input")) demand(!read->all().empty());
    } else {
        read_message(bytes);
        validate_message(bytes);
    }
    return 0;
}
