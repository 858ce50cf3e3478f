#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid ping between hosts: four network namespaces in a row, host - r1 - r2 - far, both families.

usage: ping_netns.py FID
Needs root (skipped with 77 otherwise). ping, fping and traceroute are asked the same questions where they are there.
"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tempfile
import time

TAG = f"fid{os.getpid()}"
HOST, R1, R2, FAR = (f"{TAG}-{name}" for name in ("host", "r1", "r2", "far"))
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
TIMEOUT_S = 60
fid = os.path.abspath(sys.argv[1])
failures = checks = 0


def sh(line, check=True):
    done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=TIMEOUT_S)
    if check and done.returncode != 0:
        raise RuntimeError(f"{line}: {done.stderr.strip()}")
    return done


def inside(namespace, words, **options):
    options = {"capture_output": True, "text": True, "timeout": TIMEOUT_S, **options}
    return subprocess.run(["ip", "netns", "exec", namespace, *words], **options)


def ping(*words, nobody=True):
    """The records, the exit status and standard error of fid ping --json in the host's namespace."""
    done = inside(HOST, [*(NOBODY if nobody else []), fid, "ping", "--json", *map(str, words)])
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr


def text(*words):
    done = inside(HOST, [*NOBODY, fid, "ping", *map(str, words)])
    return done.stdout, done.returncode


def of_type(records, name):
    return [record for record in records if record["type"] == name]


def check(what, got, wanted):
    global failures, checks
    checks += 1
    if got != wanted:
        failures += 1
        print(f"FAILED {what}\n  got    {got!r}\n  wanted {wanted!r}")


def link(left, left_name, right, right_name, number):
    sh(f"ip -n {left} link add {left_name} type veth peer name {right_name} netns {right}")
    for place, name, last in ((left, left_name, 1 if left != HOST else 2), (right, right_name, 2 if left != HOST else 1)):
        sh(f"ip -n {place} address add 10.9.{number}.{last}/24 dev {name}")
        sh(f"ip -n {place} address add fd09:{number}::{last}/64 dev {name} nodad")
        sh(f"ip -n {place} link set {name} up")


def build():
    for namespace in (HOST, R1, R2, FAR):
        sh(f"ip netns add {namespace}")
        sh(f"ip -n {namespace} link set lo up")
        # Routers answer every probe: these tests are about who answers, not how often.
        for setting in ("net.ipv4.icmp_ratemask=0", "net.ipv6.icmp.ratelimit=0", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
                        "net.ipv6.conf.default.accept_dad=0"):
            inside(namespace, ["sysctl", "-qw", setting])
    link(HOST, "eth0", R1, "left", 1)   # host .2, r1 .1
    link(R1, "right", R2, "left", 2)    # r1 .1, r2 .2
    link(R2, "right", FAR, "eth0", 3)   # r2 .1, far .2
    for namespace, four, six in ((HOST, "10.9.1.1", "fd09:1::1"), (R1, "10.9.2.2", "fd09:2::2"),
                                 (R2, "10.9.2.1", "fd09:2::1"), (FAR, "10.9.3.1", "fd09:3::1")):
        sh(f"ip -n {namespace} route add default via {four}")
        sh(f"ip -n {namespace} route add default via {six}")
    grant(True)
    # Neighbours find each other before anything is measured.
    for address in ("10.9.3.2", "fd09:3::2"):
        check(f"{address} is there", ping("--timeout", "20s", "-c", 9, "--alive", address)[1], 0)


def grant(on):
    """May everybody in the host's namespace open ICMP sockets?"""
    inside(HOST, ["sysctl", "-qw", "net.ipv4.ping_group_range=" + ("0 2147483647" if on else "1 0")], check=True)


