// SPDX-License-Identifier: MIT
// The work of a mirror, whichever way it goes: a queue of directories and files, and a worker for each connection.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ftp/mirror.h"

namespace fid::ftp {

/// One directory to read or one file to copy.
struct MirrorJob {
    std::string path;  ///< from the mirror's top; "" is the top
    Version source;
    bool exact = true;      ///< the source's time needs no MDTM
    unsigned attempts = 0;  ///< that were cut short
};

class MirrorRun {
  public:
    MirrorRun(transport::Executor executor, Pool& pool, MirrorSettings settings, MirrorWatcher watcher,
              MirrorSummary& summary);
    virtual ~MirrorRun() = default;
    MirrorRun(const MirrorRun&) = delete;
    MirrorRun& operator=(const MirrorRun&) = delete;

    [[nodiscard]] transport::Task<Result<void>> run();

  protected:
    /// Before the first directory.
    [[nodiscard]] virtual Result<void> prepare() = 0;
    /// Reads both sides of a directory and adds what is to be done.
    [[nodiscard]] virtual transport::Task<Result<void>> examine(Session& session, MirrorJob job) = 0;
    [[nodiscard]] virtual transport::Task<Result<Transferred>> copy(Session& session, MirrorJob job) = 0;
    /// Removes a file or directory from the destination; gives how many it were.
    [[nodiscard]] virtual transport::Task<Result<std::uint64_t>> remove(Session& session, std::string path,
                                                                        Kind kind) = 0;

    void add_directory(std::string path);
    void add_file(MirrorJob job);
    void tell(MirrorEvent event);
    void fail_entry(std::string path, Kind kind, Error error);
    /// Is to go at the end, if all of the source could be read.
    void surplus(std::string path, Kind kind);
    /// Judges one entry of the source; adds the file where it is to be copied.
    void weigh(MirrorJob job, const std::optional<Version>& destination);

    MirrorSettings settings_;
    MirrorWatcher watcher_;
    MirrorSummary& summary_;

  private:
    struct Surplus {
        std::string path;
        Kind kind;
    };
    static transport::Task<void> work(MirrorRun& run);
    transport::Task<void> work_on();
    transport::Task<bool> next(MirrorJob& job, bool& directory);
    transport::Task<void> handle(std::unique_ptr<Session>& session, MirrorJob job, bool directory);
    void settle(MirrorJob job, bool directory, Error error, bool session_lost);
    transport::Task<void> remove_surplus();
    [[nodiscard]] bool stopped() const { return fatal_ || (watcher_.stop && watcher_.stop()); }

    transport::Executor executor_;
    Pool& pool_;
    transport::Timer changed_;  ///< never due; cancelled whenever a job is added or done
    std::deque<MirrorJob> directories_, files_;
    std::vector<Surplus> surplus_;
    std::size_t workers_ = 0, busy_ = 0;
    bool incomplete_ = false;  ///< a directory of the source could not be read
    std::optional<Error> fatal_;
};

/// Deeper than any tree that is meant; a server's links can make one without end.
inline constexpr std::size_t deepest = 100;

[[nodiscard]] std::unique_ptr<MirrorRun> make_mirror_down(transport::Executor executor, Pool& pool,
                                                          MirrorSettings settings, MirrorWatcher watcher,
                                                          MirrorSummary& summary);
[[nodiscard]] std::unique_ptr<MirrorRun> make_mirror_up(transport::Executor executor, Pool& pool,
                                                        MirrorSettings settings, MirrorWatcher watcher,
                                                        MirrorSummary& summary);

}  // namespace fid::ftp
