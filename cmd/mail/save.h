// SPDX-License-Identifier: MIT
// Attachments as files here, under names that others have chosen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mail/mime_reader.h"
#include "report/error.h"

namespace fid::cmd::mail {

/// Writes each into the folder, which is made where it is missing; gives their paths. Status cannot_write.
[[nodiscard]] Result<std::vector<std::string>> save_attachments(const std::string& directory,
                                                                const std::vector<const fid::mail::Part*>& parts);

/// What a file may be called here: the last part of the name, without control characters, no hidden file, not too long.
/// "attachment-3" where nothing is left.
[[nodiscard]] std::string safe_file_name(std::string_view name, std::size_t number);

}  // namespace fid::cmd::mail