def test_rights():
    for what, granted, nobody in (("an unprivileged socket", True, True), ("a raw socket", False, False)):
        grant(granted)
        for address, hops in (("10.9.3.2", 62), ("fd09:3::2", 62)):
            records, status, _ = ping("-c", 2, "-i", "20ms", address, nobody=nobody)
            check(f"{address} answers to {what}", status, 0)
            check(f"hop count by {what}", [one["ttl"] for one in of_type(records, "reply")], [hops, hops])
            check(f"size by {what}", [one["bytes"] for one in of_type(records, "reply")], [64, 64])
            check(f"times by {what}", all(0 < one["rtt_ms"] < 1000 for one in of_type(records, "reply")), True)
    grant(False)
    _, status, errors = ping("-c", 1, "10.9.3.2")
    check("no right to any socket is status 7", status, 7)
    check("the hint names the sysctl", "ping_group_range" in json.loads(errors)["hint"], True)
    check("TCP needs no right", ping("-c", 1, "--tcp", 9, "10.9.3.2")[1], 0)
    # The errors that routers send reach a raw socket, too, and others' pings are not taken for ours.
    other = subprocess.Popen(["ip", "netns", "exec", HOST, fid, "ping", "-q", "-i", "5ms", "-c", "100", "10.9.3.2"],
                             stdout=subprocess.DEVNULL)
    records, _, _ = ping("-c", 3, "-i", "20ms", "--ttl", 1, "10.9.3.2", nobody=False)
    other.wait()
    check("errors to a raw socket", [(one["outcome"], one["from"]) for one in of_type(records, "reply")],
          [("error", "10.9.1.1")] * 3)
    grant(True)


def test_hops_and_errors():
    for ttl, four, six in ((1, "10.9.1.1", "fd09:1::1"), (2, "10.9.2.2", "fd09:2::2")):
        for address, router, name in (("10.9.3.2", four, "time to live exceeded"), ("fd09:3::2", six, "hop limit exceeded")):
            for method in ([], ["--udp", 9], ["--tcp", 9]):
                records, status, _ = ping("-c", 1, "--ttl", ttl, *method, address)
                reply = of_type(records, "reply")[0]
                check(f"ttl {ttl} to {address} {method}", (reply["outcome"], reply["error"], reply["from"], status),
                      ("error", name, router, 1))
    sh(f"ip -n {R1} route add blackhole 10.9.66.0/24")
    sh(f"ip -n {R1} route add unreachable 10.9.67.0/24")
    sh(f"ip -n {R1} route add prohibit 10.9.68.0/24")
    sh(f"ip -n {R1} route add unreachable fd09:67::/64")
    sh(f"ip -n {R1} route add prohibit fd09:68::/64")
    sh(f"ip -n {HOST} route add unreachable 10.9.69.0/24")
    for address, outcome, error, router in (
            ("10.9.66.1", "no answer", None, None), ("10.9.67.1", "error", "host unreachable", "10.9.1.1"),
            ("10.9.68.1", "error", "administratively prohibited", "10.9.1.1"),
            ("fd09:67::1", "error", "no route to the destination", "fd09:1::1"),
            ("fd09:68::1", "error", "administratively prohibited", "fd09:1::1"),
            ("10.9.69.1", "error", "no route to host", None)):
        records, status, _ = ping("-c", 1, "-W", "300ms", address)
        reply, target = of_type(records, "reply")[0], of_type(records, "target")[0]
        check(f"{address}", (reply["outcome"], reply["error"], reply["from"]), (outcome, error, router))
        check(f"{address} is down", (target["up"], target["lost"], status), (False, 1, 1))
    records, _, _ = ping("-c", 4, "-i", 1, "10.9.1.77")  # nobody has this address: the kernel gives up after 3 s
    target = of_type(records, "target")[0]
    check("nobody answers ARP", (target["up"], target["error"], target["error_from"]), (False, "host unreachable", "10.9.1.2"))
    output, _ = text("-W", "300ms", "10.9.66.1", "10.9.67.1", "10.9.3.2")
    lines = sorted(re.sub(r"[\d.]+ ms", "T ms", line) for line in output.splitlines())
    check("who is up, in words", lines, ["10.9.3.2 is up, T ms", "10.9.66.1 is down, no answer to 3 probes",
                                         "10.9.67.1 is down, host unreachable (from 10.9.1.1)"])


