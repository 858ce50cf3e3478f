// SPDX-License-Identifier: MIT
#include "transport/starttls.h"

#include <algorithm>
#include <array>
#include <vector>

namespace fid::transport {
namespace {

/// A server that has not come to the point by then never will.
constexpr std::size_t longest_reply = std::size_t{256} * 1024;

using namespace std::string_view_literals;

/// An extended request without a value, its message numbered 1 (RFC 4511 section 4.14.1).
constexpr auto ldap_request =
    "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
    "1.3.6.1.4.1.1466.20037"sv;
/// SSLRequest: its length and the code 80877103.
constexpr auto postgres_request = "\0\0\0\x08\x04\xd2\x16\x2f"sv;
/// SSLRequest: 32 bytes, the second packet; protocol 4.1, TLS, its way of logging in; packets of at most 16 MiB; the
/// character set utf8; 23 bytes of filler.
constexpr auto mysql_request = "\x20\0\0\1\0\x8a\0\0\0\0\0\1\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv;

static_assert(mysql_request.size() == 4 + 32);

/// One side of the dialogue: what has come and not been looked at, and the words in between.
class Dialogue {
  public:
    Dialogue(Stream& stream, std::string host) : stream_(stream), host_(std::move(host)) {}

    Task<Result<void>> smtp() {  // RFC 3207
        auto greeting = co_await reply("220");
        if (!greeting) co_return std::unexpected(std::move(greeting.error()));
        auto said = co_await say("EHLO fid\r\n");
        if (!said) co_return said;
        auto offers = co_await reply("250");
        if (!offers) co_return std::unexpected(std::move(offers.error()));
        if (!contains_word(*offers, "STARTTLS")) co_return not_offered();
        co_return co_await ask("STARTTLS\r\n", "220");
    }
    Task<Result<void>> ftp() {  // RFC 4217
        auto greeting = co_await reply("220");
        if (!greeting) co_return std::unexpected(std::move(greeting.error()));
        co_return co_await ask("AUTH TLS\r\n", "234");
    }
    Task<Result<void>> nntp() {  // RFC 4642; 201: posting prohibited
        auto greeting = co_await reply("20");
        if (!greeting) co_return std::unexpected(std::move(greeting.error()));
        co_return co_await ask("STARTTLS\r\n", "382");
    }
    Task<Result<void>> pop3() {  // RFC 2595
        auto greeting = co_await line();
        if (!greeting) co_return std::unexpected(std::move(greeting.error()));
        if (!greeting->starts_with("+OK")) co_return refused(*greeting);
        co_return co_await ask_line("STLS\r\n", "+OK");
    }
    Task<Result<void>> imap() {  // RFC 9051 section 6.2.1
        auto greeting = co_await line();
        if (!greeting) co_return std::unexpected(std::move(greeting.error()));
        if (!greeting->starts_with("* OK")) co_return refused(*greeting);
        auto said = co_await say("a STARTTLS\r\n");
        if (!said) co_return said;
        while (true) {  // untagged lines may come before the answer
            auto answer = co_await line();
            if (!answer) co_return std::unexpected(std::move(answer.error()));
            if (answer->starts_with("a OK")) co_return Result<void>();
            if (!answer->starts_with("* ")) co_return refused(*answer);
        }
    }
    Task<Result<void>> sieve() {  // RFC 5804 section 2.2
        bool offered = false;
        while (true) {
            auto capability = co_await line();
            if (!capability) co_return std::unexpected(std::move(capability.error()));
            if (capability->starts_with("OK")) break;
            if (!capability->starts_with('"')) co_return refused(*capability);
            offered = offered || capability->starts_with("\"STARTTLS\"");
        }
        if (!offered) co_return not_offered();
        co_return co_await ask_line("STARTTLS\r\n", "OK");
    }
    Task<Result<void>> xmpp() {  // RFC 6120 section 5
        auto said =
            co_await say("<?xml version='1.0'?><stream:stream to='" + host_ +
                         "' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>");
        if (!said) co_return said;
        auto features = co_await until("</stream:features>");
        if (!features) co_return std::unexpected(std::move(features.error()));
        if (features->find("<starttls") == std::string::npos) co_return not_offered();
        said = co_await say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        if (!said) co_return said;
        auto answer = co_await until(">");
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        if (answer->find("<proceed") == std::string::npos) co_return refused(*answer);
        co_return Result<void>();
    }
    Task<Result<void>> ldap() {  // RFC 4511 section 4.14: an extended request, its message numbered 1
        auto said = co_await say(std::string(ldap_request));
        if (!said) co_return said;
        auto head = co_await bytes(2);
        if (!head) co_return std::unexpected(std::move(head.error()));
        const unsigned length = static_cast<unsigned char>((*head)[1]);
        if (head->front() != 0x30 || length > 127) co_return violation("not LDAP");
        auto body = co_await bytes(length);
        if (!body) co_return std::unexpected(std::move(body.error()));
        // messageID 1, [APPLICATION 24] of a short length, resultCode ENUMERATED of one byte
        const bool response = body->size() >= 8 && body->starts_with("\x02\x01\x01\x78") && (*body)[5] == 0x0a;
        if (!response) co_return violation("not the answer to an LDAP extended request");
        if ((*body)[7] != 0) co_return refused("result code " + std::to_string((*body)[7]));
        co_return Result<void>();
    }
    Task<Result<void>> postgres() {  // PostgreSQL manual, section "SSL Session Encryption": the code 80877103
        auto said = co_await say(std::string(postgres_request));
        if (!said) co_return said;
        auto answer = co_await bytes(1);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        if (*answer == "N") co_return not_offered();
        if (*answer != "S") co_return violation("not PostgreSQL");
        co_return Result<void>();
    }
    Task<Result<void>> mysql() {  // MySQL internals, Protocol::HandshakeV10 and Protocol::SSLRequest
        constexpr unsigned with_tls = 0x0800;
        auto head = co_await bytes(4);
        if (!head) co_return std::unexpected(std::move(head.error()));
        const std::size_t length = octet(*head, 0) | octet(*head, 1) << 8U | octet(*head, 2) << 16U;
        if (length < 20 || length > 65535) co_return violation("not MySQL");
        auto greeting = co_await bytes(length);
        if (!greeting) co_return std::unexpected(std::move(greeting.error()));
        if (octet(*greeting, 0) == 0xff) co_return refused(greeting->substr(3));
        // Protocol 10, the server's version and its NUL, thread (4), salt (8), filler (1), low capabilities (2)
        const std::size_t capabilities = greeting->find('\0', 1) + 14;
        if (octet(*greeting, 0) != 10 || capabilities + 2 > greeting->size()) co_return violation("not MySQL");
        if (((octet(*greeting, capabilities) | octet(*greeting, capabilities + 1) << 8U) & with_tls) == 0)
            co_return not_offered();
        auto said = co_await say(std::string(mysql_request));
        co_return said;
    }

