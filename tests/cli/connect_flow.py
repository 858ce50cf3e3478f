#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `fid connect` does to bytes on their way (--hex, --tee, --rate, --delay, --count), and --retry, beside real peers.

usage: connect_flow.py FID [TEST...]
"""
import json
import os
import pty
import re
import socket
import subprocess
import threading
import time

from connect_harness import BIG, FID, PeerTest, echo, fid, free_port, main, needs, read_all


def undump(text, mark):
    """The bytes of a dump's lines, each where its offset says."""
    data = bytearray()
    for line in text.splitlines():
        found = re.fullmatch(r"([<>]) ([0-9a-f]{8,})  (.{48})  \|(.{0,16})\|", line)
        assert found, line
        if found[1] == mark:
            assert int(found[2], 16) == len(data), line
            data += bytes.fromhex(found[3])
    return bytes(data)


class Dump(PeerTest):
    def test_both_directions(self):
        data = bytes(range(256)) * 10
        done = self.check(fid("--hex", "127.0.0.1", self.serve(echo), data=data), out=data)
        text = done.stderr.decode("ascii")
        self.assertEqual(undump(text, ">"), data)
        self.assertEqual(undump(text, "<"), data)

    def test_layout_is_hexdumps(self):
        data = b"0123456789abcdef\x1b[2J\xff"
        done = self.check(fid("--hex", "--send-only", "127.0.0.1", self.serve(read_all), data=data))
        self.assertEqual(done.stderr.decode(), "> 00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
                                               "> 00000010  1b 5b 32 4a ff                                    |.[2J.|\n")

    def test_a_terminal_gets_the_dump_alone(self):
        def handle(peer):
            peer.sendall(b"\x1b[31mred\x07")
        here, there = pty.openpty()
        port = self.serve(handle)
        process = self.start(FID, "connect", "--hex", "127.0.0.1", port, stdout=there, stderr=there)
        os.close(there)
        self.assertEqual(process.wait(10), 0)
        shown = os.read(here, 10000)
        os.close(here)
        self.assertEqual(shown, b"< 00000000  1b 5b 33 31 6d 72 65 64  07                       |.[31mred.|\r\n")


class Tee(PeerTest):
    def test_large_and_exact(self):
        got = []

        def handle(peer):
            got.append(read_all(peer))
            peer.sendall(got[0][::-1])
        sent, received = self.folder / "sent", self.folder / "received"
        received.write_bytes(b"of old")
        self.check(fid("--tee", f"sent={sent}", "--tee", f"received={received}", "127.0.0.1", self.serve(handle), data=BIG),
                   out=BIG[::-1])
        self.assertTrue(sent.read_bytes() == got[0] == BIG)
        self.assertTrue(received.read_bytes() == BIG[::-1])

    def test_both_in_one(self):
        def handle(peer):
            peer.sendall(peer.recv(100).upper())
        both = self.folder / "both"
        self.check(fid("--tee", both, "127.0.0.1", self.serve(handle), data=b"hello"), out=b"HELLO")
        self.assertEqual(both.read_bytes(), b"helloHELLO")

    def test_with_records(self):
        both = self.folder / "both"
        done = self.check(fid("--json", "--tee", both, "127.0.0.1", self.serve(echo), data=b"\xff\0"))
        self.assertEqual([json.loads(line)["type"] for line in done.stdout.splitlines()], ["connected", "sent", "received", "closed"])
        self.assertEqual(both.read_bytes(), b"\xff\0\xff\0")

    def test_a_file_that_takes_no_more(self):
        for direction in ("sent", "received"):
            with self.subTest(direction):
                self.check(fid("--tee", f"{direction}=/dev/full", "127.0.0.1", self.serve(echo), data=b"x"), 23, None,
                           "cannot write /dev/full: no space left")

    def test_a_file_that_cannot_be(self):
        self.check(fid("--tee", self.folder / "no" / "file", "127.0.0.1", 1), 23, b"", "no such file")

    @needs("nc")
    def test_beside_nc(self):
        port, received = free_port(), self.folder / "received"
        offered = self.folder / "offered"
        offered.write_bytes(BIG[:300_000])
        with offered.open("rb") as source:
            peer = self.start("nc", "-lN", "127.0.0.1", port, port=port, stdin=source, stdout=subprocess.PIPE)
        # Our end would make nc leave before it has sent all.
        self.check(fid("--recv-only", "--tee", f"received={received}", "127.0.0.1", port), out=BIG[:300_000])
        peer.wait(10)
        self.assertTrue(received.read_bytes() == BIG[:300_000])