def test_ports():
    check("a closed UDP port is a sign of life",
          [(one["outcome"], one["from"]) for one in of_type(ping("-c", 1, "--udp", 9, "10.9.3.2")[0], "reply")],
          [("refused", "10.9.3.2")])
    server = "import socket; s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.bind(('::', 7)); print(flush=True)\n" \
             "while True: b, a = s.recvfrom(9999); s.sendto(b, a)"
    with running(FAR, server):
        records, status, _ = ping("-c", 3, "-i", "20ms", "--udp", 7, "10.9.3.2", "fd09:3::2")
        check("an echo service", (status, {one["outcome"] for one in of_type(records, "reply")}), (0, {"reply"}))
    server = "import socket; s = socket.create_server(('::', 80), family=socket.AF_INET6, dualstack_ipv6=True)\n" \
             "import time; print(flush=True); time.sleep(60)"
    with running(FAR, server):
        records, status, _ = ping("-c", 3, "-i", "20ms", "--tcp", 80, "10.9.3.2", "fd09:3::2")
        check("an open TCP port", (status, {one["outcome"] for one in of_type(records, "reply")}), (0, {"reply"}))
    records, status, _ = ping("-c", 1, "-i", "20ms", "--tcp", 81, "10.9.3.2", "fd09:3::2")
    check("a closed TCP port", (status, {one["outcome"] for one in of_type(records, "reply")}), (0, {"refused"}))
    check("and it is said", {one["refused"] for one in of_type(records, "target")}, {True})
    if not nft(R1, "forward", "udp dport 82 reject", "tcp dport 82 reject", "udp dport 83 drop", "tcp dport 83 drop"):
        return
    for method in ("--tcp", "--udp"):
        reply = of_type(ping("-c", 1, method, 82, "10.9.3.2")[0], "reply")[0]
        check(f"{method} refused by a firewall is not up", (reply["outcome"], reply["error"], reply["from"]),
              ("error", "port unreachable", "10.9.1.1"))
        records, status, _ = ping("-c", 1, "-W", "200ms", method, 83, "10.9.3.2")
        check(f"{method} dropped by a firewall", (of_type(records, "reply")[0]["outcome"], status), ("no answer", 1))
    no_nft(R1)


def nft(namespace, hook, *rules):
    lines = ["add table inet t", f"add chain inet t c {{ type filter hook {hook} priority 0; }}"]
    lines += [f"add rule inet t c {rule}" for rule in rules]
    done = inside(namespace, ["nft", "-f", "-"], input="\n".join(lines) + "\n")
    if done.returncode != 0:
        print("not tested, nft says:", done.stderr.strip().splitlines()[0])
    return done.returncode == 0


def no_nft(namespace):
    inside(namespace, ["nft", "delete", "table", "inet", "t"], check=True)


@contextlib.contextmanager
def running(namespace, program):
    """A Python program that prints a line when it is ready."""
    process = subprocess.Popen(["ip", "netns", "exec", namespace, sys.executable, "-c", program], stdout=subprocess.PIPE)
    process.stdout.readline()
    try:
        yield
    finally:
        process.terminate()
        process.communicate()


def test_loss_against_peers():
    """Every fourth echo request is dropped: everybody must count the same loss."""
    if not nft(FAR, "input", "icmp type echo-request numgen inc mod 4 0 drop"):
        return
    records, status, _ = ping("-c", 20, "-i", "20ms", "-W", "200ms", "10.9.3.2")
    target = of_type(records, "target")[0]
    check("loss", (target["sent"], target["received"], target["loss_percent"], status), (20, 15, 25, 0))
    check("every lost one is told", [one["outcome"] for one in of_type(records, "reply")].count("no answer"), 5)
    if shutil.which("ping"):
        output = inside(HOST, ["ping", "-n", "-c", "20", "-i", "0.02", "-W", "1", "10.9.3.2"]).stdout
        check("ping counts the same", re.search(r"(\d+)% packet loss", output).group(1), "25")
        peer = float(re.search(r"= [\d.]+/([\d.]+)/", output).group(1))
        check("ping's mean is of the same size", abs(peer - target["avg_ms"]) < 5, True)
    if shutil.which("fping"):
        output = inside(HOST, ["fping", "-q", "-c", "20", "-p", "20", "10.9.3.2"]).stderr
        check("fping counts the same", re.search(r"= 20/15/(\d+)%", output) is not None, True)
    # A sweep tries again, so a lost probe does not make a host look dead.
    check("a sweep is not fooled by a lost probe", [ping("-W", "200ms", "10.9.3.2", "10.9.1.1")[1] for _ in range(4)], [0] * 4)
    no_nft(FAR)


