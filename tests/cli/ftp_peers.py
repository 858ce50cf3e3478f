#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid ftp` with vsftpd, proftpd and pyftpdlib, in the clear and over TLS, and beside curl and lftp.

usage: ftp_peers.py FID Vsftpd|Proftpd|Pyftpdlib [unittest arguments]
"""
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

import ftp_servers

FID = os.path.abspath(sys.argv.pop(1))
KIND = getattr(ftp_servers, sys.argv.pop(1))
LIMIT = 60  # seconds for one run; none takes three

# Names that somebody has had trouble with. What an FTP command cannot hold (CR, LF) is tested in ftp_hostile.py.
AWKWARD = ["plain", "two words", " leading", "quote\"d", "it's", "-dash", "na\u00efve-\u65e5\u672c", ".hidden",
           "star*[a]", "100%", "hash#?", "~tilde", "semi;colon=x", "back\\slash", "a -> b", "x" * 200]
TIME = 1_700_000_000  # 2023: LIST tells the day only


def run(*words, **more):
    environment = dict(os.environ, HOME="/nonexistent")
    environment.update(more.pop("env", {}))
    return subprocess.run([FID, "ftp", *words], capture_output=True, timeout=LIMIT, env=environment, **more)


def records(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def digests(folder):
    """Each path below with its SHA-256; directories as None."""
    found = {}
    for top, directories, files in os.walk(folder):
        for name in directories:
            found[os.path.relpath(os.path.join(top, name), folder)] = None
        for name in files:
            path = os.path.join(top, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = hashlib.sha256(file.read()).hexdigest()
    return found


def write(folder, name, data, when=TIME):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    os.utime(path, (when, when))


class Peer:
    """The same for each server, in the clear and over TLS."""
    kind = None
    tls = False

    def setUp(self):
        self.server = self.kind(tls=self.tls).__enter__()
        self.addCleanup(self.server.__exit__)
        self.here = tempfile.mkdtemp(prefix="fid-ftp-here-")
        self.addCleanup(shutil.rmtree, self.here, True)

    def fid(self, verb, *words, status=0, **more):
        done = run(verb, *self.server.options, *words, **more)
        self.assertEqual(done.returncode, status, done.stderr.decode(errors="replace") + self.server.said()[-2000:])
        return done

    def url(self, name=""):
        return self.server.url + urllib.parse.quote(name)

    def curl(self, *words):
        login = ["--user", f"{self.server.user}:{self.server.password}"] if self.server.user else []
        tls = ["--ssl-reqd", "--cacert", self.server.certificate] if self.tls else []
        done = subprocess.run(["curl", "-sS", *login, *tls, *words], capture_output=True, timeout=LIMIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_get_put_and_manage(self):
        data = os.urandom(300_000)
        write(self.here, "up.bin", data)
        local = os.path.join(self.here, "up.bin")
        self.fid("mkdir", "-p", self.url("a/b"))
        self.fid("put", local, self.url("a/b/up.bin"))
        with open(os.path.join(self.server.files, "a/b/up.bin"), "rb") as file:
            self.assertEqual(file.read(), data)
        self.assertEqual(os.listdir(os.path.join(self.server.files, "a/b")), ["up.bin"])  # no part is left
        entry = records(self.fid("stat", "--json", self.url("a/b/up.bin")))[0]
        self.assertEqual((entry["kind"], entry["size_bytes"]), ("file", len(data)))
        down = os.path.join(self.here, "down.bin")
        told = records(self.fid("get", "--json", "-o", down, self.url("a/b/up.bin")))[0]
        self.assertEqual((told["state"], told["bytes"]), ("copied", len(data)))
        with open(down, "rb") as file:
            self.assertEqual(file.read(), data)
        there = os.path.join(self.server.files, "a/b/up.bin")
        self.assertEqual(int(os.stat(down).st_mtime), int(os.stat(there).st_mtime))
        self.fid("get", "-o", down, self.url("a/b/up.bin"), status=23)  # it is there already
        self.fid("get", "--force", "-o", down, self.url("a/b/up.bin"))
        self.assertEqual(self.fid("cat", self.url("a/b/up.bin")).stdout, data)
        self.fid("mv", self.url("a/b/up.bin"), self.url("a/renamed"))
        self.fid("get", "-d", os.path.join(self.here, "new"), self.url("a/b/up.bin"), status=22)
        self.fid("rm", self.url("a/renamed"))
        self.fid("rmdir", self.url("a/b"))
        self.assertEqual(os.listdir(os.path.join(self.server.files, "a")), [])
        self.fid("rm", self.url("a/renamed"), status=22)

    def test_names_and_bytes_as_curl_and_lftp_see_them(self):
        for number, name in enumerate(AWKWARD):
            write(self.server.files, name, name.encode() * (number + 1))
        listed = records(self.fid("ls", "--json", self.url()))
        self.assertEqual({entry["name"] for entry in listed}, set(AWKWARD))
        for entry in listed:
            size = len(entry["name"].encode()) * (AWKWARD.index(entry["name"]) + 1)
            self.assertEqual((entry["kind"], entry["size_bytes"]), ("file", size))
            self.assertIn(entry["modified"][:10], ("2023-11-14",))
        urls = [self.url(name) for name in AWKWARD]
        ours = self.fid("cat", *urls).stdout
        self.assertEqual(ours, b"".join(name.encode() * (number + 1) for number, name in enumerate(AWKWARD)))
        if self.kind is not ftp_servers.Pyftpdlib or not self.tls:  # curl's TLS does not get on with pyftpdlib
            # Over TLS curl waits half a second at the end of each file.
            names = AWKWARD[:2] if self.tls else AWKWARD
            theirs = self.curl("--globoff", *map(self.url, names))
            self.assertEqual(theirs, ours[:len(theirs)])
            self.assertEqual(len(theirs), sum(len(name.encode()) * (AWKWARD.index(name) + 1) for name in names))
        if shutil.which("lftp") and not self.tls:
            login = f"-u user,{self.server.password} " if self.server.user == "user" else \
                f"-u {self.server.user},{self.server.password} " if self.server.user else ""
            script = ("set ftp:ssl-allow no; set ftp:list-options -a; "
                      f"open {login}ftp://127.0.0.1:{self.server.port}/{self.server.path}; cls -1a")
            done = subprocess.run(["lftp", "--norc", "-c", script], capture_output=True, timeout=LIMIT,
                                  env=dict(os.environ, LC_ALL="C.UTF-8", HOME=self.here))
            # lftp takes an arrow for a link's in LIST, and quotes nothing.
            theirs = {name.rstrip("/").removeprefix("./") for name in done.stdout.decode().splitlines()} - {".", ".."}
            self.assertEqual(theirs - {"a"}, set(AWKWARD) - {"a -> b"} | (theirs & {"a -> b"}), done.stderr)

    def test_mirror_both_ways(self):
        for number in range(30):
            path = f"tree/{number % 4}/deep/{number}"
            write(self.server.files, path, os.urandom(1 + number * 700), TIME + number * 61)
        for name in AWKWARD:
            write(self.server.files, "tree/odd/" + name, name.encode())
        os.makedirs(os.path.join(self.server.files, "tree/empty"))
        self.server.own()
        down = os.path.join(self.here, "down")
        summary = records(self.fid("mirror", "--json", self.url("tree"), down))[-1]
        self.assertEqual((summary["type"], summary["copied"], summary["failed"]), ("summary", 30 + len(AWKWARD), 0))
        wanted = digests(os.path.join(self.server.files, "tree"))
        self.assertEqual(digests(down), wanted)
        for number in range(30):
            self.assertEqual(int(os.stat(f"{down}/{number % 4}/deep/{number}").st_mtime), TIME + number * 61)
        again = records(self.fid("mirror", "--json", self.url("tree"), down))[-1]
        self.assertEqual((again["copied"], again["equal"]), (0, 30 + len(AWKWARD)))
        # What is not at the server: only with --delete, and not where it is excluded.
        write(down, "0/surplus", b"x")
        write(down, "keep/me", b"x")
        self.fid("mirror", self.url("tree"), down)
        self.assertIn("0/surplus", digests(down))
        dry = records(self.fid("mirror", "--json", "--delete", "--dry-run", self.url("tree"), down))[-1]
        self.assertEqual(dry["removed"], 2)
        self.assertIn("0/surplus", digests(down))
        self.fid("mirror", "--delete", "--exclude", "keep/", self.url("tree"), down)
        self.assertNotIn("0/surplus", digests(down))
        self.assertIn("keep/me", digests(down))
        shutil.rmtree(os.path.join(down, "keep"))
        # The other way, to a directory that does not exist.
        self.fid("mirror", down, self.url("copy"))
        self.assertEqual(digests(os.path.join(self.server.files, "copy")), wanted)
        again = records(self.fid("mirror", "--json", down, self.url("copy")))[-1]
        self.assertEqual((again["copied"], again["equal"]), (0, 30 + len(AWKWARD)))
        write(down, "0/deep/0", b"changed", int(time.time()) + 5)
        shutil.rmtree(os.path.join(down, "odd"))
        self.fid("mirror", "--delete", down, self.url("copy"))
        self.assertEqual(digests(os.path.join(self.server.files, "copy")), digests(down))

    def test_a_file_newer_here_is_left_alone(self):
        write(self.server.files, "t/f", b"theirs")
        self.server.own()
        down = os.path.join(self.here, "down")
        write(down, "f", b"mine, worked on", int(time.time()))
        told = records(self.fid("mirror", "--json", self.url("t"), down, status=75))
        self.assertEqual([one["state"] for one in told if one["type"] == "transfer"], ["newer"])
        self.fid("mirror", "--force", self.url("t"), down)
        with open(os.path.join(down, "f"), "rb") as file:
            self.assertEqual(file.read(), b"theirs")

    def test_resume_down_and_up(self):
        data = os.urandom(1_000_000)
        write(self.server.files, "big", data)
        self.server.own()
        down = os.path.join(self.here, "big")
        write(self.here, "big", data[:400_000])  # as another program left it
        told = records(self.fid("get", "--json", "--resume", "-o", down, self.url("big")))[0]
        self.assertEqual((told["offset_bytes"], told["bytes"]), (400_000, 600_000))
        with open(down, "rb") as file:
            self.assertEqual(file.read(), data)
        told = records(self.fid("get", "--json", "--resume", "-o", down, self.url("big")))[0]
        self.assertEqual((told["state"], told["bytes"]), ("equal", 0))
        # Up: what an earlier run has left lies there under a name that the size and the time are part of.
        write(self.here, "up", data, TIME)
        local = os.path.join(self.here, "up")
        said = self.fid("put", "-vv", local, self.url("up")).stderr.decode()
        partial = re.search(r"STOR \S*?([^/\s]*fidpart[^/\s]*)", said)[1]
        write(self.server.files, partial, data[:400_000])
        os.unlink(os.path.join(self.server.files, "up"))
        self.server.own()
        told = records(self.fid("put", "--json", "--resume", local, self.url("up")))[0]
        self.assertEqual((told["offset_bytes"], told["bytes"]), (400_000, 600_000))
        with open(os.path.join(self.server.files, "up"), "rb") as file:
            self.assertEqual(file.read(), data)
        self.assertFalse(os.path.exists(os.path.join(self.server.files, partial)))

    def test_a_mirror_killed_and_run_again_until_equal(self):
        for number in range(6):
            write(self.server.files, f"t/{number}", os.urandom(3_000_000), TIME + number)
        self.server.own()
        down = os.path.join(self.here, "down")
        words = [FID, "ftp", "mirror", "--parallel", "2", *self.server.options, self.url("t"), down]
        for pause in (0.05, 0.1):
            process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
            process.wait()
            # No file has its name before it is whole.
            whole = digests(os.path.join(self.server.files, "t"))
            for name, digest in digests(down).items() if os.path.isdir(down) else []:
                if not name.startswith("."):
                    self.assertEqual(digest, whole[name])
        self.fid("mirror", self.url("t"), down)
        self.assertEqual(digests(down), digests(os.path.join(self.server.files, "t")))

    def test_active_and_sequential(self):
        write(self.server.files, "f", b"data")
        self.assertEqual(self.fid("cat", "--active", self.url("f")).stdout, b"data")
        self.assertEqual(self.fid("cat", "--sequential", self.url("f"), self.url("f")).stdout, b"datadata")

    def test_patterns(self):
        for name in ("a.iso", "b.iso", "c.txt"):
            write(self.server.files, name, name.encode())
        self.fid("get", "-d", self.here, self.server.url + "*.iso")
        self.assertEqual(sorted(os.listdir(self.here)), ["a.iso", "b.iso"])
        self.fid("get", "-d", self.here, self.server.url + "*.none", status=22)

    def test_the_tls_that_was_asked_for(self):
        write(self.server.files, "f", b"data")
        plain = [word for word in self.server.options if word not in ("--tls", "none")]
        if self.tls:
            self.assertEqual(run("cat", *plain, "--tls", "required", self.url("f")).stdout, b"data")
            self.assertEqual(run("cat", *plain[2:], self.url("f")).returncode, 60)  # nobody vouches for it
            said = run("cat", *plain, "-vv", self.url("f")).stderr.decode()
            self.assertIn("PROT P", said)
            self.assertNotIn(getattr(self.server, "password", "no password"), said)
        else:
            self.assertEqual(run("cat", *plain, "--tls", "required", self.url("f")).returncode, 35)
            if self.server.user:  # no password in the clear
                self.assertEqual(run("cat", *plain, self.url("f")).returncode, 35)

    def test_record(self):
        write(self.server.files, "f", b"the data of the file")
        capture = os.path.join(self.here, "out.pcapng")
        self.fid("cat", "--record", capture, self.url("f"))
        shown = subprocess.run([FID, "sniff", "-r", capture], capture_output=True, timeout=LIMIT)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertGreaterEqual(shown.stdout.count(b"[S]") + shown.stdout.count(b"SYN"), 1)


@unittest.skipIf(KIND is ftp_servers.Vsftpd, "vsftpd's passwords are the machine's")
class WrongPassword(unittest.TestCase):
    def test_it(self):
        with KIND() as server:
            done = run("ls", "--tls", "none", server.url, env={"FID_FTP_PASSWORD": "wrong"})
            self.assertEqual(done.returncode, 67, done.stderr)
            done = run("ls", "--tls", "none", server.url, stdin=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 67, done.stderr)
            netrc = os.path.join(server.folder, "netrc")
            with open(netrc, "w") as file:
                file.write(f"machine 127.0.0.1 login {server.user} password {server.password}\n")
            os.chmod(netrc, 0o600)
            done = run("ls", "--tls", "none", "--netrc", netrc, server.url)
            self.assertEqual((done.returncode, done.stderr), (0, b""))


@unittest.skipIf(KIND is not ftp_servers.Pyftpdlib, "one server is enough for it")
class FewerConnections(unittest.TestCase):
    """A server that allows two logins at a time: a mirror over eight goes on with two."""

    def test_it(self):
        with KIND(most=2) as server, tempfile.TemporaryDirectory() as here:
            for number in range(40):
                write(server.files, f"t/{number}", os.urandom(1000))
            done = run("mirror", "--json", "--parallel", "8", *server.options, server.url + "t", here + "/down")
            summary = records(done)[-1]
            self.assertEqual((done.returncode, summary["copied"], summary["failed"]), (0, 40, 0), done.stderr)
            self.assertEqual(digests(here + "/down"), digests(server.files + "/t"))


class Plain(Peer, unittest.TestCase):
    kind = KIND


class Tls(Peer, unittest.TestCase):
    kind = KIND
    tls = True


if __name__ == "__main__":
    if KIND.missing():
        print("skipped: " + KIND.missing())
        sys.exit(77)
    unittest.main(warnings="ignore")
