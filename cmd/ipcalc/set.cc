// SPDX-License-Identifier: MIT
// `fid ipcalc set`: an expression over sets of addresses.
#include "cmd/ipcalc/expression.h"
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {
namespace {

Status run_set(Context& context) {
    std::string expression;
    for (const std::string& word : context.args.words()) {
        if (!expression.empty()) expression += ' ';
        expression += word;
    }
    Status lists = Status::success;  // bad lines of lists are reported as they are met and do not stop the work
    const auto set =
        evaluate(expression, [&](std::string_view operand) { return read_operand_set(context, operand, lists); });
    if (!set) return context.log.error(set.error());
    if (context.args.has("--is-empty")) return worse(lists, set->empty() ? Status::success : Status::negative);
    return worse(lists, write_set(context, *set, read_as(context.args)));
}

}  // namespace

const Command set_command{
    .name = "set",
    .summary = "union, difference and intersection of sets of addresses",
    .description =
        "Evaluates EXPR and prints the result as the shortest list of prefixes. Operators: + union, - difference, "
        "^ symmetric difference, & intersection, with parentheses. & binds tighter than the other three, which are "
        "equal and go from left to right: 'a + b - c & d' is '(a + b) - (c & d)'.\n\n"
        "Operands are addresses, prefixes, ranges FIRST-LAST, comma-separated lists of them, and @FILE. A minus sign "
        "is the operator only with a blank before it, as 10.0.0.1-10.0.0.9 is a range. IPv4 and IPv6 never mix.",
    .positionals = {{.name = "EXPR",
                     .help = "the expression; quote it, for the shell reads & and ( too",
                     .required = true,
                     .repeatable = true}},
    .options = {as_option(),
                {.names = "--is-empty",
                 .help = "print nothing; status 0 if the result is empty, 1 if not",
                 .group = "Output"},
                skip_bad_option(),
                legacy_ip_option()},
    .examples = {{"fid ipcalc set '10.0.0.0/8 - 10.1.0.0/16'", "ten without one part"},
                 {"fid ipcalc set '0.0.0.0/0 - (10.0.0.0/8 + 192.168.0.0/16)' --as ranges", "everything else"},
                 {"fid ipcalc set '10.0.0.0/8 ^ 10.0.0.0/9' --is-empty", "do two sets differ?", 1}},
    .statuses = {{Status::negative, "With --is-empty: the result is not empty."},
                 {Status::usage, "The expression cannot be read; the message names the column."},
                 {Status::bad_input, "An operand or a line of a list cannot be read."}},
    .records = {&prefix_record, &range_record, &address_record},
    .run = run_set};

}  // namespace fid::cmd::ipcalc
