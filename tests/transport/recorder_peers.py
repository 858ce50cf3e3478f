#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What other programs say of our recordings (src/transport/recorder.h).

usage: recorder_peers.py RECORDER_DRIVER FID [TEST...]

Each test drives a Recorder, then asks tshark (checksums on, nothing worse than a note), capinfos and `fid sniff -r`
for their opinion, and compares the streams that tshark puts together with the bytes that went in.
"""
import functools
import json
import os
import pathlib
import random
import resource
import shutil
import ssl
import subprocess
import sys
import tempfile

DRIVER, FID = (str(pathlib.Path(each).resolve()) for each in sys.argv[1:3])
SKIPPED = 77
WARNING = 0x600000
CHECKED = ["-n", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
RESET = "Connection reset (RST)"  # a warning to tshark whoever recorded it
PORTS4, PORTS6 = "192.0.2.1#40000 198.51.100.2#40001", "2001:db8::1#40000 2001:db8::2#40001"


def run(*command, **options):
    return subprocess.run(command, capture_output=True, timeout=300, check=False, **options)


def record(path, script, *arguments, expected=0, **options):
    done = run(DRIVER, str(path), *arguments, input="\n".join([*script, ""]).encode(), **options)
    assert done.returncode == expected, (done.returncode, done.stderr)
    return done


def tshark(path, *arguments):
    done = run("tshark", "-r", str(path), *CHECKED, *arguments)
    assert done.returncode == 0, done.stderr.decode()
    complaints = [line for line in done.stderr.decode().splitlines() if not line.startswith("Running as user")]
    assert not complaints, complaints
    return done.stdout.decode()


def fields(path, *names, only=""):
    wanted = [part for name in names for part in ("-e", name)]
    text = tshark(path, "-Y", only, "-T", "fields", "-E", "occurrence=a", *wanted)
    return [line.split("\t") for line in text.splitlines()]


def check(path, resets=0):
    """Nobody finds fault; gives the number of packets."""
    found = 0
    packets = fields(path, "frame.number", "_ws.expert.severity", "_ws.expert.message")
    for number, severities, messages in packets:
        if any(int(each) >= WARNING for each in severities.split(",") if each):
            assert RESET in messages, (path, number, messages)
            found += 1
    assert found == resets, f"{path}: {found} resets instead of {resets}"
    assert not fields(path, "frame.number", only="_ws.malformed")
    done = run("capinfos", str(path))
    assert done.returncode == 0 and b"Strict time order:   True" in done.stdout, done.stdout + done.stderr
    done = run(FID, "sniff", "-r", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"\n") == len(packets), (done.stdout.count(b"\n"), len(packets))
    return len(packets)


def follow(path, stream=0, layer="tcp"):
    """The bytes of a stream in both directions, the initiator's first (in TLS: not those of port 443)."""
    halves = bytearray(), bytearray()
    turned = False
    for line in tshark(path, "-q", "-z", f"follow,{layer},raw,{stream}").splitlines():
        if line.startswith("Node 0: ") and layer == "tls":
            turned = line.endswith(":443")  # node 0 is whose plaintext came first: tickets, in TLS 1.3
        try:
            piece = bytes.fromhex(line)
        except ValueError:
            continue
        halves[line.startswith("\t")].extend(piece)
    return bytes(halves[turned]), bytes(halves[not turned])


def flags(path, stream=0):
    """Who sent which flags: "40000 SYN", ..."""
    names = [(2, "SYN"), (1, "FIN"), (4, "RST"), (8, "PSH"), (16, "ACK")]
    rows = fields(path, "tcp.srcport", "tcp.flags", only=f"tcp.stream eq {stream}")
    return [port + " " + "+".join(name for bit, name in names if int(value, 0) & bit) for port, value in rows]


# --- the shapes of a connection


