#!/usr/bin/env python3
"""What people see: layouts on a terminal of a known size, progress on standard error, and neither in a pipe.

usage: terminal.py FID SOURCE
"""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

FID, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
ENVIRONMENT = {"PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8"}
failed = 0


def check(good, what, seen=""):
    global failed
    if not good:
        failed += 1
        print(f"FAILED: {what}\n{seen}")


def on_terminal(words, columns, streams=("stdout",), feed=None, **environment):
    """What a terminal receives from the named streams of fid, and what a pipe receives from the other one."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    where = {name: slave if name in streams else subprocess.PIPE for name in ("stdout", "stderr")}
    child = subprocess.Popen([FID, *words], stdin=subprocess.PIPE, cwd=SOURCE, env={**ENVIRONMENT, **environment},
                             **where)
    os.close(slave)
    for pause, text in feed or []:
        time.sleep(pause)
        child.stdin.write(text)
        child.stdin.flush()
    child.stdin.close()
    seen = b""
    while select.select([master], [], [], 10)[0]:
        try:
            block = os.read(master, 65536)
        except OSError:
            break
        if not block:
            break
        seen += block
    piped = b"".join(stream.read() for stream in (child.stdout, child.stderr) if stream)
    child.wait()
    os.close(master)
    return seen.decode().replace("\r\n", "\n"), piped.decode()


def plain(text):
    return re.sub("\x1b\\[[0-9;]*[mK]", "", text)


def table_of_subnets():
    seen, _ = on_terminal(["ipcalc", "split", "192.168.1.0/24", "--hosts", "100,50"], 80)
    wanted = ("prefix            role    wanted_hosts  hosts  first_host     last_host\n"
              "192.168.1.0/25    subnet           100    126  192.168.1.1    192.168.1.126\n"
              "192.168.1.128/26  subnet            50     62  192.168.1.129  192.168.1.190\n"
              "192.168.1.192/26  free                     62  192.168.1.193  192.168.1.254\n")
    check(plain(seen) == wanted, "the table of subnets", plain(seen))
    check("\x1b[36m192.168.1.0/25\x1b[0m" in seen, "colour for names", seen)
    bare, _ = on_terminal(["ipcalc", "split", "192.168.1.0/24", "--hosts", "100,50"], 80, NO_COLOR="1")
    check(bare == wanted, "NO_COLOR leaves the table without escape sequences", bare)


def narrow_tables_fit():
    for columns in (40, 60, 200):
        seen = plain(on_terminal(["ipcalc", "range", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::"], columns)[0])
        widest = max(len(line) for line in seen.splitlines())
        check(widest <= columns, f"a table fits {columns} columns", seen)
        check(("\u2026" in seen) == (columns < 200), f"cells are cut on {columns} columns only where they must", seen)


def chosen_fields():
    words = ["sniff", "-r", "tests/captures/first-look.pcapng", "-c", "3", "--fields", "number,source,protocol"]
    seen = plain(on_terminal(words, 80)[0])
    lines = seen.splitlines()
    check(lines and lines[0].split() == ["number", "source", "protocol"] and len(lines) == 4,
          "chosen fields are a table on a terminal", seen)
    piped = subprocess.run([FID, *words], cwd=SOURCE, env=ENVIRONMENT, capture_output=True, text=True).stdout
    check(len(piped.splitlines()) == 3 and all(line.count("\t") == 2 for line in piped.splitlines()),
          "chosen fields have tabs between them in a pipe", piped)


def an_address_is_a_screenful():
    for address in ("192.168.1.77/26", "2001:db8::/33", "10.0.0.5-10.0.1.9", "2001:0:4136:e378:8000:63bf:3fff:fdd2"):
        seen = plain(on_terminal(["ipcalc", address], 80)[0])
        check(0 < len(seen.splitlines()) < 24, f"{address} fits a screen of 24 lines", seen)
    for words in (["--help"], ["help"], []):
        seen = plain(on_terminal(words, 80)[0])
        check(0 < len(seen.splitlines()) < 24, f"fid {' '.join(words)} fits a screen of 24 lines", seen)
        check(max(map(len, seen.splitlines())) <= 80, "and 80 columns", seen)
        check(seen.find("Examples") in range(0, seen.find("Usage")), "examples come first", seen)


def many_rows_stream():
    """A table of 2^64 rows begins at once, and its end is never waited for."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    child = subprocess.Popen([FID, "ipcalc", "split", "::/0", "--prefix", "64"], stdout=slave, env=ENVIRONMENT)
    os.close(slave)
    first = os.read(master, 100) if select.select([master], [], [], 5)[0] else b""
    child.kill()
    child.wait()
    os.close(master)
    check(b"prefix" in first, "an endless table begins at once", first.decode())


