#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid connect --telnet: inetutils' telnetd with a person before it, and servers of our own that are less polite.

usage: connect_telnet.py FID [TEST...]
"""
import contextlib
import os
import shutil
import socket
import subprocess
import termios
import threading
import unittest

from connect_harness import FID, PeerTest, fid, main, needs, read_all
from pseudo_terminal import LIMIT, Terminal

TELNETD = shutil.which("telnetd", path="/usr/sbin:" + os.environ["PATH"])
IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
BINARY, ECHO, SGA, TM, TTYPE, NAWS, LINEMODE = 0, 1, 3, 6, 24, 31, 34
CHARACTERS = bytes([IAC, WILL, ECHO, IAC, WILL, SGA])


class TelnetTest(PeerTest):
    def setUp(self):
        super().setUp()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)
        self.listener.settimeout(LIMIT)
        self.port = str(self.listener.getsockname()[1])

    def accept(self):
        peer = self.listener.accept()[0]
        self.addCleanup(peer.close)
        peer.settimeout(LIMIT)
        return peer

    def sit(self, *words, **options):
        options = {"XDG_STATE_HOME": str(self.folder), "NO_COLOR": "1", **options}
        terminal = Terminal(FID, "connect", "--telnet", *words, "127.0.0.1", self.port, **options)
        self.addCleanup(terminal.kill)
        return terminal

    def expect(self, peer, wanted):
        data = b""
        while len(data) < len(wanted):
            block = peer.recv(len(wanted) - len(data))
            self.assertTrue(block, data)
            data += block
        self.assertEqual(data, bytes(wanted))

    def check_restored(self, terminal, status=0):
        self.assertEqual(terminal.end(), status, terminal.screen.lines())
        self.assertEqual(terminal.mode(), terminal.before)


@unittest.skipUnless(TELNETD, "there is no telnetd")
class LogIn(TelnetTest):
    """A shell behind a real telnetd, as from inetd: the connection is its standard input and output."""

    def setUp(self):
        super().setUp()
        shell = self.folder / "login"
        shell.write_text("#!/bin/sh\nPS1='sh> ' exec /bin/sh -i\n")
        shell.chmod(0o755)

        def serve():
            peer = self.listener.accept()[0]
            self.server = subprocess.Popen([TELNETD, "-h", f"--exec-login={shell}"], stdin=peer, stdout=peer,
                                           stderr=subprocess.DEVNULL)
            peer.close()
        self.serving = threading.Thread(target=serve, daemon=True)
        self.serving.start()

    def tearDown(self):
        self.serving.join(LIMIT)
        self.end(self.server)

    def test_a_session(self):
        terminal = self.sit(rows=31, columns=97, TERM="xterm-color")
        terminal.until("sh> ")
        terminal.type("stty size; echo $TERM\r")
        terminal.until("31 97")
        terminal.until("xterm-color")
        # The window's new size gets there while it runs.
        terminal.resize(40, 120)
        terminal.type("until [ \"$(stty size)\" = '40 120' ]; do sleep 0.05; done; echo size: $(stty size)\r")
        terminal.until("size: 40 120")
        # Every key goes there, Ctrl-C and Ctrl-Z too.
        terminal.type("trap 'got=1; echo got it' INT; echo wait; while [ -z \"$got\" ]; do sleep 0.05; done\r")
        terminal.until(lambda lines: "wait" in lines)
        terminal.type("\x03")
        terminal.until(lambda lines: any("got it" == line.removeprefix("^C") for line in lines)
                       and lines[-1].startswith("sh>"))
        # What the server sends reaches the screen as it is.
        terminal.type("printf '\\033[3Cx\\033[K\\n'\r")
        terminal.until(lambda lines: "   x" in lines)
        terminal.type("\x1d")
        terminal.until("telnet> ")
        terminal.type("status\r")
        terminal.until("character mode")
        terminal.until("theirs: ECHO SUPPRESS-GO-AHEAD")
        terminal.type("echo back\r")
        terminal.until(lambda lines: "back" in lines)
        terminal.type("exit\r")
        self.check_restored(terminal)
        self.assertEqual([each for each in terminal.screen.strange if "2004" not in each], [])

    def test_in_a_pipe(self):
        done = fid("--telnet", "127.0.0.1", self.port, data=b"stty -echo; echo \xc3\xa4 $((6*7)) $TERM; exit\n",
                   env={**os.environ, "TERM": "vt100"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("\u00e4 42 vt100\n", done.stdout.decode())
        self.assertNotIn(b"\xff", done.stdout)
        self.assertNotIn(b"\r\n", done.stdout)

    def test_the_last_words_are_heard(self):
        """A telnet server takes our end for a hang-up: it is said once nothing has come for a while."""
        done = fid("--telnet", "--linger", "700ms", "127.0.0.1", self.port, data=b"sleep 0.3; echo $((6*7)) late\n")
        self.assertIn(b"42 late\n", done.stdout)

    def test_recorded_below(self):
        capture = self.folder / "talk.pcapng"
        done = fid("--telnet", "--record", capture, "127.0.0.1", self.port, data=b"exit\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(bytes([IAC, WILL, TTYPE]), capture.read_bytes())


class Pipe(TelnetTest):
    def run_fid(self, *words, data=b"", serve):
        """fid with a pipe on both sides, against a function that has the server's end."""
        heard = {}

        def run():
            with self.listener.accept()[0] as peer:
                peer.settimeout(LIMIT)
                serve(peer)
                with contextlib.suppress(OSError):
                    peer.shutdown(socket.SHUT_WR)
                    heard["rest"] = read_all(peer)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        done = fid("--telnet", *words, "127.0.0.1", self.port, data=data)
        thread.join(LIMIT)
        return done, heard.get("rest")

    def test_options_and_bytes(self):
        def serve(peer):
            peer.sendall(bytes([IAC, DO, TTYPE, IAC, DO, NAWS, IAC, WILL, ECHO, IAC, DO, LINEMODE, IAC, DO, TM]))
            self.expect(peer, [IAC, WILL, TTYPE, IAC, WONT, NAWS, IAC, DO, ECHO, IAC, WONT, LINEMODE, IAC, WONT, TM])
            peer.sendall(b"a\r\nb\r\0c" + bytes([IAC, IAC]) + b"\r\n")
            peer.sendall(bytes([IAC, SB, TTYPE, 1, IAC]))
            peer.sendall(bytes([SE]))
            self.expect(peer, bytes([IAC, SB, TTYPE, 0]) + b"TINY" + bytes([IAC, SE]))
        done, rest = self.run_fid("--recv-only", serve=serve, data=b"")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((done.stdout, rest), (b"a\nb\rc\xff\n", b""))

    def test_what_is_sent(self):
        done, rest = self.run_fid(data=b"one\ntwo\r\n\xff\rx", serve=lambda peer: self.expect(
            peer, b"one\r\ntwo\r\n\xff\xff\r\0x"))
        self.assertEqual((done.returncode, rest), (0, b""), done.stderr)

    def test_binary_is_as_it_is(self):
        every = bytes(range(256)) * 4000

        def serve(peer):
            peer.sendall(bytes([IAC, DO, BINARY, IAC, WILL, BINARY]))
            self.expect(peer, [IAC, WILL, BINARY, IAC, DO, BINARY])
            peer.sendall(every.replace(b"\xff", b"\xff\xff"))
        done, _ = self.run_fid("--recv-only", serve=serve)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, every)

    def test_every_byte_by_itself(self):
        def serve(peer):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in bytes([IAC, DO, TTYPE, IAC, SB, TTYPE, 1, IAC, SE]) + b"x\r\ny" + bytes([IAC, IAC, IAC, 241]):
                peer.sendall(bytes([byte]))
            self.expect(peer, bytes([IAC, WILL, TTYPE, IAC, SB, TTYPE, 0]) + b"TINY" + bytes([IAC, SE]))
        done, _ = self.run_fid("--recv-only", serve=serve)
        self.assertEqual(done.stdout, b"x\ny\xff")

    def test_an_urgent_data_mark_stays_in_its_place(self):
        def serve(peer):
            peer.sendall(b"before")
            peer.sendall(bytes([IAC, 242]), socket.MSG_OOB)
            peer.sendall(b"after")
        done, _ = self.run_fid("--recv-only", serve=serve)
        self.assertEqual(done.stdout, b"beforeafter")

    def test_a_peer_that_asks_without_end(self):
        def serve(peer):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            question = bytes([IAC, WILL, 99]) * 100_000
            with contextlib.suppress(OSError):
                for _ in range(1000):
                    peer.sendall(question)
        done, _ = self.run_fid("--recv-only", serve=serve)
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertIn(b"it asks on and on", done.stderr)

    def test_verbose_names_what_is_said(self):
        def serve(peer):
            peer.sendall(bytes([IAC, DO, NAWS, IAC, 246]))
            self.expect(peer, [IAC, WONT, NAWS, IAC, 241])
        done, _ = self.run_fid("-v", "--recv-only", serve=serve)
        for line in ("telnet: received DO NAWS", "telnet: sent WONT NAWS", "telnet: received AYT", "telnet: sent NOP"):
            self.assertIn(line, done.stderr.decode())

    def test_large_both_ways(self):
        lines = b"x" * 199 + b"\n"

        def serve(peer):
            while block := peer.recv(65536):
                peer.sendall(block)
        done, _ = self.run_fid("--linger", "300ms", data=lines * 50_000, serve=serve)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout == lines * 50_000)

    def test_wrong_command_lines(self):
        for words in (["--telnet", "udp://127.0.0.1:9"], ["--telnet", "--frame", "line", "127.0.0.1", "9"],
                      ["--escape", "^]", "127.0.0.1", "9"], ["--telnet", "--escape", "^[", "127.0.0.1", "9"],
                      ["--telnet", "--crlf", "127.0.0.1", "9"]):
            self.assertEqual(fid(*words).returncode, 2, words)

    def test_a_unix_socket(self):
        path = str(self.folder / "socket")

        def handle(peer):
            peer.sendall(b"a" + bytes([IAC, WILL, ECHO]) + b"b\r\n")
            self.expect(peer, [IAC, DO, ECHO])
        self.serve(handle, family=socket.AF_UNIX, address=path)
        self.check(fid("--telnet", "--recv-only", f"unix:{path}"), out=b"ab\n")


