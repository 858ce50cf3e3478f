// SPDX-License-Identifier: MIT
// fid resolve --decode: messages that come from somewhere else than a server.
#pragma once

#include "cmd/resolve/settings.h"
#include "report/record.h"

namespace fid::cmd::resolve {

extern const report::RecordType message_record;

[[nodiscard]] std::vector<Option> decode_options();
[[nodiscard]] bool wants_decode(const Arguments& args);
/// There is nobody to ask for names. Status usage.
[[nodiscard]] Result<void> check_decode(const Arguments& args);
/// Shows the messages.
[[nodiscard]] Status decode(Context& context, const Settings& settings);

inline constexpr std::string_view decode_manual =
    "--decode asks nobody: it shows messages that are there already, as hexadecimal digits in the command line, in a "
    "file or on standard input (also as xxd, hexdump -C and tshark -x write them), as raw bytes in a file, or as the "
    "base64 of DNS over HTTPS (?dns=...). Several messages stand behind their lengths, as over TCP. What is there of "
    "a broken message is shown, and where it is broken; the status is 3 then.";

}  // namespace fid::cmd::resolve
