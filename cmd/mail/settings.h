// SPDX-License-Identifier: MIT
// The server that mail is handed to, and the loop in which that happens.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "cmd/command.h"
#include "mail/session.h"

namespace fid::cmd::mail {

using transport::Task;

/// --tls, --ehlo, --idle, --sequential, and those of dialling, behind a verb's own.
[[nodiscard]] std::vector<Option> with_server_options(std::vector<Option> own);
/// "smtp://host:587", "smtps://host", "lmtp://host", "unix:/run/lmtp", "host": status usage for anything else, for a
/// path, and for a password, which every user of the machine would see.
[[nodiscard]] Result<Endpoint> read_server(std::string_view text);
/// Without a login. The recorder is not started yet.
[[nodiscard]] Result<fid::mail::SessionSettings> read_server_settings(const Context& context, Endpoint server);

/// Records where that is wanted, and runs the work until it is done, or Ctrl-C stops it (status interrupted, and
/// `interrupted` is called first).
using Work = std::function<Task<Status>(transport::Executor, transport::Recorder*)>;
[[nodiscard]] Status run_work(Context& context, const Work& work, const std::function<void()>& interrupted);

}  // namespace fid::cmd::mail
