// SPDX-License-Identifier: MIT
// From here to the server.
#include <map>

#include "ftp/mirror_run.h"
#include "ftp/names.h"
#include "ftp/remote.h"

namespace fid::ftp {

using transport::Task;

namespace {

class MirrorUp final : public MirrorRun {
  public:
    using MirrorRun::MirrorRun;

  protected:
    Result<void> prepare() override {
        auto top = Folder::open(settings_.local, false);
        if (!top) return std::unexpected(std::move(top.error()));
        top_ = std::move(*top);
        return {};
    }

    Task<Result<void>> examine(Session& session, MirrorJob job) override {
        auto folder = top_->enter(job.path, false);
        if (!folder) co_return std::unexpected(std::move(folder.error()));
        auto entries = folder->list();
        if (!entries) co_return std::unexpected(std::move(entries.error()));
        auto reading = read_remote(session, job.path);
        auto there = co_await std::move(reading);
        if (!there) co_return std::unexpected(std::move(there.error()));
        std::set<std::string> seen;
        for (const LocalEntry& one : *entries) {
            const std::string path = joined(job.path, one.name);
            seen.insert(one.name);
            if (!settings_.rules.wants(path, one.kind == Kind::directory) || is_partial_name(one.name)) continue;
            if (auto fit = check_argument(one.name); !fit) {
                fail_entry(path, one.kind, std::move(fit.error()));
                continue;
            }
            const auto found = there->find(one.name);
            if (one.kind == Kind::directory) {
                if (found == there->end() || found->second.is_directory())
                    add_directory(path);
                else
                    fail_entry(path, one.kind,
                               {Status::server_error,
                                "in the way of a directory is a",
                                std::string(name_of(found->second.kind)) + ": " + path,
                                {},
                                {}});
                continue;
            }
            MirrorJob file;
            file.path = path;
            file.source = {one.kind, one.size, one.modified, 1};
            seen.insert(partial_name(one.name, one.size, one.modified));
            std::optional<Version> copy;
            if (found != there->end()) {
                const Entry& entry = found->second;
                copy = Version{entry.kind, entry.size, entry.modified, entry.precision};
                // Where the server does not take over our times, its own tell when the copy was made.
                if (!session.features().mfmt && copy->modified && *copy->modified >= one.modified)
                    copy->modified.reset();
            }
            weigh(std::move(file), copy);
        }
        for (const auto& [name, entry] : *there)
            if (!seen.contains(name) && is_plain_name(name)) {
                const std::string path = joined(job.path, name);
                if (settings_.rules.wants(path, entry.is_directory())) surplus(path, entry.kind);
            }
        co_return Result<void>();
    }

    Task<Result<Transferred>> copy(Session& session, MirrorJob job) override {
        auto folder = top_->enter(std::string(parent_path(job.path)), false);
        if (!folder) co_return std::unexpected(std::move(folder.error()));
        const auto source = folder->read(std::string(base_name(job.path)));
        if (!source) co_return std::unexpected(Error(source.error()));
        Upload file;
        file.descriptor = source->get();
        file.size = job.source.size;
        file.modified = job.source.modified;
        file.path = remote(job.path);
        file.resume = true;
        auto uploading = upload(session, std::move(file), watcher_.on_bytes);
        co_return co_await std::move(uploading);
    }

    Task<Result<std::uint64_t>> remove(Session& session, std::string path, Kind kind) override {
        std::uint64_t count = 1;
        if (kind == Kind::directory) {
            auto reading = list_directory(session, remote(path));
            auto listing = co_await std::move(reading);
            if (!listing) co_return std::unexpected(std::move(listing.error()));
            for (const Entry& entry : listing->entries) {
                if (!is_plain_name(entry.name)) continue;  // then the directory is not empty, and stays
                auto removing = remove(session, joined(path, entry.name), entry.kind);
                auto removed = co_await std::move(removing);
                if (!removed) co_return removed;
                count += *removed;
            }
        }
        auto removing = change(session, kind == Kind::directory ? "RMD" : "DELE", remote(path), "cannot remove");
        auto removed = co_await std::move(removing);
        if (!removed) co_return std::unexpected(std::move(removed.error()));
        co_return count;
    }

  private:
    [[nodiscard]] std::string remote(const std::string& path) const {
        return path.empty() ? settings_.remote : joined(settings_.remote, path);
    }

    /// What the server has there; a directory that does not exist is made.
    Task<Result<std::map<std::string, Entry>>> read_remote(Session& session, std::string path) {
        std::map<std::string, Entry> there;
        const std::string whole = remote(path);
        auto reading = list_directory(session, whole);
        auto listing = co_await std::move(reading);
        if (!listing) {
            if (listing.error().status != Status::server_error || session.broken())
                co_return std::unexpected(std::move(listing.error()));
            if (settings_.dry_run) co_return there;
            auto making = change(session, "MKD", whole, "cannot make the directory");
            auto made = co_await std::move(making);
            if (!made) co_return std::unexpected(std::move(made.error()));
            co_return there;
        }
        if (listing->unread != 0)
            co_return fail(Status::protocol_violation, "cannot read the listing of", whole,
                           std::to_string(listing->unread) + " of its lines are not understood");
        for (Entry& entry : listing->entries) {
            std::string name = entry.name;
            there.emplace(std::move(name), std::move(entry));
        }
        co_return there;
    }

    std::optional<Folder> top_;
};

}  // namespace

std::unique_ptr<MirrorRun> make_mirror_up(transport::Executor executor, Pool& pool, MirrorSettings settings,
                                          MirrorWatcher watcher, MirrorSummary& summary) {
    return std::make_unique<MirrorUp>(executor, pool, std::move(settings), std::move(watcher), summary);
}

}  // namespace fid::ftp
