#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid connect as people use it: on a terminal, with a peer that talks in between.

usage: connect_terminal.py FID [TEST...]
"""
import os
import pathlib
import signal
import socket
import stat
import sys
import tempfile
import termios
import unittest

from connect_harness import FID, main
from pseudo_terminal import LIMIT, Terminal

UP, LEFT, HOME = "\x1b[A", "\x1b[D", "\x1b[H"

# As a shell does it: the job gets the terminal, is stopped, and is continued.
SHELL = """
import os, signal, sys, termios
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
before = termios.tcgetattr(0)
job = os.fork()
if job == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    _, status = os.waitpid(job, os.WUNTRACED)
    os.tcsetpgrp(0, os.getpgrp())
    if not os.WIFSTOPPED(status):
        break
    same = termios.tcgetattr(0) == before
    print("stopped, restored:", same, "blocking:", os.get_blocking(0), flush=True)
    sys.stdin.readline()
    os.tcsetpgrp(0, job)
    os.kill(job, signal.SIGCONT)
print("ended, restored:", termios.tcgetattr(0) == before, flush=True)
"""


class TerminalTest(unittest.TestCase):
    def setUp(self):
        self.state = self.enterContext(tempfile.TemporaryDirectory())
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)
        self.listener.settimeout(LIMIT)

    def sit(self, *words, before=(), **options):
        """fid on a terminal, connected to a peer that is us."""
        port = str(self.listener.getsockname()[1])
        options = {"XDG_STATE_HOME": self.state, "NO_COLOR": "1", **options}
        terminal = Terminal(*before, FID, "connect", *words, "127.0.0.1", port, **options)
        self.addCleanup(terminal.kill)
        peer = self.listener.accept()[0]
        self.addCleanup(peer.close)
        peer.settimeout(LIMIT)
        # The first thing drawn says that keys are read one by one from now on.
        peer.sendall(b"hello\n")
        terminal.until("hello")
        return terminal, peer

    def history(self):
        return pathlib.Path(self.state, "fid", "connect_history")

    def received(self, peer, wanted):
        data = b""
        while len(data) < len(wanted):
            block = peer.recv(65536)
            self.assertTrue(block, data)
            data += block
        self.assertEqual(data, wanted)

    def check_restored(self, terminal, status):
        self.assertEqual(terminal.end(), status, terminal.screen.lines())
        self.assertEqual(terminal.mode(), terminal.before)
        self.assertEqual(terminal.screen.strange, [])
        self.assertEqual(terminal.screen.column, 0, terminal.screen.lines())

    def test_lines_are_edited(self):
        terminal, peer = self.sit()
        terminal.type("helo wrld" + LEFT * 3 + "o" + HOME + "x\x7f" + "\x05!" + "\r")
        self.received(peer, b"helo world!\n")
        terminal.type("away\x15stay\r")
        self.received(peer, b"stay\n")
        terminal.type(UP + UP + "\x01>\r")
        self.received(peer, b">helo world!\n")
        terminal.type("a\u00e4\u65e5\x7fb\r")
        self.received(peer, "a\u00e4b\n".encode())
        terminal.until("a\u00e4b")
        self.assertEqual(terminal.screen.lines()[:5], ["hello", "helo world!", "stay", ">helo world!", "a\u00e4b"])

    def test_line_ends(self):
        terminal, peer = self.sit("--crlf")
        terminal.type("a\rb\r")
        self.received(peer, b"a\r\nb\r\n")
        terminal.type("\x04")
        self.assertEqual(peer.recv(10), b"")  # the end of input is passed on
        peer.sendall(b"last words")
        peer.close()
        self.check_restored(terminal, 0)
        self.assertIn("last words", terminal.screen.lines())

    def test_text_comes_above_what_is_typed(self):
        terminal, peer = self.sit()
        terminal.type("half a li")
        terminal.until("half a li")
        peer.sendall(b"news\r\n\x1b]0;title\x07\x1b[31mred\x9b\xe2\x80\xaebidi\n")
        terminal.until(lambda lines: lines[-1] == "half a li" and len(lines) == 4)
        self.assertEqual(terminal.screen.lines()[1:3],
                         ["news", "\\x1b]0;title\\x07\\x1b[31mred\\x9b\\u{202e}bidi"])
        # The peer's own prompt stands before it.
        peer.sendall(b"name? ")
        terminal.until("name? half a li")
        terminal.type("ne\r")
        self.received(peer, b"half a line\n")
        terminal.until(lambda lines: lines[-2:] == ["name? half a line", ""])
        for block in (b"t\xc3", b"\xa4st\r", b"\nend\n"):
            peer.sendall(block)
        terminal.until("end")
        self.assertEqual(terminal.screen.lines()[-3:], ["t\u00e4st", "end", ""])
        self.assertNotIn(b"\x1b[31m", terminal.seen)
        self.assertNotIn(b"\x07", terminal.seen)
        peer.close()
        self.check_restored(terminal, 0)

    def test_no_escape_sequence_gets_through(self):
        """Every control byte, cut in every way, while something is being typed."""
        terminal, peer = self.sit()
        terminal.type("typed")
        terminal.until("typed")
        every = bytes(range(256)) + "\u0085\u009b\u202e\u2066\U000e0041".encode()
        for at in range(0, len(every), 3):
            peer.sendall(every[at:at + 3])
        peer.sendall(b"\ndone\n")
        terminal.until("done")
        peer.close()
        self.check_restored(terminal, 0)
        for bad in ("\u0085", "\u009b", "\u202e", "\u2066"):
            self.assertNotIn(bad, "".join(terminal.screen.lines()))

    def test_a_long_line_stays_in_its_row_and_follows_the_window(self):
        terminal, peer = self.sit(columns=40)
        terminal.type("x" * 100 + "END")
        terminal.until(lambda lines: lines[-1].endswith("END"))
        self.assertEqual(len(terminal.screen.lines()), 2)
        self.assertLess(len(terminal.last_line()), 40)
        terminal.resize(24, 120)
        terminal.until("x" * 100 + "END")
        terminal.type("\r")
        self.received(peer, b"x" * 100 + b"END\n")

    def test_history_is_kept_for_the_next_session(self):
        terminal, peer = self.sit()
        terminal.type("one\r two\rthree\r\x04")
        self.received(peer, b"one\n two\nthree\n")
        peer.close()
        self.check_restored(terminal, 0)
        self.assertEqual(self.history().read_text(), "one\nthree\n")
        self.assertEqual(stat.S_IMODE(self.history().stat().st_mode), 0o600)
        terminal, peer = self.sit("--no-history")
        terminal.type(UP + "untold\r\x04")
        self.received(peer, b"untold\n")
        peer.close()
        self.check_restored(terminal, 0)
        self.assertEqual(self.history().read_text(), "one\nthree\n")
        self.history().write_text("".join(f"line {i}\n" for i in range(2000)))
        terminal, peer = self.sit()
        terminal.type(UP + "\r")
        self.received(peer, b"line 1999\n")
        terminal.type("\x03")
        self.check_restored(terminal, 130)
        self.assertEqual(self.history().read_text().splitlines(), [f"line {i}" for i in range(1001, 2000)] + ["line 1999"])

    def test_no_history_where_it_cannot_be(self):
        terminal, peer = self.sit(XDG_STATE_HOME="/dev/null")
        terminal.type("one\r\x04")
        self.received(peer, b"one\n")
        peer.close()
        self.check_restored(terminal, 0)

    def test_every_end_restores_the_terminal(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, -15), (signal.SIGHUP, -1), (signal.SIGQUIT, -3)):
            with self.subTest(number=number):
                terminal, peer = self.sit()
                terminal.type("x")
                terminal.until("x")
                self.assertFalse(terminal.mode()[3] & termios.ECHO)
                if number in (signal.SIGINT, signal.SIGQUIT):
                    terminal.type("\x03" if number == signal.SIGINT else "\x1c")
                else:
                    os.kill(terminal.child, number)
                self.assertEqual(terminal.end(), status)
                self.assertEqual(terminal.mode(), terminal.before)
        terminal, peer = self.sit()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        peer.close()
        self.check_restored(terminal, 56)

    def test_ctrl_c_twice_leaves_at_once(self):
        """What is stopped by the first one waits for nothing; the second must restore the terminal as well."""
        terminal, peer = self.sit()
        os.kill(terminal.child, signal.SIGSTOP)
        terminal.type("\x03")
        os.kill(terminal.child, signal.SIGCONT)
        self.assertEqual(terminal.end(), 130)
        self.assertEqual(terminal.mode(), terminal.before)

    def test_suspended_and_continued(self):
        terminal, peer = self.sit(before=(sys.executable, "-c", SHELL))
        terminal.type("half")
        terminal.until("half")
        terminal.type("\x1a")
        terminal.until("stopped, restored: True blocking: True")
        terminal.type("\r")
        terminal.until(lambda lines: lines[-1] == "half")
        terminal.type(" a line\r")
        self.received(peer, b"half a line\n")
        peer.close()
        terminal.until("ended, restored: True")

    def test_no_edit_leaves_the_terminal_alone(self):
        for words, kind in ((["--no-edit"], "xterm"), ([], "dumb")):
            terminal, peer = self.sit(*words, TERM=kind)
            self.assertEqual(terminal.mode(), terminal.before)
            terminal.type("ab\x7fc\r")
            self.received(peer, b"ac\n")
            peer.close()
            self.assertEqual(terminal.end(), 0)
            self.assertEqual(terminal.mode(), terminal.before)

    def test_each_line_is_a_datagram(self):
        with socket.socket(type=socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.settimeout(LIMIT)
            terminal = Terminal(FID, "connect", f"udp://127.0.0.1:{peer.getsockname()[1]}", XDG_STATE_HOME=self.state)
            self.addCleanup(terminal.kill)
            terminal.until(lambda _: not terminal.mode()[3] & termios.ECHO, "it reads keys")
            terminal.type("one\rtwo\r")
            data, place = peer.recvfrom(100)
            self.assertEqual((data, peer.recv(100)), (b"one\n", b"two\n"))
            peer.sendto(b"answer\n", place)
            terminal.until("answer")
            terminal.type("\x03")
            self.check_restored(terminal, 130)

    def test_a_flood_and_fast_typing(self):
        terminal, peer = self.sit()
        lines = b"".join(b"line %d\n" % i for i in range(20000))
        for at in range(0, len(lines), 10000):
            terminal.type("k")
            peer.sendall(lines[at:at + 10000])
            while terminal.look(0):
                pass
        typed = "k" * -(-len(lines) // 10000)
        # Nothing more is to be shown: a terminal that is not read would hold up what is typed.
        last = lines.splitlines()[-1].decode()
        terminal.until(lambda rows: rows[-1] == typed and last in rows)
        terminal.type("\r")
        self.received(peer, typed.encode() + b"\n")
        shown = [line for line in terminal.screen.lines() if line.startswith("line ")]
        self.assertEqual(len(shown), len(set(shown)))


if __name__ == "__main__":
    main()
