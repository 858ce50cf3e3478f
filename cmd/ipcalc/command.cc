// SPDX-License-Identifier: MIT
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd {

const Command ipcalc_command{
    .name = "ipcalc",
    .summary = "calculate with addresses, prefixes and sets of them",
    .description =
        "Without a verb: everything about each address, prefix or range: its network and hosts, mask, counts exact to "
        "2^128, "
        "special use with the RFC, reverse names and zones, number forms, and what is embedded in it.\n\n"
        "Addresses are read strictly: four decimal octets without leading zeros. An address is a prefix of full "
        "length; masks "
        "(192.168.0.0/255.255.0.0) and wildcards (/0.0.255.255) are read too, except 0.0.0.0 and 255.255.255.255, "
        "which may be "
        "either. --legacy-ip reads inet_aton forms.",
    .positionals = {{.name = "ADDR",
                     .help = "address, prefix, range FIRST-LAST, @FILE, or - for standard input",
                     .repeatable = true}},
    .options = {ipcalc::skip_bad_option(), ipcalc::legacy_ip_option()},
    .examples = {{"fid ipcalc 192.168.1.77/26 2001:db8::/33", "all about two networks"},
                 {"fid ipcalc 10.0.0.5-10.0.1.9", "the prefixes of a range"},
                 {"fid ipcalc --json --fields netmask,hosts 10.0.0.0/22", "two facts for a script"}},
    .statuses = {{Status::bad_input, "An address cannot be read; the others are shown."}},
    .records = {&ipcalc::info_record},
    .verbs = {&ipcalc::split_command, &ipcalc::merge_command, &ipcalc::set_command, &ipcalc::contains_command,
              &ipcalc::compare_command, &ipcalc::hosts_command, &ipcalc::nth_command, &ipcalc::count_command,
              &ipcalc::sort_command, &ipcalc::free_command, &ipcalc::random_command, &ipcalc::range_command,
              &ipcalc::grep_command},
    .run = ipcalc::run_info};

}  // namespace fid::cmd
