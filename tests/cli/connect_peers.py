#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid connect` against the programs it talks to: OpenBSD nc, ncat, socat, and servers of our own for what those never do.

usage: connect_peers.py FID [TEST...]

A peer that is not installed skips its tests; where none could run the status is 77.
"""
import base64
import contextlib
import json
import os
import pathlib
import pty
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

from connect_harness import BIG, FID, PeerTest, echo, fid, free_port, main, needs, read_all, wait_for


class Ends(PeerTest):
    def test_answer_a_second_after_our_end(self):
        def handle(peer):
            peer.recv(100)
            time.sleep(1)
            peer.sendall(b"reply")
        self.check(fid("127.0.0.1", self.serve(handle), data=b"question"), out=b"reply")

    def test_answer_only_after_our_end(self):
        def handle(peer):
            data = read_all(peer)
            time.sleep(0.2)
            peer.sendall(data.upper())
        self.check(fid("127.0.0.1", self.serve(handle), data=b"question"), out=b"QUESTION")

    def test_reset(self):
        def handle(peer):
            peer.sendall(b"half an ans")
            peer.recv(100)
            time.sleep(0.2)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for words in ([], ["--record", self.folder / "reset.pcapng"]):
            with self.subTest(words):
                port = self.serve(handle)
                self.check(fid("127.0.0.1", port, *words, data=b"question"), 56, b"half an ans", f"127.0.0.1:{port}: connection reset")

    def test_reset_while_sending(self):
        def handle(peer):
            peer.recv(10)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        done = self.check(fid("127.0.0.1", self.serve(handle), data=BIG), 56)
        self.assertIn(b"connection reset", done.stderr.lower())

    def test_refused(self):
        self.check(fid("127.0.0.1", free_port()), 7, b"", "refused")

    def test_no_such_name(self):
        self.check(fid("no-such-name.invalid", 80, "--timeout", "20s"), 6, b"")

    def test_nobody_reads_us(self):
        def handle(peer):
            with contextlib.suppress(OSError):
                while True:
                    peer.sendall(b"a line\n" * 1000)
        port = self.serve(handle, times=2)
        for words in ([], ["--json"]):
            with self.subTest(words), subprocess.Popen([FID, "connect", "127.0.0.1", str(port), *words], stdin=subprocess.PIPE,
                                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                process.stdout.readline()
                process.stdout.close()
                self.assertEqual((process.wait(timeout=20), process.stderr.read()), (0, b""))

    def test_kinds_of_standard_input(self):
        file = self.folder / "file"
        file.write_bytes(b"from a file")
        port = self.serve(echo, times=9)
        with file.open("rb") as stdin:
            self.check(fid("127.0.0.1", port, stdin=stdin), out=b"from a file")
        with file.open("rb") as stdin:
            stdin.seek(5)
            self.check(fid("127.0.0.1", port, stdin=stdin), out=b"a file")
        self.check(fid("127.0.0.1", port, stdin=subprocess.DEVNULL), out=b"")
        self.check(subprocess.run(["sh", "-c", f'exec "$1" connect 127.0.0.1 {port} <&-', "sh", FID], capture_output=True,
                                  timeout=20, check=False), out=b"")
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.sendall(b"from a socket")
            ours.shutdown(socket.SHUT_WR)
            self.check(fid("127.0.0.1", port, stdin=theirs), out=b"from a socket")
        done = self.check(fid("127.0.0.1", port, stdin=os.open("/", os.O_RDONLY)), 26)
        self.assertIn(b"directory", done.stderr)

    def test_terminal(self):
        master, slave = pty.openpty()
        port = self.serve(lambda peer: peer.sendall(b"hello " + peer.recv(100)))
        with subprocess.Popen([FID, "connect", "127.0.0.1", str(port)], stdin=slave, stdout=subprocess.PIPE) as process:
            os.write(master, b"typed\n")
            # The peer has ended: a terminal is not waited for.
            self.assertEqual(process.communicate(timeout=20)[0], b"hello typed\n")
            self.assertEqual(process.returncode, 0)
        self.assertFalse(os.get_blocking(slave) is False, "the terminal stayed non-blocking")
        os.close(master)
        os.close(slave)

    def test_idle(self):
        begun = time.monotonic()
        self.check(fid("127.0.0.1", self.serve(lambda peer: time.sleep(30)), "--idle", "300ms", stdin=os.pipe()[0]), 28, b"", "idle")
        self.assertLess(time.monotonic() - begun, 5)

    def test_max_bytes(self):
        for size in (0, 1, 1000, 1_234_567):
            with self.subTest(size):
                def handle(peer):
                    with contextlib.suppress(OSError):
                        peer.sendall(BIG)
                self.check(fid("127.0.0.1", self.serve(handle), "--max-bytes", size), out=BIG[:size])

    def test_one_way(self):
        got = []
        port = self.serve(lambda peer: (peer.sendall(b"unread"), got.append(read_all(peer))))
        self.check(fid("127.0.0.1", port, "--send-only", data=b"sent"), out=b"")
        wait_for(lambda: got, "what was sent")
        self.assertEqual(got, [b"sent"])
        port = self.serve(lambda peer: peer.sendall(b"read"))
        self.check(fid("127.0.0.1", port, "--recv-only", data=b"not sent"), out=b"read")

    def test_crlf(self):
        got = []
        port = self.serve(lambda peer: got.append(read_all(peer)))
        with subprocess.Popen([FID, "connect", "127.0.0.1", str(port), "--crlf"], stdin=subprocess.PIPE) as process:
            for piece in (b"one\n", b"two\r", b"\nthree\r\n", b"\n", b"four"):
                process.stdin.write(piece)
                process.stdin.flush()
                time.sleep(0.1)
            process.stdin.close()
            self.assertEqual(process.wait(timeout=20), 0)
        wait_for(lambda: got, "what was sent")
        self.assertEqual(got, [b"one\r\ntwo\r\nthree\r\n\r\nfour"])

    def test_both_ways_at_once(self):
        self.check(fid("127.0.0.1", self.serve(echo), data=BIG), out=BIG)

    def test_interrupt(self):
        port = self.serve(lambda peer: (peer.sendall(b"x"), time.sleep(30)))
        for words in ([], ["--json"], ["--record", str(self.folder / "x.pcapng")]):
            with self.subTest(words), subprocess.Popen([FID, "connect", "127.0.0.1", str(self.serve(lambda peer: (peer.sendall(b"x"), time.sleep(30)))), *words],
                                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                process.stdout.read(1)
                time.sleep(0.1)
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=5)
                self.assertEqual((process.returncode, err), (130, b""))
                if words == ["--json"]:
                    self.assertEqual(json.loads(out.splitlines()[-1])["status"], 130)
        # A listener whose queue is full answers no more: we are dialling.
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            waiting = [socket.socket() for _ in range(3)]
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(full.getsockname())
            with subprocess.Popen([FID, "connect", "127.0.0.1", str(full.getsockname()[1])], stderr=subprocess.PIPE) as process:
                time.sleep(0.5)
                self.assertIsNone(process.poll())
                process.send_signal(signal.SIGINT)
                self.assertEqual((process.wait(timeout=5), process.stderr.read()), (130, b""))
            begun = time.monotonic()
            self.check(fid("127.0.0.1", full.getsockname()[1], "--timeout", "300ms"), 28, b"", "timed out")
            self.assertLess(time.monotonic() - begun, 3)
            for each in waiting:
                each.close()

    def test_records(self):
        done = self.check(fid("127.0.0.1", self.serve(echo), "--json", data=b"text\n\xff"))
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([each["type"] for each in events], ["connected", "sent", "received", "closed"])
        for each in events[1:3]:
            self.assertEqual((each["bytes"], base64.b64decode(each["data"]["base64"])), (6, b"text\n\xff"))
        self.assertEqual((events[0]["peer_address"], events[0]["lookup_ms"]), ("127.0.0.1", None))
        self.assertEqual([events[3][name] for name in ("sent_bytes", "received_bytes", "status")], [6, 6, 0])
        self.assertLessEqual(events[3]["first_byte_ms"], events[3]["duration_ms"])

    def test_timing(self):
        done = self.check(fid("localhost", self.serve(lambda peer: (time.sleep(0.2), peer.sendall(b"x"))), "--timing", "-4"), out=b"x")
        self.assertRegex(done.stderr.decode(), r"^fid connect: lookup [\d.]+ ms, connect [\d.]+ ms, first byte (?:19|2\d)\d\.\d ms\n$")


class Netcats(PeerTest):
    COMMANDS = {
        "nc": ["nc.openbsd", "-l", "-N", "127.0.0.1", "{port}"],
        "ncat": ["ncat", "-l", "127.0.0.1", "{port}"],
        "socat": ["socat", "-t5", "TCP-LISTEN:{port},bind=127.0.0.1", "STDIO"],
    }

    def exchange(self, name):
        port = free_port()
        (self.folder / "sent").write_bytes(BIG[::-1])
        with (self.folder / "sent").open("rb") as sent, (self.folder / "received").open("wb") as received:
            process = self.start(*[each.format(port=port) for each in self.COMMANDS[name]], stdin=sent, stdout=received, port=port)
            self.check(fid("127.0.0.1", port, data=BIG), out=BIG[::-1])
            self.assertEqual(process.wait(timeout=30), 0)
        self.assertTrue((self.folder / "received").read_bytes() == BIG)

    @needs("nc.openbsd")
    def test_nc(self):
        self.exchange("nc")

    @needs("ncat")
    def test_ncat(self):
        self.exchange("ncat")

    @needs("socat")
    def test_socat(self):
        self.exchange("socat")


class Unix(PeerTest):
    def test_path_and_abstract(self):
        path = str(self.folder / "socket")
        self.serve(echo, socket.AF_UNIX, address=path, times=2)
        self.check(fid(f"unix:{path}", data=BIG), out=BIG)
        name = f"fid-test-{os.getpid()}"
        self.serve(echo, socket.AF_UNIX, address="\0" + name)
        self.check(fid(f"unix:@{name}", data=b"abstract"), out=b"abstract")
        self.assertIn(fid(f"unix:{self.folder}/none").returncode, (7, 26))

    def test_seqpacket(self):
        def handle(peer):
            size = len(peer.recv(100_000))
            self.assertEqual(peer.recv(100), b"")
            time.sleep(2.5)  # longer than datagrams are waited for
            peer.send(b"%d bytes" % size)
            peer.send(b", two messages")
        path = str(self.folder / "socket")
        self.serve(handle, socket.AF_UNIX, socket.SOCK_SEQPACKET, path)
        self.check(fid(f"unix:{path}", data=b"x" * 500), out=b"500 bytes, two messages")

    def test_datagram(self):
        path = str(self.folder / "socket")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
            server.bind(path)

            def answer():
                data, client = server.recvfrom(1000)
                server.sendto(data.upper(), client)
            threading.Thread(target=answer, daemon=True).start()
            self.check(fid(f"unix:{path}", "--linger", "500ms", data=b"question"), out=b"QUESTION")


class Udp(PeerTest):
    def serve_datagrams(self, answers):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", 0))
        server.settimeout(20)
        self.addCleanup(server.close)
        got = []

        def run():
            with contextlib.suppress(OSError):
                while True:
                    data, client = server.recvfrom(100_000)
                    got.append(data)
                    for each in answers:
                        server.sendto(each, client)
        threading.Thread(target=run, daemon=True).start()
        return server.getsockname()[1], got

    def test_one_shot(self):
        port, _ = self.serve_datagrams([b"answer"])
        begun = time.monotonic()
        self.check(fid(f"udp://127.0.0.1:{port}", "--linger", "300ms", data=b"question"), out=b"answer")
        self.assertLess(time.monotonic() - begun, 3)

    def test_empty_datagrams_are_data(self):
        port, _ = self.serve_datagrams([b"", b"one", b"", b"two"])
        done = self.check(fid(f"udp://127.0.0.1:{port}", "--linger", "300ms", "--json", data=b"question"))
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([each["data"] for each in events if each["type"] == "received"], ["", "one", "", "two"])
        self.check(fid(f"udp://127.0.0.1:{port}", "--linger", "300ms", data=b"question"), out=b"onetwo")

    def test_large_input(self):
        port, got = self.serve_datagrams([])
        self.check(fid(f"udp://127.0.0.1:{port}", "--linger", "300ms", data=b"x" * 100_000))
        self.assertEqual((len(b"".join(got)), max(map(len, got))), (100_000, 16384))

    def test_refused(self):
        port = free_port(socket.SOCK_DGRAM)
        self.check(fid(f"udp://127.0.0.1:{port}", data=b"question"), 7, b"", "refused")

    @needs("socat")
    def test_socat(self):
        port = free_port(socket.SOCK_DGRAM)
        self.start("socat", f"UDP-LISTEN:{port},bind=127.0.0.1", "EXEC:cat",
                   ready=lambda: f":{port:04X} " in pathlib.Path("/proc/net/udp").read_text())
        self.check(fid(f"udp://127.0.0.1:{port}", "--linger", "500ms", data=b"question"), out=b"question")


INSIDE = r"""
import os, socket, subprocess, sys, threading, time
def ip(words): subprocess.run(["ip", *words.split()], check=True)
ip("link set lo up")
# A link whose other side is silent: packets vanish, and no error comes back.
ip("link add eth7 type veth peer name eth8")
ip("link set eth8 up")
ip("link set eth7 up")
ip("addr add 192.0.2.1/24 dev eth7")
ip("addr add 2001:db8::1/64 dev eth7 nodad")
for number in (2, 3, 4):
    ip(f"neigh add 192.0.2.{number} lladdr 02:00:00:00:00:02 dev eth7")
