#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do fid's dissectors and tshark's say the same about every packet of every capture below a folder?

usage: tshark_fields.py FID CAPTURE_DIR [NAME...]

tshark_fields_table.py lists the pairs of fields, how many packets may differ and why, and in how many packets of a
protocol both must have found something. Values are compared packet by packet as lists. Where one list is the other
with values left out, the packet is counted as "part": one side looks further (tshark into quoted packets, fid past a
malformed field). NAME limits the run to captures of that name; VERBOSE=FIELD shows every difference in that field.
"""
import base64
import collections
import concurrent.futures
import datetime
import hashlib
import ipaddress
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from tshark_fields_table import FIELDS, FLOORS, ALLOWED  # pylint: disable=wrong-import-position

SKIPPED = 77
SHOWN = 3
VERBOSE = os.environ.get("VERBOSE", "")
NOT_CAPTURES = {".txt", ".py", ".md"}
AGGREGATOR = "\x1f"
# fid looks at single packets: no reassembly, no requests remembered for their answers, numbers as they stand.
PREFERENCES = ["tcp.desegment_tcp_streams:FALSE", "ip.defragment:FALSE", "ipv6.defragment:FALSE",
               "tcp.analyze_sequence_numbers:FALSE", "tcp.relative_sequence_numbers:FALSE",
               "tls.desegment_ssl_records:FALSE", "tls.desegment_ssl_application_data:FALSE",
               "http.desegment_headers:FALSE", "http.desegment_body:FALSE", "http.decompress_body:FALSE",
               "wlan.defragment:FALSE", "dns.desegment_dns_messages:FALSE"]


# Normalisers take the values of one side; where a name has two functions they are (fid's, tshark's).

def canonical(value):
    """A number in decimal; bytes in lower case without colons; any other text as it is."""
    value = str(value)
    if re.fullmatch(r"0|[1-9]\d*", value):
        return value
    if re.fullmatch(r"0x[0-9a-fA-F]+", value):
        return str(int(value, 16))
    if re.fullmatch(r"[0-9a-fA-F]{2}(:?[0-9a-fA-F]{2})*", value):
        return value.replace(":", "").lower()
    return value


def plain(values):
    return [canonical(value) for value in values]


def each(function):
    return lambda values: [function(value) for value in values]


def number(value):
    return int(str(value), 0)


def listed(values):
    """Lists written into one text."""
    return [canonical(item) for value in values for item in re.split(r"[, -]+", str(value)) if item]


def wire_text(value):
    """A text from the wire: what is not UTF-8 is base64 in fid's JSON and U+FFFD in tshark's."""
    if isinstance(value, dict):
        return base64.b64decode(value["base64"]).decode(errors="replace")
    return str(value)


def wire_hex(value):
    return (base64.b64decode(value["base64"]) if isinstance(value, dict) else str(value).encode()).hex()


def host_name(value):
    r"""A host name without the root's dot, and its bytes as they are in place of \DDD."""
    value = "" if value == "<Root>" else wire_text(value)
    raw = re.sub(rb"\\(\d\d\d|.)", lambda m: bytes([int(m[1])]) if len(m[1]) == 3 else m[1], value.encode())
    return re.sub("\ufffd+", "\ufffd", raw.decode(errors="replace")).rstrip(".")


def ntp_time(value):
    """fid writes RFC 3339 with microseconds, tshark "Jul  6, 2015 01:24:37.188284862 UTC"; both cut off."""
    if value in ("0", "NULL"):
        return None
    if value.endswith("Z"):
        return datetime.datetime.fromisoformat(value[:-1])
    return datetime.datetime.strptime(value[:-7], "%b %d, %Y %H:%M:%S.%f")


VERDICTS = {"same": "same", "part": "in part", "differ": "differ", "ours": "only fid", "peer": "only tshark"}

