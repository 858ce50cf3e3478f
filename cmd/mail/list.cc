// SPDX-License-Identifier: MIT
// `fid mail list`: the mailboxes of a server, the newest messages of one.
#include <array>
#include <map>

#include "cmd/mail/imap.h"
#include "cmd/mail/mail.h"
#include "cmd/values.h"

namespace fid::cmd::mail {
namespace {

using fid::mail::Header;
using fid::mail::ImapResponse;
using fid::mail::ImapSession;
using fid::mail::ImapUrl;
using fid::mail::ImapValue;
using report::Field;
using report::Record;
using report::Type;
using transport::Task;

constexpr std::array mailbox_fields{
    Field{"mailbox", Type::text, "its name"},
    Field{"messages", Type::integer, "that are in it; null where it holds none, but other mailboxes"},
    Field{"unseen", Type::integer, "of these, how many are not Seen"},
    Field{"attributes", Type::list, "what it is for: Sent, Trash, HasChildren"},
    Field{"delimiter", Type::text, "what stands between the levels of names"},
};
constexpr std::array message_fields{
    Field{"number", Type::integer, "in the mailbox, from 1"},
    Field{"uid", Type::integer, "the number it keeps"},
    Field{"received", Type::time, "when the server got it"},
    Field{"from", Type::text, "the From field, decoded"},
    Field{"to", Type::text, "the To field, decoded"},
    Field{"subject", Type::text, "decoded; null where there is none"},
    Field{"date", Type::text, "the Date field"},
    Field{"size_bytes", Type::integer, "of all of it"},
    Field{"flags", Type::list, "Seen, Answered, Flagged and others"},
};
const report::RecordType mailbox_record{"mailbox", "A mailbox.", mailbox_fields};
const report::RecordType message_record{"message", "A message of a mailbox.", message_fields};

void write(Context& context, const Record& record, std::span<const std::string_view> columns) {
    if (context.out.plain_text())
        context.out.write_row(record, columns);
    else
        context.out.write(record);
}

struct Mailbox {
    std::string name;  ///< as IMAP writes it
    std::string delimiter;
    report::List attributes;
    bool holds_messages = true;
    std::optional<std::uint64_t> messages, unseen;
};

struct Mailboxes {
    std::vector<Mailbox> all;
    std::map<std::string, std::size_t, std::less<>> places;  ///< by name
};

void take_list(const ImapResponse& response, Mailboxes& into) {
    // LIST (attributes) delimiter name
    constexpr std::size_t most = 100'000;
    if (!response.named("LIST") || response.values.size() < 4 || into.all.size() >= most) return;
    Mailbox mailbox;
    mailbox.attributes = flag_list(&response.values[1]);
    for (const ImapValue& each : response.values[1].list)
        if (fid::mail::same_word(each.text, "\\Noselect") || fid::mail::same_word(each.text, "\\NonExistent"))
            mailbox.holds_messages = false;
    mailbox.delimiter = response.values[2].text;
    mailbox.name = response.values[3].text;
    if (into.places.emplace(mailbox.name, into.all.size()).second) into.all.push_back(std::move(mailbox));
}

void take_status(const ImapResponse& response, Mailboxes& into) {
    // STATUS name (MESSAGES 3 UNSEEN 1)
    if (!response.named("STATUS") || response.values.size() < 3) return;
    const auto found = into.places.find(response.values[1].text);
    if (found == into.places.end()) return;
    Mailbox& mailbox = into.all[found->second];
    const auto& list = response.values[2].list;
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        if (fid::mail::same_word(list[i].text, "MESSAGES")) mailbox.messages = list[i + 1].number();
        if (fid::mail::same_word(list[i].text, "UNSEEN")) mailbox.unseen = list[i + 1].number();
    }
}

Task<Result<void>> count_messages(ImapSession& session, Mailboxes& mailboxes) {
    constexpr std::size_t at_once = 50;
    const ImapSession::Told told = [&mailboxes](const ImapResponse& one) { take_status(one, mailboxes); };
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < mailboxes.all.size(); ++i) {
        const Mailbox& mailbox = mailboxes.all[i];
        const auto name = fid::mail::imap_quoted(mailbox.name);
        if (name && mailbox.holds_messages && !mailbox.messages)
            lines.push_back("STATUS " + *name + " (MESSAGES UNSEEN)");
        if (lines.empty() || (lines.size() < at_once && i + 1 < mailboxes.all.size())) continue;
        auto asking = session.commands(std::exchange(lines, {}), told);
        const auto answers = co_await std::move(asking);
        // A mailbox that may not be looked into has no numbers.
        if (!answers) co_return std::unexpected(Error(answers.error()));
    }
    co_return Result<void>();
}