def test_both_families(folder):
    request, answer = b"a question", bytes(range(256)) * 300
    for name, ports in ("v4", PORTS4), ("v6", PORTS6):
        path = folder / f"{name}.pcapng"
        record(path, [f"open a stream {ports} connect something", "a connected", f"a sent {request.hex()}",
                      f"a received {answer.hex()}", "a received_end", "a sent_end"])
        check(path)
        assert follow(path) == (request, answer)
        assert fields(path, "frame.comment")[0] == ["connect something"]
        assert fields(path, "frame.comment")[1] == [""]
        assert {row[0] for row in fields(path, "frame.packet_flags_direction", only="tcp.srcport == 40000")} <= {
            "0x00000002", "2"}
        ends = fields(path, "ip.src", "ip.dst", "ipv6.src", "ipv6.dst")[0]
        assert [end for end in ends if end] == [part.partition("#")[0] for part in ports.split()]


def test_accepted(folder):
    path = folder / "accepted.pcapng"
    record(path, [f"open a stream {PORTS4}", "a accepted", "a received 6869", "a sent 686f6c61", "a sent_end",
                  "a received_end"])
    check(path)
    assert follow(path) == (b"hi", b"hola")
    assert flags(path)[:3] == ["40001 SYN", "40000 SYN+ACK", "40001 ACK"]


def test_half_close(folder):
    path = folder / "half.pcapng"
    record(path, [f"open a stream {PORTS4}", "a connected", "a sent 6f6e65", "a sent_end", "a received 74776f",
                  "a received 7468726565", "a received_end", "a sent 6e6f",
                  f"open b stream {PORTS6}", "b connected", "b received 6f6e65", "b received_end", "b sent 74776f",
                  "b sent_end", "b reset_by_peer"], )
    check(path, resets=1)
    assert follow(path, 0) == (b"one", b"twothree")  # what came after our end is no part of it
    assert follow(path, 1) == (b"two", b"one")
    assert flags(path, 0) == ["40000 SYN", "40001 SYN+ACK", "40000 ACK", "40000 PSH+ACK", "40000 FIN+ACK", "40001 ACK",
                              "40001 PSH+ACK", "40001 PSH+ACK", "40001 FIN+ACK", "40000 ACK"]


def test_resets_and_refusals(folder):
    path = folder / "reset.pcapng"
    record(path, [f"open a stream {PORTS4}", "a connected", "a sent 6f6e65", "a reset_by_peer", "a received 6e6f",
                  f"open b stream {PORTS6}", "b connected", "b received 6f6e65", "b reset_by_us", "b sent 6e6f",
                  "open c stream 192.0.2.1#40002 192.0.2.2#40003", "c refused",
                  "open d stream 192.0.2.1#40004 192.0.2.2#40005", "d connecting", "d refused",
                  "open e stream 192.0.2.1#40006 192.0.2.2#40007", "e connecting"])
    check(path, resets=4)
    assert follow(path, 0) == (b"one", b"") and follow(path, 1) == (b"", b"one")
    assert flags(path, 0)[-1] == "40001 RST+ACK" and flags(path, 1)[-1] == "40000 RST+ACK"
    assert flags(path, 2) == ["40002 SYN", "40003 RST+ACK"] and flags(path, 3) == ["40004 SYN", "40005 RST+ACK"]
    assert flags(path, 4) == ["40006 SYN"]


def test_interleaved(folder):
    path = folder / "two.pcapng"
    pieces = [random.Random(1).randbytes(1000 + 37 * i) for i in range(40)]
    script = [f"open a stream {PORTS4}", "open b stream 192.0.2.1#40000 198.51.100.2#40002", "a connecting",
              "b connecting", "b connected", "a connected"]
    for i, piece in enumerate(pieces):
        script.append(f"{'ab'[i % 2]} {['sent', 'received'][i // 2 % 2]} {piece.hex()}")
    record(path, [*script, "b sent_end", "a received_end", "b received_end", "a sent_end"])
    check(path)
    assert follow(path, 0) == (b"".join(pieces[0::4]), b"".join(pieces[2::4]))
    assert follow(path, 1) == (b"".join(pieces[1::4]), b"".join(pieces[3::4]))


def test_without_a_beginning(folder):
    path = folder / "joined.pcapng"
    record(path, [f"open a stream {PORTS4}", "a received 6869", "a sent 686f", "a received_end"])
    check(path)
    assert flags(path)[0] == "40001 PSH+ACK"


