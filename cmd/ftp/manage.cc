// SPDX-License-Identifier: MIT
// `fid ftp rm, mkdir, rmdir, mv, stat`: a question or a change each.
#include "cmd/ftp/ftp.h"
#include "cmd/ftp/records.h"
#include "cmd/ftp/servers.h"
#include "ftp/names.h"
#include "ftp/remote.h"

namespace fid::cmd::ftp {
namespace {

Task<Result<void>> remove_file(Context&, Session& session, Source source) {
    return fid::ftp::change(session, "DELE", std::move(source.url.path), "cannot remove");
}
Task<Result<void>> remove_directory(Context&, Session& session, Source source) {
    return fid::ftp::change(session, "RMD", std::move(source.url.path), "cannot remove the directory");
}

Task<Result<void>> make_directory(Context& context, Session& session, Source source) {
    const std::string& path = source.url.path;
    if (context.args.has("--parents")) {
        for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
            auto making = session.command("MKD " + session.absolute(path.substr(0, slash)));
            const auto answer = co_await std::move(making);  // it may be there already
            if (!answer) co_return std::unexpected(Error(answer.error()));
        }
    }
    auto making = fid::ftp::change(session, "MKD", path, "cannot make the directory");
    auto made = co_await std::move(making);
    if (made || !context.args.has("--parents") || session.broken()) co_return made;
    auto asking = session.command("CWD " + session.absolute(path));
    const auto answer = co_await std::move(asking);
    if (answer && answer->positive()) co_return Result<void>();
    co_return made;
}

Task<Result<void>> show(Context& context, Session& session, Source source) {
    auto asking = fid::ftp::stat_path(session, source.url.path);
    const auto entry = co_await std::move(asking);
    if (!entry) co_return std::unexpected(Error(entry.error()));
    const report::Record record = describe(*entry, source.url.path);
    context.out.write(record);
    co_return Result<void>();
}

Task<Status> work_rm(Servers& servers) { return on_each(servers, remove_file); }
Task<Status> work_rmdir(Servers& servers) { return on_each(servers, remove_directory); }
Task<Status> work_mkdir(Servers& servers) { return on_each(servers, make_directory); }
Task<Status> work_stat(Servers& servers) { return on_each(servers, show); }

Task<Status> work_mv(Servers& servers) {
    Context& context = servers.context();
    const auto& words = context.args.words();
    auto from = Url::parse(words[0]);
    if (!from) co_return context.log.error(from.error());
    std::string to = words[1];
    if (to.find("://") != std::string::npos) {
        auto target = Url::parse(to);
        if (!target) co_return context.log.error(target.error());
        if (target->server.text() != from->server.text())
            co_return context.log.error(
                {Status::usage, "another server:", target->text(), {}, "mv renames at one server"});
        to = target->directory ? fid::ftp::joined(target->path, fid::ftp::base_name(from->path)) : target->path;
    }
    auto taking = servers.session(*from);
    auto session = co_await std::move(taking);
    if (!session) co_return context.log.error(session.error());
    auto renaming = fid::ftp::rename_path(**session, from->path, std::move(to));
    const auto done = co_await std::move(renaming);
    (*servers.of(*from))->give(std::move(*session));
    co_return done ? Status::success : context.log.error(done.error());
}

const Positional of_file{.name = "URL", .help = "ftp://[USER@]HOST/FILE", .required = true, .repeatable = true};
const Positional of_directory{.name = "URL", .help = "ftp://[USER@]HOST/DIR", .required = true, .repeatable = true};

}  // namespace

const Command rm_command{
    .name = "rm",
    .summary = "remove files at the server",
    .description = "A pattern as the last part of the address removes all files that fit it.",
    .positionals = {of_file},
    .options = with_ftp_options({}, false),
    .examples = {{"fid ftp rm --timeout 2s ftp://localhost:1/old.txt", "a server that is not there", 7}},
    .statuses = ftp_statuses(),
    .run = [](Context& context) { return run_work(context, work_rm); }};

const Command mkdir_command{
    .name = "mkdir",
    .summary = "make directories at the server",
    .description = "Makes each directory; with -p also those on the way, and without complaint where there is one.",
    .positionals = {of_directory},
    .options = with_ftp_options({{.names = "-p,--parents", .help = "those on the way, too"}}, false),
    .examples = {{"fid ftp mkdir --timeout 2s -p ftp://localhost:1/a/b", "a server that is not there", 7}},
    .statuses = ftp_statuses(),
    .run = [](Context& context) { return run_work(context, work_mkdir); }};

const Command rmdir_command{
    .name = "rmdir",
    .summary = "remove empty directories at the server",
    .description = "Removes each directory; most servers want it to be empty.",
    .positionals = {of_directory},
    .options = with_ftp_options({}, false),
    .examples = {{"fid ftp rmdir --timeout 2s ftp://localhost:1/old", "a server that is not there", 7}},
    .statuses = ftp_statuses(),
    .run = [](Context& context) { return run_work(context, work_rmdir); }};

const Command mv_command{
    .name = "mv",
    .summary = "rename a file or directory at the server",
    .description =
        "NEW is an address of the same server, or a path at it from the directory one is in after login. Most servers "
        "replace a file that has the new name.",
    .positionals = {{.name = "URL", .help = "ftp://[USER@]HOST/FILE", .required = true},
                    {.name = "NEW", .help = "its new address or path", .required = true}},
    .options = with_ftp_options({}, false),
    .examples = {{"fid ftp mv --timeout 2s ftp://localhost:1/a b", "a server that is not there", 7}},
    .statuses = ftp_statuses(),
    .run = [](Context& context) { return run_work(context, work_mv); }};

const Command stat_command{
    .name = "stat",
    .summary = "all that the server tells about a file or directory",
    .description = "By MLST where the server has it, else out of the listing of the directory and by MDTM.",
    .positionals = {of_file},
    .options = with_ftp_options({}, false),
    .examples = {{"fid ftp stat --timeout 2s ftp://localhost:1/a", "a server that is not there", 7}},
    .statuses = ftp_statuses(),
    .records = {&entry_record},
    .run = [](Context& context) { return run_work(context, work_stat); }};

}  // namespace fid::cmd::ftp
