// SPDX-License-Identifier: MIT
// `fid mail read`: one message, as a person reads it, or its bytes.
#include <algorithm>
#include <array>

#include "cmd/mail/imap.h"
#include "cmd/mail/mail.h"
#include "cmd/mail/save.h"
#include "cmd/values.h"
#include "mail/mime_reader.h"

namespace fid::cmd::mail {
namespace {

using fid::mail::ImapResponse;
using fid::mail::ImapSession;
using fid::mail::ImapUrl;
using fid::mail::ImapValue;
using fid::mail::Part;
using fid::mail::Readable;
using report::Field;
using report::Record;
using report::Type;
using report::Value;
using transport::Task;

constexpr std::array letter_fields{
    Field{"number", Type::integer, "in the mailbox, from 1"},
    Field{"uid", Type::integer, "the number it keeps"},
    Field{"received", Type::time, "when the server got it"},
    Field{"flags", Type::list, "Seen, Answered, Flagged and others"},
    Field{"size_bytes", Type::integer, "of all of it"},
    Field{"from", Type::text, "the From field, decoded"},
    Field{"to", Type::text, "the To field, decoded"},
    Field{"cc", Type::text, "the Cc field, decoded"},
    Field{"date", Type::text, "the Date field"},
    Field{"subject", Type::text, "decoded; null where there is none"},
    Field{"message_id", Type::text, "the Message-ID field"},
    Field{"text", Type::text, "what is to be read of it, in UTF-8"},
    Field{"from_html", Type::boolean, "the text is what is left of HTML"},
    Field{"attachments", Type::list, "name, type, size_bytes and, with --save, file of whatever else there is"},
};
const report::RecordType letter_record{"letter", "A message as it is read.", letter_fields};

/// What one FETCH gave.
struct Fetched {
    std::uint64_t number = 0;
    Value uid, received, size;
    report::List flags;
    std::optional<std::string> bytes;
};

void take(ImapResponse& response, Fetched& into) {
    const auto number = response.numbered("FETCH");
    const ImapValue* const body = response.item("BODY[]");
    if (!number || body == nullptr || into.bytes) return;
    into.number = *number;
    into.uid = number_or_null(response.item("UID"));
    into.received = internal_date(response.item("INTERNALDATE"));
    into.size = number_or_null(response.item("RFC822.SIZE"));
    into.flags = flag_list(response.item("FLAGS"));
    into.bytes = body->text;
}

/// Bytes from far away as lines for people: what would act on a terminal is escaped; a backslash stays one.
void put_lines(std::string_view text, Text& out) {
    while (!text.empty()) {
        const std::size_t end = text.find_first_of("\n\t\\");
        out.escaped(text.substr(0, end));
        if (end == std::string_view::npos) break;
        if (text[end] == '\t')
            out.fill(' ', 4);
        else
            out.put(text[end]);
        text.remove_prefix(end + 1);
    }
    if (!out.ends_with("\n")) out.put('\n');
}

void put_field(report::Output& out, std::string_view name, const std::string& value) {
    if (value.empty()) return;
    out.style(report::Style::name);
    out.text().put(name);
    out.text().put(": ");
    out.style(report::Style::plain);
    out.text().escaped(value);
    out.text().put('\n');
}

report::Object describe(const Part& part, const std::string& file) {
    report::Object object;
    object.emplace_back("name", text_or_null(part.name));
    object.emplace_back("type", part.type);
    object.emplace_back("size_bytes", part.decoded().size());
    if (!file.empty()) object.emplace_back("file", file);
    return object;
}

void write_text(Context& context, const Part& message, const Readable& read, const std::vector<std::string>& files) {
    report::Output& out = context.out;
    for (const std::string_view name : {"Date", "From", "To", "Cc", "Subject"})
        put_field(out, name, message.header.text(name));
    out.text().put('\n');
    put_lines(read.text, out.text());
    if (!read.attachments.empty()) out.text().put('\n');
    for (std::size_t i = 0; i < read.attachments.size(); ++i) {
        const Part& part = *read.attachments[i];
        Text& line = out.text();
        line.put("attachment ");
        line.number(i + 1);
        line.put(": ");
        line.escaped(part.name.empty() ? std::string_view("(no name)") : std::string_view(part.name));
        line.put(", ");
        line.escaped(part.type);
        line.put(", ");
        line.number(part.decoded().size());
        line.put(" bytes");
        if (!files[i].empty()) {
            line.put(", saved as ");
            line.escaped(files[i]);
        }
        line.put('\n');
    }
    out.line_done();
}

void write_record(Context& context, const Fetched& fetched, const Part& message, const Readable& read,
                  const std::vector<std::string>& files) {
    Record record(letter_record);
    record.set("number", fetched.number).set("uid", fetched.uid).set("received", fetched.received);
    record.set("flags", fetched.flags).set("size_bytes", fetched.size);
    const auto field = [&message](std::string_view name) { return text_or_null(message.header.text(name)); };
    record.set("from", field("From")).set("to", field("To")).set("cc", field("Cc")).set("date", field("Date"));
    record.set("subject", field("Subject")).set("message_id", field("Message-ID"));
    record.set("text", read.text).set("from_html", read.from_html);
    report::List attachments;
    for (std::size_t i = 0; i < read.attachments.size(); ++i)
        attachments.emplace_back(describe(*read.attachments[i], files[i]));
    record.set("attachments", std::move(attachments));
    context.out.write(record);
}

Result<void> show(Context& context, const Fetched& fetched) {
    if (context.args.has("--raw")) {
        if (context.out.terminal()) {
            put_lines(*fetched.bytes, context.out.text());
        } else {
            context.out.text().put(*fetched.bytes);
        }
        context.out.line_done();
        return {};
    }
    const Part message = fid::mail::read_message(*fetched.bytes);
    const Readable read = fid::mail::readable(message);
    std::vector<std::string> files(read.attachments.size());
    if (context.args.has("--save")) {
        auto saved = save_attachments(std::string(context.args.value("--save")), read.attachments);
        if (!saved) return std::unexpected(std::move(saved.error()));
        files = std::move(*saved);
    }
    if (context.out.plain_text())
        write_text(context, message, read, files);
    else
        write_record(context, fetched, message, read, files);
    return {};
}

Result<std::uint64_t> wanted(const Context& context) {
    return read_count("the number of a message", context.args.words()[1], 1);
}

Task<Result<void>> work(Context& context, ImapSession& session, const ImapUrl& url) {
    const Arguments& args = context.args;
    const auto number = wanted(context);
    if (!number) co_return std::unexpected(Error(number.error()));
    if (url.mailbox.empty())
        co_return fail(Status::usage, "no mailbox in", url.server.text(), {}, "imaps://USER@HOST/INBOX names one");
    const bool change = args.has("--mark-seen"), by_uid = args.has("--uid");
    auto opening = open_mailbox(session, url.mailbox, change);
    const auto exists = co_await std::move(opening);
    if (!exists) co_return std::unexpected(Error(exists.error()));
    const std::string there = "there are " + std::to_string(*exists);
    if (!by_uid && *number > *exists)
        co_return fail(Status::server_error, "no message " + std::to_string(*number) + " in", url.mailbox, there);
    Fetched fetched;
    const ImapSession::Told told = [&fetched](ImapResponse& one) { take(one, fetched); };
    std::string line = by_uid ? "UID FETCH " : "FETCH ";
    line += std::to_string(*number) + " (UID FLAGS INTERNALDATE RFC822.SIZE ";
    line += change ? "BODY[])" : "BODY.PEEK[])";
    auto asking = session.command(std::move(line), told);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return std::unexpected(Error(answer.error()));
    if (answer->status != "OK")
        co_return std::unexpected(fid::mail::imap_refusal("cannot read from", url.mailbox, *answer));
    if (!fetched.bytes)
        co_return fail(Status::server_error, "no message " + std::to_string(*number) + " in", url.mailbox, there);
    co_return show(context, fetched);
}

Status run_read(Context& context) {
    if (const auto number = wanted(context); !number) return context.log.error(number.error());
    return run_imap(context, work);
}

}  // namespace

const Command read_command{
    .name = "read",
    .summary = "one message of a mailbox, decoded",
    .description =
        "Shows message N, as fid mail list numbers them: the header's usual fields, the text in UTF-8 whatever it was "
        "sent in, and a line for each attachment. Of a message that is plain text and HTML the plain text is shown; of "
        "one that is HTML only, what is left of it without the markup. The message does not become seen.\n\n"
        "--raw gives the message's bytes. --save DIR writes the attachments there; a file gets the last part of the "
        "name that the sender gave it, no file is replaced, and nothing is written outside of DIR.",
    .positionals = {{.name = "URL", .help = "imaps://USER@HOST/MAILBOX", .required = true},
                    {.name = "N", .help = "which message; with --uid its UID", .required = true}},
    .options = with_imap_options({{.names = "--uid", .help = "N is the number that the message keeps, its UID"},
                                  {.names = "--raw", .help = "the message's bytes"},
                                  {.names = "--save",
                                   .value = "DIR",
                                   .help = "write the attachments there; it is made where it is missing",
                                   .complete = Complete::directory},
                                  {.names = "--mark-seen", .help = "let the server note that it was read"}}),
    .examples = {{"fid mail read --timeout 2s --user ann --password-file LICENSE imaps://localhost:1/INBOX 1",
                  "a port where nobody listens", 7}},
    .statuses = imap_statuses(),
    .records = {&letter_record},
    .see_also = {"mutt(1)"},
    .run = run_read};

}  // namespace fid::cmd::mail
