#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid connect --measure beside echo, discard and chargen servers over TCP, TLS, WebSocket, Unix sockets and UDP.

usage: connect_measure.py FID [TEST...]
"""
import asyncio
import contextlib
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import unittest

try:
    import websockets
except ImportError:
    websockets = None
    debian = "/usr/bin/python3"  # where another python3 stands first, the package is still here
    if os.path.exists(debian) and not os.environ.get("FID_TRIED_DEBIAN"):
        os.execve(debian, [debian, *sys.argv], {**os.environ, "FID_TRIED_DEBIAN": "1"})

import connect_servers as servers
from connect_harness import FID, PeerTest, fid, free_port, main, needs, wait_for

SHORT = ("--for", "300ms")


def measured(*words):
    return fid("--measure", *words)


class Measure(PeerTest):
    def summary(self, *words, status=0, err=None):
        done = self.check(measured("--json", *words), status, err=err)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([line["type"] for line in lines[:-1]], ["interval"] * (len(lines) - 1))
        self.assertEqual(lines[-1]["type"], "summary")
        return lines[-1]

    def port(self, handle, times=4):
        return self.serve(handle, times=times)

    def consistent(self, summary, sent, received):
        for name, some in (("sent", sent), ("received", received)):
            self.assertEqual(summary[f"{name}_bytes"] > 0, some, summary)
            expected = summary[f"{name}_bytes"] * 8 / summary["duration_s"]
            self.assertAlmostEqual(summary[f"{name}_bits_per_second"], expected, delta=expected * 1e-6 + 1)

    def ordered(self, summary):
        names = ["min", "median", "p90", "p99", "max"]
        times = [summary[f"rtt_{name}_ms"] for name in names]
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[0], 0)
        self.assertTrue(times[0] <= summary["rtt_avg_ms"] <= times[-1])

    def test_finds_out_what_the_server_does(self):
        for handle, server, mode, sends, receives in ((servers.echo, "echo", "both", True, True),
                                                      (servers.echo_lines, "echo", "both", True, True),
                                                      (servers.discard, "discard", "send", True, False),
                                                      (servers.chargen, "chargen", "receive", False, True)):
            with self.subTest(handle.__name__):
                summary = self.summary(*SHORT, "127.0.0.1", self.port(handle))
                self.assertEqual((summary["server"], summary["mode"]), (server, mode))
                self.consistent(summary, sends, receives)
                self.assertGreaterEqual(summary["duration_s"], 0.2 if mode == "both" else 0.3)
                self.assertLess(summary["duration_s"], 2)
                self.assertIsNotNone(summary["retransmits"])
                self.assertGreater(summary["cwnd_bytes"], 0)
                if mode == "both":
                    self.ordered(summary)
                    self.assertGreaterEqual(summary["verified_bytes"], summary["received_bytes"])

    def test_modes_are_not_asked_for(self):
        for mode, sends, receives in (("latency", True, True), ("send", True, True), ("receive", False, False),
                                      ("both", True, True)):
            with self.subTest(mode):
                port = self.port(servers.echo, times=1)
                if mode == "receive":  # an echo says nothing by itself
                    self.summary("--mode", mode, *SHORT, "127.0.0.1", port, status=28, err="nothing was received")
                    continue
                summary = self.summary("--mode", mode, *SHORT, "127.0.0.1", port)
                self.assertEqual((summary["server"], summary["mode"]), (None, mode))
                self.consistent(summary, sends, receives)

    def test_count_and_slow_server(self):
        def slow(connection):
            while block := connection.recv(65536):
                time.sleep(0.02)
                connection.sendall(block)

        summary = self.summary("--mode", "latency", "--count", "10", "--size", "100", "127.0.0.1", self.port(slow))
        self.assertEqual((summary["round_trips"], summary["message_bytes"]), (10, 100))
        self.assertEqual((summary["sent_bytes"], summary["received_bytes"], summary["verified_bytes"]), (1000, 1000, 1000))
        self.assertGreaterEqual(summary["rtt_min_ms"], 20)
        self.assertLess(summary["rtt_median_ms"], 200)
        summary = self.summary("--count", "3", "127.0.0.1", self.port(slow))
        self.assertEqual((summary["round_trips"], summary["server"]), (3, "echo"))

    def test_all_bytes_arrive(self):
        got = []

        def count(connection):
            total = 0
            while block := connection.recv(1 << 20):
                total += len(block)
            got.append(total)

        summary = self.summary("--mode", "send", "--streams", "3", *SHORT, "127.0.0.1", self.port(count))
        wait_for(lambda: len(got) == 3, "the end of what was sent")
        self.assertTrue(summary["sent_bytes"] <= sum(got) <= summary["sent_bytes"] + 3 * 131072)
        self.assertEqual(summary["streams"], 3)

    def test_streams_of_an_echo(self):
        summary = self.summary("--streams", "4", *SHORT, "127.0.0.1", self.port(servers.echo, times=5))
        self.consistent(summary, True, True)

    def test_integrity(self):
        for mode in ("both", "latency"):
            summary = self.summary("--mode", mode, "--size", "10000", "--for", "20s", "127.0.0.1", self.port(servers.liar),
                                   status=8, err="differs from byte 1000000 on")
            self.assertLessEqual(summary["verified_bytes"], 1_000_000)

    def test_sockets(self):
        path = str(self.folder / "echo.sock")
        self.serve(servers.echo, family=socket.AF_UNIX, address=path, times=2)
        summary = self.summary(*SHORT, f"unix:{path}")
        self.assertEqual(summary["server"], "echo")
        self.assertIsNone(summary["retransmits"])
        self.consistent(summary, True, True)

    @needs("openssl")
    def test_tls(self):
        certificate, key = self.folder / "cert.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        def echo(connection):
            with context.wrap_socket(connection, server_side=True) as secure:
                servers.echo(secure)

        summary = self.summary(*SHORT, "--tls-ca", certificate, f"tls://localhost:{self.port(echo)}")
        self.assertEqual(summary["server"], "echo")
        self.consistent(summary, True, True)
        self.assertGreater(summary["cwnd_bytes"], 0)

    @unittest.skipUnless(websockets, "there is no python3-websockets")
    def test_websocket(self):
        port, ready = [], threading.Event()

        async def echo(ws, *_):
            with contextlib.suppress(websockets.ConnectionClosed):  # a measurement ends without a Close
                async for message in ws:
                    await ws.send(message)

        async def run():
            server = await websockets.serve(echo, "127.0.0.1", 0, compression=None, max_size=None)
            port.append(server.sockets[0].getsockname()[1])
            ready.set()
            await asyncio.Future()

        threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
        self.assertTrue(ready.wait(10))
        summary = self.summary(*SHORT, f"ws://127.0.0.1:{port[0]}/")
        self.assertEqual((summary["server"], summary["block_bytes"]), ("echo", 65536))
        self.consistent(summary, True, True)
        self.ordered(summary)

    def datagrams(self, handle):
        server = servers.serve_datagrams(handle)
        self.addCleanup(server.close)
        return f"udp://127.0.0.1:{server.getsockname()[1]}"

    def test_datagrams(self):
        summary = self.summary(*SHORT, self.datagrams(lambda server, data, sender: server.sendto(data, sender)))
        self.assertEqual((summary["server"], summary["lost"], summary["reordered"], summary["duplicates"]), ("echo", 0, 0, 0))
        self.assertEqual(summary["datagrams_sent"], summary["datagrams_received"])
        self.consistent(summary, True, True)
        self.ordered(summary)
        summary = self.summary(*SHORT, self.datagrams(lambda *_: None))
        self.assertEqual((summary["server"], summary["lost"]), ("discard", None))
        self.consistent(summary, True, False)
        summary = self.summary(*SHORT, self.datagrams(lambda server, data, sender: server.sendto(b"!" * 300, sender)))
        self.assertEqual((summary["server"], summary["block_bytes"]), ("chargen", 1400))
        self.assertEqual(summary["received_bytes"] % 300, 0)

    def test_datagrams_lost_reordered_and_doubled(self):
        """Of each ten the third is lost, the fifth comes after the sixth, the ninth twice."""
        held = []

        def shuffle(server, data, sender):
            number = int(data[:16], 16) % 10
            if number == 3:
                return
            if number == 5:
                held.append(data)
                return
            server.sendto(data, sender)
            if number == 6 and held:
                server.sendto(held.pop(), sender)
            if number == 9:
                server.sendto(data, sender)

        summary = self.summary("--mode", "both", "--size", "200", *SHORT, self.datagrams(shuffle))
        rounds = summary["datagrams_sent"] // 10
        self.assertGreater(rounds, 5)
        for name, least in (("lost", rounds), ("reordered", rounds), ("duplicates", rounds)):
            self.assertTrue(least - 1 <= summary[name] <= least + 2, (name, summary))
        self.assertAlmostEqual(summary["lost_percent"], 10, delta=2)

    def test_failures(self):
        self.check(measured("127.0.0.1", free_port()), 7, out=b"")
        self.check(measured("--mode", "latency", f"udp://127.0.0.1:{free_port()}"), 7)

        def other(connection):
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.recv(100)

        self.check(measured("127.0.0.1", self.port(other)), 8, out=b"", err="no echo, discard or chargen")

        def leave(connection):
            connection.recv(64)
            connection.sendall(b"")

        self.summary("--mode", "latency", "127.0.0.1", self.port(leave), status=18, err="ended the connection")

        def reset(connection):
            connection.recv(64)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        self.summary("--mode", "send", "127.0.0.1", self.port(reset), status=56)
        self.summary("--mode", "latency", "--timeout", "300ms", "--count", "1", "127.0.0.1", self.port(servers.discard),
                     status=28)

    def test_usage(self):
        for words in (["--frame", "line"], ["--crlf"], ["--check"], ["--mode", "ping"], ["--size", "0"], ["--for", "0"],
                      ["--streams", "0"], ["--count", "0"], ["--count", "5", "--mode", "send"], ["--warmup", "x"]):
            self.check(measured(*words, "127.0.0.1", "1"), 2, out=b"")

    def test_intervals_and_interrupt(self):
        command = [FID, "connect", "--measure", "--json", "--for", "1h", "--warmup", "100ms", "127.0.0.1",
                   str(self.port(servers.echo))]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            lines = [json.loads(process.stdout.readline()) for _ in range(2)]
            process.send_signal(signal.SIGINT)
            lines += [json.loads(line) for line in process.stdout]
            self.assertEqual(process.wait(20), 130)
        self.assertEqual([line["type"] for line in lines[:2]], ["interval"] * 2)
        self.assertEqual(lines[-1]["type"], "summary")
        self.assertAlmostEqual(lines[0]["to_s"], 1, delta=0.9)
        self.assertEqual(lines[0]["to_s"], lines[1]["from_s"])
        self.assertGreaterEqual(lines[-1]["sent_bytes"], sum(line["sent_bytes"] for line in lines[:-1]))

    def test_interrupt_of_silence(self):
        for words in (["tls://127.0.0.1:{port}"], ["--mode", "latency", "127.0.0.1:{port}"]):
            heard = threading.Event()

            def silent(connection):
                while connection.recv(65536):
                    heard.set()

            port = self.port(silent)
            command = [FID, "connect", "--measure", "--timeout", "1h", *(word.format(port=port) for word in words)]
            with self.subTest(words), subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
                self.assertTrue(heard.wait(20))
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(20), 130)

    def test_text(self):
        done = self.check(measured(*SHORT, "127.0.0.1", self.port(servers.echo)))
        lines = done.stdout.decode().splitlines()
        self.assertRegex(lines[0], r"^echo server at 127\.0\.0\.1:\d+: round trips, then sending and receiving for 0\.30 s$")
        self.assertEqual([line.split("  ")[0] for line in lines[1:]], ["sent", "received", "round trips", "tcp", "processor"])
        self.assertRegex(lines[1], r"^sent +[\d.]+ [kMG]bit/s, [\d.]+ [kMG]?B$")


if __name__ == "__main__":
    main()