class Rate(PeerTest):
    def arrivals(self, *words, data, kind=socket.SOCK_STREAM):
        """(seconds since the first, bytes so far) of all that came."""
        points = []

        def handle(peer):
            total = 0
            while block := peer.recv(65536):
                total += len(block)
                points.append((time.monotonic(), total))
        port = self.serve(handle)
        self.check(fid(*words, "127.0.0.1", port, data=data))
        self.assertEqual(points[-1][1], len(data))
        return [(when - points[0][0], total) for when, total in points]

    def test_slow(self):
        points = self.arrivals("--rate", "1k", "--idle", "1s", data=b"x" * 1536)
        self.assertTrue(1.3 < points[-1][0] < 1.9, points[-1])
        for when, total in points:  # never ahead of the rate by more than 100 ms
            self.assertLessEqual(total, 1024 * (when + 0.1) + 52, (when, total))

    def test_medium(self):
        points = self.arrivals("--rate", "10M", data=BIG[:10_000_000])
        self.assertTrue(0.85 < points[-1][0] < 1.3, points[-1])

    def test_fast(self):
        """A limit that is not reached costs little."""
        points = self.arrivals("--rate", "1G", data=BIG)
        self.assertLess(points[-1][0], 2)

    @needs("openssl")
    def test_over_tls(self):
        port, key, certificate = free_port(), self.folder / "key", self.folder / "cert"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                        "-out", certificate, "-days", "1", "-subj", "/CN=localhost"], check=True, capture_output=True)
        peer = self.start("openssl", "s_server", "-quiet", "-naccept", 1, "-accept", f"127.0.0.1:{port}", "-key", key, "-cert", certificate,
                          port=port, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        begun = time.monotonic()
        self.check(fid("--rate", "100k", "--tls-insecure", "--send-only", f"tls://127.0.0.1:{port}", data=BIG[:102_400]))
        self.assertTrue(0.9 < time.monotonic() - begun < 1.6, time.monotonic() - begun)
        self.assertTrue(peer.stdout.read(102_400) == BIG[:102_400])

    def test_delay_between_lines(self):
        points = self.arrivals("--delay", "200ms", data=b"one\ntwo\nthree")
        self.assertEqual([total for _, total in points], [4, 8, 13])
        self.assertTrue(0.35 < points[-1][0] < 0.7, points)

    def test_delay_makes_datagrams_of_lines(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.settimeout(10)
            self.check(fid("--delay", "100ms", "--send-only", f"udp://127.0.0.1:{peer.getsockname()[1]}", data=b"one\ntwo\n"))
            self.assertEqual([peer.recv(100), peer.recv(100)], [b"one\n", b"two\n"])


class Count(PeerTest):
    def test_datagrams(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))

            def answer():
                _, source = peer.recvfrom(100)
                for word in (b"one ", b"", b"two ", b"three "):
                    peer.sendto(word, source)
            threading.Thread(target=answer, daemon=True).start()
            begun = time.monotonic()
            self.check(fid("--count", 3, "--linger", "20s", f"udp://127.0.0.1:{peer.getsockname()[1]}", data=b"?"), out=b"one two ")
            self.assertLess(time.monotonic() - begun, 5)

    def test_messages(self):
        def handle(peer):
            peer.sendall(b"one\ntwo\nthree\n")
            read_all(peer)
        done = fid("--count", 2, "--frame", "line", "127.0.0.1", self.serve(handle), stdin=subprocess.PIPE)
        self.check(done, out=b"one\ntwo\n")

    def test_a_unix_stream_has_none(self):
        place = self.serve(read_all, socket.AF_UNIX, address=str(self.folder / "socket"))
        self.check(fid("--count", 1, f"unix:{place}"), 2, b"", "--count counts datagrams and messages")


class Retry(PeerTest):
    def test_a_port_that_opens_late(self):
        port = free_port()

        def open_late():
            time.sleep(1)
            with socket.create_server(("127.0.0.1", port)) as listener:
                with listener.accept()[0] as peer:
                    echo(peer)
        threading.Thread(target=open_late, daemon=True).start()
        done = self.check(fid("-v", "--retry", 20, "--backoff", "100ms", "127.0.0.1", port, data=b"hello"), out=b"hello")
        self.assertRegex(done.stderr.decode(), rf"(?m)^fid connect: try 1 of 21: cannot connect to 127.0.0.1:{port}: connection refused; "
                                               r"the next in (5\d|[6-9]\d|100) ms$")

    def test_the_last_status(self):
        done = self.check(fid("-v", "--retry", 2, "--backoff", "10ms", "127.0.0.1", free_port()), 7, b"")
        self.assertEqual(done.stderr.decode().count("try "), 2)
        self.assertEqual(done.stderr.decode().count("refused"), 3)

    def test_a_name_is_not_tried_again(self):
        done = self.check(fid("-v", "--retry", 5, "no-such-host.invalid", 80), 6)
        self.assertNotIn(b"try", done.stderr)

    def test_nothing_is_sent_twice(self):
        got = []

        def handle(peer):
            got.append(peer.recv(100))
        self.check(fid("--retry", 5, "--backoff", 0, "127.0.0.1", self.serve(handle, times=3), data=b"once"))
        time.sleep(0.1)
        self.assertEqual(got, [b"once"])


if __name__ == "__main__":
    main()
