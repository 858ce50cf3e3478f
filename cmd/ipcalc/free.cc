// SPDX-License-Identifier: MIT
// `fid ipcalc free`: what is left of a prefix, and the next subnet of a size that fits.
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"
#include "cmd/values.h"

namespace fid::cmd::ipcalc {
namespace {

/// Prints the first `limit` aligned subnets of `length` in the free space; returns how many.
std::uint64_t write_subnets(report::Output& out, const PrefixSet& free, unsigned length, std::uint64_t limit) {
    std::uint64_t written = 0;
    free.each_prefix([&](const Prefix& part) {
        if (part.length() > length) return true;
        for (Uint128 at = part.first(); written < limit;) {
            const Prefix subnet(part.family(), at, length);
            if (!write_prefix_row(out, subnet)) return false;
            ++written;
            if (subnet.last() == part.last()) break;
            at = subnet.last() + 1;
        }
        return written < limit;
    });
    return written;
}

Status run_free(Context& context) {
    const Arguments& args = context.args;
    const auto whole = Range::parse(args.words().front(), reading(args));
    if (!whole) return context.log.error(whole.error());
    PrefixSet used;
    for (const std::string& operand : args.values("--used"))
        if (const Status status = add_operand(context, operand, used); status != Status::success) return status;
    used.normalise();
    PrefixSet all;
    all.add(*whole);
    all.normalise();
    const PrefixSet free = subtract(all, used);
    if (!args.has("--prefix")) {
        if (args.has("--count"))
            return context.log.error(
                {Status::usage, "--count needs", "--prefix", {}, "--prefix 24 --count 3: the next three /24"});
        free.each_prefix([&](const Prefix& prefix) { return write_prefix_row(context.out, prefix); });
        return free.empty() ? Status::negative : Status::success;
    }
    const auto length = read_length("--prefix", args.value("--prefix"), whole->family, 0);
    if (!length) return context.log.error(length.error());
    const auto limit = read_count("--count", args.value("--count"), 1);
    if (!limit) return context.log.error(limit.error());
    const std::uint64_t written = write_subnets(context.out, free, *length, *limit);
    if (written == *limit || context.out.closed()) return Status::success;
    return context.log.error({Status::negative,
                              "no more room for",
                              "/" + std::to_string(*length),
                              std::to_string(written) + " of " + std::to_string(*limit) + " found in " + whole->text(),
                              {}});
}

}  // namespace

const Command free_command{
    .name = "free",
    .summary = "what is left of a prefix, and the next free subnet",
    .description =
        "Prints the parts of PREFIX that no --used entry touches, as the shortest list of prefixes. With --prefix N: "
        "the next "
        "free subnet of that length, or the next --count of them, from the lowest address on.",
    .positionals = {{.name = "PREFIX", .help = "the space to look in", .required = true}},
    .options =
        {{.names = "--used", .value = "SET", .help = "what is taken: prefixes, ranges, or @FILE", .repeatable = true},
         {.names = "--prefix", .value = "N", .help = "length of the subnet wanted"},
         {.names = "-n,--count", .value = "N", .help = "how many subnets", .fallback = "1"},
         skip_bad_option(),
         legacy_ip_option()},
    .examples = {{"fid ipcalc free 10.0.0.0/16 --used 10.0.0.0/24,10.0.1.0/25 --prefix 24", "10.0.2.0/24"},
                 {"fid ipcalc free 192.168.0.0/24 --used 192.168.0.64/26", "all that is left"}},
    .statuses = {{Status::negative, "Nothing is free, or not enough."},
                 {Status::bad_input, "An operand or a line of a list cannot be read."}},
    .records = {&prefix_record},
    .run = run_free};

}  // namespace fid::cmd::ipcalc
