// SPDX-License-Identifier: MIT
#include "cmd/ftp/ftp.h"

namespace fid::cmd {

const Command ftp_command{
    .name = "ftp",
    .summary = "list, fetch, send and mirror files over FTP and FTPS",
    .description =
        "An address is ftp://[USER@]HOST[:PORT]/PATH; the path begins in the directory one is in after login, and with "
        "a second slash (ftp://host//etc) at the root. Characters that mean something in an address are "
        "percent-encoded (%23 for #).\n\n"
        "Without a user the login is anonymous. The password comes from --password-file, the environment variable "
        "FID_FTP_PASSWORD, ~/.netrc, or is asked for on a terminal; never from the command line, which every user of "
        "the machine can read.\n\n"
        "TLS: ftps:// and --tls implicit speak it from the first byte on. Otherwise AUTH TLS is tried. Where the "
        "server refuses it, an anonymous login goes on in the clear, since it holds no secret; a password is not "
        "sent, because who stands in the way could have refused in the server's name. --tls required wants TLS for "
        "anonymous logins, too, and --tls none sends the password in the clear. What was agreed on is for data "
        "connections, too (PROT P), which resume the session of the control connection.\n\n"
        "Files come and go under names of their own (.NAME.fidpart-12345678) and get the wanted one when they are "
        "whole. Names that a server gives stay within the directory that was asked for, and the address that it "
        "names for data connections is not used: they go to the host of the control connection.",
    .examples = {{"fid ftp ls --timeout 2s ftp://localhost:1/", "a port where nobody listens", 7}},
    .verbs = {&ftp::ls_command, &ftp::get_command, &ftp::put_command, &ftp::cat_command, &ftp::rm_command,
              &ftp::mkdir_command, &ftp::rmdir_command, &ftp::mv_command, &ftp::stat_command, &ftp::mirror_command},
    .see_also = {"lftp(1)", "curl(1)", "ncftp(1)"}};

}  // namespace fid::cmd