NORMALISERS = {
    "": (plain, plain),
    "text": (each(wire_text), each(str)),
    "name": (each(host_name), each(host_name)),
    "list": (listed, listed),
    "set": (lambda values: sorted(set(map(wire_text, values))), lambda values: sorted(set(values))),
    "lines": (lambda values: [line for value in values for line in wire_text(value).split("\n")], each(str)),
    "error_code": (plain, lambda values: [str(int(hundreds) * 100 + int(rest))
                                          for hundreds, rest in zip(values, values[len(values) // 2:])]),
    "bytes": (each(wire_hex), each(lambda value: value.replace(":", ""))),
    "octets": (lambda values: [str(one) for value in values for one in bytes.fromhex(value)], plain),
    "hex": (plain, each(lambda value: str(int(value.replace(":", ""), 16)))),
    "dotted": (plain, each(lambda value: str(int(ipaddress.ip_address(value))))),
    "punctuated": (plain, each(lambda value: canonical(re.sub("[.-]", "", value)))),
    "nul_padded": (each(lambda value: wire_text(value).rstrip("\0")), each(str)),
    "ntp_time": (each(ntp_time), each(ntp_time)),
    "of_256": (each(lambda value: value / 256), each(float)),
    "of_65536": (each(lambda value: round(float(value) * 1000000)), each(lambda value: int(value) * 1000000 >> 16)),
    "times_4": (plain, each(lambda value: str(number(value) * 4))),
    "times_8": (plain, each(lambda value: str(number(value) * 8))),
    "thousandths": (plain, each(lambda value: str(round(float(value) * 1000)))),
    "hundredths": (each(lambda value: str(value * 10)), plain),
    "high_byte": (plain, each(lambda value: str(number(value) >> 8))),
    "low_6_bits": (plain, each(lambda value: str(number(value) & 0x3f))),
    "without_version": (plain, each(lambda value: str(number(value) & 0xfff8))),
}

# Which packets a line of the table is about, by tshark's list of protocols and handshake types.
CONDITIONS = {
    "tls": lambda layers, types: "quic" not in layers and "dtls" not in layers,
    "quic": lambda layers, types: "quic" in layers,
    "http": lambda layers, types: "ssdp" not in layers,
    "client": lambda layers, types: "quic" not in layers and "dtls" not in layers and "1" in types,
    "server": lambda layers, types: "quic" not in layers and "dtls" not in layers and "2" in types,
}


def ja4(peer, transport):
    """JA4 out of the peer's lists, by FoxIO's description; [] where they do not tell enough."""
    def numbers(field):
        values = [int(value, 0) for value in peer.get(field, "").split(AGGREGATOR) if value]
        return [value for value in values if value & 0x0f0f != 0x0a0a or value >> 8 != value & 0xff]

    extensions = numbers("tls.handshake.extension.type")
    # Signature algorithms stand in three extensions, of which only one counts; tshark gives them in one list.
    if peer["tls.handshake.type"] != "1" or {34, 50} & set(extensions):
        return []
    ciphers, signatures = numbers("tls.handshake.ciphersuite"), numbers("tls.handshake.sig_hash_alg")
    version = max(numbers("tls.handshake.extensions.supported_version") or numbers("tls.handshake.version"))
    alpn = peer["tls.handshake.extensions_alpn_str"].split(AGGREGATOR)[0]
    words = {0x304: "13", 0x303: "12", 0x302: "11", 0x301: "10", 0x300: "s3"}
    if version not in words or not alpn.isascii() or (alpn and not (alpn[0] + alpn[-1]).isalnum()):
        return []

    def digest(values, behind=""):
        text = ",".join(f"{value:04x}" for value in sorted(values)) + behind
        return hashlib.sha256(text.encode()).hexdigest()[:12] if values else "0" * 12

    behind = "_" + ",".join(f"{value:04x}" for value in signatures) if signatures else ""
    return [f"{transport}{words[version]}{'d' if 0 in extensions else 'i'}{min(len(ciphers), 99):02}"
            f"{min(len(extensions), 99):02}{alpn[0] + alpn[-1] if alpn else '00'}_{digest(ciphers)}_"
            f"{digest([value for value in extensions if value not in (0, 16)], behind)}"]


class Pair:
    """A line of the table: fid's field, the peer's fields, how values are made comparable."""

    def __init__(self, protocol, entry):
        entry, _, condition = entry.partition("@")
        entry, _, normaliser = entry.partition(":")
        self.protocol = protocol
        self.ours, _, peers = entry.partition("=")
        self.peers = (peers or self.ours).split("+")
        self.names = {self.ours, *self.peers}
        self.normalise = NORMALISERS[normaliser]
        self.condition = CONDITIONS.get(condition or protocol, lambda layers, types: True)

    def values(self, mine, peer):
        """Both sides' values in one packet, before they are normalised."""
        ours, peers = as_list(mine[self.ours]), []
        if self.condition(peer["frame.protocols"].split(":"), peer["tls.handshake.type"].split(AGGREGATOR)):
            if self.peers == ["JA4"]:
                return ours, ja4(peer, self.protocol[0])
            peers = [unescape(value) for field in self.peers for value in peer.get(field, "").split(AGGREGATOR)
                     if value not in ("", "<MISSING>")]
        return ours, peers


PAIRS = [Pair(protocol, entry) for protocol, entries in FIELDS.items() for entry in entries.split()]


def unescape(value):
    """tshark writes a tab as \\t; nothing else of a text is changed."""
    return value.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\")


def tshark(path, fields):
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a",
               "-E", f"aggregator={AGGREGATOR}"]
    for preference in PREFERENCES:
        command += ["-o", preference]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    for line in done.stdout.decode(errors="replace").split("\n"):
        cells = line.split("\t")
        if len(cells) == len(fields):
            yield dict(zip(fields, cells))


def fid_packets(fid, path):
    fields = ["number"] + sorted({pair.ours for pair in PAIRS})
    command = [fid, "sniff", "--json", "-r", str(path), "--fields", ",".join(fields)]
    done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    if done.returncode not in (0, 3, 18):
        raise RuntimeError(f"status {done.returncode}: {done.stderr.decode(errors='replace')[:200]}")
    for line in done.stdout.splitlines():
        yield json.loads(line)


def as_list(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def contains(long, short):
    """Is `short` the other list with values left out?"""
    rest = iter(long)
    return all(any(value == other for other in rest) for value in short)


def verdict(ours, peers):
    if ours == peers:
        return "same"
    if not peers:
        return "ours"
    if not ours:
        return "peer"
    return "part" if contains(ours, peers) or contains(peers, ours) else "differ"


def compare(job):
    """One capture: (name, {field: {verdict: count}}, {protocol: packets both decode}, examples, trouble or "")."""
    fid, path, known = job
    counts = collections.defaultdict(collections.Counter)
    both = collections.Counter()
    examples = collections.defaultdict(list)
    fields = ["frame.number", "frame.time_epoch", "frame.protocols"]
    fields += sorted({field for pair in PAIRS for field in pair.peers if field in known})
    try:
        ours = list(fid_packets(fid, path))
        peers = [row for row in tshark(path, fields) if row["frame.time_epoch"] or row["frame.protocols"] != "data"]
    except (RuntimeError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        return path.name, counts, both, examples, str(error)
    for mine, peer in zip(ours, peers):
        decoded = set()
        present = {name for name, value in mine.items() if value is not None}
        present.update(name for name, value in peer.items() if value)
        for pair in (pair for pair in PAIRS if not present.isdisjoint(pair.names)):
            here, there = pair.values(mine, peer)
            if not here and not there:
                continue
            found = verdict(pair.normalise[0](here), pair.normalise[1](there))
            counts[pair.ours][found] += 1
            if found in ("same", "part"):
                decoded.add(pair.protocol)
            if found == "differ" or (VERBOSE in (pair.ours, "all") and found != "same"):
                examples[pair.ours].append(f"{path.name}:{mine['number']}: {found}: {here} | {there}")
        both.update(decoded)
    return path.name, counts, both, examples, ""


def known_fields():
    done = subprocess.run(["tshark", "-G", "fields"], capture_output=True, check=True)
    return {line.split("\t")[2] for line in done.stdout.decode(errors="replace").splitlines() if line.startswith("F\t")}


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
    known = known_fields()
    counts = collections.defaultdict(collections.Counter)
    both, trouble = collections.Counter(), 0
    examples = collections.defaultdict(list)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for file, found, decoded, shown, problem in pool.map(compare, [(fid, path, known) for path in paths]):
            if problem:
                print(f"{file}: {problem}")
                trouble += 1
            for field, verdicts in found.items():
                counts[field].update(verdicts)
            both.update(decoded)
            for field, lines in shown.items():
                examples[field] += lines
    failures = trouble + report(counts, examples)
    for protocol, floor in FLOORS.items():
        if both[protocol] < floor and not names:
            print(f"{protocol}: both decode {both[protocol]} packets, wanted {floor}")
            failures += 1
    totals = collections.Counter()
    for verdicts in counts.values():
        totals.update(verdicts)
    compared = totals["same"] + totals["part"] + totals["differ"]
    print(f"{len(PAIRS)} fields of {len(FIELDS)} protocols: {compared} values compared, {totals['differ']} differ, "
          f"{totals['part']} are a part of the other's, {totals['ours']} only fid has, {totals['peer']} only tshark")
    print(f"{int(not failures)} passed, {failures} failed")
    return 1 if failures else 0


def report(counts, examples):
    """Prints the fields that are not the same everywhere; the number of those that differ more often than allowed."""
    failures = 0
    for pair in PAIRS:
        found = counts[pair.ours]
        allowed, reason = ALLOWED.get(pair.ours, (0, ""))
        failed = found["differ"] > allowed
        failures += failed
        if found.keys() - {"same"}:
            remark = f", allowed are {allowed}" if failed else f": {reason}" if found["differ"] else ""
            words = (f"{found[key]} {word}" for key, word in VERDICTS.items() if found[key])
            print(f"{pair.ours}: {', '.join(words)}{remark}")
        shown = None if VERBOSE in (pair.ours, "all") else SHOWN if failed else 0
        for line in examples[pair.ours][:shown]:
            print("    " + line[:400])
    return failures


if __name__ == "__main__":
    sys.exit(main())
