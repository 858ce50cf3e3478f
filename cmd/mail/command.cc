// SPDX-License-Identifier: MIT
#include "cmd/mail/mail.h"

namespace fid::cmd {

const Command mail_command{
    .name = "mail",
    .summary = "send mail, take it, read it, and look at mail servers",
    .description =
        "A server is smtp://HOST[:PORT] (or HOST alone), smtps://HOST for TLS from the first byte on, lmtp://HOST, or "
        "unix:PATH for a socket on which LMTP is spoken.\n\n"
        "The password comes from --password-file, the environment variable FID_MAIL_PASSWORD, ~/.netrc, or is asked "
        "for on a terminal; never from the command line, which every user of the machine can read.",
    .examples = {{"fid mail probe --timeout 2s localhost:1", "a port where nobody listens", 7}},
    .verbs = {&mail::send_command, &mail::probe_command, &mail::sink_command, &mail::list_command, &mail::read_command},
    .see_also = {"swaks(1)", "msmtp(1)"}};

}  // namespace fid::cmd
