// SPDX-License-Identifier: MIT
#include "cmd/mail/mail.h"

namespace fid::cmd {

const Command mail_command{
    .name = "mail",
    .summary = "send mail",
    .description =
        "The password comes from --password-file, the environment variable FID_MAIL_PASSWORD, ~/.netrc, or is asked "
        "for on a terminal; never from the command line, which every user of the machine can read.",
    .verbs = {&mail::send_command},
    .see_also = {"swaks(1)", "msmtp(1)"}};

}  // namespace fid::cmd
