#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid connect A --to B` between real peers: netcats, socat, OpenSSL, programs, terminals, descriptors; and its faults.

usage: connect_relay.py FID [TEST...]

A peer that is not installed skips its tests; where none could run the status is 77. FID_ECHO_BYTES is how much goes
through each bulk test both ways at once (64 MiB without it).
"""
import contextlib
import functools
import hashlib
import itertools
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from connect_harness import FID, PeerTest, echo, fid, free_port, main, needs, read_all, wait_for

SIZE = int(os.environ.get("FID_ECHO_BYTES", 64 << 20))
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close() sends an RST


@functools.cache
def certificate():
    folder = pathlib.Path(tempfile.mkdtemp())
    unittest.addModuleCleanup(shutil.rmtree, folder)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem",
                    "-out", "cert.pem", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"],
                   cwd=folder, check=True, capture_output=True)
    return folder


class RelayTest(PeerTest):
    def relay(self, first, second, *words, **options):
        return fid(first, "--to", second, *words, **options)

    def run_relay(self, *words, **options):
        """Started only: gives the process."""
        process = subprocess.Popen([FID, "connect", *map(str, words)],
                                   **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options})
        self.addCleanup(self.end, process)
        return process


class Pairs(RelayTest):
    """Each kind of side with each: both send a file and then wait for the other's end."""

    DATA = {"first": random.Random(2).randbytes(3_000_000), "second": random.Random(3).randbytes(2_000_001)}

    def data(self, kind, role):
        """nc and ncat leave at their peer's end and drop what they have not sent: they get what they send at once."""
        return self.DATA[role][:5000 if kind in ("nc", "ncat") else None]

    def side(self, kind, role):
        """Starts a peer that sends the file of its role and keeps what comes; gives the endpoint and the peer."""
        sent, received = self.folder / f"{role}.sent", self.folder / f"{role}.received"
        sent.write_bytes(self.data(kind, role))
        received.unlink(missing_ok=True)
        if kind == "exec":
            return f"exec:cat {sent} & exec >{received}; cat; wait", None
        port, path = free_port(), self.folder / f"{role}.socket"
        path.unlink(missing_ok=True)
        cert = certificate()
        listen, endpoint = {
            "nc": (["nc.openbsd", "-l", "-N", "127.0.0.1", port], f"127.0.0.1:{port}"),
            "ncat": (["ncat", "-l", "127.0.0.1", port], f"tcp://127.0.0.1:{port}"),
            "socat": (["socat", "-t20", f"TCP-LISTEN:{port},bind=127.0.0.1", "STDIO"], f"127.0.0.1:{port}"),
            "unix": (["socat", "-t20", f"UNIX-LISTEN:{path}", "STDIO"], f"unix:{path}"),
            "tls": (["socat", "-t20", f"OPENSSL-LISTEN:{port},bind=127.0.0.1,cert={cert / 'cert.pem'},key={cert / 'key.pem'},verify=0",
                     "STDIO"], f"tls://localhost:{port}"),
        }[kind]
        with sent.open("rb") as stdin, received.open("wb") as stdout:
            ready = path.exists if kind == "unix" else None
            peer = self.start(*listen, stdin=stdin, stdout=stdout, port=None if ready else port, ready=ready)
        return endpoint, peer

    @needs("nc.openbsd", "ncat", "socat", "openssl")
    def test_each_pair(self):
        kinds = ["nc", "ncat", "socat", "unix", "tls", "exec"]
        for kind, other in itertools.combinations_with_replacement(kinds, 2):
            with self.subTest(f"{kind} and {other}"):
                first, one = self.side(kind, "first")
                second, two = self.side(other, "second")
                self.check(self.relay(first, second, "--tls-ca", certificate() / "cert.pem"), out=b"", err="")
                for peer in filter(None, (one, two)):
                    self.assertEqual(peer.wait(timeout=20), 0)
                for role, whose, sender in (("first", "second", other), ("second", "first", kind)):
                    received, sent = (self.folder / f"{role}.received").read_bytes(), self.data(sender, whose)
                    self.assertTrue(received == sent, f"{role} got {len(received)} bytes of {len(sent)}")

    @needs("openssl")
    def test_s_server(self):
        """-rev: lines come back reversed."""
        port, cert = free_port(), certificate()
        self.start("openssl", "s_server", "-rev", "-accept", f"127.0.0.1:{port}", "-cert", cert / "cert.pem", "-key", cert / "key.pem", port=port)
        got = []
        other = self.serve(lambda peer: (peer.sendall(b"palindrome\n"), got.append(peer.recv(100))))
        self.check(self.relay(f"tls://localhost:{port}", f"127.0.0.1:{other}", "--tls-ca", cert / "cert.pem"))
        wait_for(lambda: got, "the answer")
        self.assertEqual(got, [b"emordnilap\n"])

    def test_one_end_each(self):
        """The end of one side is passed on, and what the other still says for a long time arrives."""
        got = []
        asking = self.serve(lambda peer: (peer.sendall(b"question"), peer.shutdown(socket.SHUT_WR), got.append(read_all(peer))))

        def answer(peer):
            question = read_all(peer)
            time.sleep(2.5)  # longer than --linger's default
            peer.sendall(question.upper())
        self.check(self.relay(f"127.0.0.1:{asking}", f"127.0.0.1:{self.serve(answer)}"), out=b"")
        wait_for(lambda: got, "the answer")
        self.assertEqual(got, [b"QUESTION"])

    def test_standard_input_is_either_side(self):
        for words in (["-", "--to", "{}"], ["{}", "--to", "stdio"], ["{}", "--to", "-"]):
            with self.subTest(words):
                port = self.serve(echo)
                self.check(fid(*[word.format(f"127.0.0.1:{port}") for word in words], data=b"text"), out=b"text")

    def test_records_of_both(self):
        first = self.serve(lambda peer: (peer.sendall(b"one"), peer.shutdown(socket.SHUT_WR), read_all(peer)))
        second = self.serve(lambda peer: (read_all(peer), peer.sendall(b"two")))
        done = self.check(self.relay(f"127.0.0.1:{first}", f"127.0.0.1:{second}", "--json", "--record", self.folder / "x.pcapng", "--timing"))
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([(each["type"], each.get("side")) for each in events],
                         [("connected", 1), ("connected", 2), ("received", 1), ("received", 2), ("closed", None)])
        self.assertEqual([each.get("data") for each in events[2:4]], ["one", "two"])
        self.assertEqual([events[4][name] for name in ("sent_bytes", "received_bytes", "to")], [3, 3, f"127.0.0.1:{second}"])
        told = done.stderr.decode().splitlines()
        self.assertEqual(len(told), 2, told)
        self.assertIn(f"127.0.0.1:{first}: ", told[0])
        listing = subprocess.run([FID, "sniff", "-r", self.folder / "x.pcapng"], capture_output=True, text=True, check=True).stdout
        for port in (first, second):
            self.assertIn(f"127.0.0.1.{port}: Flags [S]", listing)

    def test_refused_words(self):
        for words, why in ((["-", "--to", "-"], "both sides"), (["h:1", "--to", "h:2", "--crlf"], "--crlf"),
                           (["fd:5", "--to", "fd:5"], "one descriptor"), (["pty:?keeep"], "did you mean 'keep'"),
                           (["exec:cat", "--send-only"], "output of a program"), (["h:1", "--to", "tsl://h:2"], "did you mean 'tls'"),
                           (["h:1", "--to", "exce:cat"], "did you mean 'exec'"), (["fd:77"], "bad file descriptor"),
                           (["udp://h:1", "--to", "ws://h:1", "--frame", "line"], "messages of its own"),
                           (["127.0.0.1:1?x=y"], "it takes none"), (["tls://h:1", "--inspect", "--to", "h:2"], "--to"),
                           (["--check", "h:1", "--to", "h:2"], "--to")):
            with self.subTest(words):
                self.check(fid(*words), 2, b"", why)


