// SPDX-License-Identifier: MIT
// fid fetch --load: the request of the other options, made again and again by src/load.
#pragma once

#include <string>
#include <vector>

#include "cmd/command.h"
#include "cmd/fetch/settings.h"

namespace fid::cmd::fetch {

[[nodiscard]] std::vector<Option> load_options();
/// Where --load is among the words, -c and -n are --connections and --requests, as load generators have them.
void prepare_load_words(std::vector<std::string>& words);
/// Status usage where an option of the load stands without --load, or with it one that has no meaning there.
[[nodiscard]] Result<void> check_load_options(const Arguments& args);
[[nodiscard]] Status make_load(Context& context, const Settings& settings);

}  // namespace fid::cmd::fetch