ODD_RESPONDER = """
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
def checksum(b):
    b += bytes(len(b) % 2)
    total = sum(struct.unpack(f'!{len(b) // 2}H', b))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff
def reply(to, ident, seq, payload):
    message = struct.pack('!BBHHH', 0, 0, 0, ident, seq) + payload
    s.sendto(message[:2] + struct.pack('!H', checksum(message)) + message[4:], to)
print(flush=True)
while True:
    packet, to = s.recvfrom(9999)
    kind, _, _, ident, seq = struct.unpack_from('!BBHHH', packet, 20)
    payload = packet[28:]
    if kind != 8: continue
    if seq == 3: time.sleep(0.4)
    if seq == 4: payload = payload[:30] + b'!' + payload[31:]
    if seq == 5: payload = payload[:20]
    if seq == 6: payload = b'XX' + payload[2:]
    reply(to, ident, seq, payload)
    if seq == 2: reply(to, ident, seq, payload)
    if seq == 7: reply(to, ident, 99, payload)
"""


def test_odd_replies():
    inside(FAR, ["sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1"], check=True)
    with running(FAR, ODD_RESPONDER):
        for size, damaged_at in ((56, [30, 20, 0]), (30, [None, 20, 0])):
            if size == 30:  # probe 4's damage is beyond its end: one byte more
                damaged_at[0] = 30
            records, status, _ = ping("-c", 7, "-i", "500ms", "-W", "250ms", "-s", size, "10.9.3.2")
            seen = {}
            for one in of_type(records, "reply"):
                seen.setdefault(one["seq"], []).append(one["outcome"])
            check(f"odd replies of {size} bytes", seen,
                  {1: ["reply"], 2: ["reply", "duplicate"], 3: ["no answer", "late"], 4: ["damaged"], 5: ["damaged"],
                   6: ["damaged"], 7: ["reply"]})
            places = [one["damaged_at"] for one in of_type(records, "reply") if one["outcome"] == "damaged"]
            check(f"where {size} bytes are damaged", places, damaged_at)
            target = of_type(records, "target")[0]
            check("the account", [target[name] for name in ("sent", "received", "lost", "duplicates", "late", "damaged")],
                  [7, 6, 1, 1, 1, 3])
            check("up all the same", status, 0)
    inside(FAR, ["sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=0"], check=True)


def test_trace():
    ways = {"10.9.3.2": ["10.9.1.1", "10.9.2.2", "10.9.3.2"], "fd09:3::2": ["fd09:1::1", "fd09:2::2", "fd09:3::2"]}
    for address, way in ways.items():
        for method in ([], ["--udp", 33434], ["--tcp", 9]):
            records, status, _ = ping("--trace", *method, address)
            hops = of_type(records, "hop")
            check(f"the way to {address} {method}", [one["from"] for one in hops], way)
            check(f"three answers of each {method}", [len(one["rtts_ms"]) for one in hops], [3, 3, 3])
            check(f"reached {method}", (of_type(records, "trace")[0]["reached"], status), (True, 0))
        if shutil.which("traceroute"):
            output = inside(HOST, ["traceroute", "-n", "-q", "1", address]).stdout
            check(f"traceroute to {address}", re.findall(r"^ *\d+ +(\S+) ", output, re.M), way)
    grant(False)
    records, _, _ = ping("--trace", "10.9.3.2", nobody=False)
    check("the way by a raw socket", [one["from"] for one in of_type(records, "hop")], ways["10.9.3.2"])
    grant(True)
    records, status, _ = ping("--trace", "-W", "300ms", "--max-hops", 5, "10.9.66.1")
    check("into a black hole", ([one["from"] for one in of_type(records, "hop")], status), ([], 1))
    records, status, _ = ping("--trace", "-W", "300ms", "10.9.67.1")
    check("to where a router says no", ([(one["from"], one["error"]) for one in of_type(records, "hop")], status),
          ([("10.9.1.1", "host unreachable")], 1))
    records, status, _ = ping("--trace", "10.9.69.1")
    check("to where there is no route", (of_type(records, "trace")[0]["error"], status), ("no route to host", 1))
    if nft(R2, "output", "icmp type time-exceeded drop"):
        records, status, _ = ping("--trace", "-W", "300ms", "10.9.3.2")
        check("past a silent router", ([one["from"] for one in of_type(records, "hop")], status),
              (["10.9.1.1", None, "10.9.3.2"], 0))
        output, _ = text("--trace", "-W", "300ms", "10.9.3.2")
        check("a silent router in words", output.splitlines()[2], " 2  *  *  *")
        no_nft(R2)
    with tempfile.NamedTemporaryFile("w") as hosts:
        hosts.write("10.9.1.1 first.example\n10.9.2.2 second.example\n10.9.3.2 far.example\n")
        hosts.flush()
        os.chmod(hosts.name, 0o644)
        line = f"mount --bind {hosts.name} /etc/hosts && exec {fid} ping --trace --resolve far.example"
        output = inside(HOST, ["unshare", "-m", "sh", "-c", line]).stdout
        check("names with --resolve", re.findall(r"\S+ \(\S+\)", output),
              ["far.example (10.9.3.2)", "first.example (10.9.1.1)", "second.example (10.9.2.2)", "far.example (10.9.3.2)"])


