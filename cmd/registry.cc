// SPDX-License-Identifier: MIT
#include <array>

#include "cmd/command.h"
#include "cmd/connect/connect.h"
#include "cmd/fetch/fetch.h"
#include "cmd/ftp/ftp.h"
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/mail/mail.h"
#include "cmd/ping/ping.h"
#include "cmd/resolve/resolve.h"
#include "cmd/serve/serve.h"
#include "cmd/sniff/sniff.h"
#include "cmd/sockets/sockets.h"

namespace fid::cmd {

std::span<const Command* const> commands() {
    static constexpr std::array<const Command*, 10> all{
        &connect_command, &fetch_command,   &ftp_command,   &ipcalc_command, &mail_command,
        &ping_command,    &resolve_command, &serve_command, &sniff_command,  &sockets_command};
    return all;
}

}  // namespace fid::cmd