class Messages(RelayTest):
    def datagrams(self):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind(("127.0.0.1", 0))
        made.settimeout(20)
        self.addCleanup(made.close)
        return made, f"udp://127.0.0.1:{made.getsockname()[1]}"

    def test_udp_and_seqpacket_keep_boundaries(self):
        server, endpoint = self.datagrams()
        got = []

        def talk(peer):
            peer.send(b"one")
            time.sleep(0.1)
            peer.send(b"x" * 9000)
            got.extend(peer.recv(100) for _ in range(3))
        path = str(self.folder / "socket")
        self.serve(talk, socket.AF_UNIX, socket.SOCK_SEQPACKET, path)
        process = self.run_relay(endpoint, "--to", f"unix:{path}", "--linger", "300ms")
        self.assertEqual(server.recv(10_000), b"one")
        data, client = server.recvfrom(10_000)
        self.assertEqual(len(data), 9000)
        for each in (b"a", b"bc", b"def"):
            server.sendto(each, client)
        self.assertEqual(process.wait(timeout=20), 0)
        wait_for(lambda: len(got) == 3, "three messages")
        self.assertEqual(got, [b"a", b"bc", b"def"])

    def test_a_stream_to_udp_is_cut(self):
        server, endpoint = self.datagrams()
        process = self.run_relay(endpoint, "--to", "exec:head -c 100000 /dev/zero", "--linger", "300ms")
        sizes = []
        while sum(sizes) < 100_000:
            sizes.append(len(server.recv(100_000)))
        self.assertLessEqual(max(sizes), 16384)
        self.assertEqual(process.wait(timeout=20), 0)

    def test_framed_stream_to_udp(self):
        server, endpoint = self.datagrams()
        process = self.run_relay("exec:printf 'one\\ntwo two\\n'; head -c 7 >&2", "--to", endpoint, "--frame", "line", "--linger", "500ms")
        self.assertEqual(server.recv(100), b"one")
        data, client = server.recvfrom(100)
        self.assertEqual(data, b"two two")
        server.sendto(b"answer", client)
        _, told = process.communicate(timeout=20)
        self.assertEqual((process.returncode, told), (0, b"answer\n"))


