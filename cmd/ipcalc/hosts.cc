// SPDX-License-Identifier: MIT
// `fid ipcalc hosts`: every address for a host, one by one, without ever holding the list.
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {
namespace {

bool write_all(report::Output& out, const Range& range) {
    for (Uint128 at = range.first;; ++at) {
        if (!write_address(out, Address(range.family, at))) return false;
        if (at == range.last) return true;
    }
}

Status run_hosts(Context& context) {
    const bool all = context.args.has("--all");
    if (context.out.terminal()) context.out.live(true);
    Status status = Status::success;
    for (const std::string& word : context.args.words()) {
        const Status read = each_entry(context, word, [&](const Entry& entry) {
            const auto prefix = entry.range.as_prefix();
            return write_all(context.out, prefix && !all ? host_range(*prefix) : entry.range);
        });
        status = worse(status, read);
    }
    return status;
}

}  // namespace

const Command hosts_command{
    .name = "hosts",
    .summary = "list the host addresses of a prefix",
    .description =
        "Prints every address of each PREFIX that a host may have, in order: without the network and broadcast "
        "address of an IPv4 prefix up to /30, without the subnet-router anycast address of an IPv6 prefix up to /126 "
        "(RFC 4291), and both addresses of a /31 (RFC 3021) or /127 (RFC 6164). A range FIRST-LAST that is not a "
        "prefix is listed whole.\n\n"
        "The list is written as it is made, so it may be as long as ::/0: pipe it into head.",
    .positionals = {{.name = "PREFIX",
                     .help = "prefix, range, address, @FILE, or - for standard input",
                     .required = true,
                     .repeatable = true}},
    .options = {{.names = "-a,--all", .help = "all addresses, network and broadcast too"},
                skip_bad_option(),
                legacy_ip_option()},
    .examples = {{"fid ipcalc hosts 192.168.1.0/29", "six addresses"},
                 {"fid ipcalc hosts 2001:db8::/32 | head -n 3", "the first of a great many"}},
    .statuses = {{Status::bad_input, "PREFIX is not a prefix, or a list has a bad line."}},
    .records = {&address_record},
    .run = run_hosts};

}  // namespace fid::cmd::ipcalc
