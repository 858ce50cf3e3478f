// SPDX-License-Identifier: MIT
// The servers of one run, each with its logins, and the loop that everything happens in.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "cmd/ftp/settings.h"
#include "ftp/pool.h"

namespace fid::cmd::ftp {

using fid::ftp::Pool;
using fid::ftp::Session;
using transport::Task;

class Servers {
  public:
    Servers(Context& context, transport::Executor executor, Settings settings)
        : context_(context), executor_(executor), settings_(std::move(settings)) {}

    [[nodiscard]] Context& context() { return context_; }
    [[nodiscard]] transport::Executor executor() const { return executor_; }
    /// The logins at an address's server; credentials are found the first time.
    [[nodiscard]] Result<Pool*> of(const Url& url);
    [[nodiscard]] Task<Result<std::unique_ptr<Session>>> session(const Url& url);
    [[nodiscard]] Task<void> close();
    /// Called before Ctrl-C ends everything: an account of what was done.
    std::function<void()> on_interrupt;

  private:
    Context& context_;
    transport::Executor executor_;
    Settings settings_;
    std::map<std::string, std::unique_ptr<Pool>> pools_;
};

/// What a verb does once there is a loop; gives its status.
using Work = Task<Status> (*)(Servers& servers);
/// Reads the options, records where that is wanted, and runs the work until it is done or Ctrl-C stops it.
[[nodiscard]] Status run_work(Context& context, Work work);

/// Success where both are, partial where they differ.
[[nodiscard]] Status joined_status(Status sum, Status one, bool first);

/// Several transfers at the same time, over as many connections as the server allows.
using Transfer = std::function<Task<Status>(Session& session, std::size_t index)>;
/// Calls `transfer` for each of `count`, over connections to the server of `url`; gives their joined status.
[[nodiscard]] Task<Status> in_parallel(Servers& servers, Url url, std::size_t count, Transfer transfer);

/// The files that a list of addresses means: patterns are filled in from listings.
struct Source {
    Url url;
    std::optional<std::uint64_t> size;
    std::optional<std::int64_t> modified;
    bool listed = false;  ///< size and time are from a listing
};
/// Errors are told here; their status is joined into `status`.
[[nodiscard]] Task<std::vector<Source>> expand(Servers& servers, std::vector<std::string> words, Status& status);

/// What is done with one file, at its server.
using Action = Task<Result<void>> (*)(Context& context, Session& session, Source source);
/// The action on each file that the command's words mean, one after another; gives the joined status.
[[nodiscard]] Task<Status> on_each(Servers& servers, Action action);

}  // namespace fid::cmd::ftp
