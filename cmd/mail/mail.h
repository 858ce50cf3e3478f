// SPDX-License-Identifier: MIT
// `fid mail`: the command and its verbs, each verb in the file of its name.
#pragma once

#include "cmd/command.h"

namespace fid::cmd {

extern const Command mail_command;

namespace mail {

extern const Command send_command;
extern const Command probe_command;
extern const Command sink_command;
extern const Command list_command;
extern const Command read_command;

}  // namespace mail
}  // namespace fid::cmd