class Programs(RelayTest):
    def test_alone(self):
        self.check(fid("exec:tr a-z A-Z", data=b"text"), out=b"TEXT")

    def test_output_after_our_end(self):
        self.check(fid("exec:cat; sleep 2.5; echo after", data=b"before "), out=b"before after\n")

    def test_exit_status(self):
        self.check(fid("exec:echo said; exit 3"), 1, b"said\n", "exec:echo said; exit 3: exit status 3")
        self.check(fid("exec:kill -9 $$"), 1, b"", "killed by signal 9 (Killed)")
        self.check(fid("exec:no-such-program-here"), 1, b"", "exit status 127")
        # Cut short by us, it is not to blame.
        self.check(fid("exec:yes", "--max-bytes", "4"), out=b"y\ny\n")
        self.check(fid("exec:yes", "--to", "exec:head -c 4 >&2"), err="y\ny\n")

    def test_peer_learns_of_the_end_before_the_exit(self):
        got = []
        port = self.serve(lambda peer: (got.append(read_all(peer)), peer.sendall(b"noted")))
        process = self.run_relay("exec:echo all; exec 1>&-; cat >&2; exit 7", "--to", f"127.0.0.1:{port}")
        self.assertEqual(process.communicate(timeout=20)[1].splitlines()[0], b"notedfid connect: the command failed: "
                         b"exec:echo all; exec 1>&-; cat >&2; exit 7: exit status 7")
        self.assertEqual((process.returncode, got), (1, [b"all\n"]))

    def test_ignores_its_end(self):
        begun = time.monotonic()
        port = self.serve(lambda peer: peer.sendall(b"x"))
        self.check(self.relay(f"127.0.0.1:{port}", "exec:trap '' TERM; sleep 30", "--idle", "300ms"), 28, b"", "idle")
        self.assertLess(time.monotonic() - begun, 5)

    def children(self, process):
        listing = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return [int(each) for each in listing]

    def test_interrupt_ends_all_of_it(self):
        mark = f"31{os.getpid()}"  # a sleep of our own, to be found among all processes
        process = self.run_relay(f"exec:sleep {mark}; true", "--to", "exec:cat", start_new_session=True)
        wait_for(lambda: len(self.children(process)) == 2, "two programs")
        process.send_signal(signal.SIGINT)
        self.assertEqual((process.wait(timeout=5), process.stderr.read()), (130, b""))

        def left():
            for each in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    if each.read_bytes() == f"sleep\0{mark}\0".encode():
                        return True
            return False
        wait_for(lambda: not left(), "the end of the programs")

    def test_killed_when_the_other_side_resets(self):
        def handle(peer):
            peer.recv(10)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        begun = time.monotonic()
        self.check(self.relay(f"127.0.0.1:{self.serve(handle)}", "exec:echo text; sleep 30"), 56, b"", "connection reset")
        self.assertLess(time.monotonic() - begun, 5)

    def test_addresses_in_the_environment(self):
        got = []
        ports = []

        def handle(peer):
            ports.append(peer.getpeername()[1])
            got.append(read_all(peer))
        port = self.serve(handle, times=2)
        for words in (["exec:echo $FID_PEER $FID_LOCAL", "--to", f"127.0.0.1:{port}"], [f"127.0.0.1:{port}", "--to", "exec:echo $FID_PEER $FID_LOCAL"]):
            self.check(fid(*words))
        wait_for(lambda: len(got) == 2, "both")
        self.assertEqual(sorted(got), sorted(f"127.0.0.1:{port} 127.0.0.1:{each}\n".encode() for each in ports))

    def test_programs_get_their_signals_back(self):
        """SIGPIPE, which we ignore, ends them as usual; and they have none of our descriptors."""
        self.check(fid("exec:yes | head -1; ls /proc/self/fd | wc -l"), out=b"y\n4\n")


