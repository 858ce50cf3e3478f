// SPDX-License-Identifier: MIT
// The MACs are dnspython's (2.3, dns.tsig.sign) for the same messages, key and time.
#include "dns/tsig.h"

#include <doctest/doctest.h>

#include <array>

#include "dns/dump.h"

using namespace fid;
using namespace fid::dns;

namespace {

constexpr std::uint64_t now = 1700000000;
constexpr std::string_view secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
// www.example A, ID 0x1234, and an answer to it.
constexpr std::string_view query_hex = "12340100000100000000000003777777076578616d706c650000010001";
constexpr std::string_view reply_hex =
    "12348580000100010000000003777777076578616d706c650000010001c00c000100010000003c0004c0000201";

struct Vector {
    std::string_view algorithm, query_mac, reply_mac;
};
constexpr std::array vectors{
    Vector{"hmac-md5", "01146460f0e038756119be76eb1e2e64", "a362e534b726db647ed4d0cbf29a4349"},
    Vector{"hmac-sha1", "95c5530a74463aa8ddd4218be6a37bf6d47cb4c7", "40f299df7ea00e69e1c34a79ff223ab6403ab893"},
    Vector{"hmac-sha224", "0a6a49d4df5d305ce654d838e224c9e66c1dd4fe21675187054dd191",
           "66f2344c28be2f9dc3bf2c1ec698e6d05a7cec3f1903c9bf0940d562"},
    Vector{"hmac-sha256", "ecca309bf2dd2fb0400c80ae746a59c045bbd63dc9890c5205536bc6516e7198",
           "a47372d0a54ac9f5b7fdef6c2e3bf137f8f1c33d5e40b9c9525ad49569b57a06"},
    Vector{"hmac-sha384",
           "c76520acced19012578dfa20db48dedf297c8f8080204bfd47335ff42168118258c4fd4155ae0b9e809ec297a5531084",
           "49ecd1b15893617acf75e76683776f26094f61dfce592c7098282c5aec9caf4cf031783e09abaa77950e99f0b780a80e"},
    Vector{
        "hmac-sha512",
        "642a76b03e6a454deddda48af2992983cbddb82bedabefa570fbaeb79a498fb3706ca6d91a5cf7781ae194461d93354fb83fc3649e61"
        "82ab8223900c91598227",
        "927468fe4ffffe8ea3296acc2a67dab0a26a82c967b6e9541b36a309b75b8aed5dfe5fe7b552e782b0578a3159714dc64f8f0e29b6aa"
        "157f031121dc34c2df43"}};
constexpr std::string_view sha256_reply = vectors[3].reply_mac;
constexpr std::string_view third_mac = "17847b0c5b70a13e4af93b6f5b3514ffcaa49588310123b7f6e81d68478d7da7";
constexpr std::string_view late_mac = "d9996d51b7b189f742bd97264cc90e6bbc1b9291c99df74d0ce38ed61caf255d";

std::vector<std::uint8_t> bytes(std::string_view hex) {
    return hex.empty() ? std::vector<std::uint8_t>() : *read_dump(hex);
}

std::string hex(Bytes raw) {
    Text out;
    out.hex_bytes(raw);
    return out.take();
}

TsigKey key_of(std::string_view algorithm) {
    return *TsigKey::parse(std::string(algorithm) + ":Key.Example:" + std::string(secret));
}

struct Signed {
    std::string_view mac;
    std::uint64_t time = now;
    unsigned error = 0;
    std::string_view other = "";
    std::string_view key = "key.example";
};

/// The answer with a TSIG record of our making.
std::vector<std::uint8_t> reply_with(const TsigKey& key, const Signed& what) {
    std::vector<std::uint8_t> made = bytes(reply_hex);
    const auto put = [&](std::uint64_t value, unsigned size) {
        while (size-- != 0) made.push_back(static_cast<std::uint8_t>(value >> 8U * size));
    };
    const auto add = [&](Bytes more) { made.insert(made.end(), more.begin(), more.end()); };
    const Name owner = *Name::parse(what.key);
    const Name algorithm = *Name::parse(key.algorithm->wire);
    const auto mac = bytes(what.mac), other = bytes(what.other);
    made[11] = 1;
    add(owner.wire());
    put(type::tsig, 2);
    put(klass::any, 2);
    put(0, 4);
    put(algorithm.wire().size() + 16 + mac.size() + other.size(), 2);
    add(algorithm.wire());
    put(what.time, 6);
    put(300, 2);
    put(mac.size(), 2);
    add(mac);
    put(0x1234, 2);
    put(what.error, 2);
    put(other.size(), 2);
    add(other);
    return made;
}

TsigSession asked(const TsigKey& key) {
    TsigSession session(key);
    std::vector<std::uint8_t> query = bytes(query_hex);
    session.sign(query, now);
    return session;
}

Status judged(TsigSession& session, const std::vector<std::uint8_t>& reply, std::uint64_t when = now) {
    const auto checked = session.check(reply, when, "server");
    return checked ? Status::success : checked.error().status;
}

}  // namespace

