#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid connect --check against real listeners: on this machine, and between network namespaces with firewalls.

usage: connect_check.py FID
The second part needs root and nft; without them it says so and is left out. nc and nmap are asked the same where they
are there.
"""
import contextlib
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import threading
import time

from ports import free_port

TAG = f"fid{os.getpid()}"
HOST, ROUTER, FAR = (f"{TAG}-{name}" for name in ("chost", "crouter", "cfar"))
TIMEOUT_S = 60
fid = os.path.abspath(sys.argv[1])
failures = checks = 0


def check(what, got, wanted):
    global failures, checks
    checks += 1
    if got != wanted:
        failures += 1
        print(f"FAILED {what}\n  got    {got!r}\n  wanted {wanted!r}")


def run(*words, inside=None, **options):
    prefix = ["ip", "netns", "exec", inside] if inside else []
    options = {"capture_output": True, "text": True, "timeout": TIMEOUT_S, **options}
    return subprocess.run([*prefix, *map(str, words)], **options)


def ask(*words, inside=None, **options):
    """The port records, the account, the exit status and standard error of --check --json."""
    done = run(fid, "connect", "--check", "--json", *words, inside=inside, **options)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    account = records.pop() if records and records[-1]["type"] == "check" else None
    return records, account, done.returncode, done.stderr


def states(records):
    return [record["state"] for record in records]


@contextlib.contextmanager
def tcp(banner=b"", address="127.0.0.1", wait=0.0, drop=False):
    """A listener that says `banner` after `wait` seconds to everybody; yields its port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.create_server((address, 0), family=family, backlog=512)
    peers = []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                peer, _ = server.accept()
                time.sleep(wait)
                with contextlib.suppress(OSError):
                    peer.sendall(banner)
                peer.close() if drop else peers.append(peer)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()
        for peer in peers:
            peer.close()


@contextlib.contextmanager
def udp(answer, address="127.0.0.1", port=0, ignore=0):
    """A socket that answers with answer(question), or not at all where that is None; yields port and questions."""
    server = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, port))
    questions = []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                question, peer = server.recvfrom(4096)
                questions.append(question)
                reply = answer(question) if len(questions) > ignore else None
                if reply is not None:
                    server.sendto(reply, peer)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1], questions
    finally:
        server.close()


def test_tcp():
    shut = free_port()
    with tcp(b"SSH-2.0-Test_1\r\nmore") as ssh, tcp() as silent, tcp(b"\r\nhello \x1b[31m\xff", drop=True) as odd, \
            tcp(b"220 mail ESMTP\r\n", wait=0.1) as late:
        records, account, status, _ = ask("127.0.0.1", f"{ssh},{shut},{silent},{odd},{late}")
        check("states in the order asked for", states(records), ["open", "closed", "open", "open", "open"])
        check("ports in the order asked for", [record["port"] for record in records], [ssh, shut, silent, odd, late])
        check("services by their banners", [record["service"] for record in records], ["ssh", None, None, None, "smtp"])
        check("banners", [records[i]["banner"] for i in (0, 1, 2, 4)], ["SSH-2.0-Test_1", None, None, "220 mail ESMTP"])
        check("a banner that is no text", records[3]["banner"], {"base64": "aGVsbG8gG1szMW3/"})
        check("times", [record["rtt_ms"] is not None for record in records], [True] * 5)
        check("the account", (account["checked"], account["open"], account["closed"]), (5, 4, 1))
        check("not all open is status 1", status, 1)
        check("all open is status 0", ask("127.0.0.1", f"{ssh},{silent}")[2], 0)
        done = run(fid, "connect", "--check", "127.0.0.1", f"{odd},{shut}")
        lines = [line.split("\t") for line in done.stdout.splitlines()]
        check("a line in a pipe", [line[:4] + line[5:] for line in lines],
              [["127.0.0.1", str(odd), "tcp", "open", "", "hello \\x1b[31m\\xff", ""],
               ["127.0.0.1", str(shut), "tcp", "closed", "", "", ""]])
        began = time.monotonic()
        records, _, _, _ = ask("--banner-wait", "0", "127.0.0.1", silent)
        check("no wait for a banner", (states(records), time.monotonic() - began < 0.25), (["open"], True))
        records, _, _, _ = ask("--banner-wait", "20ms", "127.0.0.1", late)
        check("a banner that comes too late", (states(records), records[0]["banner"]), (["open"], None))
        # A connection from a free port to itself succeeds, and proves that nobody listens.
        itself = ("--source", f"127.0.0.1:{shut}", "127.0.0.1", shut)
        check("a port connected to itself", states(ask(*itself)[0]), ["closed"])
        # The peers' verdicts.
        if shutil.which("nc"):
            for port in (ssh, shut):
                check(f"nc -z agrees about {port}", run("nc", "-z", "127.0.0.1", port).returncode,
                      ask("127.0.0.1", port)[2])


