// SPDX-License-Identifier: MIT
// `fid ftp ls`: directories, as a table or as records.
#include <algorithm>
#include <array>
#include <deque>

#include "cmd/ftp/ftp.h"
#include "cmd/ftp/records.h"
#include "cmd/ftp/servers.h"
#include "ftp/mirror_run.h"
#include "ftp/names.h"
#include "ftp/remote.h"

namespace fid::cmd::ftp {
namespace {

using fid::ftp::Entry;

void write_one(Context& context, const Entry& entry, const std::string& path) {
    report::Output& out = context.out;
    const bool details = context.args.has("--long") || out.terminal();
    if (out.plain_text() && !details) {
        // A name to a line; what would be another line or act on a terminal is escaped.
        out.text().escaped(path);
        if (entry.is_directory()) out.text().put('/');
        out.text().put('\n');
        return out.line_done();
    }
    write_entry(out, describe(entry, path));
}

Task<Result<void>> list(Context& context, Session& session, Url url) {
    const bool recursive = context.args.has("--recursive");
    std::deque<std::string> directories{""};  // from the address's path
    while (!directories.empty() && !context.out.closed()) {
        const std::string inside = std::move(directories.front());
        directories.pop_front();
        auto reading =
            fid::ftp::list_directory(session, inside.empty() ? url.path : fid::ftp::joined(url.path, inside));
        auto listing = co_await std::move(reading);
        if (!listing && inside.empty() && url.pattern.empty() && !url.directory && !session.broken() &&
            listing.error().status == Status::server_error) {
            auto asking = fid::ftp::stat_path(session, url.path);
            const auto entry = co_await std::move(asking);
            if (entry && !entry->is_directory()) {
                write_one(context, *entry, entry->name);
                co_return Result<void>();
            }
        }
        if (!listing) co_return std::unexpected(std::move(listing.error()));
        if (listing->unread != 0)
            context.log.warning(std::to_string(listing->unread) + " lines of the listing are not understood",
                                "-vv shows what the server can do");
        std::ranges::sort(listing->entries, {}, &Entry::name);
        for (const Entry& entry : listing->entries) {
            if (!url.pattern.empty() && !fid::ftp::fits(url.pattern, entry.name)) continue;
            const std::string path = fid::ftp::joined(inside, entry.name);
            write_one(context, entry, path);
            const bool deeper = static_cast<std::size_t>(std::ranges::count(path, '/')) < fid::ftp::deepest;
            if (recursive && entry.is_directory() && fid::ftp::is_plain_name(entry.name) && deeper)
                directories.push_back(path);
        }
    }
    co_return Result<void>();
}

Task<Status> work_ls(Servers& servers) {
    Context& context = servers.context();
    Status status = Status::success;
    bool first = true;
    for (const std::string& word : context.args.words()) {
        auto url = Url::parse(word);
        Result<void> done;
        if (url) {
            auto taking = servers.session(*url);
            auto session = co_await std::move(taking);
            if (session) {
                auto listing = list(context, **session, *url);
                done = co_await std::move(listing);
                (*servers.of(*url))->give(std::move(*session));
            } else {
                done = std::unexpected(std::move(session.error()));
            }
        } else {
            done = std::unexpected(std::move(url.error()));
        }
        if (!done) context.out.flush();
        status = joined_status(status, done ? Status::success : context.log.error(done.error()), first);
        first = false;
    }
    co_return status;
}

Status run_ls(Context& context) { return run_work(context, work_ls); }

}  // namespace

const Command ls_command{
    .name = "ls",
    .summary = "list directories",
    .description =
        "On a terminal a table, in a pipe a name to a line, with a slash behind that of a directory; -l always gives "
        "the table's columns. A pattern as the last part of the address picks names: ftp://host/pub/*.iso\n\n"
        "MLSD is asked for where the server has it, LIST otherwise, whose times are of the server's zone and often to "
        "the minute only. Names that begin with a dot are shown.",
    .positionals = {{.name = "URL", .help = "ftp://[USER@]HOST/DIR", .required = true, .repeatable = true}},
    .options = with_ftp_options({{.names = "-l,--long", .help = "kind, permissions, owner, size and time, too"},
                                 {.names = "-R,--recursive", .help = "directories in it, too"}},
                                false),
    .examples = {{"fid ftp ls --timeout 2s ftp://localhost:1/pub/", "a server that is not there", 7}},
    .statuses = ftp_statuses(),
    .records = {&entry_record},
    .see_also = {"lftp(1)"},
    .run = run_ls};

}  // namespace fid::cmd::ftp