def test_unix(folder):
    path = folder / "unix.pcapng"
    record(path, ["open a stream unix: unix:/run/one.sock connect", "a connected", "a sent 6869", "a received_end",
                  "a sent_end", "open b stream unix: unix:/run/one.sock", "b connected", "b sent 686f",
                  "open c datagram unix:@here unix:/run/two", "c sent " + "7a" * 100000, "c received 7a"])
    check(path)
    assert follow(path, 0) == (b"hi", b"") and follow(path, 1) == (b"ho", b"")
    comments = [row[0] for row in fields(path, "frame.comment") if row[0]]
    assert comments == ["connect; local unix:(unnamed), remote unix:/run/one.sock",
                        "local unix:(unnamed), remote unix:/run/one.sock", "local unix:@here, remote unix:/run/two"]
    rows = fields(path, "ip.src", "tcp.srcport", "ip.dst", "frame.cap_len", "frame.len", only="tcp.flags == 2 or udp")
    assert rows[0][:3] == ["127.85.0.1", "49152", "127.85.0.2"] and rows[1][:3] == ["127.85.0.1", "49153", "127.85.0.2"]
    assert rows[2] == ["127.85.0.3", "", "127.85.0.4", "65535", "100028"]  # larger than any UDP datagram
    info = json.loads(run(FID, "sniff", "info", "--json", str(path)).stdout.splitlines()[0])
    assert "unix:/run/one.sock" in json.dumps(info), info


def test_datagrams(folder):
    path = folder / "udp.pcapng"
    sizes = [0, 1, 2, 1472, 65507]
    script = []
    for name, ports in ("a", PORTS4), ("b", PORTS6):
        script.append(f"open {name} datagram {ports} asked")
        script += [f"{name} {what} {(bytes([size & 255]) * size).hex()}" for size in sizes for what in ("sent", "received")]
    script += ["open c icmp 192.0.2.1#0 192.0.2.2#0", "c sent 0800ffff12340001616263", "c received 0000ffff12340001616263",
               "open d icmp 2001:db8::1#0 2001:db8::2#0", "d sent 80000000123400016162", "d received 81000000123400016162",
               "open e datagram ::ffff:192.0.2.1#40000 ::ffff:192.0.2.2#40001", "e sent 00"]
    record(path, script)
    assert check(path) == 4 * len(sizes) + 5
    lengths = [int(row[0]) - 8 for row in fields(path, "udp.length", only="udp")]
    assert lengths == [size for size in sizes for _ in range(2)] * 2 + [1]
    assert fields(path, "udp.checksum.status", "ip.checksum.status", only="udp")[0] == ["1", "1"]
    assert [row[0] for row in fields(path, "icmp.checksum.status", only="icmp")] == ["1", "1"]
    assert [row[0] for row in fields(path, "icmpv6.checksum.status", only="icmpv6")] == ["1", "1"]
    assert fields(path, "ip.src", only="udp")[-1] == ["192.0.2.1"]


# --- large, cut off, full


def wrapping_flow(below):
    """A flow whose first sequence number leaves less than `below` bytes to 2^32: they go by the flow's number."""
    return next(n for n in range(10_000) if 2**32 - ((2 * n + 1) * 0x9E3779B1 & 0xFFFFFFFF) < below)