class Person(TelnetTest):
    """Servers of our own, a person before them."""

    def test_lines_then_a_password_then_keys(self):
        terminal = self.sit()
        peer = self.accept()
        peer.sendall(b"\x1b[2Jname: ")
        terminal.until("\\x1b[2Jname: ")
        terminal.type("joex\x7f\r")
        self.expect(peer, b"joe\r\n")
        peer.sendall(bytes([IAC, WILL, ECHO]) + b"Password: ")
        self.expect(peer, [IAC, DO, ECHO])
        terminal.until("Password: ")
        terminal.type("secret\r")
        self.expect(peer, b"secret\r\n")
        peer.sendall(bytes([IAC, WONT, ECHO]) + b"\r\nok\r\n")
        self.expect(peer, [IAC, DONT, ECHO])
        terminal.until(lambda lines: "ok" in lines)
        self.assertNotIn(b"secret", terminal.seen)
        terminal.type("\x1b[A")  # up: not the password
        terminal.until(lambda lines: lines[-1] == "joe")
        terminal.type("\x15")
        terminal.until(lambda lines: lines[-1] == "")
        peer.sendall(CHARACTERS + b"\x1b[3Craw\r\nnext")
        self.expect(peer, [IAC, DO, ECHO, IAC, DO, SGA])
        terminal.until("   raw")
        terminal.until(lambda lines: "next" in lines)
        self.assertFalse(terminal.mode()[3] & (termios.ISIG | termios.ICANON | termios.ECHO))
        terminal.type("\x03\r\x1a")
        self.expect(peer, b"\x03\r\0\x1a")
        peer.close()
        self.check_restored(terminal)
        self.assertEqual((self.folder / "fid" / "connect_history").read_text(), "joe\n")

    def test_the_escape_prompt(self):
        terminal = self.sit("--escape", "^A")
        peer = self.accept()
        terminal.until("; ^A asks for a command")
        peer.sendall(CHARACTERS + b"hello")
        self.expect(peer, [IAC, DO, ECHO, IAC, DO, SGA])
        terminal.until("hello")

        def command(line):
            terminal.type("\x01")
            terminal.until(lambda lines: lines[-1] == "telnet> ")
            terminal.type(line + "\r")
        for name, code in (("ip", 244), ("brk", 243), ("ayt", 246), ("eof", 236)):
            command("send " + name)
            self.expect(peer, [IAC, code])
        command("help")
        terminal.until("end the session")
        command("nonsense\x16\x1b")
        terminal.until("no such command: nonsense\\x1b")
        command("mode line")
        self.expect(peer, [IAC, DONT, SGA, IAC, DONT, ECHO])
        terminal.type("typx\x7fed\r")
        self.expect(peer, b"typed\r\n")
        command("mode char")
        command("")
        terminal.type("k")
        self.expect(peer, b"k")
        # The peer's screen waits while we have it. What it sends first moves an earlier prompt from the last line.
        peer.sendall(b"before\r\n")
        terminal.until("before")
        terminal.type("\x01")
        terminal.until(lambda lines: lines[-1] == "telnet> ")
        peer.sendall(b"meanwhile")
        terminal.type("status\r")
        terminal.until("meanwhile")
        self.assertLess(terminal.seen.index(b"character mode"), terminal.seen.index(b"meanwhile"))
        command("quit")
        self.check_restored(terminal)

    def test_no_escape_key(self):
        terminal = self.sit("--escape", "none")
        peer = self.accept()
        peer.sendall(CHARACTERS)
        self.expect(peer, [IAC, DO, ECHO, IAC, DO, SGA])
        terminal.until(lambda _: not terminal.mode()[3] & termios.ISIG)
        terminal.type("\x1d\x01")
        self.expect(peer, b"\x1d\x01")
        os.kill(terminal.child, 15)
        self.check_restored(terminal, -15)

    def test_a_window_that_changes(self):
        terminal = self.sit(rows=24, columns=255)
        peer = self.accept()
        peer.sendall(bytes([IAC, DO, NAWS]))
        self.expect(peer, [IAC, WILL, NAWS, IAC, SB, NAWS, 0, 255, 255, 0, 24, IAC, SE])
        terminal.resize(50, 300)
        self.expect(peer, [IAC, SB, NAWS, 1, 44, 0, 50, IAC, SE])
        peer.close()
        self.check_restored(terminal)

    def test_verbose_stands_above_the_line(self):
        terminal = self.sit("-v")
        peer = self.accept()
        terminal.until("connected to")
        terminal.type("half")
        terminal.until(lambda lines: lines[-1] == "half")
        peer.sendall(bytes([IAC, WILL, ECHO, IAC, WONT, ECHO]))
        self.expect(peer, [IAC, DO, ECHO, IAC, DONT, ECHO])
        terminal.until("sent DONT ECHO")
        terminal.until(lambda lines: lines[-1] == "half")
        peer.close()
        self.check_restored(terminal)