def checked_ports_are_one_table():
    # The silent port decides the width of its column, although it is known last.
    code = "import socket, time; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('127.0.0.1', 0)); " \
           "print(s.getsockname()[1], flush=True); time.sleep(30)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as silent:
        port = silent.stdout.readline().decode().strip()
        seen, _ = on_terminal(["connect", "--check", "--timeout", "300ms", "udp://127.0.0.1", f"9,{port}"], 80)
        silent.kill()
    lines = plain(seen).splitlines()
    starts = [lines[i].index(word) for i, word in ((0, "state"), (1, "closed"), (2, "open|filtered"))]
    check(len(lines) == 3 and len(set(starts)) == 1, "checked ports are one aligned table", seen)


SLOW = [(0, b"10.0.0.1\n"), (1.3, b"10.0.0.2\n"), (0.3, b"10.0.0.3\n")]


def progress():
    for words, label in ((["ipcalc", "count"], "reading stdin"), (["ipcalc", "merge"], "reading stdin"),
                         (["ipcalc", "sort"], "reading stdin"), (["ipcalc", "grep", "::/0"], "searching stdin")):
        name = " ".join(words)
        seen, _ = on_terminal(words, 60, ("stderr",), SLOW)
        check(label in seen, f"{name} shows progress after a second", repr(seen))
        check(seen.endswith("\r\x1b[K"), f"{name} takes its progress away", repr(seen))
        seen, _ = on_terminal([*words, "--quiet"], 60, ("stderr",), SLOW)
        check(seen == "", f"{name} --quiet shows none", repr(seen))
        done = subprocess.run(["sh", "-c", f"(echo 10.0.0.1; sleep 1.2; echo 10.0.0.2) | {FID} {name}"],
                              env=ENVIRONMENT, capture_output=True, text=True)
        check(done.stderr == "", f"{name} shows none in a pipe", done.stderr)
    seen, _ = on_terminal(["ipcalc", "count"], 60, ("stderr",), [(0, b"10.0.0.1\n"), (0.1, b"10.0.0.2\n")])
    check(seen == "", "short work shows no progress", repr(seen))
    # Results and progress on one terminal: only where the results come after.
    seen, _ = on_terminal(["ipcalc", "merge"], 60, ("stdout", "stderr"), SLOW)
    check("reading stdin" in seen and plain(seen.rpartition("\r")[2]).startswith("10.0.0.1"),
          "merge writes its list where the progress was", repr(seen))
    seen, _ = on_terminal(["ipcalc", "grep", "::/0"], 60, ("stdout", "stderr"), SLOW)
    check("searching" not in seen, "grep's lines are not mixed with progress", repr(seen))
    # A message takes the line away first.
    bad = [SLOW[0], SLOW[1], (0.3, b"junk\n")]
    seen, _ = on_terminal(["ipcalc", "count"], 60, ("stderr",), bad)
    check("\r\x1b[K\x1b[1;31mfid ipcalc count:" in seen, "an error stands on a line of its own", repr(seen))


for test in (table_of_subnets, narrow_tables_fit, chosen_fields, an_address_is_a_screenful, many_rows_stream,
             checked_ports_are_one_table, progress):
    test()
print(f"terminal: {failed} failed")
sys.exit(failed != 0)
