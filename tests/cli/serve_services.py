#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid serve beside nc, ncat, socat, openssl s_client, Python's websockets and sockets, and `fid connect`.

usage: serve_services.py FID [TEST...]
"""
import asyncio
import contextlib
import hashlib
import json
import os
import pathlib
import random
import re
import resource
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

from connect_harness import FID, PeerTest, fid, listens, main, needs, read_all, wait_for

BIG = 64 << 20
MODELS = ("loop", "threads", "fork", "single")


class Server:
    """A `fid serve --json` under way, or one that speaks text; its records and its log."""

    def __init__(self, test, *words, listeners=1, json_records=True):
        self.test, self.urls = test, []
        more = ("--json",) if json_records else ()
        self.process = subprocess.Popen([FID, "serve", *map(str, words), *more], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        test.addCleanup(test.end, self.process)
        for _ in range(listeners):
            line = self.process.stdout.readline().decode()
            if not line:
                raise AssertionError(self.process.stderr.read().decode())
            self.urls.append(json.loads(line)["url"] if json_records else line.strip())

    @property
    def url(self):
        return self.urls[0]

    def port(self, number=0):
        return int(re.search(r":(\d+)(/|$)", self.urls[number])[1])

    def connect(self, number=0):
        made = socket.create_connection(("127.0.0.1", self.port(number)), timeout=30)
        self.test.addCleanup(made.close)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def record(self):
        """The next one; waits for it."""
        return json.loads(self.process.stdout.readline())

    def stop(self, number=signal.SIGTERM):
        """Gives the other records, the log, and the exit status."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self):
        out, err = self.process.communicate(timeout=30)
        return [json.loads(line) for line in out.splitlines()], err.decode(errors="replace"), self.process.returncode


def insecure():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def exchange(connection, data, end=None):
    """Sends it all, ends the sending, and reads to the end, both at the same time; gives the digest and size."""
    def send():
        with contextlib.suppress(OSError):
            connection.sendall(data)
            (end or (lambda: connection.shutdown(socket.SHUT_WR)))()
    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    digest, size = hashlib.sha256(), 0
    while block := connection.recv(1 << 20):
        digest.update(block)
        size += len(block)
    thread.join(30)
    return digest.hexdigest(), size


def resident(server):
    """Memory of the server, in kB."""
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])


class ServeTest(PeerTest):
    def serve_fid(self, *words, **options):
        return Server(self, *words, **options)

    def closed(self, server, **expected):
        record = server.record()
        self.assertEqual(record["type"], "closed", record)
        for key, value in expected.items():
            self.assertEqual(record[key], value, record)
        return record


