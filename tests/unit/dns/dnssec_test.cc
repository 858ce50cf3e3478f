// SPDX-License-Identifier: MIT
// DNSSEC without a network: examples that the RFCs print, keys and signatures made here to break the rules with, and
// answers that would cost a validator without bounds too much. Whole chains are in tests/cli/resolve_validate.py.
#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <string>

#include "dns/dnssec_anchor.h"
#include "dns/dnssec_crypto.h"
#include "dns/dnssec_denial.h"
#include "dns/rdata.h"

using namespace fid;
using namespace fid::dns;
using namespace fid::dns::dnssec;

namespace {

Name name(std::string_view text) { return *Name::parse(text); }

Octets base64(std::string_view text) {
    Octets bytes;
    unsigned held = 0, bits = 0;
    for (const char c : text) {
        const std::size_t value =
            std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").find(c);
        if (value == std::string_view::npos) continue;
        held = (held << 6U | static_cast<unsigned>(value)) & 0xffffU;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    }
    return bytes;
}

std::string hex(Bytes bytes) {
    Text out;
    out.hex_bytes(bytes);
    return out.take();
}

void append_u16(Octets& to, unsigned value) {
    to.push_back(static_cast<std::uint8_t>(value >> 8U));
    to.push_back(static_cast<std::uint8_t>(value));
}

Dnskey dnskey(unsigned flags, unsigned algorithm, const Octets& key) {
    Octets rdata;
    append_u16(rdata, flags);
    rdata.push_back(3);
    rdata.push_back(static_cast<std::uint8_t>(algorithm));
    rdata.insert(rdata.end(), key.begin(), key.end());
    return *Dnskey::read(rdata);
}

struct Validity {
    std::uint32_t begin, end;
};

Rrsig rrsig(const RecordSet& set, unsigned labels, Validity when, const Dnskey& key, const Name& signer,
            const Octets& signature = {}) {
    Octets rdata;
    append_u16(rdata, set.type);
    rdata.push_back(key.algorithm);
    rdata.push_back(static_cast<std::uint8_t>(labels));
    append_u16(rdata, 0);
    append_u16(rdata, 3600);
    append_u16(rdata, when.end >> 16U);
    append_u16(rdata, when.end & 0xffffU);
    append_u16(rdata, when.begin >> 16U);
    append_u16(rdata, when.begin & 0xffffU);
    append_u16(rdata, key.tag);
    rdata.insert(rdata.end(), signer.wire().begin(), signer.wire().end());
    rdata.insert(rdata.end(), signature.begin(), signature.end());
    return *Rrsig::read(rdata);
}

RecordSet record_set(std::string_view owner, std::uint16_t type, std::vector<Octets> data) {
    RecordSet set;
    set.owner = name(owner);
    set.type = type;
    set.klass = klass::in;
    set.data = std::move(data);
    return set;
}

/// A zone with an Ed25519 key that signs whatever it is given.
struct Signer {
    explicit Signer(std::string_view zone_name, unsigned flags = 257, std::uint8_t seed = 1) : zone(name(zone_name)) {
        const std::array<std::uint8_t, 32> secret{seed};
        key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size());
        Octets open(32);
        std::size_t size = open.size();
        REQUIRE(EVP_PKEY_get_raw_public_key(key, open.data(), &size) == 1);
        record = dnskey(flags, 15, open);
    }
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;
    ~Signer() { EVP_PKEY_free(key); }

    void sign(RecordSet& set, Validity when = {900, 1100}, int labels = -1) const {
        Rrsig made =
            rrsig(set, labels < 0 ? signed_labels(set.owner) : static_cast<unsigned>(labels), when, record, zone);
        const Octets text = signed_data(set, made);
        made.signature.resize(64);
        std::size_t size = 64;
        EVP_MD_CTX* const context = EVP_MD_CTX_new();
        REQUIRE(EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key) == 1);
        REQUIRE(EVP_DigestSign(context, made.signature.data(), &size, text.data(), text.size()) == 1);
        EVP_MD_CTX_free(context);
        set.signatures.push_back(std::move(made));
    }
    [[nodiscard]] Finding check(const RecordSet& set, std::int64_t now = 1000) const {
        Budget budget;
        budget.now = now;
        return check_signatures(set, zone, std::span(&record, 1), budget).finding;
    }

    Name zone;
    EVP_PKEY* key;
    Dnskey record;
};

RecordSet nsec_set(std::string_view owner, std::string_view next, std::initializer_list<unsigned> types) {
    Octets data;
    append_canonical(data, name(next));
    Octets bits(32);
    for (const unsigned type : types) bits[type / 8] |= static_cast<std::uint8_t>(0x80U >> type % 8);
    data.push_back(0);
    data.push_back(32);
    data.insert(data.end(), bits.begin(), bits.end());
    return record_set(owner, type::nsec, {data});
}

}  // namespace

