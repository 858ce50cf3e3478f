#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does `fid sniff -r` list what tcpdump lists, word by word, on every capture below a folder?

usage: tcpdump_agreement.py FID CAPTURE_DIR [NAME...]

Every packet's text with `-n` and with `-n -v` is compared with tcpdump's (`-nn`, `-nn -v`), all lines of it, grouped by
the highest protocol fid decodes. A protocol in FLOORS must agree in at least that share of its packets: what was
reached, so that nothing is lost unseen. Packets that differ on purpose are told in on_purpose() and counted apart.
Not compared: -t to -ttttt, -e, -x and its like on link layers tcpdump dissects further (tests/cli/sniff.t has their form;
beyond a day tcpdump's -ttt and -ttttt start again at 0, fid's hours go on), -q (fid's is --quiet) and captures of several
link types, which tcpdump refuses.
NAME limits the run to captures of that name; VERBOSE=1 shows every difference, VERBOSE=PROTOCOL those of one protocol.
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77
VERBOSE = os.environ.get("VERBOSE", "")
NOT_CAPTURES = {".txt", ".py", ".md"}
ENVIRONMENT = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
START = re.compile(rb"^( ?\d\d:\d\d:\d\d\.\d{6,12}|-|\[Error converting time\]) ")
MODES = {"plain": [], "-v": ["-v"]}

# Shares of the packets that do not differ on purpose; two captures of broken packets alone cost arp and icmp6 theirs.
FLOORS = {
    "plain": {"all": 0.898, "arp": 0.891, "bfd": 0.897, "dhcp": 0.975, "dhcp6": 0.996, "dns": 0.908, "eigrp": 0.996,
              "esp": 0.996, "ftp": 0.996, "hsrp": 0.867, "http": 0.987, "icmp": 0.94, "icmp6": 0.874, "igmp": 0.929,
              "isis": 0.996, "lldp": 0.996, "mdns": 0.996, "ntp": 0.996, "ospf": 0.996, "pim": 0.996, "redis": 0.652,
              "sip": 0.996, "smtp": 0.996, "stp": 0.989, "tcp": 0.986, "udp": 0.945, "vrrp": 0.996},
    "-v": {"all": 0.892, "arp": 0.867, "dhcp": 0.975, "dns": 0.891, "esp": 0.996, "ftp": 0.996, "http": 0.94,
              "icmp": 0.754, "icmp6": 0.865, "igmp": 0.929, "mdns": 0.996, "redis": 0.652, "sip": 0.982,
              "smtp": 0.996, "tcp": 0.987, "udp": 0.943, "vrrp": 0.996},
}
# fid's src/packet/line.cc lists the fields of these from -v on.
OWN_FIELDS = {"stp", "lldp", "cdp", "lacp", "ospf", "pim", "eigrp", "isis", "rip", "bgp", "ldp", "ntp", "dhcp6", "radius"}
# Protocols that both have words for.
SHARED = {"http", "ftp", "smtp", "rtsp", "redis", "bgp", "sip", "dns", "dhcp", "ntp", "snmp", "tftp", "radius", "rip"}


# A protocol that tcpdump names by the port of a TCP segment, where fid looks at the bytes: the middle of a message, or
# another protocol on that port, is not called HTTP.
BY_PORT = re.compile(r": (HTTP|FTP|SMTP|RTSP|RESP|BGP|WHOIS)(, length: \d+)?(\n\t.*)*$")
# tcpdump's whole text of a UDP payload it has no words for.
PLAIN_UDP = re.compile(r"(\[no cksum\] )?UDP(, bad length \d+ >|, length) \d+$")
# A byte that is not printable ASCII, as either writes it.
FOREIGN = re.compile(r"M-\^?.|\^[@-_?]|\\\d{3}|\\x[0-9a-f]{2}|\\u\{[0-9a-f]+\}|\\[nrt]|[\x80-\xff]")
HEAD = re.compile(r"^.*? > \S+: ", re.DOTALL)
TIME = re.compile(r"^( ?\d\d:\d\d:\d\d\.\d{6})\d*")


def head(text):
    """Up to the end of the addresses; the time alone where there are none."""
    found = HEAD.match(text) or TIME.match(text)
    return TIME.sub(r"\1", found[0]) if found else ""


def same(mine, peer):
    """Without differences of mere form. tcpdump cuts nanoseconds off; fid shows what the capture has."""
    return TIME.sub(r"\1", mine) == TIME.sub(r"\1", peer)


def on_purpose(protocol, mine, peer):
    """Why the two may differ; "" where nothing excuses it."""
    mine, peer = TIME.sub(r"\1", mine), TIME.sub(r"\1", peer)
    named = BY_PORT.search(peer)
    if named and (mine == peer[:named.start()] or mine.startswith(peer[:named.start()] + ": ")) and protocol not in SHARED:
        return "named by its port, not by its bytes"
    if mine.startswith(peer + ": "):
        return "an application tcpdump has no words for, over TCP"
    if mine.startswith(peer):
        return "fid tells more"
    if mine == peer.replace("\n", ": ", 1) or mine == peer.replace(") IP", "): IP", 1):
        return "layers are always joined with a colon, on one line without -v"
    if peer.endswith(":  [|domain]") and re.sub(r": UDP, length \d+$", ":  [|domain]", mine) == peer:
        return "a quoted packet cut behind its UDP header: tcpdump names its port's protocol, fid its length"
    if FOREIGN.sub("", mine) == FOREIGN.sub("", peer):
        return "bytes that are no ASCII: vis(3)'s M-x and ^X there, UTF-8 or an escape here"
    if "\n" in peer and protocol in OWN_FIELDS and head(mine) == head(peer):
        return "what -v tells of this protocol are fid's fields, in fid's names"
    plain = PLAIN_UDP.search(peer)
    if plain and mine.startswith(peer[:plain.start()]) and protocol not in SHARED and protocol != "udp":
        return "an application tcpdump has no words for, over UDP"
    if "***" in mine and re.fullmatch(re.escape(mine).replace(re.escape("***"), ".*"), peer, re.DOTALL):
        return "a credential, which fid masks"
    if not TIME.match(mine):
        return "no time in the capture: tcpdump shows 1970"
    if not TIME.match(peer) or TIME.match(mine)[0] != TIME.match(peer)[0]:
        return "a time whose fraction is a second or more"
    return ""


def run(command):
    done = subprocess.run(command, capture_output=True, timeout=300, check=False, env=ENVIRONMENT)
    return done.returncode, done.stdout


def packets(output):
    """The text of each packet: a line that starts with a time, and the lines up to the next such line."""
    found = []
    for line in output.splitlines():
        if START.match(line) or not found:
            found.append([line])
        else:
            found[-1].append(line)
    return [b"\n".join(lines).decode("latin-1") for lines in found]


def compare(job):
    """One capture: (name, {mode: {protocol: [packets, agreeing, explained]}}, trouble or "")."""
    fid, path = job
    counts = {mode: collections.defaultdict(lambda: [0, 0, 0]) for mode in MODES}
    shown = []
    try:
        _, records = run([fid, "sniff", "-r", str(path), "--json", "--fields", "protocol"])
        protocols = [json.loads(line)["protocol"] for line in records.splitlines()]
        for mode, options in MODES.items():
            status, listing = run([fid, "sniff", "-q", "-n", *options, "-r", str(path)])
            if status not in (0, 3, 18):
                return path.name, counts, shown, f"{mode}: status {status}"
            ours = packets(listing)
            peers = packets(run(["tcpdump", "-nn", *options, "-r", str(path)])[1])
            # Where tcpdump gives up early, only what it listed is compared.
            for protocol, mine, peer in zip(protocols, ours, peers):
                tally = counts[mode][protocol]
                tally[0] += 1
                if same(mine, peer):
                    tally[1] += 1
                    continue
                reason = on_purpose(protocol, mine, peer)
                tally[2] += bool(reason)
                if not reason and VERBOSE in ("1", protocol, f"{protocol}{mode}"):
                    shown.append(f"{path.name} {mode} {protocol}\n  fid     {mine}\n  tcpdump {peer}")
    except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        return path.name, counts, shown, str(error)
    return path.name, counts, shown, ""


def main():
    fid, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if not folder.is_dir():
        print(f"skipped: no captures at {folder}")
        return SKIPPED
    if shutil.which("tcpdump") is None:
        print("skipped: tcpdump is not installed")
        return SKIPPED
    names = sys.argv[3:]
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in NOT_CAPTURES and
                   (not names or p.name in names))
    total = {mode: collections.defaultdict(lambda: [0, 0, 0]) for mode in MODES}
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, counts, shown, trouble in pool.map(compare, [(fid, path) for path in paths]):
            if trouble:
                print(f"{name}: {trouble}")
                failed += 1
            for text in shown:
                print(text)
            for mode, protocols in counts.items():
                for protocol, tally in protocols.items():
                    for i, count in enumerate(tally):
                        total[mode][protocol][i] += count
    for mode, protocols in total.items():
        for protocol, (seen, same, explained) in sorted(protocols.items()):
            share = same / (seen - explained) if seen > explained else 1
            floor = 0 if names else FLOORS[mode].get(protocol, 0)
            failed += share < floor
            mark = f"  below its floor, {floor:.1%}" if share < floor else ""
            print(f"{mode:6} {protocol:16} {same:7} of {seen:7} agree, {explained:5} differ on purpose: {share:7.2%}{mark}")
        seen, same, explained = (sum(tally[i] for tally in protocols.values()) for i in range(3))
        print(f"{mode:6} {'all':16} {same:7} of {seen:7} agree, {explained:5} differ on purpose: {same / (seen - explained or 1):7.2%}")
    print(f"{int(not failed)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