Task<Result<void>> list_mailboxes(Context& context, ImapSession& session, const ImapUrl& url) {
    Mailboxes mailboxes;
    const ImapSession::Told told = [&mailboxes](const ImapResponse& one) {
        take_list(one, mailboxes);
        take_status(one, mailboxes);
    };
    std::string line = R"(LIST "" "*")";
    if (session.can("LIST-STATUS")) line += " RETURN (STATUS (MESSAGES UNSEEN))";  // RFC 5819
    auto asking = session.command(line, told);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return std::unexpected(Error(answer.error()));
    if (answer->status != "OK")
        co_return std::unexpected(fid::mail::imap_refusal("cannot list", url.server.text(), *answer));
    auto counting = count_messages(session, mailboxes);
    auto counted = co_await std::move(counting);
    if (!counted) co_return counted;
    for (const Mailbox& mailbox : mailboxes.all) {
        if (context.out.closed()) break;
        Record record(mailbox_record);
        record.set("mailbox", fid::mail::decode_mailbox(mailbox.name)).set("messages", mailbox.messages);
        record.set("unseen", mailbox.unseen).set("attributes", mailbox.attributes);
        record.set("delimiter", text_or_null(mailbox.delimiter));
        static constexpr std::array<std::string_view, 3> columns{"messages", "unseen", "mailbox"};
        write(context, record, columns);
    }
    co_return counted;
}

void write_message(Context& context, const ImapResponse& response) {
    const auto number = response.numbered("FETCH");
    if (!number || context.out.closed()) return;
    const ImapValue* const fields = response.item("BODY[HEADER.FIELDS (DATE FROM TO SUBJECT)]");
    std::string_view rest;
    const Header header = Header::read(fields == nullptr ? std::string_view() : fields->text, rest);
    Record record(message_record);
    record.set("number", *number).set("uid", number_or_null(response.item("UID")));
    record.set("received", internal_date(response.item("INTERNALDATE")));
    record.set("from", text_or_null(header.text("From"))).set("to", text_or_null(header.text("To")));
    record.set("subject", text_or_null(header.text("Subject"))).set("date", text_or_null(header.text("Date")));
    record.set("size_bytes", number_or_null(response.item("RFC822.SIZE")));
    record.set("flags", flag_list(response.item("FLAGS")));
    static constexpr std::array<std::string_view, 6> columns{"number",     "received", "flags",
                                                             "size_bytes", "from",     "subject"};
    write(context, record, columns);
}

Result<std::uint64_t> wanted(const Context& context) {
    constexpr std::uint64_t usual = 20;
    if (context.args.words().size() < 2) return usual;
    return read_count("the number of messages", context.args.words()[1], 1);
}

Task<Result<void>> list_messages(Context& context, ImapSession& session, const ImapUrl& url) {
    const auto count = wanted(context);
    if (!count) co_return std::unexpected(Error(count.error()));
    auto opening = open_mailbox(session, url.mailbox, false);
    const auto exists = co_await std::move(opening);
    if (!exists) co_return std::unexpected(Error(exists.error()));
    if (*exists == 0) co_return Result<void>();
    const std::uint64_t first = *exists > *count ? *exists - *count + 1 : 1;
    const ImapSession::Told told = [&context](const ImapResponse& one) { write_message(context, one); };
    auto asking = session.command("FETCH " + std::to_string(first) + ":" + std::to_string(*exists) +
                                      " (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM TO "
                                      "SUBJECT)])",
                                  told);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return std::unexpected(Error(answer.error()));
    if (answer->status != "OK") co_return std::unexpected(fid::mail::imap_refusal("cannot list", url.mailbox, *answer));
    co_return Result<void>();
}

Task<Result<void>> work(Context& context, ImapSession& session, const ImapUrl& url) {
    auto listing = url.mailbox.empty() ? list_mailboxes(context, session, url) : list_messages(context, session, url);
    co_return co_await std::move(listing);
}

Status run_list(Context& context) {
    if (const auto count = wanted(context); !count) return context.log.error(count.error());
    return run_imap(context, work);
}

}  // namespace

const Command list_command{
    .name = "list",
    .summary = "the mailboxes of an IMAP server, or the newest messages of one",
    .description =
        "imaps://USER@HOST/ lists the mailboxes with the messages in each, imaps://USER@HOST/INBOX the newest messages "
        "of that one, the oldest of them first. Nothing is changed there: no message becomes seen.\n\n"
        "imap:// begins with STARTTLS, and without it no password is sent, unless --tls none is given. Characters that "
        "mean something in an address are percent-encoded: Talks%20%26%20more.",
    .positionals = {{.name = "URL", .help = "imaps://USER@HOST/[MAILBOX]", .required = true},
                    {.name = "N", .help = "how many messages (default: 20)"}},
    .options = with_imap_options({}),
    .examples = {{"fid mail list --timeout 2s --user ann --password-file LICENSE imaps://localhost:1/INBOX",
                  "a port where nobody listens", 7}},
    .statuses = imap_statuses(),
    .records = {&mailbox_record, &message_record},
    .see_also = {"curl(1)"},
    .run = run_list};

}  // namespace fid::cmd::mail
