// SPDX-License-Identifier: MIT
// The options that all verbs of `fid ftp` have.
#pragma once

#include <vector>

#include "cmd/command.h"
#include "ftp/session.h"
#include "ftp/url.h"

namespace fid::cmd::ftp {

using fid::ftp::Url;

struct Settings {
    fid::ftp::SessionSettings session;  ///< without server, user and password
    std::size_t parallel = 1;
};

/// A verb's own options and those of all of them. `parallel` where several connections are of use.
[[nodiscard]] std::vector<Option> with_ftp_options(std::vector<Option> own, bool parallel);
[[nodiscard]] std::vector<ExitDoc> ftp_statuses();
/// The recorder is not started yet.
[[nodiscard]] Result<Settings> read_settings(Context& context);

/// Who logs in at a server: --user, the address, netrc; and the password. Status login_refused where there is none.
[[nodiscard]] Result<void> find_credentials(Context& context, const Url& url, fid::ftp::SessionSettings& session);

}  // namespace fid::cmd::ftp
