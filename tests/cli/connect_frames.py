#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid connect --frame resp, mp and ws beside a Redis server, redis-cli, Python's multiprocessing and sockets that break
the rules.

usage: connect_frames.py FID [TEST...]
"""
import base64
import hashlib
import hmac
import json
import os
import random
import socket
import struct
import subprocess
import threading
from multiprocessing import connection as mp

from connect_harness import FID, PeerTest, fid, free_port, main, needs, read_all, wait_for

KEY = b"a key\x00with bytes\xff"
COMMANDS = [
    "PING", 'SET k "a b"', "GET k", "GET missing", r'SET bin "\x00\xff\"\\\n\r\t\a\b\q"', "GET bin", "STRLEN bin",
    r"SET single 'it\'s \n'", "GET single", "NOSUCH command", "INCR n", "INCRBY n 9223372036854775806",
    "INCRBY n 1", "GET", 'SET "" ""', 'GET ""', "SET  spaced\tword", "OBJECT ENCODING n", "ECHO a\"b c\"", "EXISTS k n",
    "SETBIT bits 7 1", "GET bits", "DBSIZE", "TYPE k", "EVAL \"return 'x'\" 0", "EVAL \"return redis.error_reply('E x')\" 0",
]


def records(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@needs("redis-server", "redis-cli")
class Redis(PeerTest):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.path = self.folder / "redis.sock"
        self.start("redis-server", "--port", self.port, "--bind", "127.0.0.1", "--unixsocket", self.path, "--save", "",
                   "--appendonly", "no", "--enable-debug-command", "yes", "--dir", self.folder, port=self.port, ready=self.path.exists)

    def ask(self, text, *options, **others):
        data = text if isinstance(text, bytes) else text.encode()
        return fid("--frame", "resp", *options, "127.0.0.1", self.port, data=data, **others)

    def cli(self, text):
        done = subprocess.run(["redis-cli", "--no-raw", "-p", str(self.port)], input=text.encode(), capture_output=True,
                              timeout=20, check=True)
        return done.stdout

    def test_commands_as_in_redis_cli(self):
        text = "".join(command + "\n" for command in COMMANDS)
        theirs = self.cli("FLUSHALL\n" + text)
        ours = self.check(self.ask("FLUSHALL\n" + text)).stdout
        # redis-cli ends an error with an empty line where it does not write to a terminal.
        # BEL and BS are \\a and \\b there; everywhere in fid they are \\x07 and \\x08.
        theirs = b"".join(line + b"\n" for line in theirs.splitlines() if line)
        theirs = theirs.replace(rb"\a\b", rb"\x07\x08")
        self.assertEqual(ours.splitlines(), theirs.splitlines())
        self.assertEqual(len(ours.splitlines()), len(COMMANDS) + 1)

    def test_unix_socket(self):
        self.check(fid("--frame", "resp", f"unix:{self.path}", data=b"SET a 1\nGET a\n"), out=b'OK\n"1"\n')

    def test_nested_and_version_3(self):
        fill = "RPUSH l a b\nSADD s 1\nHSET h f v\nZADD z 1.5 m\n"
        self.check(self.ask(fill), out=b"(integer) 2\n" + b"(integer) 1\n" * 3)
        old = 'LRANGE l 0 -1\nEVAL "return {1,{2,{\'x\'}},false,{}}" 0\nHGETALL h\nSMEMBERS s\nZSCORE z m\n'
        self.check(self.ask(old), out=b'["a", "b"]\n[(integer) 1, [(integer) 2, ["x"]], (nil), []]\n["f", "v"]\n["1"]\n"1.5"\n')
        new = ('HELLO 3\nHGETALL h\nSMEMBERS s\nZSCORE z m\nDEBUG PROTOCOL true\nDEBUG PROTOCOL null\nDEBUG PROTOCOL bignum\n'
               'DEBUG PROTOCOL verbatim\nDEBUG PROTOCOL attrib\nDEBUG PROTOCOL push\nDEBUG PROTOCOL map\nDEBUG PROTOCOL double\n')
        lines = self.check(self.ask(new)).stdout.decode().splitlines()
        self.assertTrue(lines[0].startswith('{"server": "redis", "version": "'), lines[0])
        self.assertIn('"proto": (integer) 3', lines[0])
        self.assertEqual(lines[1:4], ['{"f": "v"}', '~["1"]', "(double) 1.5"])
        self.assertEqual(lines[4:], [
            "(true)", "(nil)", "(big number) 1234567999999999999999999999999999999",
            r'(txt) "This is a verbatim\nstring"',
            '|{"key-popularity": ["key:123", (integer) 90]} "Some real reply following the attribute"',
            '>["server-cpu-usage", (integer) 42]', '"Some real reply following the push reply"',
            "{(integer) 0: (false), (integer) 1: (true), (integer) 2: (false)}", "(double) 3.141"])

    def test_json(self):
        self.check(self.ask("HSET h f v\nSET n 5\nRPUSH l a\n"))
        text = 'HELLO 3\nHGETALL h\nINCR n\nLRANGE l 0 -1\nGET missing\nNOSUCH\nECHO "\\xff"\nZSCORE no no\n'
        done = self.check(self.ask(text, "--json"))
        received = [record for record in records(done) if record["type"] == "received"]
        data = [record["data"] for record in received]
        self.assertEqual(data[0]["proto"], 3)
        self.assertEqual(data[1:5], [{"f": "v"}, 6, ["a"], None])
        self.assertTrue(data[5]["error"].startswith("ERR unknown command"))
        self.assertEqual(data[6:], [{"base64": "/w=="}, None])
        sent = [record["data"] for record in records(done) if record["type"] == "sent"]
        self.assertEqual(sent, text.splitlines())

    def test_pipelining(self):
        """More than fits into the buffers of either side: all is answered before the end is told."""
        count = 100_000
        text = "".join(f"SET key:{number} {number}\nGET key:{number}\n" for number in range(count))
        out = "".join(f'OK\n"{number}"\n' for number in range(count))
        self.check(self.ask(text), out=out.encode())

    def test_big_value(self):
        value = random.Random(7).randbytes(5_000_000).hex()
        self.check(self.ask(f"SET big {value}\nGET big\nSTRLEN big\n"),
                   out=f'OK\n"{value}"\n(integer) 10000000\n'.encode())
        done = self.check(self.ask("GET big\n", "--json"))
        received = [record for record in records(done) if record["type"] == "received"]
        self.assertEqual([record["data"] for record in received], [value])

    def test_late_reply_is_awaited(self):
        self.check(self.ask("BLPOP nothing 2.5\nPING\n", "--linger", "100ms"), out=b"(nil)\nPONG\n")

    def test_subscription(self):
        for hello, push in (("", ""), ("HELLO 3\n", ">")):
            with self.subTest(hello), subprocess.Popen(
                    [FID, "connect", "--frame", "resp", "127.0.0.1", str(self.port)],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
                process.stdin.write((hello + "SUBSCRIBE one two\n").encode())
                process.stdin.close()  # it goes on listening
                if hello:
                    process.stdout.readline()
                self.assertEqual(process.stdout.readline().decode(), f'{push}["subscribe", "one", (integer) 1]\n')
                self.assertEqual(process.stdout.readline().decode(), f'{push}["subscribe", "two", (integer) 2]\n')
                self.check(self.ask("PUBLISH two \"a\\x01b\"\n"), out=b"(integer) 1\n")
                self.assertEqual(process.stdout.readline().decode(), push + r'["message", "two", "a\x01b"]' + "\n")
                self.check(self.ask("CLIENT KILL TYPE pubsub\n"), out=b"(integer) 1\n")
                process.stdout.read()
                self.assertEqual(process.wait(20), 0)

    def test_bad_lines(self):
        for line, complaint in (('GET "a', "not closed"), ('GET "a"b', "within a word"), ("GET 'a", "not closed")):
            self.check(self.ask("PING\n" + line + "\n"), 3, err=complaint)
        self.check(self.ask("\n  \nPING\n"), out=b"PONG\n")

    def test_send_only_and_reply_off(self):
        self.check(self.ask("SET once 1\n", "--send-only"), out=b"")
        wait_for(lambda: self.ask("GET once\n").stdout == b'"1"\n', "the value that was sent")
        self.check(self.ask("CLIENT REPLY OFF\nSET off 1\n"), out=b"")


class BadRedis(PeerTest):
    def test_violations(self):
        for data, status, out in ((b"+OK\r\n:x\r\n", 8, b"OK\n"), (b"HTTP/1.1 400 Bad\r\n", 8, b""), (b"+OK\n", 8, b""),
                                  (b"$3\r\nabcd\r\n", 8, b""), (b"*1\r\n" * 100, 8, b""), (b"*99999999\r\n", 8, b""),
                                  (b"$99999999999\r\n", 8, b""), (b"*2\r\n+a\r\n", 18, b""), (b"$5\r\nab", 18, b""),
                                  (b"+" + b"x" * 100_000, 8, b"")):
            with self.subTest(data[:20]):
                port = self.serve(lambda connection, data=data: connection.sendall(data))
                self.check(fid("--frame", "resp", "--recv-only", "127.0.0.1", port), status, out=out)

    def test_every_type(self):
        data = (b"+a \x1b[1m\r\n-ERR \r\n:-1\r\n$-1\r\n*-1\r\n_\r\n,1e5\r\n,-inf\r\n#t\r\n#f\r\n(-0123\r\n!5\r\nERR x\r\n=5\r\ntxt:a\r\n"
                b"~1\r\n%1\r\n:1\r\n$2\r\n\xff\"\r\n|1\r\n+k\r\n:1\r\n>2\r\n+p\r\n|1\r\n+ttl\r\n:9\r\n+v\r\n*0\r\n$0\r\n\r\n+\r\n")
        lines = ["a \\x1b[1m", "(error) ERR ", "(integer) -1", "(nil)", "(nil)", "(nil)", "(double) 1e5", "(double) -inf",
                 "(true)", "(false)", "(big number) -0123", "(error) ERR x", '(txt) "a"', r'~[{(integer) 1: "\xff\""}]',
                 "|{k: (integer) 1} >[p, |{ttl: (integer) 9} v]", "[]", '""', '""']
        port = self.serve(lambda connection: connection.sendall(data), times=2)
        done = self.check(fid("--frame", "resp", "--recv-only", "127.0.0.1", port))
        self.assertEqual(done.stdout.decode().splitlines(), lines)
        done = self.check(fid("--frame", "resp", "--recv-only", "--json", "127.0.0.1", port))
        data = [record["data"] for record in records(done) if record["type"] == "received"]
        odd = {"base64": base64.b64encode(b'\xff"').decode()}
        self.assertEqual(data, ["a \x1b[1m", {"error": "ERR "}, -1, None, None, None, 1e5, "-inf", True, False, -123,
                                {"error": "ERR x"}, "a", [[[1, odd]]],
                                {"attributes": {"k": 1}, "value": {"push": ["p", {"attributes": {"ttl": 9}, "value": "v"}]}},
                                [], "", ""])


class Multiprocessing(PeerTest):
    def setUp(self):
        super().setUp()
        self.key = self.folder / "key"
        self.key.write_bytes(KEY + b"\n")

    def listen(self, family="AF_INET", authkey=KEY):
        """Echoes the messages of one client; `told` gets what became of it."""
        address = ("127.0.0.1", 0) if family == "AF_INET" else str(self.folder / f"{len(list(self.folder.iterdir()))}.sock")
        listener = mp.Listener(address, family, authkey=authkey)
        self.addCleanup(listener.close)
        told = []

        def run():
            try:
                with listener.accept() as client:
                    client.send_bytes(b"")
                    while True:
                        client.send_bytes(client.recv_bytes())
            except mp.AuthenticationError as error:
                told.append(str(error))
            except (EOFError, OSError):
                told.append("end")

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.addCleanup(thread.join, 20)
        place = ("127.0.0.1", listener.address[1]) if family == "AF_INET" else (f"unix:{listener.address}",)
        return place, told

    def test_messages(self):
        large = b"x" * 100_000
        for family in ("AF_INET", "AF_UNIX"):
            for authkey, options in ((KEY, ["--auth-key-file", self.key]), (None, [])):
                with self.subTest(family, auth=bool(authkey)):
                    place, told = self.listen(family, authkey)
                    self.check(fid("--frame", "mp", *options, *place, data=b"one\n\nthree\xff\n" + large),
                               out=b"\none\n\nthree\xff\n" + large + b"\n")
                    wait_for(lambda: told == ["end"], "the listener's end")

    def test_wrong_key(self):
        self.key.write_bytes(b"another")
        place, told = self.listen()
        self.check(fid("--frame", "mp", "--auth-key-file", self.key, *place), 67, out=b"", err="does not take our key")
        wait_for(lambda: told, "the listener's refusal")
        self.assertIn("digest", told[0])

    def talk(self, handle, *options, authenticate=True):
        port = self.serve(handle)
        key = ["--auth-key-file", self.key] if authenticate else []
        return fid("--frame", "mp", *key, *options, "127.0.0.1", port, data=b"hello\n")

    @staticmethod
    def take(connection):
        def exactly(count):
            data = b""
            while len(data) < count:
                piece = connection.recv(count - len(data))
                assert piece
                data += piece
            return data
        return exactly(struct.unpack("!i", exactly(4))[0])

    @staticmethod
    def give(connection, message):
        connection.sendall(struct.pack("!i", len(message)) + message)

    def respond(self, connection, digest, knows_key=True):
        """The listener's part as Python 3.12 plays it, by its description: the HMAC is over the digest's name, too."""
        name = b"{%s}" % digest.encode()
        challenge = name + os.urandom(40)
        self.give(connection, b"#CHALLENGE#" + challenge)
        answer = self.take(connection)
        if answer != name + hmac.new(KEY, challenge, digest).digest():
            self.give(connection, b"#FAILURE#")
            return
        self.give(connection, b"#WELCOME#")
        question = self.take(connection)
        assert question.startswith(b"#CHALLENGE#{sha256}") and len(question) == 11 + 8 + 40, question
        key = KEY if knows_key else b"other"
        self.give(connection, b"{sha256}" + hmac.new(key, question[11:], hashlib.sha256).digest())
        verdict = self.take(connection)
        assert verdict == (b"#WELCOME#" if knows_key else b"#FAILURE#"), verdict
        if knows_key:
            self.give(connection, b"got " + self.take(connection))

    def test_named_digests(self):
        for digest in ("md5", "sha256", "sha384", "sha3_256", "sha3_384"):
            with self.subTest(digest):
                self.check(self.talk(lambda connection, digest=digest: self.respond(connection, digest)),
                           out=b"got hello\n")
        self.check(self.talk(lambda connection: self.respond(connection, "sha256", knows_key=False)), 67,
                   err="does not know the key")
        self.key.write_bytes(b"wrong")
        self.check(self.talk(lambda connection: self.respond(connection, "sha256")), 67, err="does not take our key")

    def test_strangers(self):
        for message in (b"hello", b"#CHALLENGE#", b"#CHALLENGE#" + b"x" * 19, b"#CHALLENGE#{sha1}" + b"x" * 40,
                        b"#CHALLENGE#" + b"{sha256}" + b"x" * 300):
            with self.subTest(message[:20]):
                self.check(self.talk(lambda connection, message=message: (self.give(connection, message),
                                                                          read_all(connection))), 8, out=b"")
        for data in (b"", b"HTTP/1.1 400 Bad Request\r\n", b"\xff\xff\xff\xff" + b"\x7f" * 8, b"\xff\xff\xff\xfe", b"\0\0\0\5ab"):
            with self.subTest(data):
                self.check(self.talk(lambda connection, data=data: connection.sendall(data)), 8, out=b"")
        self.check(self.talk(read_all, "--timeout", "300ms"), 8, err="no challenge in time")

    def test_wide_length(self):
        for rest, status, out, complaint in ((struct.pack("!Q", 3) + b"abc", 0, b"abc\n", ""),
                                             (struct.pack("!Q", 1 << 33), 8, b"", "8589934592 bytes")):
            def send(connection, rest=rest):
                connection.sendall(b"\xff\xff\xff\xff" + rest)
                connection.shutdown(socket.SHUT_WR)
                read_all(connection)
            self.check(self.talk(send, authenticate=False), status, out=out, err=complaint)

    def test_usage(self):
        self.check(fid("--auth-key-file", self.key, "h", "1"), 2, err="--frame mp")
        self.check(fid("--frame", "mp", "--auth-key-file", self.key, "--recv-only", "h", "1"), 2)
        self.check(fid("--frame", "mp", "--auth-key-file", self.folder / "none", "h", "1"), 26)
        self.key.write_bytes(b"\n")
        self.check(fid("--frame", "mp", "--auth-key-file", self.key, "h", "1"), 3, err="empty")


class WebSocketOverAnything(PeerTest):
    @staticmethod
    def shake(connection):
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        key = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key: ")).split(b": ")[1]
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        connection.sendall(b"HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept +
                           b"\r\n\r\n\x81\x02hi\x88\x02\x03\xe8")
        connection.recv(100)

    def test_unix_and_tcp(self):
        path = str(self.folder / "ws.sock")
        self.serve(self.shake, family=socket.AF_UNIX, address=path)
        self.check(fid("--frame", "ws", "--recv-only", f"unix:{path}"), out=b"hi\n")
        port = self.serve(self.shake)
        self.check(fid("--frame", "ws", "--recv-only", "127.0.0.1", port), out=b"hi\n")
        os.unlink(path)
        self.serve(read_all, family=socket.AF_UNIX, address=path)
        self.check(fid("--frame", "ws", "--timeout", "200ms", f"unix:{path}"), 28, err="timed out")
        self.check(fid("--frame", "ws", "udp://h:1"), 2)


if __name__ == "__main__":
    main()
