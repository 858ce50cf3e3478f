#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid connect --script` beside an SMTP server, openssl s_server, nc, WebSockets' stand-ins and peers with faults.

usage: connect_script.py FID [TEST...]
"""
import json
import os
import pathlib
import resource
import signal
import socket
import struct
import subprocess
import threading
import time

from connect_harness import FID, PeerTest, fid, free_port, main, needs, read_all


def smtp(seen):
    """As much of RFC 5321 as a message needs, with multiline replies."""
    def handle(peer):
        stream = peer.makefile("rwb", buffering=0)
        stream.write(b"220 mail.example ESMTP\r\n")
        in_data = False
        for line in stream:
            seen.append(line)
            if in_data:
                in_data = line != b".\r\n"
                if not in_data:
                    stream.write(b"250 2.0.0 queued as A1B2C3\r\n")
            elif line.startswith(b"EHLO "):
                stream.write(b"250-mail.example greets " + line[5:].strip() + b"\r\n250-SIZE 10240000\r\n250 HELP\r\n")
            elif line == b"DATA\r\n":
                in_data = True
                stream.write(b"354 go on\r\n")
            elif line == b"QUIT\r\n":
                stream.write(b"221 bye\r\n")
                return
            else:
                stream.write(b"250 ok\r\n")
    return handle


MAIL = r"""
# a message for one recipient
timeout 5s
expect /^220 (?P<server>\S+)/
sendline "EHLO $me"
expect /^250-SIZE (?P<size>\d+)/
expect /^250 /
sendline "MAIL FROM:<a@example>"
expect "250 "
sendline "RCPT TO:<b@example>"
expect "250 "
sendline "DATA"
expect "354"
send "Subject: x\r\n\r\nhello\r\n.\r\n"
capture queue /queued as (\w+)/
sendline "QUIT"
expect-eof
print "$server takes $size: $queue"
"""


class ScriptTest(PeerTest):
    def script(self, text, *words, **options):
        path = self.folder / "s.fid"
        path.write_text(text)
        return fid("--script", path, *words, **options)


class Dialogues(ScriptTest):
    def test_a_message_by_smtp(self):
        seen = []
        port = self.serve(smtp(seen))
        self.check(self.script(MAIL, "--set", "me=client.example", "127.0.0.1", port), out=b"mail.example takes 10240000: A1B2C3\n")
        self.assertEqual(seen, [b"EHLO client.example\r\n", b"MAIL FROM:<a@example>\r\n", b"RCPT TO:<b@example>\r\n", b"DATA\r\n",
                                b"Subject: x\r\n", b"\r\n", b"hello\r\n", b".\r\n", b"QUIT\r\n"])

    def test_from_standard_input(self):
        port = self.serve(smtp([]))
        self.check(fid("--script", "-", "127.0.0.1", port, data=b'expect "220 "\nsendline "QUIT"\nexpect "221"\nprint "done"\n'),
                   out=b"done\n")

    def test_records(self):
        done = self.check(self.script(MAIL, "--json", "--set", "me=x", "127.0.0.1", self.serve(smtp([]))))
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([each["type"] for each in records], ["connected"] + ["step"] * 16 + ["closed"])
        steps = {each["line"]: each for each in records if each["type"] == "step"}
        self.assertEqual(steps[4]["captures"], {"server": "mail.example"})
        self.assertEqual(steps[5]["text"], "EHLO x\r\n")
        self.assertEqual(steps[15]["captures"], {"queue": "A1B2C3"})
        self.assertEqual(steps[18]["text"], "mail.example takes 10240000: A1B2C3")
        self.assertEqual(records[-1]["status"], 0)

    def test_the_dialogue_is_told(self):
        done = self.check(self.script(MAIL, "-v", "--set", "me=x", "127.0.0.1", self.serve(smtp([]))))
        self.assertIn("fid connect: > EHLO x\\r\\n\nfid connect: <  ESMTP\\r\\n\nfid connect: < 250-mail.example greets x\\r\\n\n",
                      done.stderr.decode())

    @needs("openssl")
    def test_over_tls(self):
        key, certificate, port = self.folder / "key", self.folder / "cert", free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                        "-out", certificate, "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True)
        self.start("openssl", "s_server", "-quiet", "-rev", "-accept", f"127.0.0.1:{port}", "-key", key, "-cert", certificate, port=port)
        self.check(self.script('send "abc\\n"\ncapture back /\\w+/\nprint "$back"\n', "-4", "--tls-ca", certificate,
                               f"tls://localhost:{port}"), out=b"cba\n")

    @needs("nc")
    def test_beside_nc(self):
        port, got = free_port(), self.folder / "got"
        with got.open("wb") as sink:
            peer = self.start("nc", "-lN", "127.0.0.1", port, port=port, stdin=subprocess.PIPE, stdout=sink)
            peer.stdin.write(b"a\0b\xff\n")
            peer.stdin.close()
            self.check(self.script('expect x"00 62 ff"\nsend x"00ff" "\\x00"\nclose\nexpect-eof\n', "127.0.0.1", port), out=b"")
            peer.wait(10)
        self.assertEqual(got.read_bytes(), b"\0\xff\0")

    def test_datagrams(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            sizes = []

            def answer():
                for _ in range(2):
                    data, source = peer.recvfrom(100)
                    sizes.append(len(data))
                    peer.sendto(b"got " + data, source)
            thread = threading.Thread(target=answer, daemon=True)
            thread.start()
            self.check(self.script('send "one"\nexpect "got one"\nsendline "two"\nexpect "got two\\r\\n"\nprint "ok"\n',
                                   f"udp://127.0.0.1:{peer.getsockname()[1]}"), out=b"ok\n")
            thread.join(10)
        self.assertEqual(sizes, [3, 5])

    def test_unix_and_frames(self):
        def handle(peer):
            size, = struct.unpack(">I", peer.recv(4, socket.MSG_WAITALL))
            data = peer.recv(size, socket.MSG_WAITALL)
            peer.sendall(struct.pack(">I", size + 1) + b"<" + data)
        place = self.serve(handle, socket.AF_UNIX, address=str(self.folder / "socket"))
        self.check(self.script('send "abc"\nexpect "<abc"\n', "--frame", "len32", f"unix:{place}"), out=b"")

    def test_a_large_answer_while_we_send(self):
        """Both write at once: who only writes while it sends would wait for ever."""
        size = 900_000

        def handle(peer):
            peer.sendall(b"x" * size)
            self.got = len(read_all(peer))
            peer.sendall(b"END")
        port = self.serve(handle)
        self.check(self.script(f'send "{"y" * size}"\nclose\nexpect "END"\nexpect-eof\n', "127.0.0.1", port), out=b"")
        self.assertEqual(self.got, size)


class Pieces(ScriptTest):
    def test_byte_by_byte(self):
        def handle(peer):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in b"id=1234 code 56\r\n":
                peer.sendall(bytes([byte]))
                time.sleep(0.005)
            peer.recv(1)
        self.check(self.script('capture id /id=(\\d+)/\ncapture code /\\d+/\nexpect "\\r\\n"\nprint "$id $code"\n', "--linger", 0,
                               "127.0.0.1", self.serve(handle)), out=b"1234 56\n")

    def test_a_match_at_the_end_of_what_came(self):
        """Nothing follows: the match is taken all the same, soon."""
        def handle(peer):
            peer.sendall(b"login: ")
            read_all(peer)
        start = time.monotonic()
        self.check(self.script('timeout 10s\nexpect /login: */\n', "127.0.0.1", self.serve(handle)))
        self.assertLess(time.monotonic() - start, 3)

    def test_order(self):
        """What follows a match is left for the next."""
        def handle(peer):
            peer.sendall(b"one two one\n")
            read_all(peer)
        self.check(self.script('expect "two"\nexpect "one"\nprint "ok"\n', "127.0.0.1", self.serve(handle)), out=b"ok\n")

    def test_much_without_a_match(self):
        """60 MB of it in bounded memory, and what is expected comes at last."""
        def handle(peer):
            for _ in range(60):
                peer.sendall(b"x" * 1_000_000)
            peer.sendall(b"the END\n")
            read_all(peer)
        # A sanitizer's own memory is without bounds.
        options = {} if b"__asan_init" in pathlib.Path(FID).read_bytes() else {
            "preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_DATA, (2 ** 26, 2 ** 26))}
        for expected in ('"the END"', "/the (END)\\n/"):
            with self.subTest(expected):
                self.check(self.script(f"timeout 30s\nexpect {expected}\n", "127.0.0.1", self.serve(handle), **options))

    def test_much_in_small_pieces(self):
        """Time in proportion: a search of all with every piece would take minutes."""
        def handle(peer):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(20_000):
                peer.sendall(b"y" * 60)
            peer.sendall(b"\nEND\n")
            read_all(peer)
        start = time.process_time()
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        self.check(self.script("timeout 30s\nexpect /y+x|^END$/\n", "127.0.0.1", self.serve(handle)))
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, 5, start)


class Faults(ScriptTest):
    def test_time_runs_out(self):
        def handle(peer):
            peer.sendall(b"554 no\r\n\x1b[2J")
            read_all(peer)
        done = self.check(self.script('timeout 300ms\n\nexpect "250 "\n', "127.0.0.1", self.serve(handle)), 99, b"")
        self.assertIn('s.fid:3: expected "250 ": timed out after 300ms, last received: "554 no\\r\\n\\x1b[2J"', done.stderr.decode())

    def test_the_peer_ends(self):
        def handle(peer):
            peer.sendall(b"554 no\r\n")
        done = self.check(self.script('expect /^250 /\n', "127.0.0.1", self.serve(handle)), 99, b"")
        self.assertIn('s.fid:1: expected /^250 /: the peer ended, last received: "554 no\\r\\n"', done.stderr.decode())

    def test_the_peer_says_nothing(self):
        self.check(self.script('timeout 200ms\nexpect "x"\n', "127.0.0.1", self.serve(read_all)), 99, b"",
                   "timed out after 200ms, nothing more was received")

    def test_the_peer_does_not_end(self):
        self.check(self.script('timeout 200ms\nexpect-eof\n', "127.0.0.1", self.serve(read_all)), 99, b"", "expected the end: timed out")

    def test_reset(self):
        def handle(peer):
            peer.recv(10)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.check(self.script('send "x"\nexpect "y"\n', "127.0.0.1", self.serve(handle)), 56, b"", "reset")

    def test_the_peer_takes_nothing(self):
        def handle(peer):
            time.sleep(3)
        script = "timeout 300ms\n" + 'send "$x$x$x$x$x$x$x$x"\n' * 10
        self.check(self.script(script, "--set", "x=" + "x" * 100_000, "127.0.0.1", self.serve(handle)), 28, b"", "timed out after 300ms")

    def test_nothing_is_dialled_for_a_wrong_script(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        listener.settimeout(0.2)
        self.check(self.script('send "x"\nexpct "y"\n', *listener.getsockname()), 3, b"", "s.fid:2:1: there is no command 'expct'")
        with self.assertRaises(TimeoutError):
            listener.accept()

    def test_interrupted(self):
        for step in ('expect "x"', "sleep 20s", "expect-eof"):
            with self.subTest(step):
                path = self.folder / "i.fid"
                path.write_text(f'timeout 20s\nsend "a"\nprint "at"\n{step}\n')
                process = self.start(FID, "connect", "--script", path, "127.0.0.1", self.serve(read_all), stdout=subprocess.PIPE)
                self.assertEqual(process.stdout.readline(), b"at\n")
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(5), 130)

    def test_refused(self):
        self.check(self.script('send "x"\n', "127.0.0.1", free_port()), 7, b"", "refused")


class Secrets(ScriptTest):
    def test_only_the_peer_gets_it(self):
        seen = []

        def handle(peer):
            seen.append(peer.recv(100))
            peer.sendall(b"you said " + seen[0] + b"no\r\n")
            read_all(peer)
        script = 'set auth "PASS $ENV{TEST_SECRET}"\nsendline "$auth"\nexpect /said (?P<what>.*)\\r\\n/\nexpect "\\r\\nyes"\n'
        for words in (["-v"], ["--json", "-v"]):
            with self.subTest(words):
                done = self.check(self.script("timeout 300ms\n" + script, *words, "127.0.0.1", self.serve(handle),
                                              env={**os.environ, "TEST_SECRET": "sword\\fish"}), 99)
                self.assertEqual(seen.pop(), b"PASS sword\\fish\r\n")
                self.assertNotIn(b"fish", done.stdout + done.stderr)
                self.assertIn(b"PASS $ENV{TEST_SECRET}", done.stdout + done.stderr)


if __name__ == "__main__":
    main()