TEST_CASE("every algorithm signs and checks as others do") {
    for (const Vector& each : vectors) {
        CAPTURE(each.algorithm);
        const TsigKey key = key_of(each.algorithm);
        std::vector<std::uint8_t> query = bytes(query_hex);
        TsigSession session(key);
        session.sign(query, now);
        const auto message = Message::open(query);
        REQUIRE(message->whole());
        const auto record = read_tsig(*message);
        REQUIRE(record);
        CHECK(hex(record->mac) == each.query_mac);
        CHECK(record->original_id == 0x1234);
        CHECK(judged(session, reply_with(key, {.mac = each.reply_mac})) == Status::success);
        CHECK(session.ends_signed());
    }
}

TEST_CASE("what is not by who has the key is refused") {
    const TsigKey key = key_of("hmac-sha256");
    std::string wrong(sha256_reply);
    wrong.back() = '7';
    struct Row {
        Signed what;
        Status status;
    };
    for (const Row& row : {
             Row{{.mac = wrong}, Status::protocol_violation},
             Row{{.mac = sha256_reply.substr(0, 32)}, Status::success},  // half of it is enough
             Row{{.mac = sha256_reply.substr(0, 30)}, Status::protocol_violation},
             Row{{.mac = ""}, Status::protocol_violation},
             Row{{.mac = sha256_reply, .time = now + 1}, Status::protocol_violation},
             Row{{.mac = sha256_reply, .key = "KEY.example"}, Status::success},
             Row{{.mac = sha256_reply, .key = "other.example"}, Status::protocol_violation},
             Row{{.mac = "", .error = 16}, Status::login_refused},
             Row{{.mac = "", .error = 17}, Status::login_refused},
             Row{{.mac = "", .error = 22}, Status::login_refused},
             Row{{.mac = "", .error = 18}, Status::protocol_violation},  // that one has to be signed
             Row{{.mac = late_mac, .error = 18, .other = "00006553f4e8"}, Status::login_refused},
         }) {
        CAPTURE(row.what.mac);
        CAPTURE(row.what.error);
        TsigSession session = asked(key);
        CHECK(judged(session, reply_with(key, row.what)) == row.status);
    }
    TsigSession session = asked(key);
    CHECK(judged(session, bytes(reply_hex)) == Status::protocol_violation);
    // What was refused has changed nothing.
    CHECK(judged(session, reply_with(key, {.mac = sha256_reply}), now + 300) == Status::success);
    TsigSession late = asked(key);
    CHECK(judged(late, reply_with(key, {.mac = sha256_reply}), now + 301) == Status::protocol_violation);
}

TEST_CASE("later messages may come without a signature") {
    const TsigKey key = key_of("hmac-sha256");
    TsigSession session = asked(key);
    REQUIRE(judged(session, reply_with(key, {.mac = sha256_reply})) == Status::success);
    REQUIRE(judged(session, bytes(reply_hex)) == Status::success);
    CHECK(!session.ends_signed());
    CHECK(judged(session, reply_with(key, {.mac = third_mac})) == Status::success);
    CHECK(session.ends_signed());
    for (unsigned i = 0; i < TsigSession::most_unsigned; ++i)
        REQUIRE(judged(session, bytes(reply_hex)) == Status::success);
    CHECK(judged(session, bytes(reply_hex)) == Status::protocol_violation);
}

TEST_CASE("keys as users write them") {
    const auto key = TsigKey::parse("name.example:" + std::string(secret));
    REQUIRE(key);
    CHECK(key->algorithm->name == "hmac-sha256");
    CHECK(key->secret.size() == 32);
    CHECK(TsigKey::parse("HMAC-MD5.SIG-ALG.REG.INT.:k:c2Vj")->algorithm->name == "hmac-md5");
    CHECK(TsigKey::parse("hmac-sha512-256:k:c2Vj")->mac_size == 32);
    for (const std::string_view wrong : {"", "k", "k:", "k:not base64", "hmac-sha3:k:c2Vj", "hmac-sha256-64:k:c2Vj",
                                         "hmac-sha256-129:k:c2Vj", "hmac-sha256:a..b:c2Vj", ":c2Vj"}) {
        CAPTURE(wrong);
        const auto read = TsigKey::parse(wrong);
        REQUIRE(!read);
        CHECK(read.error().status == Status::usage);
        CHECK(read.error().sentence().find("c2Vj") == std::string::npos);
    }
}

TEST_CASE("key files of BIND") {
    const auto read = [](std::string_view text) { return TsigKey::from_file_text(text, "file"); };
    const auto key = read("key \"k.example\" {\n\talgorithm hmac-sha512;\n\tsecret \"c2Vj\";\n};\n");
    REQUIRE(key);
    CHECK(key->name == *Name::parse("k.example"));
    CHECK(key->algorithm->name == "hmac-sha512");
    CHECK(read("# one\n/* key x { */ options { key \"inner\"; };\n// \nkey k{secret c2Vj;algorithm hmac-md5;};"));
    for (const std::string_view wrong :
         {"", "key", "key k", "key k {", "key k { algorithm hmac-sha256; };", "key k { secret \"c2Vj; };",
          "options { key k { secret c2Vj; }; };", "/* key k { secret c2Vj; };", "/*", "\"",
          "key a { secret c2Vj; }; key b { secret c2Vj; };", "key k { algorithm x; secret c2Vj; };"}) {
        CAPTURE(wrong);
        const auto failed = read(wrong);
        REQUIRE(!failed);
        CHECK(failed.error().status == Status::bad_input);
    }
}
