// SPDX-License-Identifier: MIT
#include "cmd/ping/options.h"
#include "cmd/ping/ping.h"
#include "cmd/ping/record.h"
#include "cmd/ping/sweep.h"
#include "cmd/ping/targets.h"
#include "cmd/ping/trace.h"
#include "cmd/recording.h"

namespace fid::cmd {
namespace {

Status run(Context& context) {
    auto options = ping::read_options(context.args);
    if (!options) return context.log.error(options.error());
    const auto list = ping::read_targets(context, options->family);
    if (!list) return context.log.error(list.error());
    if (list->targets.empty()) {
        if (list->status != Status::success) return list->status;
        return context.log.error({Status::usage, "no targets", {}, "the list is empty", {}});
    }
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    options->probe.recorder = recorder->get();
    const Status status =
        options->trace ? ping::trace_targets(context, *options, *list) : ping::probe_targets(context, *options, *list);
    if (*recorder)
        if (const auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    // What could not be probed at all is worse than what did not answer.
    const bool told = status == Status::success || status == Status::negative;
    return told && list->status != Status::success ? list->status : status;
}

}  // namespace

const Command ping_command{
    .name = "ping",
    .summary = "ask hosts whether they are up, how far and on which way",
    .description =
        "Sends ICMP echo requests (or --tcp, --udp probes) to every TARGET at the same time and tells which are up, "
        "what was lost and how long answers took. One target is watched like ping does it: a line for each answer, "
        "the statistics at the end or on Ctrl-C. Several targets, a prefix or a list are asked like fping does it: "
        "each up to three times, until it answers; with -c every target gets that many probes and an account.\n\n"
        "Root is not needed: ICMP goes through unprivileged sockets where the system grants them "
        "(net.ipv4.ping_group_range), through raw ones where we may open them; TCP and UDP probes and the errors that "
        "routers send need no right at all. Times are taken by the kernel where packets arrive. Second, late and "
        "damaged answers are noticed and counted apart, and errors are shown with their sender.\n\n"
        "All probes together are no more than --rate a second. With --udp silence is not an answer: the port may be "
        "open or filtered. Probes to port 53 and 123 ask in DNS and NTP.\n\n"
        "--trace sends probes to all distances at once and shows who answered there. A prefix leaves out its network "
        "and broadcast address; an address that is named twice is one target.",
    .positionals = {{.name = "TARGET",
                     .help =
                         "host name, address, prefix, range FIRST-LAST, @FILE with one a line, - for standard input",
                     .required = true,
                     .repeatable = true,
                     .complete = Complete::host}},
    .options = ping::option_list(),
    .examples = {{"fid ping -c 2 -i 100ms ::1", "two probes to one host"},
                 {"fid ping 127.0.0.0/29 ::1", "who is up in a prefix, and another host"},
                 {"fid ping --alive 127.0.0.1-127.0.0.9", "the list of those, for a script"},
                 {"fid ping -c 5 -i 10ms --json 127.0.0.1 127.0.0.2", "five probes each, as records"},
                 {"fid ping -c 1 --udp 9 127.0.0.1", "a closed UDP port is a sign of life"},
                 {"fid ping --trace 127.0.0.1", "the way to a host"}},
    .statuses = {{Status::success, "Every target is up; with --trace, was reached."},
                 {Status::negative, "A target is down; with --trace, was not reached."},
                 {Status::bad_input, "A TARGET is not an address, prefix or range."},
                 {Status::host_not_found, "A name was not found; the other targets were probed."},
                 {Status::cannot_connect, "No socket can be opened, or the right to it is missing."},
                 {Status::cannot_write, "The recording cannot be written."},
                 {Status::cannot_read, "A list cannot be read."},
                 {Status::interrupted, "Ctrl-C; what was found until then is told."}},
    .records = {&ping::reply_record, &ping::target_record, &ping::summary_record, &ping::hop_record,
                &ping::trace_record},
    .see_also = {"ping(8)", "fping(8)", "traceroute(8)"},
    .run = run};

}  // namespace fid::cmd