class Terminals(RelayTest):
    def open(self, *words, other="exec:cat"):
        process = self.run_relay(*words, "--to", other)
        line = process.stderr.readline().decode()
        self.assertRegex(line, r"^fid connect: the terminal is /dev/pts/\d+")
        return process, line.split()[5].rstrip(",")

    def test_a_program_on_it(self):
        link = self.folder / "terminal"
        process, path = self.open(f"pty:{link}", other="exec:tr a-z A-Z")
        self.assertEqual(os.readlink(link), path)
        # Raw from the start: nothing is echoed, no line is waited for, ^C and CR pass.
        with open(link, "r+b", buffering=0) as terminal:
            terminal.write(b"a\r\x03b")
            process.stdin = None
            time.sleep(0.2)
        self.assertEqual(process.wait(timeout=20), 0)
        self.assertFalse(link.is_symlink())

    @needs("stty")
    def test_stays_for_the_next_program(self):
        port = self.serve(lambda peer: (peer.sendall(b"first line\n"), echo(peer)))
        link = self.folder / "terminal"
        process, path = self.open(f"pty:{link}?keep", other=f"127.0.0.1:{port}")
        settings = subprocess.run(["stty", "-F", path, "-a"], capture_output=True, text=True, check=True).stdout
        self.assertIn("-icanon", settings)
        self.assertIn("-echo ", settings)
        subprocess.run(["stty", "-F", link, "rows", "50"], check=True)
        with open(link, "r+b", buffering=0) as terminal:
            self.assertEqual(terminal.read(11), b"first line\n")
        with open(path, "rb") as terminal, subprocess.Popen(["cat"], stdin=terminal, stdout=subprocess.PIPE) as cat:
            subprocess.run(["sh", "-c", f"echo again >{path}"], check=True)
            self.assertEqual(cat.stdout.readline(), b"again\n")
            cat.kill()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=5), 130)
        self.assertFalse(link.is_symlink())

    def test_link_is_not_taken_from_others(self):
        link = self.folder / "terminal"
        link.write_text("mine")
        self.check(fid(f"pty:{link}", "--to", "exec:cat"), 23, b"", "file exists")
        self.assertEqual(link.read_text(), "mine")