def test_thousands():
    sh(f"ip -n {FAR} route add local 10.10.0.0/20 dev lo")
    sh(f"ip -n {R2} route add 10.10.0.0/20 via 10.9.3.2")
    sh(f"ip -n {R2} route add blackhole 10.10.1.0/24")
    done = inside(HOST, [*NOBODY, fid, "ping", "--alive", "-W", "500ms", "--rate", "5000", "10.10.0.0/20"])
    alive = set(done.stdout.split())
    check("thousands, some of them dead", (len(alive), done.returncode), (4094 - 256, 1))
    done = inside(HOST, [*NOBODY, fid, "ping", "--down", "-W", "200ms", "--rate", "5000", "10.10.0.0/22"])
    check("the dead ones", (set(done.stdout.split()), done.returncode), ({f"10.10.1.{i}" for i in range(256)}, 1))
    if shutil.which("fping"):
        peer = inside(HOST, ["fping", "-a", "-q", "-i", "1", "-r", "1", "-t", "200", "-g", "10.10.0.0/20"]).stdout
        check("fping finds the same ones", set(peer.split()) ^ alive, set())
    records, status, _ = ping("-c", 3, "-i", "100ms", "-W", "500ms", "--rate", 20000, "10.10.2.0/23", "--tcp", 9)
    check("a thousand connections", (of_type(records, "summary")[0]["received"], status), (3 * 510, 0))


def test_places():
    check("a source address", ping("-c", 1, "--source", "10.9.1.2", "10.9.3.2")[1], 0)
    check("a source that is not ours", ping("-c", 1, "--source", "10.9.9.9", "10.9.3.2")[1], 2)
    check("an interface", ping("-c", 1, "--interface", "eth0", "10.9.3.2")[1], 0)
    check("an interface that is none", ping("-c", 1, "--interface", "eth9", "10.9.3.2")[1], 2)
    output = sh(f"ip -n {R1} -6 -o address show dev left scope link").stdout
    address = re.search(r"inet6 (\S+)/", output).group(1)
    check("a link-local address", ping("-c", 1, f"{address}%eth0")[1], 0)


FIELDS = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "icmp.type", "icmp.code", "icmp.ident", "icmp.seq", "icmpv6.type",
          "icmpv6.code", "icmpv6.echo.identifier", "icmpv6.echo.sequence_number", "udp.srcport", "udp.dstport", "data.data",
          "tcp.srcport", "tcp.dstport", "ip.proto", "ipv6.nxt"]


