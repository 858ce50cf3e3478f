#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid connect` against the programs it talks to: OpenBSD nc, ncat, socat, openssl, squid, dante, and servers of our own
for what those never do.

usage: connect_peers.py FID [TEST...]

A peer that is not installed skips its tests; where none could run the status is 77.
"""
import base64
import contextlib
import functools
import hashlib
import json
import os
import pathlib
import pty
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

FID = str(pathlib.Path(sys.argv.pop(1)).resolve())
BIG = random.Random(1).randbytes(20_000_000)
os.environ.pop("SSLKEYLOGFILE", None)


def needs(*programs):
    missing = [each for each in programs if shutil.which(each) is None]
    return unittest.skipIf(missing, f"there is no {' '.join(missing)}")


def fid(*words, data=b"", **options):
    if "stdin" not in options:
        options["input"] = data
    return subprocess.run([FID, "connect", *map(str, words)], capture_output=True, timeout=60, check=False, **options)


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def wait_for(condition, what):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, f"{what} did not come about"
        time.sleep(0.02)


def accepts(port):
    with socket.socket() as made:
        return made.connect_ex(("127.0.0.1", port)) == 0


def listens(port):
    """Without connecting: a peer that serves one client only has to have it yet."""
    wanted = f":{port:04X}"
    lines = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:] + pathlib.Path("/proc/net/tcp6").read_text().splitlines()[1:]
    return any(line.split()[1].endswith(wanted) and line.split()[3] == "0A" for line in lines)


def echo(connection):
    """What comes back goes out while more still comes in."""
    while block := connection.recv(65536):
        connection.sendall(block)
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)


def read_all(connection):
    return b"".join(iter(lambda: connection.recv(65536), b""))


class PeerTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.threads = []

    def start(self, *command, port=None, ready=None, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
        process = subprocess.Popen([str(each) for each in command], **options)
        self.addCleanup(self.end, process)
        if port:
            wait_for(lambda: listens(port), f"{command[0]} on port {port}")
        if ready:
            wait_for(ready, str(command[0]))
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def serve(self, handle, family=socket.AF_INET, kind=socket.SOCK_STREAM, address=("127.0.0.1", 0), times=1):
        """Serves so many clients in a thread each; gives the listener's address."""
        listener = socket.socket(family, kind)
        self.addCleanup(listener.close)
        listener.bind(address)
        listener.listen(16)

        def one(connection):
            with connection, contextlib.suppress(OSError):
                handle(connection)

        def run():
            for _ in range(times):
                with contextlib.suppress(OSError):
                    threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()
        threading.Thread(target=run, daemon=True).start()
        place = listener.getsockname()
        return place[1] if family != socket.AF_UNIX else place

    def check(self, done, status=0, out=None, err=None):
        text = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, status, text)
        if out is not None:
            self.assertEqual(len(done.stdout), len(out), text)
            self.assertTrue(done.stdout == out, (done.stdout[:200], text))
        if err is not None:
            self.assertIn(err, text)
        return done


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
        self.assertRegex(done.stderr.decode(), r"^fid connect: lookup [\d.]+ ms, connect [\d.]+ ms, first byte 2\d\d\.\d ms\n$")


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