class Descriptors(RelayTest):
    def test_sockets(self):
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                process = self.run_relay(f"fd:{theirs.fileno()}", "--to", "exec:cat", pass_fds=[theirs.fileno()])
            ours.sendall(b"x" * 100_000)
            ours.shutdown(socket.SHUT_WR)
            self.assertEqual(len(read_all(ours)), 100_000)
        self.assertEqual(process.wait(timeout=20), 0)

    def test_pipes_and_files(self):
        source = self.folder / "source"
        source.write_bytes(b"from a file")
        read, write = os.pipe()
        with source.open("rb") as file:
            process = self.run_relay(f"fd:{file.fileno()}", "--to", f"fd:{write}", pass_fds=[file.fileno(), write])
        os.close(write)
        self.assertEqual(process.wait(timeout=20), 0)
        self.assertEqual(os.read(read, 100), b"from a file")
        os.close(read)

    def test_its_mode_is_given_back(self):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.shutdown(socket.SHUT_WR)
            self.check(fid(f"fd:{theirs.fileno()}", pass_fds=[theirs.fileno()]))
            self.assertTrue(os.get_blocking(theirs.fileno()))

    def test_full(self):
        with open("/dev/full", "wb") as full:
            self.check(self.relay("exec:echo text", f"fd:{full.fileno()}", pass_fds=[full.fileno()]), 23, b"", "no space left")
            done = subprocess.run([FID, "connect", "exec:head -c 100000 /dev/zero"], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE,
                                  timeout=20, check=False)
            self.assertEqual(done.returncode, 23, done.stderr)