def test_large_with_rotation(folder):
    size, limit, path = 100_000_000, 16 << 20, folder / "large.pcapng"
    content = folder / "content"
    data = random.Random(2).randbytes(size)
    content.write_bytes(data)
    before = wrapping_flow(size // 2)
    record(path, [f"open a stream {PORTS4}"] * (before + 1) + [
        "a connected", "a sent 676f", f"a sent_file {content} 65536", f"a received_file {content} 17000",
        "a received_end", "a sent_end"], str(limit))
    files = [path] + [folder / f"large.{i}.pcapng" for i in range(1, 1 + len(list(folder.glob("large.*.pcapng"))))]
    assert len(files) == 1 + 2 * size // limit, files
    for each in files:
        assert limit - 70_000 < each.stat().st_size <= limit or each == files[-1], (each, each.stat().st_size)
        assert each.stat().st_mode & 0o777 == 0o600
    packets = sum(check(each) for each in (files[0], files[1], files[6], files[-1]))
    assert packets > 1000
    joined = folder / "joined.pcapng"
    assert run("mergecap", "-a", "-w", str(joined), *map(str, files)).returncode == 0
    sent, received = follow(joined)
    assert sent == b"go" + data and received == data
    assert not fields(joined, "frame.number", only=f"_ws.expert.severity >= {WARNING}")
    numbers = [int(row[0]) for row in fields(joined, "tcp.seq_raw", only="tcp.srcport == 40000 and tcp.len > 0")]
    assert max(numbers) > 2**32 - 65536 and numbers[-1] < numbers[0], "the sequence numbers were to wrap"


def test_killed(folder):
    path = folder / "killed.pcapng"
    record(path, [f"open a stream {PORTS4}", "a connected", "a sent 6869", "sleep 600", "kill"], expected=-9)
    check(path)
    assert follow(path) == (b"hi", b"")
    record(path, ["kill"], expected=-9)
    assert check(path) == 0


def test_full_disk(folder):
    done = record("/dev/full", [], expected=23)
    assert done.stderr == b"cannot write /dev/full: no space left on device\n", done.stderr
    done = record(folder / "none" / "x.pcapng", [], expected=23)
    assert b"no such file" in done.stderr
    # A limit cuts in the middle of a packet, as a full disk does.
    path = folder / "limited.pcapng"
    content = folder / "content"
    content.write_bytes(bytes(2_000_000))
    limited = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (777_777, 777_777))
    done = record(path, [f"open a stream {PORTS4}", "a connected", f"a sent_file {content} 1000", "a sent_end"],
                  expected=23, preexec_fn=limited, restore_signals=False)
    assert b"limited.pcapng: file too large" in done.stderr, done.stderr
    assert 776_000 < path.stat().st_size < 777_777
    check(path)
    done = record("-", [], "1000000", expected=2)
    assert b"cannot rotate standard output" in done.stderr


