// SPDX-License-Identifier: MIT
#include "cmd/sniff/info.h"
#include "cmd/sniff/listing.h"
#include "cmd/sniff/record.h"
#include "cmd/sniff/settings.h"
#include "cmd/sniff/sniff.h"

namespace fid::cmd {
namespace {

Status run(Context& context) {
    const auto settings = sniff::read_settings(context);
    if (!settings) return context.log.error(settings.error());
    return sniff::list_packets(context, *settings);
}

}  // namespace

const Command sniff_command{
    .name = "sniff",
    .summary = "list the packets of captures",
    .description =
        "Reads pcap and pcapng captures, plain or compressed with gzip, zstd, lz4 or xz, and lists their packets in "
        "tcpdump's "
        "manner. A damaged capture is read on behind the damage; what was lost is told on standard error.\n\n"
        "FILTER has pcap-filter's words: host, net, port, portrange, src, dst, proto, less, greater, the name of any "
        "protocol, "
        "and, or, not. They are decided on the decoded layers, so VLAN tags, tunnels and mixed link types make no "
        "difference. "
        "'and' and 'or' rank alike, from left to right.\n\n"
        "A field is compared with == != < <= > >=, ~ (regular expression; ~* ignores case), contains, or in {a, b, "
        "1..9}; "
        "addresses may be compared with prefixes. A field by itself asks whether it is there. Any occurrence counts; "
        "!= means "
        "there and never equal. The names of DNS's fields reach mDNS, LLMNR and NBNS as well. len, caplen, number, "
        "time and interface describe the packet as captured.\n\n"
        "-v tells what tcpdump's -v tells: the IP headers, whether checksums are right, the packet an ICMP error "
        "quotes, DHCP "
        "options, the header lines of HTTP and SIP; of routing protocols it lists the fields. -vv adds the sections of "
        "DNS "
        "behind the answers, sources of multicast groups, and the fields of every protocol that has no words of its "
        "own; -vvv "
        "adds lifetimes. Further lines of a packet begin with a blank or a tab.\n\n"
        "Credentials are masked as *** in the listing, with -v and in the record's info: passwords, what answers a "
        "login, "
        "communities, authorizations, cookies. -x, -X, -A, --tree and the fields of --json and --csv show what is on "
        "the wire. "
        "What stands in a URL, a message body or a protocol nobody recognised is not looked into.",
    .positionals = {{.name = "FILTER",
                     .help = "which packets; captures may stand before it",
                     .repeatable = true,
                     .complete = Complete::file}},
    .options =
        {{.names = "-r,--read",
          .value = "FILE",
          .help = "capture to read, - for standard input",
          .group = "Input",
          .repeatable = true,
          .complete = Complete::file},
         {.names = "-c,--count", .value = "N", .help = "stop after N packets have been listed", .group = "Input"},
         {.names = "--skip",
          .value = "N",
          .help = "of the packets that match, leave out the first N",
          .group = "Input"},
         {.names = "--bpf",
          .value = "EXPR",
          .help = "choose by the kernel's own filter language too",
          .group = "Input"},
         {.names = "-n", .value = "", .help = "accepted for habit's sake: fid never looks names up"},
         {.names = "-e", .value = "", .help = "show the link layer's addresses, type and VLAN tags"},
         {.names = "-t",
          .value = "",
          .help = "no time; -tt seconds since 1970, -ttt time since the packet before, -tttt date and time, -ttttt "
                  "time since the "
                  "first packet"},
         {.names = "-S",
          .value = "",
          .help = "TCP sequence numbers as they are, not counted from the connection's first"},
         {.names = "-x", .value = "", .help = "the packet's bytes in hexadecimal; -xx with the link layer's header"},
         {.names = "-X", .value = "", .help = "in hexadecimal and as text; -XX with the link layer's header"},
         {.names = "-A", .value = "", .help = "as text; -AA with the link layer's header"},
         {.names = "--tree", .value = "", .help = "every field of every layer"}},
    .examples =
        {{"fid sniff -r tests/captures/first-look.pcapng", "list a capture"},
         {"fid sniff -r tests/captures/first-look.pcapng -v -c 3 udp", "with headers, checksums and options"},
         {"fid sniff -r tests/captures/first-look.pcapng tcp port 80 or udp port 53", "only web and DNS traffic"},
         {"fid sniff -r tests/captures/first-look.pcapng 'tcp.flags.syn == 1'", "the packets that open a connection"},
         {"fid sniff -r tests/captures/first-look.pcapng --csv --fields number,ip.src,tcp.dport", "chosen fields"}},
    .statuses = {{Status::success, "packets were listed, or there was no filter"},
                 {Status::negative, "no packet matched the filter"},
                 {Status::usage, "the filter or an option is wrong"},
                 {Status::bad_input, "an input is not a capture"},
                 {Status::truncated, "an input is damaged; the rest was listed"},
                 {Status::cannot_read, "an input cannot be read"}},
    .records = {&sniff::packet_record_type},
    .verbs = {&sniff_info_command},
    .see_also = {"tcpdump(1)", "pcap-filter(7)", "tshark(1)"},
    .run = run};

}  // namespace fid::cmd
