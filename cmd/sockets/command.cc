// SPDX-License-Identifier: MIT
#include "cmd/sockets/changes.h"
#include "cmd/sockets/follow.h"
#include "cmd/sockets/record.h"
#include "cmd/sockets/saved.h"
#include "cmd/sockets/settings.h"
#include "cmd/sockets/show.h"
#include "cmd/sockets/sockets.h"
#include "cmd/sockets/summary.h"

namespace fid::cmd {
namespace {

using sockets::Settings;
namespace core = fid::sockets;

Status list(Context& context, const Settings& settings) {
    const auto snapshot = core::take_snapshot(settings.make_query());
    if (!snapshot) return context.log.error(snapshot.error());
    sockets::warn_about(context, *snapshot);
    sockets::Names names;
    sockets::show(context, *snapshot, names, settings);
    return snapshot->sockets.empty() && !settings.filter_text.empty() ? Status::negative : Status::success;
}

Status diff(Context& context, const Settings& settings, const std::string& path) {
    const auto before = sockets::read_saved(path);
    if (!before) return context.log.error(before.error());
    const auto snapshot = core::take_snapshot(settings.make_query());
    if (!snapshot) return context.log.error(snapshot.error());
    sockets::warn_about(context, *snapshot);
    sockets::Names names;
    const auto changes = sockets::compare(*before, sockets::records_of(*snapshot, names, settings));
    for (const report::Record& change : changes) sockets::write_change(context.out, change);
    return changes.empty() ? Status::success : Status::negative;
}

Status run(Context& context) {
    const auto settings = sockets::read_settings(context);
    if (!settings) return context.log.error(settings.error());
    if (settings->watch) return sockets::watch(context, *settings);
    if (settings->wait) return sockets::wait(context, *settings);
    if (const auto& saved = settings->diff) return diff(context, *settings, *saved);
    return list(context, *settings);
}

}  // namespace

const Command sockets_command{
    .name = "sockets",
    .summary = "list sockets, who holds them and who may reach them",
    .description =
        "TCP, UDP and raw sockets in every state, where no kinds are chosen, with the processes that hold them. The "
        "kernel is asked through sock_diag, and leaves out itself what FILTER does not want; where it has no "
        "sock_diag, "
        "/proc/net is read.\n\n"
        "FILTER has ss's words: state NAME (exclude NAME), sport and dport with = != < <= > >=, src and dst with an "
        "address, a network (10/8), address:port or a Unix socket's path, dev NAME; and ours: port, host and :8080 for "
        "either side, process NAME, pid N, user NAME, inode N, recv-q > N, send-q > N, exposed. The kinds (tcp, udp, "
        "raw, unix, netlink, packet), ipv4, ipv6, the states and addresses stand by themselves. A list A,B means any "
        "of them. Conditions are joined by and (or nothing), or, not and parentheses; 'and' and 'or' rank alike, from "
        "left "
        "to right. Names of processes and paths may have * and ?.\n\n"
        "A local address of * is an IPv6 listener that takes IPv4 as well; 0.0.0.0 is IPv4 only, [::] IPv6 only. With "
        "--listening EXPOSURE tells who may reach it, firewalls apart: loopback (this machine), lan (the address is "
        "not routed on the internet), internet, or any (it is bound to no address).\n\n"
        "--diff FILE compares with what was saved by --json with the same options; it exits with 1 where something has "
        "changed. --watch writes such changes as they happen, unless it can draw the list on a terminal. Lines begin "
        "with + (opened), - (closed) or ~ (changed: another state, another process).",
    .positionals = {{.name = "FILTER", .help = "which sockets", .repeatable = true}},
    .options = sockets::options(),
    .examples = {{"fid sockets -l --from tests/sockets/proc_net", "what listens, and for whom"},
                 {"fid sockets --from tests/sockets/proc_net 'dport = :443 and not dst 10/8'",
                  "connections out to the web"},
                 {"fid sockets --from tests/sockets/proc_net --json --fields state,local_port,user listening",
                  "three facts for a script"},
                 {"fid sockets --from tests/sockets/proc_net --summary", "how many of each"},
                 {"fid sockets --wait :9 --timeout 100ms", "wait for a server to come up", 28}},
    .statuses = {{Status::success, "sockets were listed, or there was no filter; --diff: nothing has changed"},
                 {Status::negative, "no socket matched the filter; --diff: something has changed"},
                 {Status::usage, "the filter or an option is wrong"},
                 {Status::bad_input, "the file of --diff or --from is none of ours"},
                 {Status::cannot_read, "the kernel does not tell, or a file cannot be read"},
                 {Status::timeout, "nothing listened before the time was over (--wait)"}},
    .records = {&sockets::socket_record, &sockets::count_record, &sockets::change_record()},
    .see_also = {"ss(8)", "netstat(8)", "lsof(8)"},
    .run = run};

}  // namespace fid::cmd
