// SPDX-License-Identifier: MIT
// What is told of a run of the server: where it listens, each connection at its end, the sum of all.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "cmd/command.h"
#include "cmd/serve/session.h"
#include "transport/listen.h"

namespace fid::cmd::serve {

extern const report::RecordType listening_record, closed_record, summary_record;

enum class LogForm : std::uint8_t { none, common, json };

/// Its functions may be called by several threads at once.
class Account {
  public:
    /// `service` is what the records call it. --log-file is opened here: status cannot_write.
    [[nodiscard]] static Result<std::unique_ptr<Account>> make(Context& context, std::string service);
    ~Account();

    void listening(const transport::Listener& listener);
    /// A connection is over; `how` as its service, or the handshake, ended.
    void closed(const Session& session, const Result<void>& how);
    /// One was turned away, as there were too many.
    void shed();
    void summary();
    /// Whole lines about requests, in the form of the log, or as JSON where that is what standard output gets.
    void requests(std::string_view lines);
    [[nodiscard]] LogForm form() const;
    /// The descriptor of the log: programs' standard error goes there, too; -1 = ours.
    [[nodiscard]] int log_descriptor() const;

  private:
    struct State;
    explicit Account(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

[[nodiscard]] std::vector<Option> account_options();

}  // namespace fid::cmd::serve