class BesideTelnet(TelnetTest):
    """The same questions to fid and to inetutils' telnet."""

    def agreed(self, command):
        """What the client has answered to each question, as triples, and the name of its terminal."""
        terminal = Terminal(*command, XDG_STATE_HOME=str(self.folder), TERM="xterm-color", rows=33, columns=99)
        self.addCleanup(terminal.kill)
        peer = self.accept()
        questions = [(DO, TTYPE), (DO, NAWS), (WILL, ECHO), (WILL, SGA), (DO, ECHO), (WILL, BINARY), (DO, BINARY),
                     (DO, 99), (WILL, 99), (WILL, ECHO), (WONT, ECHO), (DONT, NAWS)]
        for verb, option in questions:
            peer.sendall(bytes([IAC, verb, option]))
        peer.sendall(bytes([IAC, SB, TTYPE, 1, IAC, SE]))
        data, end = b"", bytes([IAC, SE])
        while b"xterm" not in data.lower() or not data.endswith(end):
            data += peer.recv(4096)
        answers = set()
        size = name = None
        while data:
            self.assertEqual(data[0], IAC, data)
            if data[1] == SB:
                body, _, data = data[2:].partition(end)
                if body[0] == NAWS:
                    size = body[1:]
                else:
                    name = body[2:].decode()
                continue
            answers.add((data[1], data[2]))
            data = data[3:]
        return answers, size, name

    @needs("inetutils-telnet")
    def test_the_same_answers(self):
        ours = self.agreed([FID, "connect", "--telnet", "127.0.0.1", self.port])
        theirs = self.agreed([shutil.which("inetutils-telnet"), "127.0.0.1", self.port])
        self.assertEqual(ours[:2], theirs[:2])
        # Upper case there, as RFC 1091 lists names. Case does not matter to it, but to a server that takes the name for
        # its TERM, it does.
        self.assertEqual((ours[2], theirs[2]), ("xterm-color", "XTERM-COLOR"))


if __name__ == "__main__":
    os.environ["TERM"] = "TINY"
    main()
