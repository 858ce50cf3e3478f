// SPDX-License-Identifier: MIT
// `fid ftp put`: files from here to the server.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "cmd/ftp/ftp.h"
#include "cmd/ftp/records.h"
#include "cmd/ftp/servers.h"
#include "ftp/names.h"
#include "ftp/transfer.h"
#include "report/progress.h"
#include "transport/descriptor.h"

namespace fid::cmd::ftp {
namespace {

struct Put {
    std::vector<std::string> files;
    Url target;
    bool into = false;  ///< the address is a directory's
    std::optional<report::Progress> progress;
    std::uint64_t bytes = 0;
};

Task<Result<fid::ftp::Transferred>> send_file(Context& context, Put& put, Session& session, std::string name,
                                              std::string path) {
    const bool input = name == "-";
    const transport::Descriptor opened(input ? dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about{};
    if (!opened.valid() || fstat(opened.get(), &about) != 0)
        co_return fail_errno(Status::cannot_read, "cannot read", name, errno);
    if (S_ISDIR(about.st_mode))
        co_return fail(Status::cannot_read, "a directory:", name, {}, "fid ftp mirror DIR URL sends directories");
    fid::ftp::Upload file;
    file.descriptor = opened.get();
    if (S_ISREG(about.st_mode) && !input) {
        file.size = static_cast<std::uint64_t>(about.st_size);
        file.modified = about.st_mtim.tv_sec;
    }
    file.path = std::move(path);
    file.resume = context.args.has("--resume");
    file.direct = context.args.has("--direct");
    auto uploading = fid::ftp::upload(session, std::move(file), [&put](std::uint64_t bytes) {
        put.bytes += bytes;
        if (put.progress) put.progress->update(put.bytes);
    });
    co_return co_await std::move(uploading);
}

Task<Status> send_one(Context& context, Put& put, Session& session, std::size_t index) {
    const std::string& name = put.files[index];
    const auto started = transport::Clock::now();
    TransferReport told{.local = name, .state = "copied"};
    told.path = put.into ? fid::ftp::joined(put.target.path, fid::ftp::base_name(name)) : put.target.path;
    auto sending = send_file(context, put, session, name, told.path);
    auto done = co_await std::move(sending);
    told.duration = transport::Clock::now() - started;
    if (done) {
        told.done = *done;
        told.size = done->offset + done->bytes;
        told.modified = done->modified;
    } else {
        told.state = "failed";
        told.error = done.error().sentence();
    }
    if (done || !context.out.plain_text()) write_transfer(context.out, told);
    if (done) co_return Status::success;
    context.out.flush();
    co_return context.log.error(done.error());
}

Task<Status> work_put(Servers& servers) {
    Context& context = servers.context();
    const auto& words = context.args.words();
    if (words.size() < 2)
        co_return context.log.error({Status::usage, "put wants", "FILE... URL", {}, "the address stands last"});
    auto url = Url::parse(words.back());
    if (!url) co_return context.log.error(url.error());
    if (!url->pattern.empty()) {  // to where one sends, * is a letter
        url->path = fid::ftp::joined(url->path, url->pattern);
        url->pattern.clear();
    }
    Put put{.files = {words.begin(), words.end() - 1}, .target = std::move(*url)};
    put.into = put.files.size() > 1 || put.target.directory || put.target.path.empty();
    for (const std::string& name : put.files)
        if (put.into && (name == "-" || !fid::ftp::is_plain_name(fid::ftp::base_name(name))))
            co_return context.log.error({Status::usage,
                                         "there is no name at the server for",
                                         "'" + name + "'",
                                         {},
                                         "end the address with one"});
    put.progress.emplace("sending", 0, report::Results::meanwhile, context.out.options().quiet);
    auto sending = in_parallel(
        servers, put.target, put.files.size(),
        [&context, &put](Session& session, std::size_t index) { return send_one(context, put, session, index); });
    const Status status = co_await std::move(sending);
    co_return status;
}

Status run_put(Context& context) { return run_work(context, work_put); }

}  // namespace

const Command put_command{
    .name = "put",
    .summary = "send files",
    .description =
        "Sends files to the server: one under the name that the address has, several (or where the address ends with "
        "a slash) under their own in that directory. - is standard input. A file that the server has is replaced when "
        "the new one is whole; its time is kept where the server lets it be set (MFMT).",
    .positionals = {{.name = "FILE",
                     .help = "what to send, and last the address",
                     .required = true,
                     .repeatable = true,
                     .complete = Complete::file}},
    .options = with_ftp_options(
        {{.names = "--resume", .help = "go on where an earlier attempt was cut"},
         {.names = "--direct", .help = "write under the final name at once, where the server lets nobody rename"}},
        true),
    .examples = {{"fid ftp put --timeout 2s README.md ftp://localhost:1/in/", "a server that is not there", 7}},
    .statuses = ftp_statuses(),
    .records = {&transfer_record},
    .see_also = {"curl(1)"},
    .run = run_put};

}  // namespace fid::cmd::ftp
