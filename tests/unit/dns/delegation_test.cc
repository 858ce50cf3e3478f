// SPDX-License-Identifier: MIT
#include "dns/delegation.h"

#include <doctest/doctest.h>

#include "dns/comparison.h"
#include "dns/root_hints.h"
#include "made_message.h"

using namespace fid;
using namespace fid::dns;

namespace {

/// What a server of `zone` says to a question, as it is read.
struct Read {
    Read(std::string_view zone, const Question& question, std::string_view text)
        : bytes(made_message(question, text)), reply(read_reply(*Message::open(bytes), question, *Name::parse(zone))) {}
    std::vector<std::uint8_t> bytes;
    Reply reply;
};

std::string_view what(std::string_view zone, std::string_view name, std::string_view text,
                      std::uint16_t type = type::a) {
    return meaning_name(Read(zone, question_about(name, type), text).reply.what);
}

}  // namespace

TEST_CASE("dns answers on the way down are told apart") {
    CHECK(what("a.test", "w.a.test", "aa; an w.a.test A 192.0.2.1") == "answer");
    CHECK(what("a.test", "w.a.test", "an w.a.test A 192.0.2.1") == "answer");
    CHECK(what("a.test", "w.a.test", "aa; ns a.test SOA 1") == "no_data");
    CHECK(what("a.test", "w.a.test", "aa") == "no_data");
    CHECK(what("a.test", "w.a.test", "aa nxdomain; ns a.test SOA 1") == "no_name");
    CHECK(what("test", "w.a.test", "; ns a.test NS ns.a.test") == "referral");
    CHECK(what("a.test", "w.a.test", "refused") == "lame");
    CHECK(what("a.test", "w.a.test", "servfail") == "failure");
    CHECK(what("a.test", "w.a.test", "") == "lame");
}

TEST_CASE("a referral leads down and towards the name") {
    CHECK(what("a.test", "w.a.test", "; ns . NS ns.root") == "lame");
    CHECK(what("a.test", "w.a.test", "; ns a.test NS ns.a.test") == "lame");
    CHECK(what("test", "w.a.test", "; ns b.test NS ns.b.test") == "lame");
    // The parent speaks for the DS record of a zone.
    CHECK(what("test", "a.test", "; ns a.test NS ns.a.test", type::ds) == "lame");
    CHECK(what("test", "w.a.test", "; ns a.test NS ns.a.test", type::ds) == "referral");
}

TEST_CASE("glue is taken from a server of a zone around it only") {
    const Read read("test", question_about("w.a.test"),
                    "; ns a.test NS ns.a.test; ns a.test NS ns.b.test; ns a.test NS ns.evil.example; ns a.test DS x;"
                    "ad ns.a.test A 192.0.2.1; ad ns.b.test A 192.0.2.2; ad ns.evil.example A 192.0.2.3;"
                    "ad other.test A 192.0.2.4; ad ns.a.test AAAA 2001:db8::1");
    REQUIRE(read.reply.what == Meaning::referral);
    CHECK(read.reply.has_ds);
    REQUIRE(read.reply.servers.size() == 3);
    CHECK(read.reply.servers[0].addresses.size() == 2);
    CHECK(read.reply.servers[1].addresses.size() == 1);
    CHECK(read.reply.servers[2].addresses.empty());
}

TEST_CASE("aliases are followed as far as the zone may speak") {
    const std::string_view inside = "aa; an w.a.test CNAME x.a.test; an x.a.test A 192.0.2.1";
    CHECK(what("a.test", "w.a.test", inside) == "answer");
    // What a server of a.test says of b.test is not believed.
    const Read outside("a.test", question_about("w.a.test"), "aa; an w.a.test CNAME b.test; an b.test A 192.0.2.1");
    CHECK(outside.reply.what == Meaning::alias);
    CHECK(outside.reply.names.back().text() == "b.test.");
    CHECK(outside.reply.records.size() == 1);
    CHECK(what("a.test", "w.a.test", "aa nxdomain; an w.a.test CNAME x.a.test; ns a.test SOA 1") == "no_name");
    CHECK(what("a.test", "w.a.test", "aa nxdomain; an w.a.test CNAME x.b.test; ns b.test SOA 1") == "alias");
    CHECK(what("a.test", "w.a.test", "aa; an w.a.test CNAME x.b.test", type::cname) == "answer");
    const Read circle("a.test", question_about("w.a.test"),
                      "aa; an w.a.test CNAME x.a.test; an x.a.test CNAME w.a.test");
    CHECK(circle.reply.what == Meaning::alias);
    CHECK(circle.reply.names.size() == 3);
    CHECK(circle.reply.names.front() == circle.reply.names.back());
}

TEST_CASE("dns messages that break off lead nowhere") {
    const Question question = question_about("w.a.test");
    const std::vector<std::uint8_t> bytes = made_message(question, "aa; an w.a.test A 192.0.2.1");
    for (std::size_t size = header_size; size < bytes.size(); ++size) {
        const Message message = *Message::open(Bytes(bytes).first(size));
        CHECK(read_reply(message, question, *Name::parse("a.test")).what == Meaning::malformed);
    }
}

TEST_CASE("root hints") {
    CHECK(root_hints().size() == 13);
    for (const NameServer& server : root_hints()) CHECK(server.addresses.size() == 2);
    const auto hints = parse_root_hints(
        "; a comment\n.  3600000  NS  A.ROOT.\nA.ROOT. 3600000 IN A 192.0.2.1 ; one\n\tAAAA 2001:db8::1\n"
        ". NS B.ROOT.\nelsewhere. A 192.0.2.9\n");
    REQUIRE(hints);
    REQUIRE(hints->size() == 1);
    CHECK(hints->front().name.text() == "A.ROOT.");
    CHECK(hints->front().addresses.size() == 2);
    CHECK(parse_root_hints("").error().status == Status::bad_input);
    CHECK(parse_root_hints(". NS a.root.\na.root. A nonsense\n").error().subject == "2");
    CHECK(parse_root_hints("[section]\n").error().status == Status::bad_input);
}

TEST_CASE("what servers say is compared without order, TTL and the owner's letter case") {
    const auto saying = [](std::string_view name, std::string_view text) {
        const auto bytes = made_message(question_about(name), text);
        Saying made;
        add_answer(made, *Message::open(bytes), false);
        return made;
    };
    const Saying one = saying("a.test", "an a.test A 192.0.2.1; an a.test A 192.0.2.2");
    const Saying same = saying("A.test", "an A.test A 192.0.2.2; an A.test A 192.0.2.1; an A.test A 192.0.2.1");
    const Saying other = saying("a.test", "nxdomain; an a.test A 192.0.2.3; an a.test A 192.0.2.2");
    CHECK(one == same);
    CHECK(digest(one) == digest(same));
    CHECK(digest(one) != digest(other));
    const std::vector<std::optional<Saying>> all{other, one, std::nullopt, same};
    CHECK(group_sayings(all) == std::vector<std::vector<std::size_t>>{{1, 3}, {0}});
    const Difference differs = difference(other, one, std::vector<std::uint16_t>{type::a});
    CHECK(differs.codes == std::vector<std::string>{"A: NXDOMAIN instead of NOERROR"});
    CHECK(differs.missing == std::vector<std::string>{"a.test. A 192.0.2.1"});
    CHECK(differs.additional == std::vector<std::string>{"a.test. A 192.0.2.3"});
    CHECK(serial_of(*Message::open(made_message(question_about("a.test"), "aa; an a.test SOA 77"))) == 77U);
}
