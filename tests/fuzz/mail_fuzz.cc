// SPDX-License-Identifier: MIT
// Replies of a hostile mail server; addresses, texts and header fields on their way out. The first byte says which, and
// how large the pieces are.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "mail/compose.h"
#include "mail/header.h"
#include "mail/mailbox.h"
#include "mail/sasl.h"
#include "mail/session.h"

namespace {

using namespace fid;
using namespace fid::mail;

void check(bool holds) {
    if (!holds) std::abort();
}

void read_replies(std::string_view bytes, std::size_t step) {
    ReplyReader reader;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        reader.feed(bytes.substr(at, step));
        while (true) {
            const auto next = reader.next();
            if (!next) return;
            if (!*next) break;
            const Reply& reply = **next;
            check(reply.code >= 200 && reply.code < 600 && !reply.lines.empty());
            check(reply.enhanced().size() <= reply.lines.front().size());
            check(reply.text().size() >= reply.words().size());
            for (const std::string& name : Capabilities(reply).mechanisms()) check(!name.empty());
        }
    }
}

void answer_challenges(std::string_view bytes) {
    for (const SaslMechanism& mechanism : sasl_mechanisms()) {
        const auto client = make_sasl(mechanism.name, "user", "password");
        (void)client->initial();
        (void)client->answer(bytes);
        (void)client->answer(bytes);
    }
    (void)decode_challenge(bytes);
}

/// Lines end with CR LF and in no other way, and none is the end of the message.
void write_lines(std::string_view bytes, std::size_t step) {
    LineWriter writer(true);
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += step) writer.feed(bytes.substr(at, step), out);
    writer.finish(out);
    for (std::size_t at = 0; at < out.size();) {
        const std::size_t end = out.find_first_of("\r\n", at);
        check(end != std::string::npos && out.compare(end, 2, "\r\n") == 0);
        check(end - at != 1 || out[at] != '.');
        at = end + 2;
    }
}

/// One field: every line after the first begins with a blank, and only ASCII unless an address has more.
void make_fields(std::string_view bytes) {
    std::string all;
    bool ascii = true;
    if (check_field("Subject", bytes)) all = text_field("Subject", bytes);
    if (const auto people = parse_mailboxes(bytes)) {
        all += address_field(all.empty() ? "To" : " To", *people);
        for (const Mailbox& mailbox : *people) ascii = ascii && is_ascii(mailbox.address);
    }
    all += "X: a" + parameter("filename", bytes) + "\r\n";
    check(!ascii || is_ascii(all));
    std::size_t fields = 0;
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t end = all.find_first_of("\r\n", at);
        check(end != std::string::npos && all.compare(end, 2, "\r\n") == 0 && end != at);
        if (all[at] != ' ') ++fields;
        at = end + 2;
    }
    check(fields <= 2);
    const EncodedText text = encode_text(bytes);
    check(is_ascii(text.text) && text.text.find('\0') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t step = 1U + data[0] / 4U;
    switch (data[0] % 4) {
        case 0:
            read_replies(bytes, step);
            break;
        case 1:
            answer_challenges(bytes);
            break;
        case 2:
            write_lines(bytes, step);
            break;
        default:
            make_fields(bytes);
            break;
    }
    return 0;
}
