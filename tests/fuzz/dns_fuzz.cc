// SPDX-License-Identifier: MIT
// Any bytes as an answer, as a name typed, and as a resolv.conf. What is read from one name must come back from its
// text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Bytes bytes(data + 1, size - 1);
    if (data[0] % 4 == 0) {
        if (const auto name = Name::from_user(as_text(bytes))) demand(Name::parse(name->text()) == *name);
    } else if (data[0] % 4 == 1) {
        (void)search_names("host.example", parse_resolv_conf(as_text(bytes)));
    } else {
        read_message(bytes);
    }
    return 0;
}
