# SPDX-License-Identifier: MIT
"""`fid resolve` against servers that break the rules."""
import json
import socket
import struct
import subprocess
import threading
import time
import unittest

from connect_harness import FID, main

A = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"


def header(query, flags=0x8180, counts=(1, 1, 0, 0), ident=None):
    return (query[:2] if ident is None else ident) + struct.pack(">5H", flags, *counts)


def question(query):
    end = query.index(b"\0", 12) + 5
    return query[12:end]


def good(query):
    return header(query) + question(query) + A


def has_opt(query):
    return query[10:12] != b"\0\0"


class Server:
    """Answers each datagram with what `answer(query, number)` gives: a list of datagrams, each sent from the server's
    socket or, as (socket, bytes), from another; the same over TCP where `tcp` is given."""

    def __init__(self, answer, tcp=None):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.port = self.udp.getsockname()[1]
        self.answer, self.seen = answer, []
        threading.Thread(target=self.datagrams, daemon=True).start()
        if tcp:
            self.listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self.streams, args=(tcp,), daemon=True).start()

    def datagrams(self):
        while True:
            query, peer = self.udp.recvfrom(65535)
            self.seen.append(query)
            for each in self.answer(query, len(self.seen)):
                sender, data = each if isinstance(each, tuple) else (self.udp, each)
                sender.sendto(data, peer)

    def streams(self, tcp):
        while True:
            connection, _ = self.listener.accept()
            with connection:
                size = struct.unpack(">H", connection.recv(2))[0]
                tcp(connection, connection.recv(size))


def ask(server, *words, kind="A", tries=1, timeout="400ms"):
    return subprocess.run([FID, "resolve", f"@127.0.0.1:{server.port}", "host.example", kind, "--short", "--tries",
                           str(tries), "--timeout", timeout, *words], capture_output=True, text=True, timeout=30,
                          check=False)


def framed(data):
    return struct.pack(">H", len(data)) + data