@needs("openssl")
class Tls(PeerTest):
    @staticmethod
    @functools.cache
    def certificates():
        """A CA; certificates of it for localhost, somewhere else, the past, and a client."""
        folder = pathlib.Path(tempfile.mkdtemp())
        unittest.addModuleCleanup(shutil.rmtree, folder)

        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "2")
        openssl("req", "-x509", *key, "-keyout", "stranger.key", "-out", "stranger.pem", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-days", "2")
        for name, host, days in (("good", "localhost", "2"), ("other", "other.example", "2"), ("client", "client", "2"),
                                 ("expired", "localhost", "-1")):
            (folder / "extensions").write_text(f"subjectAltName=DNS:{host}\n")
            openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", days,
                    "-extfile", "extensions", "-out", f"{name}.pem")
        return folder

    def s_server(self, *words, certificate="good"):
        port, folder = free_port(), self.certificates()
        self.start("openssl", "s_server", "-quiet", "-accept", f"127.0.0.1:{port}", "-cert", folder / f"{certificate}.pem",
                   "-key", folder / f"{certificate}.key", *words, port=port)
        return port

    def tls(self, port, *words, **options):
        return fid(f"tls://localhost:{port}", "-4", "--tls-ca", self.certificates() / "ca.pem", *words, **options)

    def test_versions(self):
        for version in ("-tls1_2", "-tls1_3"):
            with self.subTest(version):
                done = self.check(self.tls(self.s_server("-www", version), "--timing", "-v", data=b"GET / HTTP/1.0\r\n\r\n"))
                self.assertTrue(done.stdout.startswith(b"HTTP/1.0 200 ok"), done.stdout)
                self.assertIn(version[1:].replace("tls1_", "tlsv1."), done.stderr.decode().lower())
                self.assertRegex(done.stderr.decode(), r"tls [\d.]+ ms, first byte")

    def test_client_certificate(self):
        folder = self.certificates()
        port = self.s_server("-www", "-Verify", "1", "-verify_return_error", "-CAfile", folder / "ca.pem")
        request = b"GET / HTTP/1.0\r\n\r\n"
        self.check(self.tls(port, "--tls-cert", folder / "client.pem", "--tls-key", folder / "client.key", data=request))
        self.assertIn(self.tls(port, data=request).returncode, (35, 56))

    def test_not_trusted(self):
        for certificate, words in (("stranger", "self-signed"), ("other", "hostname"), ("expired", "expired")):
            with self.subTest(certificate):
                port = self.s_server("-www", certificate=certificate)
                self.check(self.tls(port), 60, b"", words)
                self.check(self.tls(port, "--tls-insecure", data=b"GET / HTTP/1.0\r\n\r\n"))

    def test_not_tls(self):
        self.check(self.tls(self.serve(lambda peer: peer.sendall(b"220 mail\r\n"))), 35)

    def tls_server(self, handle, times=1):
        import ssl
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates() / "good.pem", self.certificates() / "good.key")
        return self.serve(lambda peer: handle(context.wrap_socket(peer, server_side=True)), times=times)

    def test_cut_short(self):
        def handle(peer):
            peer.sendall(b"half an ans")
            socket.socket(fileno=peer.detach()).close()
        self.check(self.tls(self.tls_server(handle), stdin=os.pipe()[0]), 18, b"half an ans", "close_notify")

    @needs("socat")
    def test_both_ways_at_once(self):
        port, folder = free_port(), self.certificates()
        self.start("socat", "-t30", f"OPENSSL-LISTEN:{port},bind=127.0.0.1,cert={folder}/good.pem,key={folder}/good.key,verify=0",
                   "EXEC:cat", port=port)
        self.check(self.tls(port, data=BIG), out=BIG)

    @needs("ncat")
    def test_ncat(self):
        port, folder = free_port(), self.certificates()
        self.start("ncat", "-l", "--ssl", "--ssl-cert", folder / "good.pem", "--ssl-key", folder / "good.key", "127.0.0.1", port,
                   "--exec", "/bin/cat", port=port)
        # ncat ends its child, instead of telling it, when we end: standard input stays open until the answer is here.
        keep, ours = os.pipe()
        os.write(ours, b"question")
        self.check(self.tls(port, "--max-bytes", "8", stdin=keep), out=b"question")
        os.close(keep)
        os.close(ours)

    @needs("stunnel4")
    def test_stunnel(self):
        port, folder = free_port(), self.certificates()
        inner = self.serve(echo)
        (self.folder / "stunnel.conf").write_text(
            f"foreground = yes\npid =\n[echo]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{inner}\n"
            f"cert = {folder}/good.pem\nkey = {folder}/good.key\n")
        self.start("stunnel4", self.folder / "stunnel.conf", port=port)
        self.check(self.tls(port, data=b"question"), out=b"question")

    @needs("tshark")
    def test_recordings(self):
        """Each kind of connection leaves a recording in which tshark finds nothing malformed, and TLS decrypted."""
        unix = str(self.folder / "socket")
        self.serve(echo, socket.AF_UNIX, address=unix)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            threading.Thread(target=lambda: server.sendto(b"answer", server.recvfrom(99)[1]), daemon=True).start()
            ends = [f"tcp://127.0.0.1:{self.serve(echo)}", f"unix:{unix}", f"udp://127.0.0.1:{server.getsockname()[1]}",
                    f"tls://localhost:{self.tls_server(lambda peer: peer.sendall(peer.recv(99)) or peer.unwrap())}"]
            for end in ends:
                with self.subTest(end):
                    path = self.folder / "record.pcapng"
                    self.check(fid(end, "-4", "--tls-ca", self.certificates() / "ca.pem", "--linger", "300ms", "--record", path,
                                   data=b"a question"))
                    text = subprocess.run(["tshark", "-n", "-r", path, "-T", "fields", "-e", "_ws.malformed", "-e", "frame.protocols",
                                           "-e", "data.data"], capture_output=True, text=True, check=True, timeout=60).stdout
                    rows = [line.split("\t") for line in text.splitlines()]
                    self.assertTrue(rows)
                    self.assertEqual({row[0] for row in rows}, {""})
                    self.assertIn(b"a question".hex(), "".join(row[2] for row in rows), text)


