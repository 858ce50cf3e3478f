// SPDX-License-Identifier: MIT
// Who logs in at a server, and with what password: options, environment, the file that ftp(1) began with, a terminal.
// Never the command line, which every user of the machine can read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/command.h"
#include "report/error.h"

namespace fid::cmd {

/// --user, --password-file and --netrc.
[[nodiscard]] std::vector<Option> with_login_options(std::vector<Option> own, std::string_view group);

struct LoginQuestion {
    std::string host;
    std::string user;                    ///< that the address names; --user goes before it
    std::string variable;                ///< of the environment: "FID_FTP_PASSWORD"
    std::vector<std::string_view> open;  ///< users who need no password
};

struct Login {
    std::string user;  ///< "" where nobody logs in
    std::optional<std::string> password;
};

/// Status login_refused where a password is needed and there is none.
[[nodiscard]] Result<Login> find_login(Context& context, const LoginQuestion& question);

struct NetrcEntry {
    std::string login, password;
};

/// The first entry for the host (and the user, where one is given), else the default. Words are separated by blanks and
/// line ends, may be quoted, and # begins a comment; macdef reaches to an empty line.
[[nodiscard]] std::optional<NetrcEntry> find_in_netrc(std::string_view text, std::string_view host,
                                                      std::string_view user);

}  // namespace fid::cmd
