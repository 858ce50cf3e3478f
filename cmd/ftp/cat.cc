// SPDX-License-Identifier: MIT
// `fid ftp cat`: files to standard output.
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "cmd/ftp/ftp.h"
#include "cmd/ftp/servers.h"
#include "ftp/remote.h"
#include "ftp/transfer.h"

namespace fid::cmd::ftp {
namespace {

/// Bytes as they are, but not such that act on a terminal.
Result<void> print(report::Output& out, Bytes bytes) {
    if (out.terminal()) {
        const bool binary = std::ranges::any_of(bytes, [](std::uint8_t byte) { return byte == 0; });
        if (binary)
            return fail(Status::cannot_write, "not shown on a terminal:", "binary data", {},
                        "fid ftp get writes a file, fid ftp cat URL | less shows it");
        std::string_view rest = as_text(bytes);
        while (!rest.empty()) {
            const std::size_t end = rest.find_first_of("\n\t");
            out.text().escaped(rest.substr(0, end));
            if (end == std::string_view::npos) break;
            out.text().put(rest[end]);
            rest.remove_prefix(end + 1);
        }
    } else {
        out.text().put(as_text(bytes));
    }
    out.flush();
    // The reader has gone: not a failure, and nothing more is wanted.
    if (out.closed()) return fail(Status::success, "standard output is", "closed");
    return {};
}

Task<Result<void>> print_file(Context& context, Session& session, Source source) {
    if (!source.size && session.features().size) {
        auto asking = session.command("SIZE " + session.absolute(source.url.path));
        const auto answer = co_await std::move(asking);
        if (answer) source.size = fid::ftp::size_value(*answer);
    }
    auto retrieving = fid::ftp::retrieve(session, source.url.path, 0, source.size, false,
                                         [&](Bytes bytes) { return print(context.out, bytes); });
    auto done = co_await std::move(retrieving);
    if (!done) co_return std::unexpected(std::move(done.error()));
    co_return Result<void>();
}

Task<Status> work_cat(Servers& servers) { return on_each(servers, print_file); }

Status run_cat(Context& context) { return run_work(context, work_cat); }

}  // namespace

const Command cat_command{
    .name = "cat",
    .summary = "files to standard output",
    .description =
        "Writes each file to standard output, one after another. On a terminal control characters are shown, not "
        "obeyed, and binary files are refused.",
    .positionals = {{.name = "URL", .help = "ftp://[USER@]HOST/FILE", .required = true, .repeatable = true}},
    .options = with_ftp_options({}, false),
    .examples = {{"fid ftp cat --timeout 2s ftp://localhost:1/motd", "a server that is not there", 7}},
    .statuses = ftp_statuses(),
    .see_also = {"curl(1)"},
    .run = run_cat};

}  // namespace fid::cmd::ftp
