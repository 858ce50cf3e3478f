// SPDX-License-Identifier: MIT
// The steps of a script, taken over a connection.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cmd/connect/conversation.h"
#include "cmd/connect/script_language.h"

namespace fid::cmd::connect {

struct Script {
    std::string file;  ///< for messages
    std::vector<ScriptStep> steps;
    std::map<std::string, std::string, std::less<>> variables;    ///< of --set
    std::map<std::string, std::string, std::less<>> environment;  ///< what the script names of it: secrets
};

/// Takes all steps, or those up to the first that fails. `script` outlives it.
[[nodiscard]] transport::Task<Outcome> hold_dialogue(Context& context, const Settings& settings,
                                                     const transport::Connection& connection,
                                                     std::shared_ptr<Interruption> interruption, const Script& script);

}  // namespace fid::cmd::connect