ip("neigh add 2001:db8::2 lladdr 02:00:00:00:00:02 dev eth7")
open("hosts", "w").write("192.0.2.2 hole\n192.0.2.3 hole\n192.0.2.4 hole\n2001:db8::2 hole\n2001:db8::2 half\n127.0.0.1 half\n")
subprocess.run(["mount", "--bind", "hosts", "/etc/hosts"], check=True)
open("nsswitch", "w").write("hosts: files\n")
subprocess.run(["mount", "--bind", "nsswitch", "/etc/nsswitch.conf"], check=True)
server = socket.create_server(("127.0.0.1", 80))
def serve():
    while True:
        peer = server.accept()[0]
        peer.sendall(b"hello")
        peer.close()
threading.Thread(target=serve, daemon=True).start()
for words in (["half", "80"], ["hole", "80", "--timeout", "1s"], ["none.invalid", "80"]):
    begun = time.monotonic()
    done = subprocess.run([sys.argv[1], "connect", *words], capture_output=True, stdin=subprocess.DEVNULL, timeout=20)
    print(repr((done.returncode, done.stdout, done.stderr.decode(), time.monotonic() - begun)))
"""


class Addresses(PeerTest):
    @needs("ip", "unshare")
    def test_blackholes(self):
        if subprocess.run(["unshare", "-nm", "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no right to make a network namespace")
        done = subprocess.run(["unshare", "-nm", sys.executable, "-c", INSIDE, FID], cwd=self.folder, capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        half, hole, none = map(eval, done.stdout.splitlines())
        self.assertEqual(half[:3], (0, b"hello", ""))
        self.assertTrue(0.2 < half[3] < 10, f"IPv4 answered after {half[3]} s beside a silent IPv6 address")
        self.assertEqual(hole[0], 28, hole)
        self.assertTrue(0.9 < hole[3] < 3, f"four silent addresses took {hole[3]} s, not the second they were given")
        self.assertEqual(none[0], 6, none)


if __name__ == "__main__":
    main()
