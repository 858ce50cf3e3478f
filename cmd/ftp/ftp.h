// SPDX-License-Identifier: MIT
// `fid ftp`: the command and its verbs, each verb in the file of its name; rm, mkdir, rmdir, mv and stat in manage.cc.
#pragma once

#include "cmd/command.h"

namespace fid::cmd {

extern const Command ftp_command;

namespace ftp {

extern const Command ls_command;
extern const Command get_command;
extern const Command put_command;
extern const Command cat_command;
extern const Command rm_command;
extern const Command mkdir_command;
extern const Command rmdir_command;
extern const Command mv_command;
extern const Command stat_command;
extern const Command mirror_command;

}  // namespace ftp
}  // namespace fid::cmd