def test_many():
    """Of many ports the open ones are shown, all the same with few descriptors, and nmap finds the same."""
    with contextlib.ExitStack() as stack:
        opened = sorted(stack.enter_context(tcp()) for _ in range(20))
        words = ("127.0.0.1", "20000-65535")
        records, account, status, _ = ask("--banner-wait", "0", *words)
        # Other programs of this machine come and go.
        ours = lambda records: [record["port"] for record in records if record["port"] in opened]
        check("open ones of many", ours(records), opened)
        check("only open ones", (set(states(records)), status), ({"open"}, 1))
        check("the others are counted", (account["checked"], account["open"]), (45536, len(records)))
        few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
        check("with few descriptors", ours(ask("--banner-wait", "0", *words, preexec_fn=few)[0]), opened)
        check("one at a time", ours(ask("--banner-wait", "0", "--parallel", 1, *words)[0]), opened)
        records, _, _, _ = ask("--show", "all", "127.0.0.1", "1-17")
        check("all of them, if asked", [record["port"] for record in records], list(range(1, 18)))
        spread = ",".join(map(str, opened))
        began = time.monotonic()
        check("everything open", ask("127.0.0.1", spread)[2], 0)
        check("banners are awaited together", time.monotonic() - began < 2, True)
        if shutil.which("nmap"):
            output = run("nmap", "-n", "-Pn", "-sT", "-oG", "-", "-p20000-65535", "127.0.0.1").stdout
            theirs = {int(part.split("/")[0]) for line in output.splitlines() if "Ports:" in line
                      for part in line.split("Ports:")[1].replace(",", " ").split() if "/open/" in part}
            check("nmap finds the same", theirs & set(opened), set(opened))


def test_hosts():
    with tcp(address="127.0.0.5") as port:
        records, _, status, _ = ask("127.0.0.0/29", port)
        check("the hosts of a prefix", [record["host"] for record in records], [f"127.0.0.{i}" for i in range(1, 7)])
        check("one of them is open", (states(records).count("open"), records[4]["state"], status), (1, "open", 1))
        records, _, status, _ = ask("127.0.0.4-127.0.0.5", "127.0.0.5", f"127.0.0.5:{port}", port)
        check("a range and hosts", (states(records), status), (["closed", "open", "open", "open"], 1))
        check("a host with its port alone", ask(f"tcp://127.0.0.5:{port}")[2], 0)
    with tcp() as port:
        record = ask("localhost", port)[0][0]
        check("a name with an open address", (record["state"], record["address"]), ("open", "127.0.0.1"))
        records, account, status, errors = ask("no-such-host.invalid", "127.0.0.1", port)
        check("a name that is not found", (states(records), account["unknown"], status), (["open"], 1, 75))
        check("is told", "no-such-host.invalid" in errors, True)
        check("nothing left to check", ask("no-such-host.invalid", port)[2], 6)
        check("of the other family", ask("-6", "127.0.0.1", port)[2], 2)
    if socket.has_ipv6:
        with tcp(b"hi\n", address="::1") as port:
            records, _, status, _ = ask("::1", f"[::1]:{port}", port)
            check("IPv6", ([one["banner"] for one in records], status), (["hi", "hi"], 0))
            check("a source of another family", ask("--source", "127.0.0.1", "::1", port)[2], 2)


