// SPDX-License-Identifier: MIT
#include "ftp/mirror.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "ftp/mirror_run.h"
#include "ftp/names.h"

namespace fid::ftp {

using transport::Clock;
using transport::Task;

namespace {

constexpr unsigned most_attempts = 3;

/// Further files would fail in the same way.
bool disk_is_full(const Error& error) {
    if (error.status == Status::cannot_write)
        return error.cause == std::strerror(ENOSPC) || error.cause == std::strerror(EDQUOT);
    return error.status == Status::server_error && (error.cause.starts_with("452") || error.cause.starts_with("552"));
}

}  // namespace

std::string_view name_of(MirrorState state) {
    constexpr std::array<std::string_view, 6> names{"copied", "equal", "newer", "removed", "skipped", "failed"};
    return names[static_cast<std::size_t>(state)];
}

MirrorRun::MirrorRun(transport::Executor executor, Pool& pool, MirrorSettings settings, MirrorWatcher watcher,
                     MirrorSummary& summary)
    : settings_(std::move(settings)),
      watcher_(std::move(watcher)),
      summary_(summary),
      executor_(executor),
      pool_(pool),
      changed_(executor, transport::Timer::time_point::max()) {}

void MirrorRun::add_directory(std::string path) {
    if (static_cast<std::size_t>(std::ranges::count(path, '/')) >= deepest) {
        fail_entry(path, Kind::directory, {Status::protocol_violation, "too deep:", path, {}, {}});
        incomplete_ = true;
        return;
    }
    directories_.push_back({.path = std::move(path)});
    changed_.cancel();
}

void MirrorRun::add_file(MirrorJob job) {
    files_.push_back(std::move(job));
    changed_.cancel();
}

void MirrorRun::tell(MirrorEvent event) {
    switch (event.state) {
        case MirrorState::copied:
            ++summary_.copied;
            break;
        case MirrorState::equal:
            ++summary_.equal;
            break;
        case MirrorState::newer:
            ++summary_.newer;
            break;
        case MirrorState::removed:
            break;  // counted where one directory may have been many files
        case MirrorState::skipped:
            ++summary_.skipped;
            break;
        case MirrorState::failed:
            ++summary_.failed;
            break;
    }
    if (event.state == MirrorState::failed && summary_.first_failure == Status::success)
        summary_.first_failure = event.error->status;
    summary_.bytes += event.transferred.bytes;
    watcher_.on_event(event);
}

void MirrorRun::fail_entry(std::string path, Kind kind, Error error) {
    MirrorEvent event;
    event.path = std::move(path);
    event.kind = kind;
    event.state = MirrorState::failed;
    event.error = std::move(error);
    tell(std::move(event));
}

void MirrorRun::surplus(std::string path, Kind kind) {
    if (settings_.rules.remove) surplus_.push_back({std::move(path), kind});
}

void MirrorRun::weigh(MirrorJob job, const std::optional<Version>& destination) {
    MirrorEvent event;
    event.path = job.path;
    event.kind = job.source.kind;
    event.size = job.source.size;
    event.modified = job.source.modified;
    if (job.source.kind != Kind::file) {
        event.state = MirrorState::skipped;
        event.error = Error{Status::success, "not copied:", job.path, "it is no regular file", {}};
        return tell(std::move(event));
    }
    const Verdict verdict = destination ? compare(job.source, *destination, settings_.rules.force) : Verdict::copy;
    if (verdict == Verdict::conflict)
        return fail_entry(job.path, job.source.kind,
                          {Status::cannot_write,
                           "in the way of a file is a",
                           std::string(name_of(destination->kind)) + ": " + job.path,
                           {},
                           {}});
    if (verdict == Verdict::copy && !settings_.dry_run) return add_file(std::move(job));
    event.state = verdict == Verdict::copy    ? MirrorState::copied
                  : verdict == Verdict::newer ? MirrorState::newer
                                              : MirrorState::equal;
    tell(std::move(event));
}

Task<Result<void>> MirrorRun::run() {
    if (auto prepared = prepare(); !prepared) co_return prepared;
    add_directory("");
    workers_ = pool_.most();
    for (std::size_t i = 0; i < pool_.most(); ++i) {
        auto working = work(*this);
        transport::asio::co_spawn(executor_, std::move(working), transport::asio::detached);
    }
    while (workers_ != 0) {
        co_await changed_.async_wait(transport::as_task);
    }
    if (!stopped() && !(directories_.empty() && files_.empty()))
        fatal_ = Error{Status::receive_failure,
                       "there is no connection left for",
                       settings_.remote,
                       std::to_string(files_.size() + directories_.size()) + " files and directories remain",
                       {}};
    if (!stopped()) {
        auto removing = remove_surplus();
        co_await std::move(removing);
    }
    if (fatal_) co_return std::unexpected(std::move(*fatal_));
    co_return Result<void>();
}

Task<void> MirrorRun::work(MirrorRun& run) {
    auto working = run.work_on();
    co_await std::move(working);
    --run.workers_;
    run.changed_.cancel();
}

/// Directories first: they tell what there is to do for the others. False where nothing is left.
Task<bool> MirrorRun::next(MirrorJob& job, bool& directory) {
    while (!stopped()) {
        directory = !directories_.empty();
        auto& queue = directory ? directories_ : files_;
        if (!queue.empty()) {
            job = std::move(queue.front());
            queue.pop_front();
            ++busy_;
            co_return true;
        }
        if (busy_ == 0) break;
        co_await changed_.async_wait(transport::as_task);
    }
    co_return false;
}

Task<void> MirrorRun::work_on() {
    std::unique_ptr<Session> session;
    MirrorJob job;
    bool directory = false;
    while (true) {
        auto waiting = next(job, directory);
        const bool more = co_await std::move(waiting);
        if (!more) break;
        if (!session) {
            auto taking = pool_.take();
            auto taken = co_await std::move(taking);
            if (!taken || !*taken) {
                // Others go on with what the server allows; without any there is nothing to go on with.
                if (!taken && !fatal_) fatal_ = std::move(taken.error());
                (directory ? directories_ : files_).push_front(std::move(job));
                --busy_;
                break;
            }
            session = std::move(*taken);
            summary_.connections = std::max(summary_.connections, pool_.in_use());
        }
        auto handling = handle(session, std::move(job), directory);
        co_await std::move(handling);
        --busy_;
        changed_.cancel();
    }
    changed_.cancel();
    if (session) pool_.give(std::move(session));
}

Task<void> MirrorRun::handle(std::unique_ptr<Session>& session, MirrorJob job, bool directory) {
    const auto started = Clock::now();
    std::optional<Error> error;
    if (directory) {
        auto examining = examine(*session, job);
        auto examined = co_await std::move(examining);
        if (examined)
            ++summary_.directories;
        else
            error = std::move(examined.error());
    } else {
        auto copying = copy(*session, job);
        auto copied = co_await std::move(copying);
        if (copied) {
            MirrorEvent event;
            event.path = job.path;
            event.state = MirrorState::copied;
            event.size = job.source.size;
            event.modified = copied->modified;
            event.transferred = *copied;
            event.duration = Clock::now() - started;
            tell(std::move(event));
        } else {
            error = std::move(copied.error());
        }
    }
    const bool lost = session->broken();
    if (lost) pool_.give(std::move(session));
    if (error) settle(std::move(job), directory, std::move(*error), lost);
}

/// A job that failed: again, where it was the connection's fault.
void MirrorRun::settle(MirrorJob job, bool directory, Error error, bool session_lost) {
    const bool cut = error.status == Status::truncated || error.status == Status::receive_failure ||
                     error.status == Status::send_failure || error.status == Status::timeout;
    if ((cut || session_lost) && ++job.attempts < most_attempts && !stopped()) {
        (directory ? directories_ : files_).push_back(std::move(job));
        return;
    }
    if ((directory && job.path.empty()) || disk_is_full(error)) {
        if (!fatal_) fatal_ = std::move(error);
        return;
    }
    if (directory) incomplete_ = true;
    fail_entry(job.path, directory ? Kind::directory : Kind::file, std::move(error));
}

Task<void> MirrorRun::remove_surplus() {
    if (surplus_.empty()) co_return;
    // A source that is suddenly empty is more often a mistake than what somebody wants to have everywhere.
    const bool empty = summary_.copied + summary_.equal + summary_.newer + summary_.skipped + summary_.failed == 0 &&
                       summary_.directories == 1;
    if (incomplete_ || (empty && !settings_.rules.force)) {
        summary_.removal_withheld = true;
        co_return;
    }
    auto taking = pool_.take();
    auto session = co_await std::move(taking);
    if (!session || !*session) {
        if (!session) fatal_ = std::move(session.error());
        summary_.removal_withheld = true;
        co_return;
    }
    for (Surplus& one : surplus_) {
        if (stopped()) break;
        std::optional<Error> error;
        if (!settings_.dry_run) {
            auto removing = remove(**session, one.path, one.kind);
            auto removed = co_await std::move(removing);
            if (removed)
                summary_.removed += *removed;
            else
                error = std::move(removed.error());
        } else {
            ++summary_.removed;
        }
        if (error) {
            fail_entry(one.path, one.kind, std::move(*error));
            continue;
        }
        MirrorEvent event;
        event.path = std::move(one.path);
        event.kind = one.kind;
        event.state = MirrorState::removed;
        tell(std::move(event));
    }
    pool_.give(std::move(*session));
}

Task<Result<void>> mirror(transport::Executor executor, Pool& pool, MirrorSettings settings, MirrorWatcher watcher,
                          MirrorSummary& summary) {
    const bool up = settings.upload;
    const auto run = up ? make_mirror_up(executor, pool, std::move(settings), std::move(watcher), summary)
                        : make_mirror_down(executor, pool, std::move(settings), std::move(watcher), summary);
    auto running = run->run();
    auto done = co_await std::move(running);
    co_return done;
}

}  // namespace fid::ftp
