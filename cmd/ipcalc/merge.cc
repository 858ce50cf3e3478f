// SPDX-License-Identifier: MIT
// `fid ipcalc merge`: any mix of addresses, prefixes and ranges as the shortest list of prefixes.
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {
namespace {

Status run_merge(Context& context) {
    PrefixSet set;
    const Status lists = add_listed(context, set);
    if (lists != Status::success && lists != Status::bad_input) return lists;
    set.normalise();
    return worse(lists, write_set(context, set, read_as(context.args)));
}

}  // namespace

const Command merge_command{
    .name = "merge",
    .summary = "the shortest list of prefixes that covers a list",
    .description =
        "Reads addresses, prefixes and ranges of both families, one a line, and prints the shortest list of "
        "prefixes that is exactly these addresses: IPv4 first, in order. Everything from a # or ; on is a comment. A "
        "line that cannot be read is reported with its number and left out; the rest is printed, and the status is 3 "
        "unless --skip-bad was given.",
    .positionals = {{.name = "FILE",
                     .help = "lists, or addresses; standard input where none or - is given",
                     .repeatable = true,
                     .complete = Complete::file}},
    .options = {as_option(), skip_bad_option(), legacy_ip_option()},
    .examples = {{"fid ipcalc merge 10.0.0.0/25 10.0.0.128/25", "10.0.0.0/24"},
                 {"printf '192.0.2.0\\n192.0.2.1\\n2001:db8::-2001:db8::ffff\\n' | fid ipcalc merge", "a mixed list"},
                 {"fid ipcalc merge 10.0.0.0/8 --as nft", "an nft table to load"}},
    .statuses = {{Status::bad_input, "A line cannot be read (not with --skip-bad); the output is complete without it."},
                 {Status::cannot_read, "A FILE cannot be read."}},
    .records = {&prefix_record, &range_record, &address_record},
    .see_also = {"iprange(1)"},
    .run = run_merge};

}  // namespace fid::cmd::ipcalc
