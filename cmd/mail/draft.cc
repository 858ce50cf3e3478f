// SPDX-License-Identifier: MIT
#include "cmd/mail/draft.h"

#include <algorithm>
#include <array>

#include "http/media_type.h"
#include "mail/compose.h"
#include "transport/http_head.h"

namespace fid::cmd::mail {

using fid::mail::Mailbox;
using fid::mail::SourceFile;

std::vector<Option> draft_options() {
    return {{.names = "--from", .value = "ADDRESS", .help = "who sends it: a@b, or 'Name <a@b>'", .group = "Message"},
            {.names = "--to", .value = "ADDRESS", .help = "who gets it", .group = "Message", .repeatable = true},
            {.names = "--cc", .value = "ADDRESS", .help = "who gets a copy", .group = "Message", .repeatable = true},
            {.names = "--bcc",
             .value = "ADDRESS",
             .help = "who gets a copy that the others do not see",
             .group = "Message",
             .repeatable = true},
            {.names = "--reply-to", .value = "ADDRESS", .help = "where answers go", .group = "Message"},
            {.names = "--subject", .value = "TEXT", .help = "what it is about", .group = "Message"},
            {.names = "--header",
             .value = "'NAME: VALUE'",
             .help = "a further header field, or another one in place of one that is made",
             .group = "Message",
             .repeatable = true},
            {.names = "--text",
             .value = "FILE",
             .help = "the text, UTF-8; - is standard input",
             .group = "Message",
             .complete = Complete::file},
            {.names = "--html",
             .value = "FILE",
             .help = "the text in HTML; with --text, readers choose",
             .group = "Message",
             .complete = Complete::file},
            {.names = "--attach",
             .value = "FILE",
             .help = "a file of any kind and size that goes with it",
             .group = "Message",
             .repeatable = true,
             .complete = Complete::file},
            {.names = "--eml",
             .value = "FILE",
             .help = "send this message as it is; addresses are only the envelope's",
             .group = "Message",
             .complete = Complete::file},
            {.names = "--envelope-from",
             .value = "ADDRESS",
             .help = "whom servers tell of failures (default: --from); '' for nobody",
             .group = "Message"}};
}

namespace {

Result<std::vector<Mailbox>> read_people(const Arguments& args, std::string_view option) {
    std::vector<Mailbox> all;
    for (const std::string& text : args.values(option)) {
        auto some = fid::mail::parse_mailboxes(text);
        if (!some) return some;
        std::ranges::move(*some, std::back_inserter(all));
    }
    return all;
}

Result<std::optional<std::string>> read_text(const Arguments& args, std::string_view option) {
    if (!args.has(option)) return std::nullopt;
    const auto file = SourceFile::open(std::string(args.value(option)));
    if (!file) return std::unexpected(file.error());
    auto text = (*file)->text();
    if (!text) return std::unexpected(std::move(text.error()));
    return std::move(*text);
}

Result<void> read_fields(const Arguments& args, fid::mail::Draft& draft) {
    for (const std::string& field : args.values("--header")) {
        const std::size_t colon = field.find(':');
        if (colon == std::string::npos)
            return fail(Status::usage, "not a header field:", "'" + field + "'", "it has no colon", "'NAME: VALUE'");
        draft.fields.emplace_back(field.substr(0, colon), field.substr(colon + 1));
    }
    return {};
}

Result<void> read_attachments(const Arguments& args, fid::mail::Draft& draft) {
    for (const std::string& path : args.values("--attach")) {
        auto file = SourceFile::open(path);
        if (!file) return std::unexpected(std::move(file.error()));
        const std::string name = path == "-" ? "standard-input" : path.substr(path.rfind('/') + 1);
        // Messages may not be in base64 (RFC 2046 section 5.2.1), and what readers do to texts is not for files.
        std::string_view type = http::media_type(name).name;
        if (type.starts_with("message/") || type.starts_with("multipart/")) type = "application/octet-stream";
        draft.attachments.push_back({std::move(*file), name, std::string(type)});
    }
    return {};
}

Result<void> read_ready(const Arguments& args, fid::mail::Message& message) {
    constexpr std::array<std::string_view, 6> made{"--subject", "--reply-to", "--header",
                                                   "--text",    "--html",     "--attach"};
    for (const std::string_view option : made)
        if (args.has(option))
            return fail(Status::usage, "--eml does not go with", std::string(option), {}, "the message stays as it is");
    auto file = SourceFile::open(std::string(args.value("--eml")));
    if (!file) return std::unexpected(std::move(file.error()));
    return message.add_message(std::move(*file));
}

/// The first of --from and --envelope-from that tells.
Result<std::string> read_sender(const Arguments& args, const std::vector<Mailbox>& from) {
    if (!args.has("--envelope-from")) {
        if (from.empty()) return fail(Status::usage, "there is nobody who sends it", {}, {}, "--from ADDRESS");
        return from.front().address;
    }
    std::string sender(args.value("--envelope-from"));
    if (sender.empty() || sender == "<>") return std::string();
    if (auto fit = fid::mail::check_address(sender); !fit) return std::unexpected(std::move(fit.error()));
    return sender;
}

}  // namespace

Result<Letter> read_letter(const Arguments& args) {
    fid::mail::Draft draft;
    const std::array people{std::pair{"--from", &draft.from}, std::pair{"--to", &draft.to},
                            std::pair{"--cc", &draft.cc}, std::pair{"--reply-to", &draft.reply_to}};
    for (const auto& [option, mailboxes] : people) {
        auto read = read_people(args, option);
        if (!read) return std::unexpected(std::move(read.error()));
        *mailboxes = std::move(*read);
    }
    const auto hidden = read_people(args, "--bcc");
    if (!hidden) return std::unexpected(hidden.error());
    Letter letter;
    const std::array<const std::vector<Mailbox>*, 3> lists{&draft.to, &draft.cc, &*hidden};
    for (const auto* const list : lists)
        for (const Mailbox& mailbox : *list)
            if (auto& all = letter.envelope.recipients; std::ranges::find(all, mailbox.address) == all.end())
                all.push_back(mailbox.address);
    if (letter.envelope.recipients.empty())
        return fail(Status::usage, "there is nobody to send to", {}, {}, "--to ADDRESS");
    auto sender = read_sender(args, draft.from);
    if (!sender) return std::unexpected(std::move(sender.error()));
    letter.envelope.sender = std::move(*sender);
    if (args.has("--eml")) {
        if (auto read = read_ready(args, letter.message); !read) return std::unexpected(std::move(read.error()));
        return letter;
    }
    if (draft.from.empty()) return fail(Status::usage, "there is nobody who sends it", {}, {}, "--from ADDRESS");
    draft.subject = args.value("--subject");
    for (auto [option, text] : {std::pair{"--text", &draft.text}, std::pair{"--html", &draft.html}}) {
        auto read = read_text(args, option);
        if (!read) return std::unexpected(std::move(read.error()));
        *text = std::move(*read);
    }
    if (auto read = read_fields(args, draft); !read) return std::unexpected(std::move(read.error()));
    if (auto read = read_attachments(args, draft); !read) return std::unexpected(std::move(read.error()));
    auto message = fid::mail::compose(draft);
    if (!message) return std::unexpected(std::move(message.error()));
    letter.message = std::move(*message);
    return letter;
}

}  // namespace fid::cmd::mail
