#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid connect` between two hosts (network namespaces with a cable between them): packets lost on the way, a firewall that
resets, addresses that do not answer.

usage: connect_netns.py FID [unittest arguments]
"""
import hashlib
import os
import random
import shutil
import subprocess
import sys
import textwrap
import unittest

FID = os.path.abspath(sys.argv.pop(1))
TAG = f"fid{os.getpid()}"
NEAR, FAR = f"{TAG}-near", f"{TAG}-far"
LIMIT = 60

SERVER = textwrap.dedent("""
    import contextlib, socket, sys, threading
    listener = socket.create_server(("::", 7000), family=socket.AF_INET6, dualstack_ipv6=True)
    print("ready", flush=True)
    def echo(peer):
        with peer, contextlib.suppress(OSError):
            while block := peer.recv(65536):
                peer.sendall(block)
            peer.shutdown(socket.SHUT_WR)
    while True:
        threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()
""")


def sh(line):
    done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=LIMIT)
    if done.returncode != 0:
        raise RuntimeError(f"{line}: {done.stderr.strip()}")


def near(*words, **options):
    return subprocess.run(["ip", "netns", "exec", NEAR, FID, "connect", *words], capture_output=True, timeout=LIMIT, **options)


class TwoHosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for name in (NEAR, FAR):
            sh(f"ip netns add {name}")
            cls.addClassCleanup(subprocess.run, ["ip", "netns", "delete", name], capture_output=True)
            sh(f"ip -n {name} link set lo up")
        sh(f"ip -n {NEAR} link add eth0 type veth peer name eth0 netns {FAR}")
        for name, last in ((NEAR, 1), (FAR, 2)):
            sh(f"ip -n {name} address add 10.7.0.{last}/24 dev eth0")
            sh(f"ip -n {name} address add fd07::{last}/64 dev eth0 nodad")
            sh(f"ip -n {name} link set eth0 up")
        cls.server = subprocess.Popen(["ip", "netns", "exec", FAR, sys.executable, "-c", SERVER], stdout=subprocess.PIPE)
        cls.addClassCleanup(cls.server.stdout.close)
        cls.addClassCleanup(cls.server.wait)
        cls.addClassCleanup(cls.server.kill)
        assert cls.server.stdout.readline() == b"ready\n"

    def setUp(self):
        self.rules("flush ruleset")

    @staticmethod
    def rules(*lines):
        subprocess.run(["ip", "netns", "exec", FAR, "nft", "-f", "-"], input="\n".join(lines), text=True, check=True, timeout=LIMIT)

    def test_losses(self):
        """Every twentieth packet is lost, in both directions; no byte is."""
        self.rules("table inet t {", "chain i { type filter hook input priority 0; numgen random mod 20 0 drop; }",
                   "chain o { type filter hook output priority 0; numgen random mod 20 0 drop; }", "}")
        data = random.Random(5).randbytes(1_000_000)
        for address in ("10.7.0.2", "fd07::2"):
            done = near(address, "7000", input=data)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(hashlib.sha256(done.stdout).digest(), hashlib.sha256(data).digest())

    def test_a_firewall_resets(self):
        """The connection stands, then the way is closed with a reset: status 56, and what came before it was received."""
        for address in ("10.7.0.2", "fd07::2"):
            self.rules("flush ruleset")
            with subprocess.Popen(["ip", "netns", "exec", NEAR, FID, "connect", address, "7000"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
                process.stdin.write(b"one\n")
                self.assertEqual(process.stdout.read(4), b"one\n")
                self.rules("table inet t {", "chain i { type filter hook input priority 0;",
                           "tcp dport 7000 reject with tcp reset; }", "}")
                process.stdin.write(b"two\n")
                self.assertEqual(process.stdout.read(), b"")
                errors = process.stderr.read().decode()
                self.assertEqual(process.wait(LIMIT), 56, errors)
            self.assertIn("reset", errors)

    def test_refusals(self):
        """Closed by the host, refused by a firewall, dropped."""
        self.assertEqual(near("10.7.0.2", "7001").returncode, 7)
        self.rules("table inet t {", "chain i { type filter hook input priority 0;",
                   "tcp dport 7002 reject with icmpx admin-prohibited; tcp dport 7003 drop; }", "}")
        done = near("fd07::2", "7002")
        self.assertEqual((done.returncode, done.stdout), (7, b""), done.stderr)
        self.assertEqual(near("--timeout", "1s", "10.7.0.2", "7003").returncode, 28)


if __name__ == "__main__":
    missing = [tool for tool in ("ip", "nft") if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        print("skipped: needs", ", ".join(missing) or "root")
        sys.exit(77)
    if subprocess.run(["ip", "netns", "add", TAG], capture_output=True).returncode != 0:
        print("skipped: network namespaces cannot be made here")
        sys.exit(77)
    subprocess.run(["ip", "netns", "delete", TAG])
    unittest.main()
