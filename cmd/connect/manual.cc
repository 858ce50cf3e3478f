// SPDX-License-Identifier: MIT
#include "cmd/connect/manual.h"

#include <string>

#include "cmd/connect/script.h"

namespace fid::cmd::connect {
namespace {

constexpr std::string_view bytes_both_ways =
    "Opens a connection and passes bytes both ways. The end of standard input is passed on, and reading goes on "
    "until the peer ends, so that an answer that comes after it is not lost. A connection that the peer resets "
    "is an error (status 56), also after data.\n\n"
    "With --json, --csv or --fields standard output gets records of what happens instead of the bytes: "
    "connected, sent, received, closed.\n\n"
    "An ENDPOINT is HOST PORT, HOST:PORT, tcp://, udp://, tls://, ws://, wss:// or unix:PATH, or something on "
    "this machine: exec:COMMAND, pty:[LINK][?keep], fd:N. All addresses of a name are tried, a quarter of a "
    "second apart, the first that answers is taken.\n\n"
    "Over a WebSocket (ws://HOST[:PORT]/PATH?QUERY, and wss:// with TLS) each line of standard input is a "
    "message, text where it is UTF-8 and binary otherwise, and each message received is written with a line feed "
    "behind it. With --ws-binary all that one read gave is a binary message, and what comes is written as it is. "
    "Pings are answered. After the end of standard input the connection is closed when nothing has been received "
    "for the time of --linger, since most servers give no answer after a Close; --recv-only listens until the "
    "server closes. A user in the URL is sent with the password in FID_PASSWORD.";

constexpr std::string_view two_endpoints =
    "--to joins the endpoint with another one instead of standard input and output (which are - or stdio where "
    "they are to be written out). Each side's end is passed on to the other, and the session is over when both "
    "have ended. A WebSocket is closed when nothing has come from it for the time of --linger; datagrams and "
    "terminals, which have no end, are left as long after the other side's. Messages stay messages between sides "
    "that have them; a stream's bytes go to such a side in pieces of at most 16 KiB, or one by one with --frame. "
    "The options of connections and --record are for both sides; --starttls is for the first one. --send-only, "
    "--recv-only and --max-bytes see --to's endpoint as the user. Of --json's records side tells whose they are. "
    "Bytes between plain sockets, pipes and files do not pass through this program.\n\n"
    "exec:COMMAND is given to /bin/sh -c, last of all, with FID_PEER and FID_LOCAL as the addresses of the other "
    "side's connection. The other side's end closes its standard input; its output is passed on until it ends, "
    "and it is waited for. Where it fails or is killed, that is told and the status is 1. When the session ends "
    "before it, both its ends are closed, and what is there half a second later is killed. pty: makes a pseudo "
    "terminal, raw, and tells its path on standard error; LINK becomes a symbolic link to it, removed at the "
    "end. It ends when the last program closes it, with ?keep it stays. fd:N is a descriptor that was inherited.";

constexpr std::string_view what_passes =
    "--hex shows what passes on standard error, sent (>) and received (<), as hexdump does; the bytes go their "
    "way, but to a terminal only the dump. --tee FILE gets the bytes of both directions in the order they "
    "passed, --tee sent=FILE and --tee received=FILE one of them; a file that takes no more ends it all (status "
    "23). --rate SIZE sends no more than that a second, evenly: never more at once than is due in 100 ms, but a "
    "message is not cut. With --delay each line of standard input is sent by itself, over UDP as a datagram. "
    "--count N ends after N datagrams or messages. --retry and --backoff dial again after a refusal or a "
    "timeout, never once the connection stands; the pause doubles up to a minute, less a random part of up to "
    "half; -v tells each try, the status is the last one's.";

constexpr std::string_view messages =
    "With --frame the peer's stream of bytes is a series of messages: each line of standard input is one, each "
    "message received is a line of output. Messages are at most 64 MiB. line and nul have a line feed or a NUL "
    "behind each message, len16, len32 and len32le a length before it.\n\n"
    "--frame mp speaks with the Listener of Python's multiprocessing.connection. With --auth-key-file both ends "
    "first prove that they know the key, in the form of Python 3.12 or an older one, whichever the listener "
    "begins with; a key that either end does not take is status 67. Messages are what send_bytes() and "
    "recv_bytes() carry; pickled objects are not looked into.\n\n"
    "--frame resp speaks with Redis and its relatives: a line is a command, its words quoted as for redis-cli "
    "(SET k \"a b\\x00\"), a reply is a line: OK, \"a string\", (integer) 1, (double) 1.5, (big number) 12, "
    "(txt) \"verbatim\", (nil), (true), (error) ERR; an array is [\"a\", \"b\"], a set ~[\"a\"], a map {\"k\": "
    "1}, what a subscriber is sent >[\"message\"], and attributes |{\"k\": 1} stand before what they are about. "
    "An error of the server is a reply like others and does not change the status. HELLO 3 asks for version 3. "
    "With --json the data received is the reply as a value: a map an object, or a list of pairs where its keys "
    "are other than different texts, an error {\"error\": TEXT}, a push {\"push\": LIST}. After the end of "
    "standard input all replies are awaited; after SUBSCRIBE or MONITOR, until the server ends.\n\n"
    "--frame ws makes a WebSocket of any stream: over TCP and TLS it is the same as ws:// and wss:// without a "
    "path, and it is the way to a WebSocket behind a Unix socket.";

constexpr std::string_view on_a_terminal =
    "On a terminal lines are edited before they are sent: the arrow keys, Home and End, Ctrl-A, E, K, U, W, Y, "
    "Alt-B and F, and the lines typed before with up and down. What is received stands above the line being "
    "typed, with control bytes, escape sequences and what is not UTF-8 escaped; what the peer has not ended with "
    "a line feed stands before it. Ctrl-V takes the next key literally. Ctrl-D on an empty line ends the input, "
    "Ctrl-C the session. Lines are kept in connect_history below $XDG_STATE_HOME/fid (~/.local/state/fid), the "
    "newest 1000, but for those that begin with a blank; --no-history keeps none. With --no-edit the terminal's "
    "own editing is left on, and bytes reach it as they are.";

constexpr std::string_view as_telnet =
    "--telnet answers what a telnet server asks: ECHO, SUPPRESS-GO-AHEAD, BINARY, TERMINAL-TYPE ($TERM) and "
    "NAWS, the window's size, are agreed to, all else is refused; -v shows it. Lines are edited as above until "
    "the server says that it echoes and takes each key at once, as one does that lets you log in. Then the "
    "terminal is raw, every key goes to the server, Ctrl-C too, and what it sends reaches the terminal as it is: "
    "it draws the screen, and whoever it is may send your terminal any escape sequence. Where a server echoes "
    "but takes lines (a password), the line is neither shown nor kept. Ctrl-], or the key of --escape, asks for "
    "a command: quit, status, send, mode, suspend, help. In a pipe options are answered as well, LF becomes CR "
    "LF and CR LF LF, and the connection ends when nothing has come for the time of --linger after the end of "
    "standard input.";

constexpr std::string_view rates =
    "--measure finds out what the server does with a line, and measures that for the time of --for: an echo "
    "server gets one message at a time for a fifth of the time, then as many as it takes, and what comes back is "
    "compared with what was sent (status 8 where it differs); one that discards is sent to; one that talks by "
    "itself (chargen) is listened to. --mode says so without asking. The messages are text in lines of 64 bytes, "
    "over UDP with a number in front, by which losses, reordering and duplicates are known; at most 64 datagrams "
    "are under way to an echo, but a server that is silent is sent as many as the system takes. On a terminal "
    "there is a line for each second, with --json a record; then the account: rates, round-trip times, what TCP "
    "says of retransmits and its window, and the processor time this program took, with a word where that was "
    "the limit.";

constexpr std::string_view ports =
    "--check HOST... PORTS says which ports are open, all at the same time. PORTS are numbers, ranges and "
    "service names (20-25,80,https); a HOST is a name, address, prefix or range FIRST-LAST, checked over TCP, or "
    "over UDP where udp:// stands before it; with a port of its own (HOST:PORT) it needs no PORTS. The lines "
    "come in the order asked for; up to 16 ports are all shown, of more the open ones (--show). In a pipe tabs "
    "stand between host, port, protocol, state, milliseconds, service, banner and error.\n\n"
    "A TCP port is open where it takes a connection, closed where the host itself refuses, filtered where nobody "
    "answers or a firewall refuses. UDP ports are asked three times within --timeout in the language of their "
    "usual service (DNS, NTP, SNMP and others): an answer means open, the host's refusal closed, silence "
    "open|filtered, because a service may not answer what it does not understand. Hosts limit how many refusals "
    "they send, so many closed UDP ports of one host may look open|filtered; --rate helps. unreachable: there is "
    "no way to the host. --timeout is 3s here and holds for each address. The addresses of a name are tried in "
    "the system's order until the port is open there, as one who connects would do; the best of them is shown. "
    "An open TCP port may say what it is (--banner-wait); nothing is sent to it.";

}  // namespace

std::string_view manual() {
    static const std::string text = [] {
        std::string whole;
        for (const std::string_view part : {bytes_both_ways, two_endpoints, messages, what_passes, on_a_terminal,
                                            as_telnet, script_manual(), rates, ports}) {
            if (!whole.empty()) whole += "\n\n";
            whole += part;
        }
        return whole;
    }();
    return text;
}

}  // namespace fid::cmd::connect
