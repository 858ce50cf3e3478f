// SPDX-License-Identifier: MIT
#include "mail/smtp_server.h"

#include <doctest/doctest.h>

using fid::mail::Letter;
using fid::mail::Letterbox;
using fid::mail::read_command;
using fid::mail::read_path;
using fid::mail::SmtpServer;
using fid::mail::SmtpServerSettings;
using fid::mail::Trouble;

namespace {

struct Box final : Letterbox {
    std::expected<void, Trouble> begin() override {
        open.clear();
        return {};
    }
    std::expected<void, Trouble> write(std::string_view bytes) override {
        if (open.size() + bytes.size() > room) return std::unexpected(Trouble::full);
        open += bytes;
        return {};
    }
    std::expected<std::string, Trouble> keep(const Letter& letter) override {
        kept.push_back(open);
        letters.push_back(letter);
        return "kept";
    }
    void drop() override { open.clear(); }
    [[nodiscard]] bool shut() const override { return kept.size() >= most; }

    std::string open;
    std::size_t room = 1'000'000, most = 1000;
    std::vector<std::string> kept;
    std::vector<Letter> letters;
};

/// What is answered when the bytes come in pieces of that size.
std::string dialogue(std::string_view bytes, Box& box, std::size_t step, bool tls = false) {
    const SmtpServerSettings settings{.name = "sink.example"};
    SmtpServer server(settings, box, tls);
    for (std::size_t at = 0; at < bytes.size() && !server.over() && !server.wants_tls(); at += step)
        server.receive(bytes.substr(at, step));
    return server.output();
}

constexpr std::string_view envelope = "EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n";

}  // namespace

TEST_CASE("a message, in pieces of any size") {
    const std::string bytes =
        std::string(envelope) + "Subject: x\r\n\r\n..dot\r\n.\ndot\r\ra\n.\n.\r\r\n\r\n.\r\nQUIT\r\n";
    std::string first;
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        Box box;
        const std::string answered = dialogue(bytes, box, step);
        if (first.empty()) first = answered;
        CHECK(answered == first);
        REQUIRE(box.kept.size() == 1);
        CHECK(box.kept[0] == "Subject: x\r\n\r\n.dot\r\n\ndot\r\ra\n.\n.\r\r\n\r\n");
        CHECK(box.letters[0].size == box.kept[0].size());
        CHECK(box.letters[0].head == "Subject: x\r\n");
        CHECK(box.letters[0].bare_cr);
        CHECK(box.letters[0].bare_lf);
        CHECK(box.letters[0].recipients == std::vector<std::string>{"b@x"});
    }
    CHECK(first.ends_with("354 end with a dot on a line of its own\r\n250 2.0.0 kept\r\n221 2.0.0 goodbye\r\n"));
}

TEST_CASE("what has no room is not kept, and the dialogue goes on") {
    Box box;
    box.room = 3;
    const std::string bytes = std::string(envelope) + "four\r\n.\r\nNOOP\r\n";
    const std::string answered = dialogue(bytes, box, 7);
    CHECK(answered.contains("452 4.3.1"));
    CHECK(answered.ends_with("250 2.0.0 nothing done\r\n"));
    CHECK(box.kept.empty());
}

TEST_CASE("protocols have names") {
    const auto protocol = [](std::string_view hello, std::string_view from, bool tls) {
        Box box;
        (void)dialogue(std::string(hello) + " me\r\n" + std::string(from) + "\r\nRCPT TO:<b@x>\r\nDATA\r\n.\r\n", box,
                       100, tls);
        return box.letters.size() == 1 ? box.letters[0].protocol : "";
    };
    CHECK(protocol("HELO", "MAIL FROM:<>", false) == "SMTP");
    CHECK(protocol("EHLO", "MAIL FROM:<>", false) == "ESMTP");
    CHECK(protocol("EHLO", "MAIL FROM:<>", true) == "ESMTPS");
    CHECK(protocol("LHLO", "MAIL FROM:<>", true) == "LMTPS");
    CHECK(protocol("EHLO", "MAIL FROM:<> SMTPUTF8", false) == "UTF8SMTP");
    CHECK(protocol("EHLO", "AUTH PLAIN AGEAYg==\r\nMAIL FROM:<>", true) == "ESMTPSA");
}

TEST_CASE("STARTTLS stands last") {
    Box box;
    CHECK(dialogue("EHLO me\r\nSTARTTLS\r\n", box, 100).ends_with("220 2.0.0 go ahead\r\n"));
    CHECK(dialogue("EHLO me\r\nSTARTTLS\r\nNOOP\r\n", box, 100).ends_with("TLS has begun\r\n"));
    CHECK(dialogue("EHLO me\r\nSTARTTLS\r\n", box, 100, true).ends_with("503 5.5.1 there is TLS already, or none\r\n"));
}

TEST_CASE("paths") {
    const auto address = [](std::string_view argument) {
        const auto path = read_path(argument, "TO:");
        return path ? path->address : "(none)";
    };
    CHECK(address("TO:<a@b>") == "a@b");
    CHECK(address("to: <a@b>  X=1 Y") == "a@b");
    CHECK(address("TO:<>").empty());
    CHECK(address("TO:<\"a>\\\" b\"@c>") == "\"a>\\\" b\"@c");
    CHECK(address("TO:<@r1,@r2:a@b>") == "a@b");
    for (const std::string_view wrong :
         {"TO:", "TO:a@b", "TO:<a@b", "TO:<a b@c>", "TO:<a@b>x", "TO:<\"a@b>", "FROM:<a@b>", "T"})
        CHECK(address(wrong) == "(none)");
    const auto path = read_path("TO:<a@b> size=10 Smtputf8", "TO:");
    REQUIRE(path);
    CHECK(path->parameters == std::vector<std::pair<std::string, std::string>>{{"SIZE", "10"}, {"SMTPUTF8", ""}});
    CHECK(!read_command(""));
    CHECK(!read_command(" NOOP"));
    CHECK(!read_command("NO-OP"));
    CHECK(read_command("noop\tx ")->argument == "x");
}