def test_standard_output(folder):
    script = [f"open a stream {PORTS4}", "a connected", "a sent 6869", "name 198.51.100.2 peer.example"]
    path = folder / "piped.pcapng"
    path.write_bytes(record("-", script).stdout)
    check(path)
    assert follow(path) == (b"hi", b"")
    info = run(FID, "sniff", "info", "--json", str(path)).stdout
    assert b"peer.example" in info, info
    content = folder / "content"
    content.write_bytes(bytes(2_000_000))
    with subprocess.Popen([DRIVER, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as driver:
        driver.stdout.close()  # the reader goes: the command must not care
        driver.communicate("\n".join([*script, f"a sent_file {content} 1000", ""]).encode(), timeout=60)
        assert driver.returncode == 0


# --- TLS


def certificate(folder):
    done = run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test.example",
               "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))
    assert done.returncode == 0, done.stderr


class TlsSession:
    """A real handshake in memory, and the driver's commands for it as seen from one side."""

    def __init__(self, folder, version, our_role, piece=None, before_secrets=(), announced=True):
        self.key_log = folder / "keys"
        self.key_log.unlink(missing_ok=True)
        self.logged, self.piece, self.before_secrets = 0, piece, before_secrets
        contexts = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[0].check_hostname, contexts[0].verify_mode = False, ssl.CERT_NONE
        contexts[1].load_cert_chain(folder / "cert.pem", folder / "key.pem")
        for context in contexts:
            context.minimum_version = context.maximum_version = version
        contexts[our_role == "server"].keylog_filename = str(self.key_log)
        self.bios = [(ssl.MemoryBIO(), ssl.MemoryBIO()) for _ in contexts]
        ends = [context.wrap_bio(*bios, server_side=bool(i)) for i, (context, bios) in enumerate(zip(contexts, self.bios))]
        self.us, self.peer = (0, 1) if our_role == "client" else (1, 0)
        self.ends = ends
        ports = "192.0.2.1#40000 198.51.100.2#443" if our_role == "client" else "198.51.100.2#443 192.0.2.1#40000"
        self.script = [f"open a stream {ports}", "a connected" if our_role == "client" else "a accepted"]
        if announced:
            self.script.append("a handshake_begins")

    def secrets(self):
        lines = self.key_log.read_text().splitlines() if self.key_log.exists() else []
        new, self.logged = lines[self.logged:], len(lines)
        for line in new:
            if not line.startswith("#"):
                self.script.append("a secrets " + line)

    def attempt(self, call):
        try:
            return call()
        except (ssl.SSLWantReadError, ssl.SSLSyscallError):
            return None

    def our_turn(self, call):
        result = self.attempt(call)
        self.secrets()
        out = self.bios[self.us][1].read()
        if out:
            self.script.append("a sent " + out.hex())
            self.bios[self.peer][0].write(out)
        return result

    def peers_turn(self, call, then):
        """What the peer sends reaches us in pieces; we look at each (`then`) before the next."""
        self.attempt(call)
        out, results = self.bios[self.peer][1].read(), []
        step = self.piece or len(out) or 1
        for at in range(0, len(out), step):
            self.script.append("a received " + out[at:at + step].hex())
            self.script += self.before_secrets
            self.bios[self.us][0].write(out[at:at + step])
            results.append(self.our_turn(then))
        return results

    def handshake(self):
        us, peer = self.ends[self.us], self.ends[self.peer]
        if self.us == 0:
            self.our_turn(us.do_handshake)
        for _ in range(4):
            self.peers_turn(peer.do_handshake, us.do_handshake)
        self.attempt(lambda: peer.read(1))  # the client takes the tickets
        self.script.append("a handshake_ends")

    def exchange(self, client_says, server_says):
        ours, theirs = (client_says, server_says) if self.us == 0 else (server_says, client_says)
        us, peer = self.ends[self.us], self.ends[self.peer]

        def say_ours():
            self.our_turn(lambda: us.write(ours))
            while self.attempt(lambda: peer.read(65536)):
                pass

        def say_theirs():
            self.peers_turn(lambda: peer.write(theirs), lambda: us.read(65536))
            while self.attempt(lambda: us.read(65536)):
                pass

        for turn in (say_ours, say_theirs) if self.us == 0 else (say_theirs, say_ours):
            turn()
        self.our_turn(us.unwrap)
        self.script.append("a sent_end")
        self.peers_turn(peer.unwrap, lambda: None)
        self.script.append("a received_end")
        return self.script


REQUEST = b"GET /large HTTP/1.1\r\nHost: test.example\r\n\r\n"
BODY = b"".join(b"line %d of many\r\n" % i for i in range(10_000))
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


def test_tls(folder):
    certificate(folder)
    for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
        for role in "client", "server":
            # The file is written between the packets that lead to secrets and the secrets; and in small pieces.
            for piece in None, 700:
                session = TlsSession(folder, version, role, piece, ["flush"])
                session.handshake()
                path = folder / f"{version.name}-{role}-{piece}.pcapng"
                record(path, session.exchange(REQUEST, ANSWER))
                check(path)
                halves = follow(path, layer="tls")
                assert halves == (REQUEST, ANSWER), (path.name, [len(half) for half in halves])
                assert fields(path, "http.response.code", only="http.response") == [["200"]]


def test_tls_needs_the_hold(folder):
    """The test above can fail: unannounced, the secrets of a flushed TLS 1.3 handshake come too late."""
    certificate(folder)
    session = TlsSession(folder, ssl.TLSVersion.TLSv1_3, "client", before_secrets=["flush"], announced=False)
    session.handshake()
    path = folder / "late.pcapng"
    record(path, session.exchange(REQUEST, ANSWER))
    assert follow(path, layer="tls") == (b"", b"")


def test_tls_hold_ends(folder):
    """A handshake that stands still keeps nothing from the file for long."""
    path = folder / "stalled.pcapng"
    record(path, [f"open a stream {PORTS4}", "a connected", "a handshake_begins", "a received 160301", "flush",
                  "sleep 3000", "kill"], expected=-9)
    check(path)
    assert follow(path) == (b"", bytes.fromhex("160301"))


def main():
    missing = [tool for tool in ("tshark", "capinfos", "mergecap", "openssl") if not shutil.which(tool)]
    if missing:
        print("skipped: not installed:", *missing)
        return SKIPPED
    tests = {name[len("test_"):]: each for name, each in globals().items() if name.startswith("test_")}
    for name in sys.argv[3:] or tests:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            tests[name](pathlib.Path(folder))
        print("ok", name, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
