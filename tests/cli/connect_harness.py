# SPDX-License-Identifier: MIT
"""What the tests of `fid connect` share: starting peers, serving, running FID (the first argument of the test)."""
import contextlib
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from ports import free_port  # noqa: F401

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


def wait_for(condition, what, process=None):
    """Waits until the condition holds, for which a busy machine may need long; not beyond the end of the process that
    should bring it about."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f"{what} did not come about"
        if process is not None and process.poll() is not None:
            said = getattr(process, "said", None)
            raise AssertionError(f"{what} did not come about: status {process.returncode}, {said and said.read_text()!r}")
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
        said = self.folder / f"said-{len(list(self.folder.glob('said-*')))}"  # what a peer says that did not come up
        with open(said, "wb") as log:
            options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": log} | options
            process = subprocess.Popen([str(each) for each in command], **options)
        process.said = said
        self.addCleanup(self.end, process)
        if port:
            wait_for(lambda: listens(port), f"{command[0]} on port {port}", process)
        if ready:
            wait_for(ready, str(command[0]), process)
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


def main():
    result = unittest.main(exit=False, verbosity=1).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if result.testsRun == len(result.skipped) else 0)