def test_udp():
    shut = free_port()
    with udp(lambda question: b"hello\n") as (text, _), udp(lambda question: None) as (silent, heard), \
            udp(lambda question: b"\0\1", ignore=2) as (third, _), udp(lambda question: b"") as (empty, _):
        words = ("--timeout", "600ms", "udp://127.0.0.1", f"{text},{silent},{shut},{third},{empty}")
        records, _, status, _ = ask(*words)
        check("UDP states", states(records), ["open", "open|filtered", "closed", "open", "open"])
        check("an answer that is text", [record["banner"] for record in records], ["hello", None, None, None, None])
        check("silence was asked three times, never with nothing", heard, [b"\r\n"] * 3)
        check("silence has no time", (records[1]["rtt_ms"], records[3]["rtt_ms"] >= 400, status), (None, True, 1))
        check("an answer alone is status 0", ask("udp://127.0.0.1", text)[2], 0)
        both = ask("--timeout", "200ms", "udp://127.0.0.1", "127.0.0.1", text)[0]
        check("UDP and TCP of one host", [one["protocol"] for one in both], ["udp", "tcp"])
    if os.geteuid() == 0:
        is_query = lambda question: question[2:4] == b"\1\0" and question[-4:] == b"\0\2\0\1"
        for port, answer, wrong in ((53, lambda q: q[:2] + b"\x80\0" if is_query(q) else None, "a DNS question"),
                                    (123, lambda q: q if len(q) == 48 and q[0] & 7 == 3 else None, "an NTP question"),
                                    (161, lambda q: q if b"public" in q else None, "an SNMP question"),
                                    (3478, lambda q: q if q[4:8] == b"\x21\x12\xa4\x42" else None, "a STUN question")):
            with contextlib.suppress(PermissionError, OSError), udp(answer, address="127.0.0.77", port=port):
                check(wrong, states(ask("--timeout", "300ms", "udp://127.0.0.77", port)[0]), ["open"])


