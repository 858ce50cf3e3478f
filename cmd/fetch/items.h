// SPDX-License-Identifier: MIT
// Request items as HTTPie has them: fid fetch POST example.com name=Ann age:=30 q==1 X-Key:v photo@me.png
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/error.h"
#include "transfer/request.h"

namespace fid::cmd::fetch {

/// The words divided: an optional METHOD in capitals, URLs, items.
struct Words {
    std::string method;
    std::vector<std::string> urls;
    std::vector<std::string> items;
};

/// The first word that is no method is a URL. Of those behind it the ones with http:// or https:// are URLs, and those
/// without any of the separators; all others are items.
[[nodiscard]] Words divide_words(std::span<const std::string> words);

/// Adds the items to the request: NAME=TEXT and NAME:=JSON (NAME=@FILE, NAME:=@FILE) to a JSON object, or with `form`
/// to a form; NAME@FILE makes it multipart; NAME==TEXT to `query`; NAME:TEXT is a header. \ before a separator makes it
/// part of the name.
[[nodiscard]] Result<void> add_items(std::span<const std::string> items, bool form, transfer::Request& request,
                                     std::string& query);

}  // namespace fid::cmd::fetch