class Hostile(unittest.TestCase):
    def fine(self, done):
        self.assertEqual((done.returncode, done.stdout), (0, "192.0.2.1\n"), done.stderr)

    def test_what_is_not_the_answer_is_passed_over(self):
        def wrong(query, _):
            ident = bytes([query[0] ^ 1, query[1]])
            other = header(query) + b"\5other\7example\0\0\1\0\1" + A
            return [header(query, ident=ident) + question(query) + A, query, other, b"", b"\0", query[:11],
                    header(query, counts=(0, 1, 0, 0)) + A]
        self.assertEqual(ask(Server(wrong)).returncode, 28)
        self.fine(ask(Server(lambda query, n: [*wrong(query, n), good(query)])))
        told = ask(Server(lambda query, n: [*wrong(query, n), good(query)]), "-v").stderr
        self.assertIn("another ID", told)
        self.assertIn("another question", told)

    def test_somebody_else_is_not_heard(self):
        other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        other.bind(("127.0.0.1", 0))
        elsewhere = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        elsewhere.bind(("127.0.0.2", 0))
        self.assertEqual(ask(Server(lambda query, _: [(other, good(query)), (elsewhere, good(query))])).returncode, 28)

    def test_another_cookie_is_not_ours(self):
        opt = b"\0\0\x29\x04\xd0\0\0\0\0\0\x14\0\x0a\0\x10" + b"x" * 16
        forged = Server(lambda query, _: [header(query, counts=(1, 1, 0, 1)) + question(query) + A + opt])
        self.assertEqual(ask(forged).returncode, 28)
        self.fine(ask(forged, "+nocookie"))

    def test_retries_have_other_ids(self):
        server = Server(lambda query, number: [good(query)] if number == 3 else [])
        self.fine(ask(server, tries=3, timeout="200ms"))
        self.assertEqual(len({query[:2] for query in server.seen}), 3)

    def test_truncated_answers_lead_to_tcp(self):
        def cut(query, _):
            return [header(query, flags=0x8380, counts=(1, 0, 0, 0)) + question(query)]
        self.fine(ask(Server(cut, lambda stream, query: stream.sendall(framed(good(query))))))
        self.assertEqual(ask(Server(cut), "+ignore").returncode, 1)

        def slowly(stream, query):
            for byte in framed(good(query)):
                stream.sendall(bytes([byte]))
        self.fine(ask(Server(cut, slowly)))
        half = Server(cut, lambda stream, query: stream.sendall(framed(good(query))[:20]))
        self.assertEqual(ask(half).returncode, 18)
        self.assertEqual(ask(Server(cut, lambda *_: None)).returncode, 52)
        self.assertEqual(ask(Server(cut, lambda *_: time.sleep(2))).returncode, 28)

    def test_servers_without_edns(self):
        def old(query, _):
            if has_opt(query):
                return [header(query, flags=0x8181, counts=(0, 0, 0, 0))]
            return [good(query)]
        server = Server(old)
        self.fine(ask(server))
        self.assertEqual([has_opt(query) for query in server.seen], [True, False])
        self.assertEqual(ask(Server(old), "+noednsnegotiation").returncode, 22)

    def test_bad_cookies(self):
        def strict(query, number):
            at = query.index(b"\0\x0a\0") + 4
            size = query[at - 1]
            ours = query[at:at + 8]
            opt = b"\0\0\x29\x04\xd0" + (b"\1" if size == 8 else b"\0") + b"\0\0\0\0\x14\0\x0a\0\x10" + ours + b"s" * 8
            code = 0x8187 if size == 8 else 0x8180
            count = 0 if size == 8 else 1
            return [header(query, flags=code, counts=(1, count, 0, 1)) + question(query) + (b"" if size == 8 else A) + opt]
        server = Server(strict)
        self.fine(ask(server))
        self.assertEqual(len(server.seen), 2)

    def test_malformed_answers(self):
        def made(records, counts=(1, 1, 0, 0)):
            return Server(lambda query, _: [header(query, counts=counts) + question(query) + records])
        loop = b"\xc0\x1e\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"  # host.example's 18 bytes of question end at 30: itself
        for records in (loop, b"\xff\xff" + A[2:], A[:-1], A[:10] + b"\xff\xff" + A[12:], b"\x40" + A, b""):
            with self.subTest(records):
                done = ask(made(records))
                self.assertEqual(done.returncode, 8, done)
                self.assertIn("malformed", done.stderr)
        self.assertEqual(ask(made(A, counts=(1, 65535, 65535, 65535))).returncode, 8)
        # Data that is not of its type is shown in the generic form, a name in it that loops as well.
        short = ask(made(b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\3abc"))
        self.assertEqual(short.stdout, "\\# 3 616263\n")
        mx = ask(made(b"\xc0\x0c\0\x0f\0\1\0\0\0\x3c\0\4\0\1\xc0\x2c"), kind="MX")
        self.assertEqual(mx.stdout, "\\# 4 0001C02C\n")

    def test_nothing_reaches_the_terminal_unescaped(self):
        text = b"\x1b]0;owned\x07\x9b\xff"
        record = b"\xc0\x0c\0\x10\0\1\0\0\0\x3c" + struct.pack(">H", len(text) + 1) + bytes([len(text)]) + text
        server = Server(lambda query, _: [header(query) + question(query) + record])
        done = ask(server, kind="TXT")
        self.assertEqual(done.stdout, '"\\027]0;owned\\007\\155\\255"\n')
        reply = json.loads(ask(server, "--json", kind="TXT").stdout)
        self.assertEqual(reply["answers"][0]["data"], '"\\027]0;owned\\007\\155\\255"')
        self.assertEqual(list(reply["answers"][0]["strings"][0]), ["base64"])

    def test_letter_case_counts_with_0x20(self):
        lower = Server(lambda query, _: [header(query) + question(query).lower() + A])
        self.fine(ask(lower))
        self.assertEqual(ask(lower, "--0x20").returncode, 28)
        self.fine(ask(Server(lambda query, _: [good(query)]), "+dns0x20"))


main()
