// SPDX-License-Identifier: MIT
// `fid serve DIR`: the files of a folder over HTTP.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cmd/command.h"
#include "report/record.h"

namespace fid::cmd::serve {

/// The options that only folders know.
[[nodiscard]] std::vector<Option> files_options();

extern const report::RecordType request_record;

/// The manual's paragraphs about it.
extern const std::string_view files_manual;

/// Is the first word of the command a folder's name rather than that of a service?
[[nodiscard]] bool names_folder(std::string_view word);

/// Serves until Ctrl-C (status interrupted) or SIGTERM. Status usage, cannot_read, bad_input for the users' file, and
/// what listen() says.
[[nodiscard]] Status serve_files(Context& context, const std::string& directory);

}  // namespace fid::cmd::serve
