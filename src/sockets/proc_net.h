// SPDX-License-Identifier: MIT
// The text files of /proc/net (proc_pid_net(5)): where there is no sock_diag, and copies of them from elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"
#include "sockets/socket.h"

namespace fid::sockets {

enum class ProcFile : std::uint8_t { tcp, tcp6, udp, udp6, raw, raw6, unix_domain, netlink, packet };

/// Appends the sockets of a file's text. Lines that cannot be read are left out; returns how many.
std::size_t read_proc_net(ProcFile file, std::string_view text, std::vector<Socket>& sockets);

/// The file's name: "tcp6".
[[nodiscard]] std::string_view proc_file_name(ProcFile file);
/// The files of a kind.
[[nodiscard]] std::vector<ProcFile> proc_files(Kind kind, bool v4, bool v6);

/// Reads folder/NAME; nothing is appended where there is no such file, which is how a kernel says it lacks the kind.
[[nodiscard]] Result<void> read_proc_file(const std::string& folder, ProcFile file, std::vector<Socket>& sockets);

}  // namespace fid::sockets
