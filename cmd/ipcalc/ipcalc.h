// SPDX-License-Identifier: MIT
// `fid ipcalc`: the command and its verbs, each verb in the file of its name.
#pragma once

#include "cmd/command.h"

namespace fid::cmd {

extern const Command ipcalc_command;

namespace ipcalc {

extern const Command split_command;
extern const Command merge_command;
extern const Command set_command;
extern const Command contains_command;
extern const Command compare_command;
extern const Command hosts_command;
extern const Command nth_command;
extern const Command count_command;
extern const Command sort_command;
extern const Command free_command;
extern const Command random_command;
extern const Command range_command;
extern const Command grep_command;

/// The command without a verb: everything about each address.
[[nodiscard]] Status run_info(Context& context);
extern const report::RecordType info_record;

}  // namespace ipcalc
}  // namespace fid::cmd