def test_interrupt():
    process = subprocess.Popen([fid, "connect", "--check", "--rate", "20", "127.0.0.1", "1-1000", "--show", "all"],
                               stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    process.send_signal(2)
    output, _ = process.communicate(timeout=5)
    check("Ctrl-C shows what is known", (5 < len(output.splitlines()) < 60, process.returncode), (True, 130))


def sh(line):
    subprocess.run(line, shell=True, check=True, capture_output=True, timeout=TIMEOUT_S)


def link(left, left_name, right, right_name, number):
    sh(f"ip -n {left} link add {left_name} type veth peer name {right_name} netns {right}")
    for place, name, last in ((left, left_name, 1), (right, right_name, 2)):
        sh(f"ip -n {place} address add 10.7.{number}.{last}/24 dev {name}")
        sh(f"ip -n {place} address add fd07:{number}::{last}/64 dev {name} nodad")
        sh(f"ip -n {place} link set {name} up")


def build():
    for namespace in (HOST, ROUTER, FAR):
        sh(f"ip netns add {namespace}")
        sh(f"ip -n {namespace} link set lo up")
        for setting in ("net.ipv4.icmp_ratemask=0", "net.ipv6.icmp.ratelimit=0", "net.ipv4.ip_forward=1",
                        "net.ipv6.conf.all.forwarding=1"):
            run("sysctl", "-qw", setting, inside=namespace)
    link(HOST, "eth0", ROUTER, "left", 1)   # host .1, router .2
    link(ROUTER, "right", FAR, "eth0", 2)   # router .1, far .2
    for line in (f"{HOST} route add default via 10.7.1.2", f"{HOST} route add default via fd07:1::2",
                 f"{FAR} route add default via 10.7.2.1", f"{FAR} route add default via fd07:2::1",
                 f"{ROUTER} route add blackhole 10.7.66.0/24", f"{ROUTER} route add unreachable 10.7.67.0/24",
                 f"{ROUTER} route add prohibit 10.7.68.0/24", f"{HOST} route add unreachable 10.7.69.0/24"):
        sh(f"ip -n {line}")


def nft(namespace, hook, *rules):
    lines = ["add table inet t", f"add chain inet t c {{ type filter hook {hook} priority 0; }}"]
    lines += [f"add rule inet t c {rule}" for rule in rules]
    done = run("nft", "-f", "-", inside=namespace, input="\n".join(lines) + "\n")
    if done.returncode != 0:
        print("not tested, nft says:", done.stderr.strip().splitlines()[0])
    return done.returncode == 0


SERVER = """
import socket, time
a = socket.create_server(('::', 80), family=socket.AF_INET6, dualstack_ipv6=True)
b = socket.create_server(('::', 86), family=socket.AF_INET6, dualstack_ipv6=True)
u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); u.bind(('::', 90))
print(flush=True)
time.sleep(60)
"""


def between_namespaces():
    server = subprocess.Popen(["ip", "netns", "exec", FAR, sys.executable, "-c", SERVER], stdout=subprocess.PIPE)
    server.stdout.readline()
    try:
        fast = ("--timeout", "400ms", "--banner-wait", "10ms")
        for far, router in (("10.7.2.2", "10.7.2.1"), ("fd07:2::2", "fd07:2::1")):
            ask("--timeout", "10s", far, 80, inside=HOST)  # neighbours find each other before anything is measured
            check(f"open and closed at {far}", states(ask(*fast, far, "80,81", inside=HOST)[0]), ["open", "closed"])
            check(f"UDP at {far}", states(ask(*fast, f"udp://[{far}]" if ":" in far else f"udp://{far}", "90,91",
                                              inside=HOST)[0]), ["open|filtered", "closed"])
        check("into a black hole", states(ask(*fast, "10.7.66.1", 80, inside=HOST)[0]), ["filtered"])
        for address, wanted in (("10.7.67.1", ("unreachable", "host unreachable from 10.7.1.2")),
                                ("10.7.68.1", ("filtered", "administratively prohibited from 10.7.1.2")),
                                ("10.7.69.1", ("unreachable", "no route to host"))):
            for scheme in ("tcp://", "udp://"):
                record = ask(*fast, scheme + address, 80, inside=HOST)[0][0]
                got = record["error"].replace("communication ", "")
                check(f"{scheme}{address}", (record["state"], got), wanted)
        records, _, status, _ = ask(*fast, "10.7.66.0/24", "10.7.2.2", 80, inside=HOST)
        check("a dark prefix and one that answers", ([one["host"] for one in records], status), (["10.7.2.2"], 1))
        check("--source", ask(*fast, "--source", "10.7.1.1", "10.7.2.2", 80, inside=HOST)[2], 0)
        check("--source that is not ours", ask("--source", "10.7.9.9", "10.7.2.2", 80, inside=HOST)[2], 7)
        check("--interface", ask(*fast, "--interface", "eth0", "10.7.2.2", 80, inside=HOST)[2], 0)
        check("--interface that is none", ask("--interface", "eth9", "10.7.2.2", 80, inside=HOST)[2], 7)
        firewalls(fast)
    finally:
        server.terminate()
        server.communicate()


def firewalls(fast):
    if not nft(FAR, "input", "tcp dport 82 drop", "tcp dport 83 reject", "tcp dport 84 reject with tcp reset",
               "udp dport 82 drop"):
        return
    nft(ROUTER, "forward", "tcp dport 85 reject with icmpx admin-prohibited", "udp dport 85 reject",
        "tcp dport 86 drop")
    for far, near in (("10.7.2.2", "10.7.1.2"), ("fd07:2::2", "fd07:1::2")):
        records, account, _, _ = ask(*fast, far, "82-86", inside=HOST)
        check(f"firewalls before {far}", states(records), ["filtered", "filtered", "closed", "filtered", "filtered"])
        check(f"who refused at {far}", [one["error"] is None or near in one["error"] for one in records],
              [True, False, True, True, True])
        records, _, _, _ = ask(*fast, f"udp://[{far}]" if ":" in far else f"udp://{far}", "82,85", inside=HOST)
        check(f"UDP firewalls before {far}", states(records), ["open|filtered", "filtered"])
        check(f"by the router before {far}", records[1]["error"], f"port unreachable from {near}")


def main():
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            test()
    missing = [tool for tool in ("ip", "nft", "sysctl") if not shutil.which(tool)]
    if os.geteuid() != 0 or missing or run("ip", "netns", "add", HOST).returncode != 0:
        print("between namespaces: not tested, needs root,", "and " + ", ".join(missing) if missing else "to make them")
    else:
        run("ip", "netns", "delete", HOST)
        try:
            build()
            between_namespaces()
        finally:
            for namespace in (HOST, ROUTER, FAR):
                run("ip", "netns", "delete", namespace)
    print(f"connect --check: {checks - failures} passed, {failures} failed")
    return 1 if failures else 0


sys.exit(main())
