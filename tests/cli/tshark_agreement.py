#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do `fid sniff --json` and tshark agree on every capture below a folder?

usage: tshark_agreement.py FID CAPTURE_DIR [NAME...]

Compared per packet: number, time, lengths, outermost addresses and ports. 99.5 % of the packets must agree in all of
them or differ for a reason listed in explanation(), which are counted apart. Captures that tshark cannot read to the
end are compared as far as it gets. NAME limits the run to captures of that name; VERBOSE=1 shows every difference.
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
SHOWN = 6
VERBOSE = "VERBOSE" in os.environ
NOT_CAPTURES = {".txt", ".py", ".md"}
FIELDS = ["frame.number", "frame.time_epoch", "frame.cap_len", "frame.len", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport", "sctp.srcport", "sctp.dstport",
          "dccp.srcport", "dccp.dstport", "frame.protocols"]
def tshark(path):
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=/t", "-E", "occurrence=f"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    for line in done.stdout.decode(errors="replace").splitlines():
        row = dict(zip(FIELDS, line.split("\t")))
        # A pcapng custom block is a frame to tshark: no time, no protocol.
        custom = row.get("frame.protocols") == "data" and not row["frame.time_epoch"]
        if len(row) == len(FIELDS) and row["frame.number"] and not custom:
            yield row


def fid_packets(fid, path):
    done = subprocess.run([fid, "sniff", "--json", "-r", str(path)], capture_output=True, timeout=300, check=False)
    if done.returncode not in (0, 3, 18):
        raise RuntimeError(f"status {done.returncode}: {done.stderr.decode(errors='replace')[:200]}")
    for line in done.stdout.splitlines():
        yield json.loads(line, parse_float=decimal.Decimal)


def number(text):
    return int(text) if text else None


def differences(position, ours, peer):
    """The names of the groups in which one packet differs."""
    if ours["number"] != position:
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
    ports = {(number(peer[f"{p}.srcport"]), number(peer[f"{p}.dstport"])) for p in ("tcp", "udp", "sctp", "dccp")} - {(None, None)}
    if (ours["source_port"], ours["destination_port"]) not in (ports or {(None, None)}):
        yield "ports"


def explanation(name, ours, peer):
    """Why the two may differ in that group; "" where nothing excuses it."""
    if name == "time":
        fraction = peer["frame.time_epoch"].partition(".")[2]
        if len(fraction) > 9:
            return "the record's microseconds are a second or more: fid carries them, tshark prints them behind the point"
        if peer["frame.time_epoch"].startswith("-"):
            return "seconds from 2^31 on: unsigned in the file, signed in tshark"
    if name in ("addresses", "ports"):
        if ours["protocols"][-1] == "data" and ours["source"] is None:
            return "a link layer or EtherType that fid shows as data"
        if ours["protocol"] in ("icmp", "icmp6"):
            return "tshark names the ports of the packet that an ICMP error quotes"
    return ""


def compare(job):
    """One capture: (name, packets, agreeing, explained, differing packets by group, trouble or "")."""
    fid, path = job
    groups = collections.Counter()
    try:
        ours, peers = list(fid_packets(fid, path)), list(tshark(path))
    except (RuntimeError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        return path.name, 0, 0, 0, groups, str(error)
    if len(ours) < len(peers):
        groups["missing"] = len(peers) - len(ours)
    packets, agreeing, explained = max(len(peers) - len(ours), 0), 0, 0
    for position, (mine, peer) in enumerate(zip(ours, peers), 1):
        packets += 1
        found = list(differences(position, mine, peer))
        excuses = [explanation(name, mine, peer) for name in found]
        agreeing += not found
        explained += bool(found) and all(excuses)
        groups.update(f"({why})" if why else name for name, why in zip(found, excuses))
        if VERBOSE and not all(excuses):
            print(f"{path.name}: {found}: {mine} | {peer}")
    return path.name, packets, agreeing, explained, groups, ""


def main():
    fid, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if not folder.is_dir():
        print(f"skipped: no captures at {folder}")
        return SKIPPED
    if shutil.which("tshark") is None:
        print("skipped: tshark is not installed")
        return SKIPPED
    names = sys.argv[3:]
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in NOT_CAPTURES and
                   (not names or p.name in names))
    packets, agreeing, explained, crashed = 0, 0, 0, 0
    groups = collections.defaultdict(collections.Counter)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, seen, same, excused, found, trouble in pool.map(compare, [(fid, path) for path in paths]):
            if trouble:
                print(f"{name}: {trouble}")
                crashed += 1
            packets += seen
            agreeing += same
            explained += excused
            for group, count in found.items():
                groups[group][name] += count
    for name, files in sorted(groups.items()):
        print(f"{name}: {sum(files.values())} packets in {len(files)} captures")
        for file, count in files.most_common(SHOWN):
            print(f"    {count:7} {file}")
    compared = packets - explained
    share = agreeing / compared if compared else 0
    print(f"{agreeing} of {packets} packets agree, {explained} differ for a listed reason: {share:.3%}, wanted {BAR:.1%}")
    failed = int(share < BAR) + crashed
    print(f"{int(share >= BAR)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