class Bulk(RelayTest):
    """Random data both ways at once; what arrives is compared by its hash."""

    def exchanger(self, seed):
        """Sends SIZE bytes while it receives as many; then both are compared. Gives a handler and its results."""
        results = {}

        def handle(peer):
            peer.settimeout(120)
            block = bytearray(random.Random(seed).randbytes(1 << 20))

            def send():
                digest, left, number = hashlib.sha256(), SIZE, 0
                while left:
                    struct.pack_into("!Q", block, 0, number)  # no two blocks are the same
                    piece = memoryview(block)[:min(left, len(block))]
                    digest.update(piece)
                    peer.sendall(piece)
                    left -= len(piece)
                    number += 1
                results["sent"] = digest.hexdigest()
            sender = threading.Thread(target=send, daemon=True)
            sender.start()
            digest, left, room = hashlib.sha256(), SIZE, bytearray(1 << 20)
            while left and (count := peer.recv_into(room, min(left, len(room)))):
                digest.update(memoryview(room)[:count])
                left -= count
            sender.join()
            results["received"] = digest.hexdigest()
            peer.shutdown(socket.SHUT_WR)
            with contextlib.suppress(OSError):
                peer.recv(1)
        return handle, results

    def exchange(self, name, arrange, *words):
        """`arrange` makes the second endpoint, given the handler of whoever is there in the end."""
        handle, one = self.exchanger(1)
        other_handle, two = self.exchanger(2)
        first = f"127.0.0.1:{self.serve(handle)}"
        second = arrange(other_handle)
        begun = time.monotonic()
        process = self.run_relay(first, "--to", second, *words)
        _, told = process.communicate(timeout=600)
        took = time.monotonic() - begun
        self.assertEqual((process.returncode, told), (0, b""))
        wait_for(lambda: "received" in one and "received" in two, "both hashes")
        self.assertEqual((one["sent"], two["sent"]), (two["received"], one["received"]))
        print(f"{name}: {SIZE} bytes each way in {took:.2f} s, {one['sent'][:16]} {two['sent'][:16]}", flush=True)

    def behind_socat(self, listen, handle):
        """socat passes on to us what only it speaks."""
        port, target = free_port(), self.serve(handle)
        self.start("socat", "-b65536", "-t60", listen.format(port=port), f"TCP:127.0.0.1:{target}", port=port)
        return port

    def test_tcp(self):
        self.exchange("tcp", lambda handle: f"127.0.0.1:{self.serve(handle)}")

    def test_unix(self):
        self.exchange("unix", lambda handle: f"unix:{self.serve(handle, socket.AF_UNIX, address=str(self.folder / 'socket'))}")

    def test_recorded(self):
        self.exchange("recorded", lambda handle: f"127.0.0.1:{self.serve(handle)}", "--record", "/dev/null")

    @needs("socat", "openssl")
    def test_tls(self):
        cert = certificate()
        listen = f"OPENSSL-LISTEN:{{port}},bind=127.0.0.1,cert={cert / 'cert.pem'},key={cert / 'key.pem'},verify=0"
        self.exchange("tls", lambda handle: f"tls://localhost:{self.behind_socat(listen, handle)}", "--tls-ca", cert / "cert.pem")

    @needs("ncat")
    def test_chain_of_proxies(self):
        ports = [free_port(), free_port()]
        for port in ports:
            self.start("ncat", "-l", "-k", "--proxy-type", "http", "127.0.0.1", port, port=port)
        proxies = [word for port in ports for word in ("--proxy", f"http://127.0.0.1:{port}")]
        # The options are for both sides.
        handle, one = self.exchanger(1)
        other_handle, two = self.exchanger(2)
        source, target = self.serve(handle), self.serve(other_handle)
        begun = time.monotonic()
        self.check(self.relay(f"127.0.0.1:{source}", f"127.0.0.1:{target}", *proxies), err="")
        wait_for(lambda: "received" in one and "received" in two, "both hashes")
        self.assertEqual((one["sent"], two["sent"]), (two["received"], one["received"]))
        print(f"two proxies for each side: {SIZE} bytes each way in {time.monotonic() - begun:.2f} s", flush=True)

    WEBSOCKETS = r"""
import asyncio, hashlib, random, struct, sys, websockets
SIZE = int(sys.argv[1])
async def handle(peer, path=None):
    block = bytearray(random.Random(2).randbytes(1 << 20))
    async def send():
        digest, left, number = hashlib.sha256(), SIZE, 0
        while left:
            struct.pack_into("!Q", block, 0, number)
            piece = bytes(block[:min(left, len(block))])
            digest.update(piece)
            await peer.send(piece)
            left -= len(piece)
            number += 1
        return digest.hexdigest()
    sending = asyncio.ensure_future(send())
    digest, left = hashlib.sha256(), SIZE
    while left:
        piece = await peer.recv()
        digest.update(piece)
        left -= len(piece)
    print(await sending, digest.hexdigest(), flush=True)
async def main():
    async with websockets.serve(handle, "127.0.0.1", 0, max_size=None, compression=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()
asyncio.run(main())
"""

    def test_websocket(self):
        python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
        server = self.start(python, "-c", self.WEBSOCKETS, SIZE, stdout=subprocess.PIPE)
        port = server.stdout.readline().decode().strip()
        if not port:
            self.skipTest("there is no python3-websockets")
        handle, one = self.exchanger(1)
        begun = time.monotonic()
        process = self.run_relay(f"127.0.0.1:{self.serve(handle)}", "--to", f"ws://127.0.0.1:{port}", "--ws-binary")
        sent, received = server.stdout.readline().decode().split()
        self.assertEqual((process.wait(timeout=60), process.stderr.read()), (0, b""))
        wait_for(lambda: "received" in one, "the hash")
        self.assertEqual((one["sent"], sent), (received, one["received"]))
        print(f"ws: {SIZE} bytes each way in {time.monotonic() - begun:.2f} s, {one['sent'][:16]} {sent[:16]}", flush=True)


BLACK_HOLE = r"""
import socket, subprocess, sys, time
def ip(words): subprocess.run(["ip", *words.split()], check=True)
ip("link set lo up")
ip("link add eth7 type veth peer name eth8")
ip("link set eth8 up")
ip("link set eth7 up")
ip("addr add 192.0.2.1/24 dev eth7")
ip("neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev eth7")
server = socket.create_server(("127.0.0.1", 80))
begun = time.monotonic()
done = subprocess.run([sys.argv[1], "connect", "127.0.0.1:80", "--to", "192.0.2.2:80", "--timeout", "1s"], capture_output=True, timeout=20)
print(done.returncode, time.monotonic() - begun)
"""