def proxy_socks(peer, version, login=None, surplus=b""):
    """One client of SOCKS 4a or 5: says what it was asked for and joins the two."""
    file = peer.makefile("rb", buffering=0)
    read = lambda count: b"".join(file.read(1) for _ in range(count))
    line = lambda: b"".join(iter(lambda: file.read(1), b"\0"))
    if version == 4:
        _, _, port, address = struct.unpack("!BBH4s", read(8))
        line()
        host = line().decode() if address[:3] == b"\0\0\0" else socket.inet_ntoa(address)
        answer = b"\0\x5a" + bytes(6)
    else:
        methods = read(read(2)[1])
        if login:
            assert 2 in methods
            peer.sendall(b"\5\2")
            read(1)
            given = (read(read(1)[0]), read(read(1)[0]))
            peer.sendall(b"\1" + bytes([given != login]))
            if given != login:
                return
        else:
            peer.sendall(b"\5\0")
        kind = read(4)[3]
        host = socket.inet_ntoa(read(4)) if kind == 1 else read(read(1)[0]).decode() if kind == 3 else socket.inet_ntop(socket.AF_INET6, read(16))
        port = struct.unpack("!H", read(2))[0]
        answer = b"\5\0\0\1" + bytes(6)
    join(peer, host, port, answer + surplus)


def join(peer, host, port, answer):
    with socket.create_connection((host, port)) as target:
        peer.sendall(answer)

        def back():
            while block := target.recv(65536):
                peer.sendall(block)
            peer.shutdown(socket.SHUT_WR)
        other = threading.Thread(target=back, daemon=True)
        other.start()
        while block := peer.recv(65536):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)
        other.join()


def proxy_http(peer, surplus=b""):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += peer.recv(1)
    host, port = head.split()[1].decode().rsplit(":", 1)
    join(peer, host.strip("[]"), int(port), b"HTTP/1.1 200 go on\r\nX-Long: " + b"x" * 5000 + b"\r\n\r\n" + surplus)