TEST_CASE("dnssec canonical order of names") {
    // RFC 4034 section 6.1
    const std::array order{"example.",         "a.example.",      "yljkjljk.a.example.",
                           "Z.a.example.",     "zABC.a.EXAMPLE.", "z.example.",
                           "\\001.z.example.", "*.z.example.",    "\\200.z.example."};
    for (std::size_t i = 0; i + 1 < order.size(); ++i) CHECK(name(order[i]) < name(order[i + 1]));
}

TEST_CASE("dnssec key tag and digest of a key") {
    // RFC 4034 section 5.4 and RFC 4509 section 2.3
    const Dnskey key =
        dnskey(256, 5,
               base64("AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMm"
                      "mAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw=="));
    CHECK(key.tag == 60485);
    for (const std::string_view owner : {"dskey.example.com", "DSKEY.Example.Com"}) {
        Octets text;
        append_canonical(text, name(owner));
        text.insert(text.end(), key.rdata.begin(), key.rdata.end());
        CHECK(hex(digest(1, text)) == "2bb183af5f22588179a53b0a98631fad1a292118");
        CHECK(hex(digest(2, text)) == "d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a");
    }
    CHECK(digest(3, {}).empty());
}

TEST_CASE("dnssec hashed names") {
    // RFC 5155 appendix A
    struct Row {
        std::string_view name, hash;
    };
    const Octets salt{0xaa, 0xbb, 0xcc, 0xdd};
    for (const Row& row :
         {Row{"example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"}, Row{"a.example", "35mthgpgcu1qg68fab165klnsnk3dpvl"},
          Row{"ai.example", "gjeqe526plbf1g8mklp59enfd789njgi"}, Row{"NS1.example", "2t7b4g4vsa5smi47k61mv5bv1a22bojr"},
          Row{"*.w.example", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"},
          Row{"x.y.w.example", "2vptu5timamqttgl4luu9kg21e0aor3s"},
          Row{"xx.example", "t644ebqk9bibcna874givr6joj62mlhv"}}) {
        const Octets hash = nsec3_hash(name(row.name), salt, 12);
        // The owner's label and what it stands for.
        Octets rdata{1, 0, 0, 12, 4, 0xaa, 0xbb, 0xcc, 0xdd, 20};
        rdata.insert(rdata.end(), 20, 0);
        const auto record = Nsec3::read(name(std::string(row.hash) + ".example"), name("example"), rdata);
        REQUIRE(record);
        CHECK(record->hash == hash);
    }
}

TEST_CASE("dnssec example signatures of the rfcs") {
    RecordSet address = record_set("www.example.net", type::a, {{192, 0, 2, 1}});
    Octets exchange{0, 10};
    append_canonical(exchange, name("mail.example.com"));
    const RecordSet mail = record_set("example.com", type::mx, {exchange});
    struct Row {
        RecordSet set;
        unsigned algorithm;
        Validity when;
        std::string_view zone, key, signature;
        unsigned tag;
    };
    constexpr Validity eddsa{1438207200, 1440021600};
    const std::array rows{
        // RFC 6605 sections 6.1 and 6.2
        Row{address,
            13,
            {1281607479, 1284026679},
            "example.net",
            "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
            "qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==",
            55648},
        Row{address,
            14,
            {1281608425, 1284027625},
            "example.net",
            "xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/"
            "uX45NBwY8rp65F6Glur"
            "8I/mlVNgF6W/qTI37m40",
            "/L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJ"
            "zu"
            "sdnI0RSMROxxwGipWcJm",
            10771},
        // RFC 8080 section 6.1, with erratum 4935
        Row{mail, 15, eddsa, "example.com", "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
            "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==", 3613},
        Row{mail, 15, eddsa, "example.com", "zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=",
            "zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg==", 35217},
    };
    for (const Row& row : rows) {
        CAPTURE(row.tag);
        const Dnskey key = dnskey(257, row.algorithm, base64(row.key));
        CHECK(key.tag == row.tag);
        RecordSet set = row.set;
        set.signatures = {rrsig(set, signed_labels(set.owner), row.when, key, name(row.zone), base64(row.signature))};
        Budget budget;
        budget.now = row.when.begin + 1;
        CHECK(check_signatures(set, name(row.zone), std::span(&key, 1), budget).finding.secure());
        set.signatures[0].signature[5] ^= 1U;
        CHECK(check_signatures(set, name(row.zone), std::span(&key, 1), budget)
                  .finding.reason.ends_with("does not verify"));
    }
}

TEST_CASE("dnssec times of signatures") {
    const Signer signer("example");
    RecordSet set = record_set("a.example", type::a, {{192, 0, 2, 1}});
    signer.sign(set);
    CHECK(signer.check(set, 900).secure());
    CHECK(signer.check(set, 1100).secure());
    CHECK(signer.check(set, 1101).extended_error == ede::expired);
    CHECK(signer.check(set, 899).extended_error == ede::not_yet_valid);
    CHECK(signer.check(set, 1100 + 3 * 86400).reason ==
          "the signature by " + std::to_string(signer.record.tag) + " expired 3 days ago (1970-01-01T00:18:20Z)");
    // After 2106 the numbers begin again.
    RecordSet late = record_set("a.example", type::a, {{192, 0, 2, 1}});
    signer.sign(late, {0xfffffff0U, 0x10U});
    CHECK(signer.check(late, 0x100000000LL).secure());
    CHECK_FALSE(signer.check(late, 0x100000020LL).secure());
    RecordSet reversed = record_set("a.example", type::a, {{192, 0, 2, 1}});
    signer.sign(reversed, {1100, 900});
    CHECK(signer.check(reversed).extended_error == ede::expired_before_valid);
}

TEST_CASE("dnssec which keys may sign") {
    RecordSet plain = record_set("a.example", type::a, {{192, 0, 2, 1}});
    for (const unsigned flags : {256U, 257U}) {
        RecordSet set = plain;
        const Signer signer("example", flags);
        signer.sign(set);
        CHECK(signer.check(set).secure());
    }
    const Signer no_zone_key("example", 1);
    RecordSet set = plain;
    no_zone_key.sign(set);
    CHECK(no_zone_key.check(set).extended_error == ede::no_zone_key_bit);
    const Signer revoked("example", 385);
    set = plain;
    revoked.sign(set);
    CHECK(revoked.check(set).reason.ends_with("is revoked"));
    const Signer other("else.example");
    set = plain;
    other.sign(set);
    const Signer own("example");
    CHECK(own.check(set).reason == "signed by else.example., not by its zone example.");
    CHECK(own.check(plain).extended_error == ede::rrsigs_missing);
    RecordSet outside = record_set("a.elsewhere", type::a, {{192, 0, 2, 1}});
    own.sign(outside);
    CHECK(own.check(outside).reason == "it is not within example.");
    set = plain;
    own.sign(set, {900, 1100}, 3);
    CHECK_FALSE(own.check(set).secure());
}

TEST_CASE("dnssec keys are those that are vouched for") {
    const Signer signer("example");
    const Signer other("example", 257, 2);
    RecordSet keys = record_set("example", type::dnskey, {signer.record.rdata, other.record.rdata});
    signer.sign(keys);
    Octets text;
    append_canonical(text, keys.owner);
    text.insert(text.end(), signer.record.rdata.begin(), signer.record.rdata.end());
    const auto ds = [&](unsigned type) {
        return Ds{signer.record.tag, 15, static_cast<std::uint8_t>(type), digest(type, text)};
    };
    const auto check = [&](const Voucher& voucher) {
        Budget budget;
        budget.now = 1000;
        return check_keys(keys, voucher, budget).signature.finding;
    };
    for (const unsigned type : {1U, 2U, 4U}) CHECK(check({.ds = {ds(type)}}).secure());
    CHECK(check({.keys = {signer.record}}).secure());
    CHECK_FALSE(check({.keys = {other.record}}).secure());
    Ds wrong = ds(2);
    wrong.digest[3] ^= 1U;
    CHECK(check({.ds = {wrong}}).extended_error == ede::dnskey_missing);
    CHECK(check({.ds = {wrong, ds(1)}}).reason.ends_with("(algorithm downgrade)"));
    CHECK(check({.ds = {wrong, ds(4)}}).secure());
    CHECK(unusable({.ds = {Ds{1, 200, 2, {}}}})->extended_error == ede::unsupported_algorithm);
    CHECK(unusable({.ds = {Ds{1, 13, 200, {}}}})->extended_error == ede::unsupported_digest);
    CHECK_FALSE(unusable({.ds = {Ds{1, 200, 2, {}}, ds(2)}}));
}

TEST_CASE("dnssec work is bounded") {
    // CVE-2023-50387: many keys of one tag, many signatures by it.
    const Signer signer("example");
    RecordSet set = record_set("a.example", type::a, {{192, 0, 2, 1}});
    signer.sign(set);
    set.signatures[0].signature[0] ^= 1U;
    for (unsigned i = 0; i < 200; ++i) set.signatures.push_back(set.signatures[0]);
    std::vector<Dnskey> keys(200, signer.record);
    Budget budget;
    budget.now = 1000;
    const unsigned before = budget.signatures;
    CHECK(check_signatures(set, signer.zone, keys, budget).finding.reason.starts_with("too many"));
    CHECK(before - budget.signatures <= most_signatures_of_a_set * most_keys_of_a_tag);
    budget.signatures = 0;
    CHECK(check_signatures(set, signer.zone, keys, budget).finding.reason.starts_with("too many"));
    // CVE-2023-50868: a long name, hashed at every label.
    Denials denials(name("example"));
    Octets rdata{1, 0, 0, 100, 0, 20};
    rdata.insert(rdata.end(), 20, 7);
    denials.add(record_set("00000000000000000000000000000000.example", type::nsec3, {rdata}));
    std::string longest = "example";
    for (unsigned i = 0; i < 100; ++i) longest.insert(0, "a.");
    Budget hashes;
    hashes.hashes = 50;
    CHECK(denials.no_name(name(longest), hashes).proof == Denial::Proof::missing);
    CHECK(hashes.hashes == 0);
}

TEST_CASE("dnssec what nsec records prove") {
    Budget budget;
    Denials zone(name("example"));
    zone.add(nsec_set("example", "a.example", {type::soa, type::ns}));
    zone.add(nsec_set("a.example", "child.example", {type::a}));
    zone.add(nsec_set("child.example", "dn.example", {type::ns}));
    zone.add(nsec_set("dn.example", "deep.ent.example", {type::dname}));
    zone.add(nsec_set("deep.ent.example", "example", {type::a}));
    const auto no_data = [&](std::string_view text, std::uint16_t type) {
        return zone.no_data(name(text), type, budget);
    };
    CHECK(no_data("a.example", type::aaaa).proven());
    CHECK_FALSE(no_data("a.example", type::a).proven());
    CHECK_FALSE(no_data("a.example", type::any).proven());
    CHECK(no_data("ent.example", type::a).proven());
    // Of a delegation the parent only knows that there is no DS.
    CHECK(no_data("child.example", type::ds).delegation);
    CHECK_FALSE(no_data("child.example", type::a).proven());
    CHECK_FALSE(zone.no_name(name("x.child.example"), budget).proven());
    CHECK_FALSE(no_data("example", type::ds).proven());
    CHECK_FALSE(zone.no_name(name("x.dn.example"), budget).proven());
    CHECK_FALSE(zone.no_name(name("ent.example"), budget).proven());
    CHECK(zone.no_name(name("b.example"), budget).proven());
    CHECK(zone.no_name(name("zz.example"), budget).proven());
    CHECK_FALSE(zone.no_name(name("zz.elsewhere"), budget).proven());
    // Without the record for the wildcard there is no proof.
    Denials half(name("example"));
    half.add(nsec_set("a.example", "child.example", {type::a}));
    CHECK(half.no_name(name("b.example"), budget).by ==
          "no NSEC record says that the wildcard *.example. does not exist");
    CHECK(half.no_closer_match(name("x.b.example"), 1, budget).proven());
    CHECK_FALSE(half.no_closer_match(name("x.a.example"), 1, budget).proven());
}

TEST_CASE("dnssec trust anchors as files have them") {
    const Anchors root = Anchors::root();
    REQUIRE(root.all().size() == 1);
    CHECK(root.all()[0].voucher.ds.size() == 2);
    CHECK(root.above(name("www.example"))->zone.is_root());
    const auto count = [](std::string_view text) {
        const auto read = Anchors::parse(text, "test");
        return read ? read->all()[0].voucher.ds.size() * 10 + read->all()[0].voucher.keys.size() : 0;
    };
    const std::string key = "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=";
    CHECK(count("example. IN DS 1 8 2 ( 00112233445566778899aabbccddeeff\n 00112233445566778899aabbccddeeff ) ; two "
                "lines\n") == 10);
    CHECK(count("$ORIGIN test.\n$TTL 60\n@ DNSKEY 257 3 15 " + key) == 1);
    // Only what is valid or missing for the moment.
    CHECK(count("; autotrust\nexample. 60 IN DNSKEY 257 3 15 " + key + " ;{id = 1} ;;state=2 [  VALID  ] ;;count=0\n" +
                "example. 60 IN DNSKEY 257 3 16 " + key + " ;;state=1 [ ADDPEND ]\n") == 1);
    CHECK(count("trust-anchors { /* two */ \"example.\" initial-key 257 3 15 \"" + key + "\"; # one\n" +
                "example. static-ds 1 8 2 \"00112233 44556677\"; };") == 11);
    CHECK(count("trusted-keys { \"example\" 257 3 15 \"" + key + "\"; };") == 1);
    for (const std::string_view bad :
         {"", "; nothing\n", "example. A 192.0.2.1\n", "example. DS x\n", "trust-anchors { /*", "managed-keys {"})
        CHECK(count(bad) == 0);
}
