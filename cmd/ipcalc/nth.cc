// SPDX-License-Identifier: MIT
// `fid ipcalc nth`: the address at a position of a prefix, counted from either end.
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {
namespace {

Status run_nth(Context& context) {
    const auto& words = context.args.words();
    const auto range = Range::parse(words.front(), reading(context.args));
    if (!range) return context.log.error(range.error());
    const Uint128 span = range->last - range->first;  // the count less one, which may be 2^128
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto index = read_index("INDEX", words[i]);
        if (!index) return context.log.error(index.error());
        if (index->negative ? index->magnitude - 1 > span : index->magnitude > span)
            return context.log.error({Status::negative, "no address", words[i] + " in " + words.front(),
                                      "it has " + range->count_text() + " addresses",
                                      "0 is the first and -1 the last"});
        write_address(context.out, Address(range->family, index->negative ? range->last - (index->magnitude - 1)
                                                                          : range->first + index->magnitude));
    }
    return Status::success;
}

}  // namespace

const Command nth_command{
    .name = "nth",
    .summary = "the address at a position of a prefix",
    .description =
        "Prints the address at INDEX of the prefix or range: 0 is the first (the network address of a prefix), "
        "-1 the last. Indexes have up to 128 bits.",
    .positionals = {{.name = "PREFIX", .help = "prefix, range or address", .required = true},
                    {.name = "INDEX",
                     .help = "position from 0; negative counts from the end",
                     .required = true,
                     .repeatable = true}},
    .options = {legacy_ip_option()},
    .examples = {{"fid ipcalc nth 10.0.0.0/8 1000", "10.0.3.232"},
                 {"fid ipcalc nth 2001:db8::/64 -- -1", "the last address"}},
    .statuses = {{Status::negative, "The prefix has no such address."}, {Status::bad_input, "PREFIX cannot be read."}},
    .records = {&address_record},
    .run = run_nth};

}  // namespace fid::cmd::ipcalc
