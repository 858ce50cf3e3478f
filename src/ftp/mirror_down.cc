// SPDX-License-Identifier: MIT
// From the server to here.
#include <map>

#include "ftp/mirror_run.h"
#include "ftp/names.h"
#include "ftp/remote.h"

namespace fid::ftp {

using transport::Task;

namespace {

class MirrorDown final : public MirrorRun {
  public:
    using MirrorRun::MirrorRun;

  protected:
    Result<void> prepare() override {
        auto top = Folder::open(settings_.local, !settings_.dry_run);
        if (top)
            top_ = std::move(*top);
        else if (!settings_.dry_run)
            return std::unexpected(std::move(top.error()));
        return {};
    }

    Task<Result<void>> examine(Session& session, MirrorJob job) override {
        auto listing_it = list_directory(session, remote(job.path));
        auto listing = co_await std::move(listing_it);
        if (!listing) co_return std::unexpected(std::move(listing.error()));
        if (listing->unread != 0)
            co_return fail(Status::protocol_violation, "cannot read the listing of", remote(job.path),
                           std::to_string(listing->unread) + " of its lines are not understood");
        if (!listing->exact && !offset_) {
            auto learning = learn_offset(session, job.path, *listing);
            auto learnt = co_await std::move(learning);
            if (!learnt) co_return learnt;
        }
        std::optional<Folder> folder;
        if (top_) {
            auto entered = top_->enter(job.path, !settings_.dry_run);
            if (!entered && !settings_.dry_run) co_return std::unexpected(std::move(entered.error()));
            if (entered) folder = std::move(*entered);
        }
        std::map<std::string, LocalEntry> here;
        if (folder) {
            auto entries = folder->list();
            if (!entries) co_return std::unexpected(std::move(entries.error()));
            for (LocalEntry& one : *entries) {
                std::string name = one.name;
                here.emplace(std::move(name), std::move(one));
            }
        }
        std::set<std::string> seen;
        for (const Entry& entry : listing->entries) take(job.path, entry, listing->exact, here, seen);
        for (const auto& [name, one] : here) {
            if (seen.contains(name)) continue;
            const std::string path = joined(job.path, name);
            if (is_partial_name(name) && one.kind == Kind::file) {
                // Of a version that the server no longer has: nothing will ever go on with it.
                if (!settings_.dry_run) [[maybe_unused]]
                    const auto removed = folder->remove(name);
            } else if (settings_.rules.wants(path, one.kind == Kind::directory)) {
                surplus(path, one.kind);
            }
        }
        co_return Result<void>();
    }

    Task<Result<Transferred>> copy(Session& session, MirrorJob job) override {
        auto folder = top_->enter(std::string(parent_path(job.path)), false);
        if (!folder) co_return std::unexpected(std::move(folder.error()));
        Download file;
        file.path = remote(job.path);
        file.name = base_name(job.path);
        file.size = job.source.size;
        file.modified = job.source.modified;
        file.resume = file.restart = file.replace = true;
        file.ask_time = !job.exact && session.features().mdtm;
        auto downloading = download(session, *folder, std::move(file), watcher_.on_bytes);
        co_return co_await std::move(downloading);
    }

    Task<Result<std::uint64_t>> remove(Session&, std::string path, Kind) override {
        auto folder = top_->enter(std::string(parent_path(path)), false);
        if (!folder) co_return std::unexpected(std::move(folder.error()));
        co_return folder->remove(std::string(base_name(path)));
    }

  private:
    [[nodiscard]] std::string remote(const std::string& path) const {
        return path.empty() ? settings_.remote : joined(settings_.remote, path);
    }

    void take(const std::string& parent, const Entry& entry, bool exact, const std::map<std::string, LocalEntry>& here,
              std::set<std::string>& seen) {
        const std::string path = joined(parent, entry.name);
        if (!is_plain_name(entry.name))
            return fail_entry(path, entry.kind,
                              {Status::protocol_violation,
                               "the server names a file",
                               "'" + entry.name + "'",
                               "that is no name within a directory",
                               {}});
        if (!settings_.rules.wants(path, entry.is_directory())) {
            seen.insert(entry.name);
            return;
        }
        if (!seen.insert(entry.name).second)
            return fail_entry(path, entry.kind,
                              {Status::protocol_violation, "the server lists twice", "'" + path + "'", {}, {}});
        const auto local = here.find(entry.name);
        if (entry.is_directory()) {
            if (local != here.end() && local->second.kind != Kind::directory)
                return fail_entry(path, entry.kind,
                                  {Status::cannot_write,
                                   "in the way of a directory is a",
                                   std::string(name_of(local->second.kind)) + ": " + path,
                                   {},
                                   {}});
            return add_directory(path);
        }
        MirrorJob job;
        job.path = path;
        job.exact = exact;
        job.source = {entry.kind, entry.size, entry.modified, entry.precision};
        if (job.source.modified && !exact) *job.source.modified += offset_.value_or(0);
        seen.insert(partial_name(entry.name, job.source.size, job.source.modified));
        std::optional<Version> copy;
        if (local != here.end()) copy = Version{local->second.kind, local->second.size, local->second.modified, 1};
        weigh(std::move(job), copy);
    }

    /// LIST shows the times of the server's zone, which it does not tell; MDTM's are in UTC (RFC 3659 section 3).
    Task<Result<void>> learn_offset(Session& session, std::string parent, const Listing& listing) {
        constexpr std::int64_t minute = 60, quarter = 900;
        for (const Entry& entry : listing.entries) {
            if (entry.kind != Kind::file || !entry.modified || entry.precision != minute) continue;
            if (!is_plain_name(entry.name)) continue;
            auto asking = modification_time(session, remote(joined(parent, entry.name)));
            auto exact = co_await std::move(asking);
            if (!exact) co_return std::unexpected(std::move(exact.error()));
            if (!*exact) break;
            const std::int64_t apart = **exact - *entry.modified;
            offset_ = (apart >= 0 ? apart : apart - quarter + 1) / quarter * quarter;
            break;
        }
        co_return Result<void>();
    }

    std::optional<Folder> top_;
    std::optional<std::int64_t> offset_;  ///< seconds to add to the times of LIST
};

}  // namespace

std::unique_ptr<MirrorRun> make_mirror_down(transport::Executor executor, Pool& pool, MirrorSettings settings,
                                            MirrorWatcher watcher, MirrorSummary& summary) {
    return std::make_unique<MirrorDown>(executor, pool, std::move(settings), std::move(watcher), summary);
}

}  // namespace fid::ftp
