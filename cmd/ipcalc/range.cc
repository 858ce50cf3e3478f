// SPDX-License-Identifier: MIT
// `fid ipcalc range`: the prefixes that are exactly the addresses from one to another.
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {
namespace {

Result<Range> read_range(const Arguments& args) {
    const auto& words = args.words();
    if (words.size() == 1) return Range::parse(words[0], reading(args));
    const auto first = Address::parse(words[0], reading(args));
    if (!first) return std::unexpected(first.error());
    const auto last = Address::parse(words[1], reading(args));
    if (!last) return std::unexpected(last.error());
    if (first->family() != last->family())
        return fail(Status::bad_input, "no range from", words[0] + " to " + words[1], "one is IPv4 and the other IPv6");
    if (first->number() > last->number())
        return fail(Status::bad_input, "no range from", words[0] + " to " + words[1], "the first is the higher one",
                    "fid ipcalc range " + words[1] + " " + words[0]);
    return Range{first->family(), first->number(), last->number()};
}

Status run_range(Context& context) {
    const auto range = read_range(context.args);
    if (!range) return context.log.error(range.error());
    if (context.args.has("--cover")) {
        Uint128 differing = range->first ^ range->last;
        unsigned length = width(range->family);
        for (; differing != 0; differing >>= 1U) --length;
        write_prefix_row(context.out, Prefix(range->family, range->first, length));
    } else {
        range->each_prefix([&](const Prefix& prefix) { return write_prefix_row(context.out, prefix); });
    }
    return Status::success;
}

}  // namespace

const Command range_command{
    .name = "range",
    .summary = "the prefixes that make up a range of addresses",
    .description =
        "Prints the shortest list of prefixes that is exactly the addresses FIRST to LAST, both included. FIRST may "
        "also "
        "be a whole range written as FIRST-LAST.",
    .positionals = {{.name = "FIRST", .help = "lowest address, or FIRST-LAST", .required = true},
                    {.name = "LAST", .help = "highest address"}},
    .options = {{.names = "--cover", .help = "the one smallest prefix that holds both ends instead"},
                legacy_ip_option()},
    .examples = {{"fid ipcalc range 10.0.0.5 10.0.1.9", "the prefixes of a range"},
                 {"fid ipcalc range 10.0.0.5-10.0.1.9 --cover", "10.0.0.0/23"}},
    .statuses = {{Status::bad_input, "An address cannot be read, or the range runs backwards."}},
    .records = {&prefix_record},
    .run = run_range};

}  // namespace fid::cmd::ipcalc
