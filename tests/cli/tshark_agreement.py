#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do `fid sniff --json` and tshark agree on every capture below a folder?

usage: tshark_agreement.py FID CAPTURE_DIR

Compared per packet: number, time, lengths, outermost addresses and ports. 99.5 % of the packets must agree in all of
them. Captures that tshark cannot read to the end are compared as far as it gets.
"""
import collections
import concurrent.futures
import decimal
import json
import os
import pathlib
import shutil
import subprocess
import sys

BAR = 0.995
SKIPPED = 77
SHOWN = 40
VERBOSE = "VERBOSE" in os.environ
NOT_CAPTURES = {".txt", ".py", ".md"}
FIELDS = ["frame.number", "frame.time_epoch", "frame.cap_len", "frame.len", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport", "sctp.srcport", "sctp.dstport"]
EXPLANATIONS = {
    "number": "tshark counts blocks that are not packets (custom, systemd journal)",
    "time": "a resolution or offset that one of the two rounds",
    "addresses": "tshark names the addresses of a protocol fid shows as data, or reads a header fid calls malformed",
    "ports": "an inner header quoted by ICMP, or ports of a later fragment that tshark reassembled",
}


def tshark(path):
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=/t", "-E", "occurrence=f"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    for line in done.stdout.decode(errors="replace").splitlines():
        row = dict(zip(FIELDS, line.split("\t")))
        if len(row) == len(FIELDS) and row["frame.number"]:
            yield row


def fid_packets(fid, path):
    done = subprocess.run([fid, "sniff", "--json", "-r", str(path)], capture_output=True, timeout=300, check=False)
    if done.returncode not in (0, 3, 18):
        raise RuntimeError(f"status {done.returncode}: {done.stderr.decode(errors='replace')[:200]}")
    for line in done.stdout.splitlines():
        yield json.loads(line, parse_float=decimal.Decimal)


def number(text):
    return int(text) if text else None


def differences(ours, peer):
    """The names of the groups in which one packet differs."""
    if ours["number"] != int(peer["frame.number"]):
        yield "number"
    epoch = decimal.Decimal(peer["frame.time_epoch"]) if peer["frame.time_epoch"] else None
    if epoch is not None and ours["epoch"] is not None and abs(epoch - ours["epoch"]) >= decimal.Decimal("0.000001"):
        yield "time"
    if (ours["captured_bytes"], ours["length_bytes"]) != (number(peer["frame.cap_len"]), number(peer["frame.len"])):
        yield "lengths"
    # Where both families occur, either may be the outermost one.
    pairs = {(peer["ip.src"], peer["ip.dst"]), (peer["ipv6.src"], peer["ipv6.dst"])} - {("", "")} or {("", "")}
    if (ours["source"] or "", ours["destination"] or "") not in pairs:
        yield "addresses"
    ports = {(number(peer[f"{p}.srcport"]), number(peer[f"{p}.dstport"])) for p in ("tcp", "udp", "sctp")} - {(None, None)}
    if (ours["source_port"], ours["destination_port"]) not in (ports or {(None, None)}):
        yield "ports"


def compare(job):
    """One capture: (name, packets, agreeing, differing packets by group, trouble or "")."""
    fid, path = job
    groups = collections.Counter()
    try:
        ours, peers = list(fid_packets(fid, path)), list(tshark(path))
    except (RuntimeError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        return path.name, 0, 0, groups, str(error)
    if len(ours) < len(peers):
        groups["missing"] = len(peers) - len(ours)
    packets, agreeing = max(len(peers) - len(ours), 0), 0
    for mine, peer in zip(ours, peers):
        packets += 1
        found = list(differences(mine, peer))
        agreeing += not found
        groups.update(found)
        if VERBOSE:
            for name in found:
                print(f"{path.name} #{ours and mine['number']} {name}: {mine} | {peer}")
    return path.name, packets, agreeing, groups, ""


def main():
    fid, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if not folder.is_dir():
        print(f"skipped: no captures at {folder}")
        return SKIPPED
    if shutil.which("tshark") is None:
        print("skipped: tshark is not installed")
        return SKIPPED
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in NOT_CAPTURES)
    packets, agreeing, crashed = 0, 0, 0
    groups = collections.defaultdict(collections.Counter)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, seen, same, found, trouble in pool.map(compare, [(fid, path) for path in paths]):
            if trouble:
                print(f"{name}: {trouble}")
                crashed += 1
            packets += seen
            agreeing += same
            for group, count in found.items():
                groups[group][name] += count
    for name, files in sorted(groups.items()):
        print(f"{name}: {sum(files.values())} packets in {len(files)} captures. {EXPLANATIONS.get(name, '')}")
        for file, count in files.most_common(SHOWN):
            print(f"    {count:7} {file}")
    share = agreeing / packets if packets else 0
    print(f"{agreeing} of {packets} packets agree ({share:.3%}, wanted {BAR:.1%})")
    failed = int(share < BAR) + crashed
    print(f"{int(share >= BAR)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
