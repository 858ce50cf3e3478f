# SPDX-License-Identifier: MIT
"""A terminal to run programs on: keys in, and what a screen would show of what comes out."""
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

LIMIT = 20  # seconds until a test gives up waiting for the screen


class Screen:
    """As much of an xterm as the programs here use; what it does not know is kept in `strange`."""

    def __init__(self):
        self.rows, self.row, self.column, self.strange = [[]], 0, 0, []
        self.rest = ""

    def feed(self, text):
        text, self.rest = self.rest + text, ""
        while text:
            if text[0] == "\x1b":
                found = re.match(r"\x1b\[([0-9;?]*)([A-Za-z])", text)
                if not found:
                    if len(text) < 16:
                        self.rest = text
                        return
                    self.strange.append(text[:16])
                    text = text[1:]
                    continue
                self.control(found[1], found[2])
                text = text[found.end():]
                continue
            self.put(text[0])
            text = text[1:]

    def control(self, parameters, kind):
        if kind == "K" and not parameters:
            del self.rows[self.row][self.column:]
        elif kind == "C":
            self.column += int(parameters or 1)
        else:
            self.strange.append(f"\\e[{parameters}{kind}")

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
            if self.row == len(self.rows):
                self.rows.append([])
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character >= " ":
            row = self.rows[self.row]
            row.extend(" " * (self.column + 1 - len(row)))
            row[self.column] = character
            self.column += 1
        else:
            self.strange.append(repr(character))

    def lines(self):
        return ["".join(row) for row in self.rows]


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, *command, rows=24, columns=80, **environment):
        self.screen, self.seen = Screen(), b""
        self.child, self.master = pty.fork()
        if self.child == 0:
            # The mode before the program has begun is what it must leave behind.
            os.environ.update({"TERM": "xterm", "LC_ALL": "C.UTF-8", **environment})
            signal.sigwait({signal.SIGUSR1})
            os.execv(command[0], list(command))
        self.resize(rows, columns)
        self.before = self.mode()
        self.status = None
        # It waits before it is told to begin: SIGUSR1 is blocked there, as it is inherited from here.
        os.kill(self.child, signal.SIGUSR1)

    def mode(self):
        return termios.tcgetattr(self.master)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)

    def look(self, patience):
        """Takes in what comes within so many seconds; False where nothing has."""
        if not select.select([self.master], [], [], patience)[0]:
            return False
        try:
            block = os.read(self.master, 65536)
        except OSError:
            return False
        self.seen += block
        self.screen.feed(block.decode("latin-1" if b"\xff" in block else "utf-8", errors="replace"))
        return bool(block)

    def until(self, what, why=""):
        """Waits for a text on the screen, or for a condition of the lines."""
        condition = what if callable(what) else lambda lines: any(what in line for line in lines)
        end = time.monotonic() + LIMIT
        while not condition(self.screen.lines()):
            assert time.monotonic() < end, (why or what, self.screen.lines())
            if self.ended() and not self.look(0):
                break
            self.look(0.05)
        assert condition(self.screen.lines()), (why or what, self.screen.lines())

    def last_line(self):
        return self.screen.lines()[self.screen.row]

    def ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.child, os.WNOHANG)
            if pid != 0:
                self.status = status
        return self.status is not None

    def end(self):
        """Waits for the program's end; its status, negative for a signal."""
        end = time.monotonic() + LIMIT
        while not self.ended():
            assert time.monotonic() < end, ("it does not end", self.screen.lines())
            self.look(0.02)
        while self.look(0):
            pass
        return os.waitstatus_to_exitcode(self.status)

    def kill(self):
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            if self.status is None:
                os.kill(self.child, signal.SIGKILL)
                os.waitpid(self.child, 0)
        os.close(self.master)


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
