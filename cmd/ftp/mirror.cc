// SPDX-License-Identifier: MIT
// `fid ftp mirror`: a tree made equal to another, from the server or to it.
#include "ftp/mirror.h"

#include "cmd/ftp/ftp.h"
#include "cmd/ftp/records.h"
#include "cmd/ftp/servers.h"
#include "report/interrupt.h"
#include "report/progress.h"

namespace fid::cmd::ftp {
namespace {

using fid::ftp::MirrorEvent;
using fid::ftp::MirrorState;
using fid::ftp::MirrorSummary;

void tell(Context& context, const MirrorEvent& event) {
    // In text only what has changed or has to be looked after; -v tells the rest, too.
    const bool quiet = event.state == MirrorState::equal && context.log.verbose() == 0;
    if (context.out.plain_text() && (quiet || event.state == MirrorState::failed)) {
        if (event.state != MirrorState::failed) return;
        context.out.flush();
        context.log.error(*event.error);
        return;
    }
    TransferReport told{.path = event.path, .state = fid::ftp::name_of(event.state)};
    told.kind = fid::ftp::name_of(event.kind);
    told.done = event.transferred;
    told.size = event.size;
    told.modified = event.modified;
    told.duration = event.duration;
    if (event.error) told.error = event.error->sentence();
    write_transfer(context.out, told);
}

void summarise(Context& context, const MirrorSummary& summary, std::chrono::nanoseconds duration, bool dry_run) {
    constexpr double second = 1e9;
    if (context.out.format() == report::Format::json) {
        report::Record record(summary_record);
        record.set("copied", summary.copied).set("equal", summary.equal).set("newer", summary.newer);
        record.set("removed", summary.removed).set("skipped", summary.skipped).set("failed", summary.failed);
        record.set("directories", summary.directories).set("bytes", summary.bytes);
        record.set("connections", summary.connections).set("dry_run", dry_run);
        record.set("duration_s", static_cast<double>(duration.count()) / second);
        context.out.write(record);
        return;
    }
    context.out.flush();
    if (context.out.options().quiet) return;
    std::string line = std::to_string(summary.copied) + (dry_run ? " to copy, " : " copied, ") +
                       std::to_string(summary.equal) + " equal";
    const auto add = [&line](std::uint64_t count, std::string_view what) {
        if (count != 0) line.append(", ").append(std::to_string(count)).append(" ").append(what);
    };
    add(summary.removed, dry_run ? "to remove" : "removed");
    add(summary.newer, "newer at the destination and left alone (--force replaces them)");
    add(summary.skipped, "links or devices skipped");
    add(summary.failed, "failed");
    context.log.answer(line);
}

Status status_of(const MirrorSummary& summary) {
    if (summary.failed != 0)
        return summary.copied + summary.equal + summary.newer == 0 ? summary.first_failure : Status::partial;
    return summary.newer != 0 || summary.removal_withheld ? Status::partial : Status::success;
}

Task<Status> work_mirror(Servers& servers) {
    Context& context = servers.context();
    const auto& words = context.args.words();
    fid::ftp::MirrorSettings settings;
    settings.upload = words[0].find("://") == std::string::npos;
    if (settings.upload == (words[1].find("://") == std::string::npos))
        co_return context.log.error(
            {Status::usage, "mirror wants", "URL DIR, or DIR URL", {}, "the address with its ftp://"});
    auto url = Url::parse(words[settings.upload ? 1 : 0]);
    if (!url) co_return context.log.error(url.error());
    if (!url->pattern.empty())
        co_return context.log.error(
            {Status::usage, "a directory is mirrored, not", url->text(), {}, "--include picks files"});
    settings.remote = url->path;
    settings.local = words[settings.upload ? 0 : 1];
    settings.rules.include = context.args.values("--include");
    settings.rules.exclude = context.args.values("--exclude");
    settings.rules.force = context.args.has("--force");
    settings.rules.remove = context.args.has("--delete");
    settings.dry_run = context.args.has("--dry-run");
    auto pool = servers.of(*url);
    if (!pool) co_return context.log.error(pool.error());

    report::Progress progress("mirroring: bytes", 0, report::Results::meanwhile, context.out.options().quiet);
    std::uint64_t bytes = 0;
    fid::ftp::MirrorWatcher watcher;
    watcher.on_event = [&context](const MirrorEvent& event) { tell(context, event); };
    watcher.on_bytes = [&](std::uint64_t more) { progress.update(bytes += more); };
    watcher.stop = [&context] { return context.out.closed(); };
    const bool dry_run = settings.dry_run;
    const auto started = transport::Clock::now();
    MirrorSummary summary;
    servers.on_interrupt = [&context, &summary, started, dry_run] {
        report::clear_progress();
        summarise(context, summary, transport::Clock::now() - started, dry_run);
    };
    auto mirroring = fid::ftp::mirror(servers.executor(), **pool, std::move(settings), std::move(watcher), summary);
    const auto done = co_await std::move(mirroring);
    servers.on_interrupt = nullptr;
    report::clear_progress();
    if (summary.removal_withheld)
        context.log.warning("nothing was removed, since not all of the source could be read, or it is empty",
                            "--force removes everything where the source is empty");
    // Where nothing was begun the error says all.
    if (done || summary.directories != 0) summarise(context, summary, transport::Clock::now() - started, dry_run);
    if (done) co_return status_of(summary);
    const Status failed = context.log.error(done.error());
    co_return summary.copied + summary.equal == 0 ? failed : Status::partial;
}

Status run_mirror(Context& context) { return run_work(context, work_mirror); }

}  // namespace

const Command mirror_command{
    .name = "mirror",
    .summary = "make a directory tree equal to another, from the server or to it",
    .description =
        "URL DIR makes the directory here equal to that of the server, DIR URL the other way. Files of the same size "
        "and time are left as they are, the others are copied over several connections. What was cut, by whatever, is "
        "taken up again by the next run, from the byte on where it was cut; so a mirror may be run until nothing is "
        "left to do.\n\n"
        "A file that is newer at the destination is left alone, and status 75 tells; --force replaces it. --delete "
        "removes what the source does not have, at the end, and only if every directory of the source could be read "
        "and the source is not empty. Links and devices are skipped and counted.\n\n"
        "Where the server has only LIST, whose times are of its own zone and to the minute, MDTM tells the zone and "
        "the seconds.",
    .positionals = {{.name = "FROM", .help = "the source: ftp://[USER@]HOST/DIR, or a directory", .required = true},
                    {.name = "TO",
                     .help = "the destination: the other of the two",
                     .required = true,
                     .complete = Complete::directory}},
    .options = with_ftp_options({{.names = "--delete", .help = "remove what the source does not have"},
                                 {.names = "-n,--dry-run", .help = "tell what would be done, and do nothing"},
                                 {.names = "--include",
                                  .value = "PATTERN",
                                  .help = "only files whose name or path fits; repeat for more",
                                  .repeatable = true},
                                 {.names = "--exclude",
                                  .value = "PATTERN",
                                  .help = "no files or directories that fit; 'NAME/' is a directory",
                                  .repeatable = true},
                                 {.names = "-f,--force", .help = "replace newer files, remove for an empty source"}},
                                true),
    .examples = {{"fid ftp mirror --timeout 2s ftp://localhost:1/pub build/never", "a server that is not there", 7}},
    .statuses = ftp_statuses(),
    .records = {&transfer_record, &summary_record},
    .see_also = {"lftp(1)", "rsync(1)"},
    .run = run_mirror};

}  // namespace fid::cmd::ftp