    /// The server speaks next when TLS does.
    [[nodiscard]] Result<void> nothing_left() const {
        if (rest_.empty()) return {};
        return violation("words in the clear behind its agreement to TLS");
    }

  private:
    static unsigned octet(const std::string& text, std::size_t at) { return static_cast<unsigned char>(text[at]); }
    static bool contains_word(std::string_view text, std::string_view word) {
        const auto same = [](char a, char b) { return (a & ~0x20) == (b & ~0x20); };
        return !std::ranges::search(text, word, same).empty();
    }

    Task<Result<void>> say(std::string words) {
        auto written = co_await stream_.write(as_bytes(words));
        co_return written;
    }
    Task<Result<void>> more() {
        if (rest_.size() > longest_reply) co_return violation("its answer does not end");
        auto chunk = co_await stream_.read(block_);
        if (!chunk) co_return std::unexpected(std::move(chunk.error()));
        if (chunk->end) co_return violation("it closed the connection");
        rest_.append(block_.begin(), block_.begin() + static_cast<std::ptrdiff_t>(chunk->size));
        co_return Result<void>();
    }
    Task<Result<std::string>> until(std::string_view mark) {
        std::size_t at = 0;
        while ((at = rest_.find(mark)) == std::string::npos) {
            auto read = co_await more();
            if (!read) co_return std::unexpected(std::move(read.error()));
        }
        std::string found = rest_.substr(0, at + mark.size());
        rest_.erase(0, at + mark.size());
        co_return found;
    }
    Task<Result<std::string>> bytes(std::size_t count) {
        while (rest_.size() < count) {
            auto read = co_await more();
            if (!read) co_return std::unexpected(std::move(read.error()));
        }
        std::string found = rest_.substr(0, count);
        rest_.erase(0, count);
        co_return found;
    }
    Task<Result<std::string>> line() {
        auto text = co_await until("\n");
        if (text) text->erase(text->find_last_not_of("\r\n") + 1);
        co_return text;
    }
    /// All lines of one reply ("250-SIZE", "250 HELP") that begins with the code.
    Task<Result<std::string>> reply(std::string_view code) {
        std::string all;
        while (true) {
            auto one = co_await line();
            if (!one) co_return std::unexpected(std::move(one.error()));
            all += *one + "\n";
            if (all.size() > longest_reply) co_return violation("its answer does not end");
            // In FTP the lines between may begin with anything.
            const bool last = one->size() >= 3 && std::all_of(one->begin(), one->begin() + 3, is_digit) &&
                              (one->size() == 3 || (*one)[3] == ' ');
            if (!last) continue;
            if (!one->starts_with(code)) co_return refused(*one);
            co_return all;
        }
    }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    Task<Result<void>> ask(std::string words, std::string_view code) {
        auto said = co_await say(std::move(words));
        if (!said) co_return said;
        auto answer = co_await reply(code);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        co_return Result<void>();
    }
    Task<Result<void>> ask_line(std::string words, std::string_view beginning) {
        auto said = co_await say(std::move(words));
        if (!said) co_return said;
        auto answer = co_await line();
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        if (!answer->starts_with(beginning)) co_return refused(*answer);
        co_return Result<void>();
    }