def told(path):
    """What tshark finds in a capture of pings: a line a packet, sorted; nothing may be wrong with it."""
    checks = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"]
    wanted = "not icmpv6.type in {133..137} and not arp and not (tcp.flags.reset == 1 and tcp.flags.ack == 0)"
    done = subprocess.run(["tshark", "-nr", path, *checks, "-Y", wanted, "-T", "fields", "-E", "occurrence=a", "-e",
                           "_ws.malformed", "-e", "_ws.expert.severity", *(part for name in FIELDS for part in ("-e", name))],
                          capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    error = 8388608
    bad = [line for line in lines if line[0] or any(int(one) >= error for one in line[1].split(",") if one)]
    return sorted(line[2:] for line in lines), bad


def test_recordings():
    """What is recorded is what a real capture of the interface has, but for what the kernel answers unseen (TCP)."""
    if not shutil.which("tshark") or not shutil.which("tcpdump"):
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        for number, (words, kinds) in enumerate((
                (["-c", 2, "-i", "50ms", "10.9.3.2", "fd09:3::2"], "echoes"),
                (["-c", 1, "--ttl", 1, "10.9.3.2", "fd09:3::2"], "echoes that do not get there"),
                (["-c", 1, "--udp", 9, "10.9.3.2", "fd09:3::2"], "datagrams"),
                (["--trace", "--queries", 1, "10.9.3.2", "fd09:3::2"], "the way"),
                (["--trace", "--udp", 9, "--queries", 1, "10.9.3.2", "fd09:3::2"], "the way of datagrams"))):
            ours, real = f"{folder}/{number}.pcapng", f"{folder}/{number}.real"
            dump = subprocess.Popen(["ip", "netns", "exec", HOST, "tcpdump", "--immediate-mode", "-i", "eth0", "-U", "-Z", "root", "-w", real],
                                    stderr=subprocess.PIPE, text=True)
            dump.stderr.readline()  # it listens
            ping(*words, "--record", ours)
            time.sleep(0.3)  # what the kernel has seen comes to tcpdump's ear
            dump.send_signal(signal.SIGINT)
            dump.communicate(timeout=TIMEOUT_S)
            got, bad = told(ours)
            wanted, _ = told(real)
            check(f"no fault in recorded {kinds}", bad, [])
            check(f"something was recorded of {kinds}", len(got) >= 4, True)
            # An answer that comes when nobody waits any more, beyond the end of the way, is not read.
            late = len(wanted) - len(got) if "--trace" in words else 0
            check(f"recorded {kinds} are those of a capture", [line for line in got if line not in wanted], [])
            check(f"all {kinds} are recorded", len(got) + late, len(wanted))
        ping("-c", 1, "--tcp", 9, "10.9.3.2", "fd09:3::2", "--record", f"{folder}/tcp.pcapng")
        got, bad = told(f"{folder}/tcp.pcapng")
        check("no fault in recorded attempts", bad, [])
        check("attempts and refusals", len(got), 4)


def test_interrupt():
    words = ["ip", "netns", "exec", HOST, fid, "ping", "-i", "100ms", "10.9.3.2"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=5)
    check("Ctrl-C prints the statistics", re.search(r"(\d+) packets transmitted, \1 received, 0% packet loss", output) is not None,
          True)
    check("Ctrl-C is status 130", process.returncode, 130)
    process = subprocess.Popen([*words[:4], fid, "ping", "-i", "1h", "-W", "1h", "10.9.66.1"], stdout=subprocess.PIPE, text=True)
    end = time.monotonic() + 20  # until it has its socket, which a busy machine may let it wait for
    while time.monotonic() < end and all(len(pathlib.Path(f"/proc/{process.pid}/net/{kind}").read_text().splitlines()) == 1
                                         for kind in ("icmp", "raw")):
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=5)
    check("a probe under way is not lost", "1 packets transmitted, 0 received, 0% packet loss" in output, True)


def main():
    missing = [tool for tool in ("ip", "setpriv", "sysctl", "unshare") if not shutil.which(tool)]
    if os.geteuid() != 0 or missing:
        print("skipped:", "needs " + ", ".join(missing) if missing else "needs root")
        return 77
    if subprocess.run(["ip", "netns", "add", HOST], capture_output=True).returncode != 0:
        print("skipped: network namespaces cannot be made here")
        return 77
    subprocess.run(["ip", "netns", "delete", HOST])
    if subprocess.run([*NOBODY, fid, "--version"], capture_output=True).returncode != 0:
        print("skipped: nobody may not run", fid)
        return 77
    try:
        build()
        for name, test in sorted(globals().items(), key=lambda one: one[0]):
            if name.startswith("test_"):
                test()
    finally:
        for namespace in (HOST, R1, R2, FAR):
            subprocess.run(["ip", "netns", "delete", namespace], capture_output=True)
    print(f"ping between namespaces: {checks - failures} passed, {failures} failed")
    return 1 if failures else 0


sys.exit(main())
