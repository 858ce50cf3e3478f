#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid sockets beside ss on known sockets, in a network namespace of its own.

usage: sockets_peers.py FID; status 77 where there is no ss, or no right to make a namespace.
"""
import collections
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

FID = os.path.abspath(sys.argv[1])
failures = []


def check(what, good, detail=""):
    if not good:
        failures.append(what)
        print(f"FAILED {what}\n{detail}", flush=True)


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


def fid(*words, **options):
    return run(FID, "sockets", *words, **options)


def records(*words):
    done = fid("--json", "-q", *words)
    if done.returncode not in (0, 1) or done.stderr:
        check("fid " + " ".join(words), False, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


# --- the scene ------------------------------------------------------------------------------------------------------

kept = []


def keep(made):
    kept.append(made)
    return made


def listen(address, family=socket.AF_INET, v6_only=None, reuse_port=False):
    made = keep(socket.socket(family))
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuse_port:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if v6_only is not None:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6_only)
    made.bind(address)
    made.listen(5)
    return made


def connect(address, family=socket.AF_INET):
    made = keep(socket.socket(family))
    made.connect(address)
    return made


def set_scene(folder):
    for words in ("link set lo up", "link add eth7 type veth peer name eth8", "link set eth8 up", "link set eth7 up", "addr add 192.0.2.7/24 dev eth7",
                  "addr add 10.7.0.1/8 dev eth7", "addr add fe80::7/64 dev eth7 nodad", "addr add 2001:db8::7/64 dev eth7 nodad",
                  # One that never answers: without an entry of its own a connection to it would fail after three seconds.
                  "neighbor add 192.0.2.99 lladdr 02:00:00:00:00:99 dev eth7"):
        subprocess.run(["ip", *words.split()], check=True)
    web = listen(("0.0.0.0", 8080))
    listen(("127.0.0.1", 5432))
    listen(("192.0.2.7", 22))
    both = listen(("::", 8081), socket.AF_INET6, v6_only=0)
    listen(("::", 8082), socket.AF_INET6, v6_only=1)
    listen(("fe80::7", 8083, 0, socket.if_nametoindex("eth7")), socket.AF_INET6)
    for _ in range(3):
        listen(("127.0.0.1", 8084), reuse_port=True)
    bound = listen(("0.0.0.0", 8085))
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth7")

    client = connect(("192.0.2.7", 8080))
    server = keep(web.accept()[0])
    client.sendall(b"x" * 1000)  # never read: recv-q
    connect(("10.7.0.1", 8080))  # never accepted
    connect(("::1", 8081), socket.AF_INET6)
    keep(both.accept()[0])
    connect(("::ffff:127.0.0.1", 8081), socket.AF_INET6)
    keep(both.accept()[0])
    server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    gone = connect(("127.0.0.1", 8080))
    while True:  # the queue holds another
        half = keep(web.accept()[0])
        if half.getpeername() == gone.getsockname():
            break
    gone.close()  # FIN-WAIT-2 here, CLOSE-WAIT there
    first = connect(("127.0.0.1", 8080))
    done = web.accept()[0]
    first.close()
    done.close()  # TIME-WAIT
    trying = keep(socket.socket())
    trying.setblocking(False)
    trying.connect_ex(("192.0.2.99", 25))  # SYN-SENT

    for family, address in ((socket.AF_INET, ("0.0.0.0", 5353)), (socket.AF_INET, ("127.0.0.53", 53)),
                            (socket.AF_INET6, ("::", 546)), (socket.AF_INET6, ("fe80::7", 547, 0, socket.if_nametoindex("eth7")))):
        keep(socket.socket(family, socket.SOCK_DGRAM)).bind(address)
    datagrams = keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    datagrams.connect(("192.0.2.7", 5353))
    datagrams.send(b"unread")
    keep(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
    keep(socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6))
    keep(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)))

    path = folder + "/a socket"
    named = keep(socket.socket(socket.AF_UNIX))
    named.bind(path)
    named.listen(7)
    keep(socket.socket(socket.AF_UNIX)).connect(path)
    keep(named.accept()[0])
    abstract = keep(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
    abstract.bind("\0fid-test")
    abstract.listen()
    keep(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)).bind(folder + "/log")
    kept.extend(socket.socketpair())
    worker = os.fork()
    if worker == 0:
        signal.pause()
    return worker


# --- ss ---------------------------------------------------------------------------------------------------------------

SS_STATES = {"ESTAB": "established", "UNCONN": "unconnected", "CLOSED": "closed", "SYN-RECV": "syn-recv"}


def ss_state(word):
    return SS_STATES.get(word, word.lower())


def ss_holders(line):
    return frozenset((name, int(pid), int(descriptor))
                     for name, pid, descriptor in re.findall(r'\("((?:[^"])*)",pid=(\d+),fd=(\d+)\)', line))


def ss_ip(*words):
    """(state, recv-q, send-q, local, peer, holders, inode)"""
    rows = []
    for line in run("ss", "-Hane", *words).stdout.splitlines():
        parts = line.split()
        if parts[0].isdigit():
            parts.insert(0, "")  # where only one state was asked for ss leaves it out
        inode = re.search(r" ino:(\d+)", line)
        rows.append((ss_state(parts[0]), int(parts[1]), int(parts[2]), parts[3], parts[4], ss_holders(line),
                     int(inode[1]) if inode and inode[1] != "0" else None))
    return collections.Counter(rows)


def as_ss(record, end):
    """An end of a socket as ss writes it."""
    address, port = record[end + "_address"], record[end + "_port"]
    if address is None:
        wild = "*" if record["dual_stack"] or (record["protocol"] == "raw" and record["family"] == 6) else (
            "[::]" if record["family"] == 6 else "0.0.0.0")
        return wild + ":*"
    if end == "local" and address == "::" and (record["dual_stack"] or record["protocol"] == "raw"):
        address = "*"
    elif ":" in address:
        address = f"[{address}]"
    if end == "local" and record["device"]:
        address += "%" + record["device"]
    return f"{address}:{port}"


def fid_ip(*words):
    rows = []
    for record in records(*words):
        holders = frozenset((one["name"], one["pid"], one["descriptor"]) for one in record["processes"] or [])
        rows.append((record["state"], record["recv_queue"], record["send_queue"], as_ss(record, "local"),
                     as_ss(record, "peer"), holders, record["inode"]))
    return collections.Counter(rows)


def same(what, ours, peers):
    lines = [f"  only fid: {row}" for row in (ours - peers)] + [f"  only ss:  {row}" for row in (peers - ours)]
    check(what, ours == peers and sum(peers.values()) > 0, "\n".join(lines))


# --- what is compared -------------------------------------------------------------------------------------------------

def compare_lists():
    same("-tanp", fid_ip("-t"), ss_ip("-tp"))
    same("-uanp", fid_ip("-u"), ss_ip("-up"))
    # Where the kernel has no raw_diag ss does not tell the inodes that /proc has.
    without_inode = lambda rows: collections.Counter(row[:6] for row in rows.elements())
    same("-wanp", without_inode(fid_ip("-w")), without_inode(ss_ip("-wp")))
    same("-tanp -4", fid_ip("-t", "-4"), ss_ip("-tp", "-4"))
    same("-tanp -6", fid_ip("-t", "-6"), ss_ip("-tp", "-6"))
    # A listener is listening for both; of UDP and raw sockets ss means those without a peer.
    same("-tlnp", fid_ip("-tl"), ss_ip("-ltp"))
    # /proc does not tell who takes IPv4 as well, what a socket is bound to, nor how long a listener's queue may be.
    blind = lambda rows: collections.Counter(
        (row[0], row[1], None if row[0] == "listen" else row[2], re.sub("%[^:]*", "", row[3].replace("*:", "[::]:")),
         row[4].replace("*:*", "[::]:*"), *row[5:]) for row in rows.elements())
    same("-tanp by /proc", blind(fid_ip("-t", "--via", "proc")), blind(ss_ip("-tp")))
    same("-uanp by /proc", blind(fid_ip("-u", "--via", "proc")), blind(ss_ip("-up")))


def compare_unix():
    kinds = {"u_str": "unix-stream", "u_dgr": "unix-dgram", "u_seq": "unix-seqpacket"}
    theirs, ours = collections.Counter(), collections.Counter()
    for line in run("ss", "-Hxanp").stdout.splitlines():
        kind, state, received, sent, rest = re.match(r"(\S+)\s+(\S+)\s+(\d+)\s+(\d+)\s+(.*)", line).groups()
        found = re.match(r"(.*?)\s(\d+)\s+\*\s(\d+)", rest)
        name = found[1].strip()
        theirs[(kinds[kind], ss_state(state), int(received), int(sent), None if name == "*" else name, int(found[2]),
                int(found[3]) or None, ss_holders(line))] += 1
    for one in records("-x"):
        ours[(one["protocol"], one["state"], one["recv_queue"], one["send_queue"], one["local_name"], one["inode"],
              one["peer_inode"], frozenset((each["name"], each["pid"], each["descriptor"]) for each in one["processes"]))] += 1
    same("-xanp", ours, theirs)
    # /proc knows neither queues nor peers, nor the type of what is not connected: names and inodes agree.
    short = lambda rows: collections.Counter((row["local_name"], row["inode"]) for row in rows)
    same("-xan by /proc", short(records("-x", "--via", "proc")), short(records("-x")))


FILTERS = [
    "state established", "state listening", "state connected", "state bucket", "exclude established",
    "state time-wait state close-wait", "sport = :8080", "dport = :8080", "sport != :8080", "sport >= :8081",
    "sport < :8081", "dport > :1000 and sport > :1000", "( sport = :8080 or dport = :8080 )", "not dport = :8080",
    "not ( sport = :8080 or dport = :8080 )", "src 127.0.0.1", "dst 10/8", "src 192.0.2.0/24", "dst 127.0.0.0/8",
    "src 127.0.0.1:8080", "dst [::1]:8081", "src fe80::/10", "not src 127.0.0.1 and sport = :8080",
    "( src 10/8 or src 127/8 ) and not ( dport = :8080 or dport = :8081 )", "state established dport = :8081",
    "sport = :8080 or sport = :22 or sport = :25 and dport = :1", "dev = eth7", "not dev = eth7",
]


def compare_filters():
    for text in FILTERS:
        plain = lambda rows: collections.Counter(row[1:5] for row in rows.elements())
        theirs = plain(ss_ip("-t", *text.split()))
        ours = plain(fid_ip("-t", *text.split()))
        lines = [f"  only fid: {row}" for row in (ours - theirs)] + [f"  only ss:  {row}" for row in (theirs - ours)]
        check(f"filter {text}", ours == theirs, "\n".join(lines))
        # The same judged by us alone; /proc does not say what a socket is bound to.
        if "dev" not in text:
            inodes = lambda rows: collections.Counter((one["local_address"], one["local_port"], one["peer_address"],
                                                       one["peer_port"], one["inode"]) for one in rows)
            check(f"filter {text} by /proc",
                  inodes(records("-t", "--via", "proc", text)) == inodes(records("-t", text)))
    check("some filter found something", any(fid_ip("-t", *text.split()) for text in FILTERS))


def check_processes(worker):
    me, name = os.getpid(), open("/proc/self/comm", encoding="utf-8").read().strip()
    found = records("sport = :5432")
    check("a forked worker is another holder of the same socket",
          len(found) == 1 and {one["pid"] for one in found[0]["processes"]} == {me, worker}, found)
    check("process NAME", len(records(f"process {name} and sport = :5432")) == 1)
    check("pid N", len(records(f"pid {worker} and sport = :5432")) == 1)
    check("nothing found is status 1", fid("process no-such-process").returncode == 1)
    check("SO_REUSEPORT: three sockets", len(records("sport = :8084 and listening")) == 3)
    found = {one["local_port"]: one["exposure"] for one in records("-tl")}
    wanted = {8080: "any", 5432: "loopback", 22: "lan", 8081: "any", 8083: "lan", 8084: "loopback"}
    check("exposure", wanted.items() <= found.items(), found)


def check_stranger():
    """Another user sees the sockets, and is told once that the processes are not theirs to see."""
    done = fid("-tl", user=65534, group=65534, extra_groups=[])
    check("a stranger's warning", done.stderr.count("cannot be seen") == 1 and "as root" in done.stderr, done.stderr)
    check("a stranger's list", done.stdout.count("\n") == len(records("-tl")) and done.returncode == 0, done.stdout)
    done = fid("-tl", "--no-processes", user=65534, group=65534, extra_groups=[])
    check("no warning where no processes are wanted", done.stderr == "", done.stderr)


def check_time(folder):
    waiting = subprocess.Popen([FID, "sockets", "--json", "--wait", ":9555", "--timeout", "20s"], stdout=subprocess.PIPE, text=True)
    time.sleep(0.3)
    check("--wait waits", waiting.poll() is None)
    late = listen(("127.0.0.1", 9555))
    out = waiting.communicate(timeout=20)[0]
    check("--wait ends", waiting.returncode == 0 and json.loads(out)["pid"] == os.getpid(), out)
    check("--wait gives up", fid("--wait", ":9556", "--timeout", "50ms").returncode == 28)

    saved = folder + "/before.json"
    with open(saved, "w", encoding="utf-8") as file:
        file.write(fid("--json", "-t", "listening").stdout)
    same_now = fid("-t", "--diff", saved, "listening")
    check("--diff finds nothing new", same_now.returncode == 0 and same_now.stdout == "", same_now.stdout)
    watching = subprocess.Popen([FID, "sockets", "-t", "--watch", "--interval", "50ms", "listening"], stdout=subprocess.PIPE, text=True)
    time.sleep(0.5)
    late.close()
    listen(("127.0.0.1", 9557))
    changed = fid("-t", "--diff", saved, "listening")
    lines = [line.split("\t")[:4] for line in changed.stdout.splitlines()]
    wanted = [["-", "tcp", "listen", "127.0.0.1:9555"], ["+", "tcp", "listen", "127.0.0.1:9557"]]
    check("--diff", changed.returncode == 1 and lines == wanted, changed.stdout)
    time.sleep(0.5)
    watching.send_signal(signal.SIGINT)
    out = watching.communicate(timeout=20)[0]
    check("--watch", watching.returncode == 130 and sorted(line.split("\t")[:4] for line in out.splitlines()) == sorted(wanted), out)


def check_spaces():
    ready, told = os.pipe()
    os.set_inheritable(told, True)
    child = os.fork()
    if child == 0:
        os.execvp("unshare", ["unshare", "-n", sys.executable, "-c",
                              "import os,socket,signal,subprocess\n"
                              "subprocess.run('ip link set lo up', shell=True)\n"
                              "s = socket.create_server(('127.0.0.1', 7777))\n"
                              f"os.write({told}, b'x'); signal.pause()"])
    os.read(ready, 1)
    check("a namespace is not seen by itself", fid(":7777").returncode == 1)
    found = records("--all-netns", ":7777")
    check("--all-netns", len(found) == 1 and found[0]["netns"] == f"pid:{child}" and found[0]["pid"] == child, found)
    check("our own is self", {one["netns"] for one in records("--all-netns", "sport = :5432")} == {"self"})
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    stranger = fid("--all-netns", user=65534, group=65534, extra_groups=[])
    check("--all-netns is for root", stranger.returncode in (0, 26), stranger.stderr)


def main():
    for program in ("ss", "ip", "unshare"):
        if shutil.which(program) is None:
            print(f"skipped: there is no {program}")
            return 77
    if "--inside" not in sys.argv:
        if run("unshare", "-n", "true").returncode != 0:
            print("skipped: no right to make a network namespace")
            return 77
        return subprocess.run(["unshare", "-n", sys.executable, __file__, FID, "--inside"], timeout=300).returncode
    with tempfile.TemporaryDirectory() as folder:
        worker = set_scene(folder)
        try:
            compare_lists()
            compare_unix()
            compare_filters()
            check_processes(worker)
            check_stranger()
            check_time(folder)
            check_spaces()
        finally:
            os.kill(worker, signal.SIGKILL)
    print(f"sockets_peers: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