class Echo(ServeTest):
    def test_half_close_of_64_mib(self):
        data = random.Random(3).randbytes(BIG)
        digest = (hashlib.sha256(data).hexdigest(), BIG)
        path = self.folder / "echo.sock"
        server = self.serve_fid("echo", "--listen", "127.0.0.1:0", "--listen", f"unix:{path}", listeners=2)
        with server.connect() as connection:
            self.assertEqual(exchange(connection, data), digest)
        self.closed(server, received_bytes=BIG, sent_bytes=BIG, status=0, transport="tcp")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            self.assertEqual(exchange(connection, data), digest)
        self.closed(server, received_bytes=BIG, sent_bytes=BIG, status=0, transport="unix")

    def through_fid(self, server, data, *words):
        done = fid(*words, server.url, data=data)
        self.check(done, out=data)

    def test_half_close_over_tls_and_websocket(self):
        data = random.Random(4).randbytes(BIG)
        server = self.serve_fid("echo", "--listen", "tls://127.0.0.1:0")
        self.through_fid(server, data, "--tls-insecure")
        self.closed(server, received_bytes=BIG, sent_bytes=BIG, status=0, tls_version="TLSv1.3")
        server = self.serve_fid("echo", "--listen", "ws://127.0.0.1:0")
        self.through_fid(server, data, "--ws-binary")
        self.closed(server, received_bytes=BIG, sent_bytes=BIG, status=0)

    def test_every_transport_at_once_and_port_0(self):
        path = self.folder / "s"
        schemes = ("tcp", "udp", "tls", "ws", "wss")
        words = [word for scheme in schemes for word in ("--listen", f"{scheme}://127.0.0.1:0")]
        server = self.serve_fid("echo", *words, "--listen", f"unix:{path}", "--listen", f"unix:@{path}", "--listen",
                                "tcp://[::1]:0", listeners=8)
        self.assertNotIn(0, [server.port(i) for i in range(5)])
        for url in server.urls:
            with self.subTest(url):
                extra = ("--tls-insecure",) if url.startswith(("tls", "wss")) else ()
                extra += ("--max-bytes", "6")
                self.check(fid(*extra, url, data=b"hello\n"), out=b"hello\n")
        records, _, status = server.stop()
        self.assertEqual(status, 0)
        self.assertEqual(records[-1]["type"], "summary")
        self.assertEqual(records[-1]["connections"], 8)

    def test_models_do_the_same(self):
        data = random.Random(5).randbytes(3_000_000)
        for model in MODELS:
            with self.subTest(model):
                server = self.serve_fid("echo", "--model", model, "--listen", "127.0.0.1:0", "--listen",
                                        "tls://127.0.0.1:0", listeners=2)
                with server.connect() as connection:
                    self.assertEqual(exchange(connection, data)[1], len(data))
                self.closed(server, number=1, received_bytes=len(data), sent_bytes=len(data), status=0)
                self.check(fid("--tls-insecure", server.urls[1], data=b"x\n"), out=b"x\n")
                self.closed(server, number=2, received_bytes=2, tls_version="TLSv1.3", status=0)
                with server.connect() as connection:  # one that resets
                    connection.sendall(b"x")
                    self.assertEqual(connection.recv(9), b"x")
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.closed(server, number=3, status=56)
                # Who works: a thread more, a process more, nobody more.
                first, second = server.connect(), server.connect()
                with first, second:
                    for each in (first, second) if model != "single" else (first,):
                        each.sendall(b"a")
                        self.assertEqual(each.recv(9), b"a")
                    expected = {"loop": os.cpu_count(), "threads": 3}.get(model, 1)
                    wait_for(lambda: len(os.listdir(f"/proc/{server.process.pid}/task")) == expected, "the end of other threads")
                    children = pathlib.Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
                    self.assertEqual(len(children), 2 if model == "fork" else 0)
                    if model == "single":
                        second.sendall(b"b")
                        second.settimeout(0.3)
                        self.assertRaises(TimeoutError, second.recv, 9)
                        first.close()
                        second.settimeout(20)
                        self.assertEqual(second.recv(9), b"b")
                self.assertEqual(server.stop()[2], 0)

    def test_2000_held(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
        server = self.serve_fid("echo", "--listen", "127.0.0.1:0")
        before = resident(server)
        held = [server.connect() for _ in range(2000)]
        for number, each in enumerate(held):
            each.sendall(struct.pack("!I", number))
        for number, each in enumerate(held):
            self.assertEqual(each.recv(9), struct.pack("!I", number))
        self.assertLess(resident(server) - before, 120_000)
        for each in held:
            each.close()
        records, _, code = server.stop()
        self.assertEqual((records[-1]["connections"], records[-1]["failed"], code), (2000, 0, 0))

    def test_slow_readers_bound_memory(self):
        server = self.serve_fid("echo", "--listen", "127.0.0.1:0", "--listen", "tls://127.0.0.1:0", listeners=2)
        before = resident(server)
        slow = [server.connect() for _ in range(10)]
        slow += [insecure().wrap_socket(server.connect(1)) for _ in range(10)]
        for each in slow:
            self.addCleanup(each.close)
        for each in slow:  # none of them reads
            each.setblocking(False)
            with contextlib.suppress(OSError, ssl.SSLError):
                while True:
                    each.send(bytes(65536))
        self.assertLess(resident(server) - before, 200_000)  # with sanitizers, which keep freed memory, most of it
        with server.connect() as other:  # and others are served
            other.sendall(b"quick")
            self.assertEqual(other.recv(9), b"quick")

    @needs("nc", "socat", "ncat", "openssl")
    def test_other_clients(self):
        server = self.serve_fid("echo", "--listen", "127.0.0.1:0", "--listen", "tls://127.0.0.1:0", "--listen",
                                "udp://127.0.0.1:0", listeners=3)
        plain, tls, udp = (str(server.port(i)) for i in range(3))
        data = random.Random(6).randbytes(1_000_000)
        for command in (["nc", "-N", "127.0.0.1", plain], ["socat", "-t9", "-", f"TCP:127.0.0.1:{plain}"],
                        ["ncat", "127.0.0.1", plain], ["socat", "-t9", "-", f"OPENSSL:127.0.0.1:{tls},verify=0"],
                        ["ncat", "--ssl", "127.0.0.1", tls]):
            with self.subTest(" ".join(command)):
                done = subprocess.run(command, input=data, capture_output=True, timeout=30, check=False)
                if command[0] == "ncat" and "--ssl" in command:  # it stops reading at its own end; what came is right
                    self.assertTrue(data.startswith(done.stdout))
                else:
                    self.assertEqual(hashlib.sha256(done.stdout).digest(), hashlib.sha256(data).digest())
        client = self.start("openssl", "s_client", "-quiet", "-tls1_2", "-connect", f"127.0.0.1:{tls}",
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        client.stdin.write(b"over 1.2\n")
        client.stdin.flush()
        self.assertEqual(client.stdout.readline(), b"over 1.2\n")
        done = subprocess.run(["nc", "-u", "-W1", "127.0.0.1", udp], input=b"datagram", capture_output=True, timeout=30, check=False)
        self.assertEqual(done.stdout, b"datagram")

    @unittest.skipUnless(websockets, "there is no python3-websockets")
    def test_websockets(self):
        server = self.serve_fid("echo", "--listen", "ws://127.0.0.1:0/chat")

        async def talk():
            async with websockets.connect(server.url, max_size=None) as ws:
                for message in ("grüße", b"\xff\x00", "", "x" * 300_000):
                    await ws.send(message)
                    self.assertEqual(await ws.recv(), message)
                await ws.ping()
            self.assertEqual(ws.close_code, 1000)
            async with websockets.connect(server.url, subprotocols=["a", "b"], origin=f"http://127.0.0.1:{server.port()}") as ws:
                self.assertEqual(ws.subprotocol, "a")
            for origin, path, code in (("http://evil.example", "/chat", 403), (None, "/other", 404)):
                with self.assertRaises(Exception) as raised:
                    async with websockets.connect(server.url.replace("/chat", path), origin=origin):
                        pass
                self.assertIn(str(code), str(raised.exception))
        asyncio.run(talk())
        # A connection that took its leave may end after a later one that was turned away.
        self.assertEqual(sorted(self.closed(server)["status"] for _ in range(4)), [0, 0, 8, 8])

    def test_not_a_websocket(self):
        server = self.serve_fid("echo", "--listen", "ws://127.0.0.1:0")
        for request, answer in ((b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 426"),
                                (b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 405"),
                                (b"\r\n\r\n", b"HTTP/1.1 400"),
                                (b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                                 b"Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
                                 b"HTTP/1.1 426"),
                                (b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                                 b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n", b"HTTP/1.1 400")):
            with server.connect() as connection:
                connection.sendall(request)
                self.assertTrue(read_all(connection).startswith(answer), request)
            self.closed(server, status=8)


class Small(ServeTest):
    def test_discard(self):
        server = self.serve_fid("discard", "--listen", "127.0.0.1:0", "--listen", "tls://127.0.0.1:0", "--listen",
                                "udp://127.0.0.1:0", listeners=3)
        with server.connect() as connection:
            connection.sendall(bytes(20_000_000))
            connection.shutdown(socket.SHUT_WR)
            self.assertEqual(read_all(connection), b"")
        self.closed(server, received_bytes=20_000_000, sent_bytes=0, status=0)
        self.check(fid("--tls-insecure", server.urls[1], data=bytes(1_000_000)), out=b"")
        self.closed(server, received_bytes=1_000_000, sent_bytes=0, status=0)

    def test_chargen(self):
        """RFC 864: 72 characters of a ring of 95, each line one further than the one before."""
        server = self.serve_fid("chargen", "--listen", "127.0.0.1:0", "--listen", "udp://127.0.0.1:0", "--listen",
                                "ws://127.0.0.1:0", listeners=3)
        ring = bytes(range(32, 127))
        with server.connect() as connection:
            connection.shutdown(socket.SHUT_WR)  # it goes on all the same
            got = b""
            while len(got) < 74 * 2000:
                got += connection.recv(1 << 20)
        for number, line in enumerate(got.split(b"\r\n")[:2000]):
            self.assertEqual(line, (ring * 2)[number % 95:number % 95 + 72])
        self.closed(server, status=0)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(10)
            asker.connect(("127.0.0.1", server.port(1)))
            for number in range(3):
                asker.send(b"")
                answer = asker.recv(65536)
                self.assertEqual(len(answer), 444)
                self.assertEqual(answer[:72], (ring * 2)[number:number + 72])
        self.check(fid("--recv-only", "--max-bytes", "1000", server.urls[2]))

    def test_chargen_does_not_amplify(self):
        server = self.serve_fid("chargen", "--listen", "udp://0.0.0.0:0")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(10)
            asker.connect(("127.0.0.2", server.port()))  # and the answer is from the address that was asked
            for size, expected in ((10, 10), (2000, 444), (0, 0)):
                asker.send(bytes(size))
                self.assertEqual(len(asker.recv(65536)), expected)
        self.assertIn("whoever they claim to be from", server.stop()[1])

    def test_time_and_daytime(self):
        server = self.serve_fid("time", "--listen", "127.0.0.1:0", "--listen", "udp://127.0.0.1:0", listeners=2)
        with server.connect() as connection:
            got = read_all(connection)
        self.assertAlmostEqual(struct.unpack("!I", got)[0] - 2208988800, time.time(), delta=3)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(10)
            asker.sendto(b"", ("127.0.0.1", server.port(1)))
            self.assertAlmostEqual(struct.unpack("!I", asker.recv(99))[0] - 2208988800, time.time(), delta=3)
        server = self.serve_fid("daytime", "--listen", "127.0.0.1:0")
        with server.connect() as connection:
            connection.sendall(b"this is not asked for")  # and does not reset the connection
            got = read_all(connection).decode()
        said = time.strptime(got.rsplit("-", 1)[0], "%A, %B %d, %Y %H:%M:%S")
        self.assertAlmostEqual(time.mktime(said), time.time(), delta=3)
        self.assertTrue(got.endswith("\r\n"))

    def test_text_by_every_model(self):
        file = self.folder / "text"
        file.write_bytes(b"\x00binary\xff")
        for model in MODELS:
            server = self.serve_fid("text", "hello", "--model", model, "--listen", "127.0.0.1:0")
            with server.connect() as connection:
                self.assertEqual(read_all(connection), b"hello\n")
            self.closed(server, sent_bytes=6, status=0)
        server = self.serve_fid("text", f"@{file}", "--listen", "tls://127.0.0.1:0")
        self.check(fid("--tls-insecure", server.url), out=file.read_bytes())


class Exec(ServeTest):
    def test_cat_by_every_model(self):
        data = random.Random(7).randbytes(5_000_000)
        for model in MODELS:
            with self.subTest(model):
                server = self.serve_fid("exec", "cat", "--model", model, "--listen", "127.0.0.1:0")
                with server.connect() as connection:
                    self.assertEqual(exchange(connection, data), (hashlib.sha256(data).hexdigest(), len(data)))
                self.closed(server, exit_status=0, received_bytes=len(data), sent_bytes=len(data), status=0)

    def test_over_other_transports(self):
        server = self.serve_fid("exec", "wc -c", "--listen", "tls://127.0.0.1:0", "--listen", "ws://127.0.0.1:0",
                                "--listen", "udp://127.0.0.1:0", "--idle", "500ms", listeners=3)
        self.check(fid("--tls-insecure", server.urls[0], data=bytes(100_000)), out=b"100000\n")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(10)
            asker.connect(("127.0.0.1", server.port(2)))
            for _ in range(3):
                asker.send(b"12345")
            self.assertEqual(asker.recv(99).strip(), b"15")  # silence is the end of datagrams

    def test_failing_and_killed(self):
        server = self.serve_fid("exec", "echo so far; echo complaint >&2; exit 3", "--listen", "127.0.0.1:0",
                                "--log", "common")
        with server.connect() as connection:
            self.assertEqual(read_all(connection), b"so far\n")
        self.closed(server, exit_status=3, status=1, sent_bytes=7)
        log = server.stop()[1]
        self.assertIn("complaint\n", log)
        self.assertIn("exit status 3", log)
        server = self.serve_fid("exec", "kill -9 $$", "--listen", "127.0.0.1:0")
        server.connect().close()
        self.closed(server, exit_status=137, status=1)

    def test_does_not_read(self):
        server = self.serve_fid("exec", "exec <&-; echo done", "--listen", "127.0.0.1:0")
        with server.connect() as connection:  # what it does not read does not cost the answer
            self.assertEqual(exchange(connection, bytes(3_000_000))[1], 5)
        self.closed(server, exit_status=0, status=0)

    def test_output_after_the_end(self):
        server = self.serve_fid("exec", "cat >/dev/null; sleep 0.3; seq 100000", "--listen", "127.0.0.1:0")
        with server.connect() as connection:
            connection.sendall(b"question")
            connection.shutdown(socket.SHUT_WR)
            got = read_all(connection)
        self.assertEqual(got, b"".join(b"%d\n" % i for i in range(1, 100001)))

    def test_reset_kills(self):
        mark = self.folder / "pid"
        server = self.serve_fid("exec", f"echo $$ > {mark}; trap '' TERM; while :; do sleep 0.1; done", "--listen",
                                "127.0.0.1:0")
        connection = server.connect()
        wait_for(lambda: mark.exists() and mark.read_text().strip(), "the program")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        self.closed(server, status=56)
        wait_for(lambda: not os.path.exists(f"/proc/{mark.read_text().strip()}"), "the program's end")

    def test_environment(self):
        path = self.folder / "env.sock"
        server = self.serve_fid("exec", "env", "--listen", "127.0.0.1:0", "--listen", f"unix:{path}?mode=0600",
                                listeners=2)
        with server.connect() as connection:
            own = connection.getsockname()
            got = dict(line.split("=", 1) for line in read_all(connection).decode().splitlines() if "=" in line)
        self.assertEqual((got["PROTO"], got["TCPREMOTEIP"], got["TCPREMOTEPORT"], got["TCPLOCALPORT"]),
                         ("TCP", own[0], str(own[1]), str(server.port())))
        self.assertEqual((got["FID_PEER"], got["SOCAT_PEERPORT"], got["REMOTE_ADDR"], got["FID_CONNECTION"]),
                         (f"127.0.0.1:{own[1]}", str(own[1]), own[0], "1"))
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            got = read_all(connection).decode()
        self.assertIn(f"UNIXREMOTEPID={os.getpid()}\n", got)
        server.stop()
        self.assertFalse(path.exists())


class Run(ServeTest):
    def test_measured(self):
        for service, mode in (("echo", "both"), ("discard", "send"), ("chargen", "receive")):
            path = self.folder / service
            schemes = ("tcp", "tls", "ws", "udp")
            words = [word for scheme in schemes for word in ("--listen", f"{scheme}://127.0.0.1:0")]
            server = self.serve_fid(service, *words, "--listen", f"unix:{path}", "-q", listeners=5)
            for url in server.urls:
                with self.subTest(service=service, url=url):
                    done = self.check(fid("--measure", "--json", "--tls-insecure", "--for", "200ms", url))
                    summary = json.loads(done.stdout.splitlines()[-1])
                    self.assertEqual((summary["server"], summary["mode"]), (service, mode))
            server.process.kill()

    def test_graceful_stop(self):
        server = self.serve_fid("echo", "--listen", "127.0.0.1:0", "--grace", "20s")
        with server.connect() as connection:
            connection.sendall(b"before")
            self.assertEqual(connection.recv(9), b"before")
            server.process.send_signal(signal.SIGTERM)
            wait_for(lambda: not listens(server.port()), "the closed door")
            connection.sendall(b"after")  # who is there is served
            self.assertEqual(connection.recv(9), b"after")
        records, _, status = server.wait()
        self.assertEqual((records[-1]["connections"], records[-1]["failed"], status), (1, 0, 0))

    def test_grace_and_twice(self):
        server = self.serve_fid("echo", "--listen", "127.0.0.1:0", "--grace", "200ms")
        with server.connect() as connection:
            connection.sendall(b"x")
            connection.recv(1)
            records, _, status = server.stop(signal.SIGINT)
            self.assertEqual((records[-2]["status"], records[-1]["failed"], status), (130, 1, 130))
        server = self.serve_fid("echo", "--listen", "127.0.0.1:0", "--grace", "1h")
        with server.connect() as connection:
            connection.sendall(b"x")
            connection.recv(1)
            server.process.send_signal(signal.SIGINT)
            wait_for(lambda: not listens(server.port()), "the closed door")
            self.assertEqual(server.stop(signal.SIGINT)[2], 130)

    def test_limits(self):
        server = self.serve_fid("echo", "--listen", "127.0.0.1:0", "--max-connections", "3", "--idle", "700ms")
        held = [server.connect() for _ in range(3)]
        for each in held:
            each.sendall(b"x")
            self.assertEqual(each.recv(9), b"x")
        with server.connect() as more:
            with contextlib.suppress(ConnectionResetError):
                self.assertEqual(more.recv(9), b"")
        for _ in held:  # the idle ones end by themselves
            self.closed(server, status=28)
        with server.connect() as again:
            again.sendall(b"y")
            self.assertEqual(again.recv(9), b"y")
        for each in held:
            each.close()
        records, log, _ = server.stop()
        self.assertEqual(records[-1]["shed"], 1)
        self.assertIn("too many connections", log)

    def test_handshake_deadline(self):
        server = self.serve_fid("echo", "--listen", "tls://127.0.0.1:0", "--listen", "ws://127.0.0.1:0", "--timeout",
                                "300ms", listeners=2)
        with server.connect(0) as silent, server.connect(1) as slow:
            slow.sendall(b"GET / HT")
            self.assertEqual((silent.recv(9), slow.recv(9)), (b"", b""))
        self.closed(server, status=28)
        self.closed(server, status=28)
        with server.connect(0) as wrong:
            wrong.sendall(b"GET / HTTP/1.0\r\n\r\n")
            read_all(wrong)
        self.closed(server, status=35)

    # The undefined behaviour sanitizer looks at objects through a pipe, and without descriptors finds none to be one.
    @unittest.skipIf(b"__ubsan" in pathlib.Path(FID).read_bytes(), "the sanitizer needs descriptors itself")
    def test_out_of_descriptors(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
        process = subprocess.Popen([FID, "serve", "echo", "--listen", "127.0.0.1:0", "--loops", "1", "--log", "none"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=few)
        self.addCleanup(self.end, process)
        port = int(process.stdout.readline().decode().rsplit(":", 1)[1])
        held = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(60)]
        self.assertIn(b"cannot take connections", process.stderr.readline())
        before = sum(map(int, pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
        time.sleep(0.5)
        after = sum(map(int, pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
        self.assertLess(after - before, 10)  # hundredths of a second: it does not spin
        for each in held[:40]:
            each.close()
        held[-1].sendall(b"now")
        self.assertEqual(held[-1].recv(9), b"now")
        for each in held:
            each.close()

    def test_addresses(self):
        server = self.serve_fid("echo", "--listen", "127.0.0.1:0", json_records=False)
        self.assertRegex(server.url, r"^tcp://127\.0\.0\.1:[1-9]\d*$")
        done = subprocess.run([FID, "serve", "echo", "--listen", str(server.port())], capture_output=True, timeout=20, check=False)
        self.assertEqual(done.returncode, 7)
        self.assertRegex(done.stderr.decode(), rf"cannot listen on 127.0.0.1:{server.port()}: address already in use\n  hint: fid \(process {server.process.pid}\) listens there")
        server = self.serve_fid("echo", "--listen", ":0")
        for address in ("127.0.0.1", "::1"):
            with socket.create_connection((address, server.port()), timeout=10) as connection:
                connection.sendall(b"both")
                self.assertEqual(connection.recv(9), b"both")

    def test_stale_unix_socket(self):
        path = self.folder / "old.sock"
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(path))
            left.listen()
            done = subprocess.run([FID, "serve", "echo", "--listen", f"unix:{path}"], capture_output=True, timeout=20, check=False)
            self.assertEqual(done.returncode, 7)
        server = self.serve_fid("echo", "--listen", f"unix:{path}")
        self.check(fid(server.url, data=b"new\n"), out=b"new\n")
        (self.folder / "file").write_text("not a socket")
        done = subprocess.run([FID, "serve", "echo", "--listen", f"unix:{self.folder}/file"], capture_output=True, timeout=20, check=False)
        self.assertEqual(done.returncode, 7)
        self.assertEqual((self.folder / "file").read_text(), "not a socket")

    @needs("openssl")
    def test_certificates(self):
        certificate, key = self.folder / "cert.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        server = self.serve_fid("echo", "--tls", "--listen", "localhost:0", "--tls-cert", certificate, "--tls-key", key, "-4")
        self.assertTrue(server.url.startswith("tls://"))
        self.check(fid("--tls-ca", certificate, f"tls://localhost:{server.port()}", "-4", data=b"trusted\n"), out=b"trusted\n")
        server = self.serve_fid("echo", "--listen", "tls://127.0.0.1:0")
        with insecure().wrap_socket(server.connect()) as connection:
            made = connection.getpeercert(binary_form=True)
        told = server.stop()[1]
        self.assertIn(hashlib.sha256(made).hexdigest(), told.replace(":", "").lower())
        about = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-text"], input=made, capture_output=True, check=True).stdout.decode()
        self.assertRegex(about, r"DNS:localhost,.*IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1")
        self.assertIn("prime256v1", about)
        # Sessions are taken up again.
        server = self.serve_fid("echo", "--listen", "tls://127.0.0.1:0")
        saved = self.folder / "session"
        for word, expected in (("-sess_out", "New"), ("-sess_in", "Reused")):
            done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port()}", word, saved, "-tls1_2"],
                                  input=b"", capture_output=True, timeout=20, check=False)
            self.assertIn(f"{expected}, TLS", done.stdout.decode())

    @needs("tshark")
    def test_recorded(self):
        file = self.folder / "out.pcapng"
        server = self.serve_fid("echo", "--listen", "tls://127.0.0.1:0", "--listen", "127.0.0.1:0", "--listen",
                                "udp://127.0.0.1:0", "--record", file, listeners=3)
        self.check(fid("--tls-insecure", server.urls[0], data=b"a secret\n"), out=b"a secret\n")
        self.check(fid(server.urls[1], data=b"in the clear\n"), out=b"in the clear\n")
        self.check(fid("--max-bytes", "9", server.urls[2], data=b"datagram\n"), out=b"datagram\n")
        server.stop()
        seen = subprocess.run(["tshark", "-r", file, "-d", f"tcp.port=={server.port(0)},tls", "-T", "fields", "-e",
                               "tcp.srcport", "-e", "tcp.flags.str", "-e", "tls.segment.data", "-e", "data.data",
                               "-e", "tcp.analysis.flags", "-o", "tcp.try_heuristic_first:FALSE"], capture_output=True, check=True).stdout.decode()
        follow = subprocess.run(["tshark", "-r", file, "-d", f"tcp.port=={server.port(0)},tls", "-q", "-z", "follow,tls,ascii,0"],
                                capture_output=True, check=True).stdout.decode()
        self.assertEqual(follow.count("a secret"), 2, follow)
        self.assertEqual(seen.count(b"in the clear\n".hex()), 2, seen)
        self.assertEqual(seen.count(b"datagram\n".hex()), 2, seen)

    def test_log_file_and_count(self):
        log = self.folder / "log"
        server = self.serve_fid("exec", "echo said >&2; cat", "--listen", "127.0.0.1:0", "--count", "2", "--log-file",
                                log, json_records=False)
        for _ in range(2):
            with server.connect() as connection:
                self.assertEqual(exchange(connection, b"x")[1], 1)
        self.assertEqual(server.process.wait(20), 0)
        lines = log.read_text().splitlines()
        self.assertEqual(lines.count("said"), 2)
        self.assertRegex(lines[-1], r"^\d{4}-\d\d-\d\dT[\d:.]+Z 127\.0\.0\.1:\d+ exec/tcp received 1 sent 1 in \d+\.\d{3} s, exit status 0$")
        self.assertIn(b"2 connections, received 2 bytes, sent 2", server.process.stderr.read())


if __name__ == "__main__":
    main()
