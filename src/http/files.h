// SPDX-License-Identifier: MIT
// The handler that answers with the files of a folder.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/file_cache.h"
#include "http/handler.h"
#include "http/users.h"

namespace fid::http {

struct FilesSettings {
    bool listings = true;                ///< of folders without an index file; 403 otherwise
    bool hidden = false;                 ///< names that begin with a dot are there, too
    bool single_page = false;            ///< what is not there, and has no extension, is the root's index file
    std::vector<ResponseField> headers;  ///< with every answer
    std::optional<Users> users;          ///< who else may come in is asked for a password
    CacheLimits cache;
};

/// One for each loop; folder and settings are shared and outlive it.
[[nodiscard]] std::unique_ptr<Handler> make_files(const Folder& folder, const FilesSettings& settings);

/// May `name` stand in FilesSettings::headers? Not those that the framing and the conditions live on.
[[nodiscard]] bool may_be_added(std::string_view name);

}  // namespace fid::http
