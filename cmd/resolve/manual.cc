// SPDX-License-Identifier: MIT
#include "cmd/resolve/manual.h"

#include <string>

#include "cmd/resolve/all_servers.h"
#include "cmd/resolve/compare.h"
#include "cmd/resolve/decode.h"
#include "cmd/resolve/key.h"
#include "cmd/resolve/multicast.h"
#include "cmd/resolve/system.h"
#include "cmd/resolve/timing.h"
#include "cmd/resolve/trace.h"
#include "cmd/resolve/transfer.h"
#include "cmd/resolve/validate.h"
#include "cmd/resolve/watch.h"

namespace fid::cmd::resolve {
namespace {

constexpr std::string_view questions =
    "Asks for the data of each NAME and writes a line for each record: name, TTL in seconds, type, data. Words may "
    "stand in any order, as with dig: TYPE is a word that is the name of a type (MX, TYPE65), CLASS one of a "
    "class, @SERVER a name server, +WORD one of those below; everything else is a name. A name that is spelled "
    "like a type has a final dot (mx.). Without types the addresses are asked for, IPv4 and IPv6. Every name is "
    "asked for with every type.\n\n"
    "A SERVER is HOST[:PORT], over UDP, and over TCP where an answer is truncated; tcp://HOST, tls://HOST (DNS "
    "over TLS, port 853) or https://HOST[/PATH] (DNS over HTTPS, /dns-query). Of several servers named each is "
    "asked. Without any those of resolv.conf(5) are asked, one after another until one answers.\n\n"
    "Names with letters outside ASCII are asked for as IDNA 2008 has them. The search list of resolv.conf(5) is "
    "used with --search only. Questions have EDNS, a DNS cookie and the AD bit as dig's do; answers are accepted "
    "from the server asked, with the right ID and question only.";
constexpr std::string_view very_many =
    "With --bulk the names come from a list, one a line, that may have millions of them: it is never in memory as "
    "a whole. A line may name its own types behind the name; an address stands for its reverse name. With --sweep "
    "they are the reverse names of networks. Every name and type ends in exactly one line or record, in the order "
    "in which answers come: name, type, status and data with tabs between them, where status is the answer's "
    "code, TIMEOUT, UNREACHABLE, or BADNAME for a line that is no name. Questions go to any of the servers, and "
    "again to another one where no answer comes; a server that is silent is left alone for a while. Servers over "
    "TCP, TLS or HTTPS are asked many questions at a time on a few connections each; one that breaks gives its "
    "questions to the next. A summary "
    "ends the run, on standard error or as the last record; status 0 says that every name got an answer, be it "
    "that it does not exist. With --resume a run that was stopped is gone on with by the same words: after Ctrl-C "
    "nothing is asked twice, after anything worse what was written in the last second. The file is removed when "
    "all is done.";

}  // namespace

std::string_view manual() {
    static const std::string text = [] {
        std::string joined;
        for (const std::string_view paragraph :
             {questions, trace_manual, all_servers_manual, compare_manual, watch_manual, timing_manual,
              validate_manual(), transfer_manual, key_manual, decode_manual, multicast_manual, system_manual,
              very_many}) {
            if (!joined.empty()) joined += "\n\n";
            joined += paragraph;
        }
        return joined;
    }();
    return text;
}

}  // namespace fid::cmd::resolve