class Proxies(PeerTest):
    def test_socks(self):
        for scheme, version in (("socks4a", 4), ("socks5", 5), ("socks5h", 5)):
            for host in ("127.0.0.1", "localhost"):
                with self.subTest(scheme=scheme, host=host):
                    port = self.serve(lambda peer: proxy_socks(peer, version))
                    self.check(fid(host, self.serve(echo), "-4", "--proxy", f"{scheme}://127.0.0.1:{port}", data=b"question"), out=b"question")

    def test_login(self):
        for password, status in (("secret", 0), ("wrong", 67)):
            port = self.serve(lambda peer: proxy_socks(peer, 5, (b"anna", b"secret")))
            self.check(fid("127.0.0.1", self.serve(echo), "--proxy", f"socks5://anna@127.0.0.1:{port}", data=b"question",
                           env=os.environ | {"FID_PROXY_PASSWORD": password}), status)

    def test_surplus(self):
        """What stands behind the proxy's answer in the same segment is the target's."""
        for scheme, handle in (("socks4a", lambda peer: proxy_socks(peer, 4, surplus=b"early ")), ("http", lambda peer: proxy_http(peer, b"early ")),
                               ("socks5", lambda peer: proxy_socks(peer, 5, surplus=b"early "))):
            with self.subTest(scheme):
                self.check(fid("127.0.0.1", self.serve(echo), "--proxy", f"{scheme}://127.0.0.1:{self.serve(handle)}", data=b"late"), out=b"early late")

    def test_chain(self):
        first, second = self.serve(lambda peer: proxy_socks(peer, 5)), self.serve(proxy_http)
        self.check(fid("127.0.0.1", self.serve(echo), "--proxy", f"socks5://127.0.0.1:{first}", "--proxy", f"http://127.0.0.1:{second}", data=BIG), out=BIG)

    @needs("ncat")
    def test_ncat(self):
        port = free_port()
        self.start("ncat", "-l", "--proxy-type", "http", "--proxy-auth", "anna:secret", "127.0.0.1", port, port=port)
        for password, status in (("secret", 0), ("wrong", 67)):
            self.check(fid("127.0.0.1", self.serve(echo), "--proxy", f"http://anna@127.0.0.1:{port}", data=b"question",
                           env=os.environ | {"FID_PROXY_PASSWORD": password}), status)

    def held(self, *words, data):
        """Standard input stays open: squid ends a tunnel both ways as soon as the client has ended its own."""
        with subprocess.Popen([FID, "connect", *map(str, words), "--max-bytes", str(len(data))], stdin=subprocess.PIPE, bufsize=0,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            threading.Thread(target=process.stdin.write, args=(data,), daemon=True).start()
            out = process.stdout.read()
            self.check(subprocess.CompletedProcess(words, process.wait(timeout=60), out, process.stderr.read()), out=data)

    def squid(self):
        port = free_port()
        (self.folder / "squid.conf").write_text(
            f"http_port 127.0.0.1:{port}\nhttp_access allow all\ncache deny all\naccess_log none\ncache_log {self.folder}/log\n"
            f"pid_filename none\ncoredump_dir {self.folder}\nshutdown_lifetime 0\nmax_filedescriptors 1024\n")
        self.folder.chmod(0o777)
        self.start("squid", "-N", "-f", self.folder / "squid.conf", port=port)
        return port

    def dante(self):
        port = free_port()
        (self.folder / "dante.conf").write_text(
            f"logoutput: {self.folder}/dante.log\ninternal: 127.0.0.1 port = {port}\nexternal: lo\nclientmethod: none\nsocksmethod: none\n"
            "user.privileged: root\nuser.unprivileged: nobody\n"
            "client pass { from: 0/0 to: 0/0 }\nsocks pass { from: 0/0 to: 0/0 }\n")
        self.folder.chmod(0o777)
        self.start("danted", "-f", self.folder / "dante.conf", port=port, start_new_session=True)
        return port

    @needs("squid")
    def test_squid(self):
        port = self.squid()
        self.held("127.0.0.1", self.serve(echo), "--proxy", f"http://127.0.0.1:{port}", data=b"question")
        self.assertNotEqual(fid("127.0.0.1", free_port(), "--proxy", f"http://127.0.0.1:{port}").returncode, 0)

    @needs("danted")
    def test_dante(self):
        port = self.dante()
        for scheme in ("socks5", "socks4a"):
            with self.subTest(scheme):
                self.check(fid("127.0.0.1", self.serve(echo), "--proxy", f"{scheme}://127.0.0.1:{port}", data=b"question"), out=b"question")
        self.check(fid("127.0.0.1", free_port(), "--proxy", f"socks5://127.0.0.1:{port}"), 7, b"", "refused")

    @needs("squid", "danted")
    def test_squid_behind_dante(self):
        dante, squid = self.dante(), self.squid()
        self.held("127.0.0.1", self.serve(echo), "--proxy", f"socks5://127.0.0.1:{dante}", "--proxy",
                  f"http://127.0.0.1:{squid}", data=BIG)


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
        self.assertTrue(0.2 < half[3] < 0.6, f"IPv4 answered after {half[3]} s beside a silent IPv6 address")
        self.assertEqual(hole[0], 28, hole)
        self.assertTrue(0.9 < hole[3] < 1.5, f"four silent addresses took {hole[3]} s, not the second they were given")
        self.assertEqual(none[0], 6, none)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=1).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if result.testsRun == len(result.skipped) else 0)
