// SPDX-License-Identifier: MIT
// The key that questions are signed with (TSIG).
#pragma once

#include <optional>

#include "cmd/command.h"
#include "dns/tsig.h"

namespace fid::cmd::resolve {

[[nodiscard]] std::vector<Option> key_options();
/// Of -k or -y; nothing where neither was given.
[[nodiscard]] Result<std::optional<dns::TsigKey>> read_key(const Arguments& args);
/// With --verbose: what is signed with, without the secret, and that others can see it in the list of processes.
void tell_key(Context& context, const std::optional<dns::TsigKey>& key);

inline constexpr std::string_view key_manual =
    "With a TSIG key (RFC 8945) every question is signed, and only answers that are signed with the same key count. "
    "-k reads it from a file in the syntax of BIND, as tsig-keygen writes it; -y has it in the command line, where "
    "everybody on this machine can see it. Without an algorithm that one is hmac-sha256. An answer whose signature is "
    "wrong ends with status 8, a key that the server refuses (BADKEY, BADSIG, BADTIME) with 67.";

}  // namespace fid::cmd::resolve
