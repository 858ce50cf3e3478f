// SPDX-License-Identifier: MIT
// `fid ftp get`: files into a directory here.
#include <filesystem>

#include "cmd/ftp/ftp.h"
#include "cmd/ftp/records.h"
#include "cmd/ftp/servers.h"
#include "ftp/names.h"
#include "ftp/transfer.h"
#include "report/progress.h"

namespace fid::cmd::ftp {
namespace {

using fid::ftp::Download;
using fid::ftp::Folder;

/// What all transfers of the run share.
struct Get {
    Folder folder;
    std::string output;  ///< --output: the name of the only file
    std::vector<Source> sources;
    std::optional<report::Progress> progress;
    std::uint64_t bytes = 0;
};

/// What the listing does not tell: size and time, asked for in one write.
Task<Result<void>> ask(Session& session, Download& file) {
    const auto& features = session.features();
    const std::string path = session.absolute(file.path);
    std::vector<std::string> lines;
    const bool size = !features.known || features.size, time = !features.known || features.mdtm;
    if (size) lines.push_back("SIZE " + path);
    if (time) lines.push_back("MDTM " + path);
    if (lines.empty()) co_return Result<void>();
    auto asking = session.commands(std::move(lines));
    const auto answers = co_await std::move(asking);
    if (!answers) co_return std::unexpected(Error(answers.error()));
    if (size) file.size = fid::ftp::size_value(answers->front());
    const auto& last = answers->back();
    if (time && last.code == 213) file.modified = fid::ftp::time_value(last.lines.back());
    co_return Result<void>();
}

/// --resume where the whole name is there: it is the beginning that an earlier program left, or all of it.
bool adopt(const Get& get, const Download& file) {
    const auto here = get.folder.look(file.name);
    if (!here || !file.size || here->kind != fid::ftp::Kind::file) return false;
    if (here->size == *file.size) return true;
    if (here->size < *file.size) [[maybe_unused]]
        const auto renamed =
            get.folder.rename(file.name, fid::ftp::partial_name(file.name, file.size, file.modified), false);
    return false;
}

Task<Status> fetch_one(Context& context, Get& get, Session& session, std::size_t index) {
    const Source& source = get.sources[index];
    const auto started = transport::Clock::now();
    Download file;
    file.path = source.url.path;
    file.name = get.output.empty() ? std::string(fid::ftp::base_name(source.url.path)) : get.output;
    file.size = source.size;
    file.modified = source.modified;
    file.resume = context.args.has("--resume");
    file.replace = context.args.has("--force");
    Result<void> ready;
    if (!fid::ftp::is_plain_name(file.name))
        ready = fail(Status::usage, "no file is named by", source.url.text(), {}, "fid ftp mirror fetches directories");
    else if (!source.listed) {
        auto asking = ask(session, file);
        ready = co_await std::move(asking);
    }
    TransferReport told{.path = source.url.path, .local = get.folder.text(file.name), .state = "copied"};
    if (ready && file.resume && adopt(get, file)) {
        told.state = "equal";
    } else if (ready) {
        const auto size = file.size;
        const auto modified = file.modified;
        auto downloading = fid::ftp::download(session, get.folder, std::move(file), [&get](std::uint64_t bytes) {
            get.bytes += bytes;
            if (get.progress) get.progress->update(get.bytes);
        });
        auto done = co_await std::move(downloading);
        if (done) {
            told.done = *done;
            told.size = size ? size : std::optional(done->offset + done->bytes);
            told.modified = done->modified ? done->modified : modified;
        } else {
            ready = std::unexpected(std::move(done.error()));
        }
    }
    told.duration = transport::Clock::now() - started;
    if (!ready) {
        told.state = "failed";
        told.error = ready.error().sentence();
    }
    if (ready || !context.out.plain_text()) write_transfer(context.out, told);
    if (ready) co_return Status::success;
    context.out.flush();
    co_return context.log.error(ready.error());
}

Task<Status> work_get(Servers& servers) {
    Context& context = servers.context();
    Status status = Status::success;
    std::string directory(context.args.value("--directory")), output(context.args.value("--output"));
    if (const std::filesystem::path path(output); path.has_parent_path() && !output.empty()) {
        directory = path.parent_path();
        output = path.filename();
    }
    auto folder = Folder::open(directory.empty() ? "." : directory, context.args.has("--directory"));
    if (!folder) co_return context.log.error(folder.error());
    auto expanding = expand(servers, context.args.words(), status);
    auto sources = co_await std::move(expanding);
    if (sources.empty()) co_return status;
    if (!output.empty() && sources.size() != 1)
        co_return context.log.error({Status::usage,
                                     "--output names one file, and these are",
                                     std::to_string(sources.size()),
                                     {},
                                     "--directory DIR takes several"});
    std::uint64_t total = 0;
    for (const Source& source : sources) total += source.size.value_or(0);
    Get get{.folder = std::move(*folder), .output = std::move(output)};
    get.progress.emplace("fetching", total, report::Results::meanwhile, context.out.options().quiet);
    bool first = status == Status::success;
    while (!sources.empty()) {
        // Those of one server together, over its connections.
        const Url url = sources.front().url;
        const auto same = [&](const Source& source) {
            return source.url.server.text() == url.server.text() && source.url.server.user == url.server.user;
        };
        get.sources.clear();
        std::ranges::copy_if(sources, std::back_inserter(get.sources), same);
        std::erase_if(sources, same);
        auto fetching = in_parallel(
            servers, url, get.sources.size(),
            [&context, &get](Session& session, std::size_t index) { return fetch_one(context, get, session, index); });
        const Status one = co_await std::move(fetching);
        status = joined_status(status, one, first);
        first = false;
    }
    co_return status;
}

Status run_get(Context& context) { return run_work(context, work_get); }

}  // namespace

const Command get_command{
    .name = "get",
    .summary = "fetch files",
    .description =
        "Fetches each file into the current directory, or that of --directory, with its time. A pattern as the last "
        "part of the address fetches all files that fit it: ftp://host/pub/*.iso\n\n"
        "A file that is there already is not touched without --force. What is cut short is kept as "
        ".NAME.fidpart-12345678, and --resume goes on with it, if the server still has the same version: its size and "
        "time are part of the name. --resume also goes on with the beginning that another program left under the "
        "file's own name.",
    .positionals = {{.name = "URL", .help = "ftp://[USER@]HOST/FILE", .required = true, .repeatable = true}},
    .options = with_ftp_options(
        {{.names = "-d,--directory",
          .value = "DIR",
          .help = "put the files there; it is made where it is missing",
          .complete = Complete::directory},
         {.names = "-o,--output", .value = "FILE", .help = "the name of the one file here", .complete = Complete::file},
         {.names = "-f,--force", .help = "replace files that are here"},
         {.names = "--resume", .help = "go on where an earlier attempt was cut"}},
        true),
    .examples = {{"fid ftp get --timeout 2s ftp://localhost:1/pub/a.iso", "a server that is not there", 7}},
    .statuses = ftp_statuses(),
    .records = {&transfer_record},
    .see_also = {"curl(1)", "wget(1)"},
    .run = run_get};

}  // namespace fid::cmd::ftp
