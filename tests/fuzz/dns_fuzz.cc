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
#include "dns/dump.h"
#include "dns/rdata.h"
#include "dns/resolv_conf.h"
#include "dns/transfer.h"

namespace {

using namespace fid;
using namespace fid::dns;

void demand(bool condition) {
    if (!condition) std::abort();
}

struct Nobody : TransferSink {
    bool record(const Message& message, const Record& record, Change) override {
        demand(message.name(record.name_at).has_value());
        return true;
    }
    bool message(const Message&) override { return true; }
};

void read_signature(const Message& message) {
    TsigSession session(*TsigKey::parse("k:c2VjcmV0"));
    std::vector<std::uint8_t> query(512);
    query.resize(write_query(query, message.header().id, {}, {}));
    session.sign(query, 0);
    demand(read_tsig(*Message::open(query)).has_value());
    demand(!session.check(message.bytes(), 0, "server"));
}

void read_message(Bytes bytes) {
    for (const Placed& each : split_messages(bytes)) demand(each.offset + each.message.size() <= bytes.size());
    if (const auto fault = find_fault(bytes)) demand(fault->offset <= bytes.size());
    const auto message = Message::open(bytes);
    if (!message) return;
    (void)message->whole();
    read_signature(*message);
    TransferReader reader(message->question().value_or(Question()), message->header().id, 7);
    Nobody sink;
    (void)reader.take(*message, "server", sink);
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
        (void)TsigKey::from_file_text(as_text(bytes), "file");
        (void)TsigKey::parse(as_text(bytes));
        if (const auto dump = read_dump(as_text(bytes))) demand(dump->size() <= bytes.size());
    } else if (data[0] % 8 == 3) {
        if (const auto read = dnssec::Anchors::parse(as_text(bytes), "the input")) demand(!read->all().empty());
    } else {
        read_message(bytes);
        validate_message(bytes);
    }
    return 0;
}