    static std::unexpected<Error> not_offered() {
        return fail(Status::server_error, "the server does not offer", "TLS", {},
                    "talk to it without --starttls, in the clear");
    }
    static std::unexpected<Error> refused(std::string what) {
        return fail(Status::server_error, "the server refused TLS:", std::move(what));
    }
    static std::unexpected<Error> violation(std::string what) {
        return fail(Status::protocol_violation, "cannot start TLS:", std::move(what));
    }

    Stream& stream_;
    std::string host_;
    std::string rest_;
    std::vector<std::uint8_t> block_ = std::vector<std::uint8_t>(4096);
};

struct Protocol {
    std::string_view name;
    std::uint16_t port;
    Task<Result<void>> (Dialogue::*talk)();
};
constexpr auto protocols = std::to_array<Protocol>({{"smtp", 25, &Dialogue::smtp},
                                                    {"imap", 143, &Dialogue::imap},
                                                    {"pop3", 110, &Dialogue::pop3},
                                                    {"ftp", 21, &Dialogue::ftp},
                                                    {"nntp", 119, &Dialogue::nntp},
                                                    {"sieve", 4190, &Dialogue::sieve},
                                                    {"xmpp", 5222, &Dialogue::xmpp},
                                                    {"ldap", 389, &Dialogue::ldap},
                                                    {"postgres", 5432, &Dialogue::postgres},
                                                    {"mysql", 3306, &Dialogue::mysql}});

const Protocol* find_protocol(std::string_view name) {
    const auto* const found = std::ranges::find(protocols, name, &Protocol::name);
    return found == protocols.end() ? nullptr : found;
}

}  // namespace

std::span<const std::string_view> starttls_protocols() {
    static const auto names = [] {
        std::array<std::string_view, protocols.size()> all;
        std::ranges::transform(protocols, all.begin(), &Protocol::name);
        return all;
    }();
    return names;
}

std::uint16_t starttls_port(std::string_view protocol) {
    const Protocol* const found = find_protocol(protocol);
    return found == nullptr ? std::uint16_t{0} : found->port;
}

Task<Result<void>> start_tls_dialogue(Stream& stream, std::string protocol, std::string host) {
    const Protocol* const found = find_protocol(protocol);
    if (found == nullptr) co_return fail(Status::usage, "no such protocol for STARTTLS:", std::move(protocol));
    Dialogue dialogue(stream, std::move(host));
    auto talking = (dialogue.*found->talk)();
    auto done = co_await std::move(talking);
    if (!done) co_return done;
    co_return dialogue.nothing_left();
}

}  // namespace fid::transport
