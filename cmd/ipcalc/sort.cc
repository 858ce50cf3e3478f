// SPDX-License-Identifier: MIT
// `fid ipcalc sort`: a list in numeric order.
#include <algorithm>
#include <array>
#include <vector>

#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {
namespace {

bool before(const Range& a, const Range& b) {
    if (a.family != b.family) return a.family < b.family;
    if (a.first != b.first) return a.first < b.first;
    return a.last > b.last;  // the larger one first, so that a prefix stands above its parts
}

bool write_entry(report::Output& out, const Range& range) {
    if (out.plain_text()) {
        out.text().put(range.text());
        out.text().put('\n');
        out.line_done();
        return !out.closed();
    }
    return write_range(out, range);
}

Status run_sort(Context& context) {
    std::vector<Range> list;
    const Status status = each_listed(context, [&](const Entry& entry) {
        list.push_back(entry.range);
        return true;
    });
    if (status != Status::success && status != Status::bad_input) return status;
    if (!std::ranges::is_sorted(list, before)) std::ranges::sort(list, before);
    if (context.args.has("--unique")) list.erase(std::unique(list.begin(), list.end()), list.end());
    if (context.args.has("--reverse")) std::ranges::reverse(list);
    for (const Range& range : list)
        if (!write_entry(context.out, range)) break;
    return status;
}

}  // namespace

const Command sort_command{
    .name = "sort",
    .summary = "sort a list by address",
    .description =
        "Prints the entries of a list in numeric order: IPv4 before IPv6, by lowest address, the larger entry first. "
        "Entries "
        "are written in their canonical form (RFC 5952; a range that is a prefix as that prefix) and are not merged.",
    .positionals = {{.name = "FILE",
                     .help = "lists, or addresses; standard input where none or - is given",
                     .repeatable = true,
                     .complete = Complete::file}},
    .options = {{.names = "-u,--unique", .help = "print equal entries once"},
                {.names = "-r,--reverse", .help = "highest first"},
                skip_bad_option(),
                legacy_ip_option()},
    .examples = {{"fid ipcalc sort 10.0.0.10 10.0.0.9 ::1 9.0.0.0/8", "9.0.0.0/8 10.0.0.9 10.0.0.10 ::1"}},
    .statuses = {{Status::bad_input, "A line cannot be read (not with --skip-bad)."},
                 {Status::cannot_read, "A FILE cannot be read."}},
    .records = {&range_record},
    .run = run_sort};

}  // namespace fid::cmd::ipcalc