class Faults(RelayTest):
    def quiet(self, peer):
        with contextlib.suppress(OSError):
            read_all(peer)

    def test_reset(self):
        """Whichever side it is, it is the one that is named."""
        def handle(peer):
            peer.sendall(b"half an ans")
            time.sleep(0.2)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        for bad_first in (True, False):
            for words in ([], ["--json"]):
                bad, good = f"127.0.0.1:{self.serve(handle)}", f"127.0.0.1:{self.serve(self.quiet)}"
                pair = (bad, good) if bad_first else (good, bad)
                with self.subTest(first=bad_first, words=words):
                    self.check(self.relay(*pair, *words), 56, None, f"cannot receive from {bad}: connection reset")

    def test_reset_in_the_middle_of_much(self):
        def handle(peer):
            for _ in range(50):
                peer.sendall(bytes(100_000))
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        bad = f"127.0.0.1:{self.serve(handle)}"
        self.check(self.relay(bad, f"127.0.0.1:{self.serve(self.quiet)}"), 56, b"", f"cannot receive from {bad}: connection reset")

    def test_peer_stops_reading(self):
        stop = threading.Event()
        self.addCleanup(stop.set)

        def flood(peer):
            with contextlib.suppress(OSError):
                while True:
                    peer.sendall(bytes(100_000))
        begun = time.monotonic()
        self.check(self.relay(f"127.0.0.1:{self.serve(flood)}", f"127.0.0.1:{self.serve(lambda peer: stop.wait(30))}", "--idle", "500ms"),
                   28, b"", "idle")
        self.assertLess(time.monotonic() - begun, 10)

    def test_peer_closes_early(self):
        """It has not read what it was sent: the kernel resets."""
        def flood(peer):
            with contextlib.suppress(OSError):
                while True:
                    peer.sendall(bytes(100_000))
        done = self.relay(f"127.0.0.1:{self.serve(flood)}", f"127.0.0.1:{self.serve(lambda peer: peer.recv(10))}", "--linger", "300ms")
        self.assertIn(done.returncode, (55, 56), done.stderr)
        # It has said its end and read all there was: that is an end like any other.
        self.check(self.relay(f"127.0.0.1:{self.serve(self.quiet)}", f"127.0.0.1:{self.serve(lambda peer: None)}"))

    def test_refused(self):
        self.check(self.relay(f"127.0.0.1:{free_port()}", "exec:echo must not run >&2"), 7, b"", "refused")
        done = self.check(self.relay("exec:echo must not run >&2", f"127.0.0.1:{free_port()}"), 7, b"", "refused")
        self.assertNotIn(b"must not run", done.stderr.replace(b"exec:echo must not run", b""))

    def test_garbage_for_tls(self):
        port = self.serve(lambda peer: (peer.sendall(b"no TLS at all\r\n" * 10), self.quiet(peer)))
        self.check(self.relay(f"127.0.0.1:{self.serve(self.quiet)}", f"tls://127.0.0.1:{port}"), 35, b"")

    @needs("openssl")
    def test_tls_ends_without_saying_so(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate() / "cert.pem", certificate() / "key.pem")

        def handle(peer):
            with context.wrap_socket(peer, server_side=True) as secure:
                secure.sendall(b"half")
                socket.socket.shutdown(secure, socket.SHUT_WR)
                with contextlib.suppress(OSError):
                    socket.socket.recv(secure, 100)
        port = self.serve(handle)
        self.check(self.relay(f"tls://localhost:{port}", "exec:cat >&2", "--tls-ca", certificate() / "cert.pem"), 18, b"", "half")

    @needs("ip", "unshare")
    def test_black_hole(self):
        if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no right to make a network namespace")
        done = subprocess.run(["unshare", "-n", sys.executable, "-c", BLACK_HOLE, FID], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        status, took = done.stdout.split()
        self.assertEqual(status, "28")
        self.assertTrue(0.9 < float(took) < 2, took)


if __name__ == "__main__":
    main()
