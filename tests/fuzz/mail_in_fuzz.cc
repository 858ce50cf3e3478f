// SPDX-License-Identifier: MIT
// Mail from strangers: the dialogue of a client (SMTP), what an IMAP server says, messages. The first byte says which,
// and how large the pieces are.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "mail/imap_name.h"
#include "mail/imap_response.h"
#include "mail/mime_reader.h"
#include "mail/smtp_server.h"
#include "report/text.h"

namespace {

using namespace fid;
using namespace fid::mail;

void check(bool holds) {
    if (!holds) std::abort();
}

struct Box final : Letterbox {
    std::expected<void, Trouble> begin() override {
        check(!open);
        open = true;
        bytes.clear();
        return {};
    }
    std::expected<void, Trouble> write(std::string_view more) override {
        check(open);
        bytes += more;
        return {};
    }
    std::expected<std::string, Trouble> keep(const Letter& letter) override {
        check(open && letter.size == bytes.size() && !letter.recipients.empty());
        check(letter.recipients.size() <= SmtpServer::most_recipients &&
              letter.head.size() <= SmtpServer::longest_head);
        check(bytes.starts_with(letter.head) && (bytes.empty() || bytes.ends_with("\r\n")));
        check(!bytes.contains(std::string_view("\r\n.\r\n")) || letter.size != 0);
        open = false;
        return "kept";
    }
    void drop() override { open = false; }
    [[nodiscard]] bool shut() const override { return false; }

    bool open = false;
    std::string bytes;
};

void serve(std::string_view bytes, std::size_t step) {
    const SmtpServerSettings settings{.name = "fuzz", .most_bytes = 10'000};
    Box box;
    SmtpServer server(settings, box, false);
    for (std::size_t at = 0; at < bytes.size() && !server.over(); at += step) {
        server.receive(bytes.substr(at, step));
        check(server.output().empty() || server.output().ends_with("\r\n"));
        server.output().clear();
        if (server.wants_tls()) server.tls_started();
    }
}

std::size_t count(const std::vector<ImapValue>& values, unsigned depth) {
    check(depth <= ImapReader::deepest + 1);
    std::size_t sum = values.size();
    for (const ImapValue& each : values) sum += count(each.list, depth + 1);
    return sum;
}

void read_responses(std::string_view bytes, std::size_t step) {
    constexpr std::uint64_t most = 10'000;
    ImapReader reader(most);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        reader.feed(bytes.substr(at, step));
        while (true) {
            const auto next = reader.next();
            if (!next) return;
            const auto& whole = *next;
            if (!whole) break;
            const ImapResponse& response = *whole;
            check(!response.tag.empty() && count(response.values, 0) <= bytes.size());
            (void)response.item("UID");
            for (const ImapValue& each : response.values) (void)decode_mailbox(each.text);
        }
    }
}

void read_letter(std::string_view bytes) {
    const Part message = read_message(bytes);
    const Readable read = readable(message);
    check(is_utf8(as_bytes(read.text)));
    for (const HeaderField& field : message.header.fields()) check(is_utf8(as_bytes(decode_words(field.value))));
    for (const Part* const part : read.attachments) {
        check(part->body.data() >= bytes.data() &&
              part->body.data() + part->body.size() <= bytes.data() + bytes.size());
        check(part->decoded().size() <= part->body.size() && is_utf8(as_bytes(part->name)));
    }
    const std::string name = encode_mailbox(bytes);
    check(imap_quoted(name).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t step = 1U + data[0] / 4U;
    if (data[0] % 4 == 0)
        serve(bytes, step);
    else if (data[0] % 4 == 1)
        read_responses(bytes, step);
    else
        read_letter(bytes);
    return 0;
}
