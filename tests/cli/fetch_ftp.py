#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid fetch with ftp:// and ftps:// URLs beside curl: the same words to both, on vsftpd in the clear and with TLS (whose
session the data connection must take up), and on pyftpdlib for logins. The same comes to standard output, into files and
onto the server, and the status is curl's where the house has it.

usage: fetch_ftp.py FID [unittest arguments]
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import ftp_servers

FID = os.path.abspath(sys.argv.pop(1))
CONTENT = bytes(range(256)) * 2000
# curl has one number for each reply; these are the house's for them.
STATUSES = {9: 22, 78: 22, 64: 35}


class Peer(unittest.TestCase):
    kind, tls = ftp_servers.Vsftpd, False

    def setUp(self):
        if why := self.kind.missing() or (None if shutil.which("curl") else "curl is not installed"):
            self.skipTest(why)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fetch-ftp-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.server = self.enterContext(self.kind(tls=self.tls))
        self.files = pathlib.Path(self.server.files)
        (self.files / "data.bin").write_bytes(CONTENT)
        (self.files / "two words.txt").write_text("text\n")
        (self.files / "sub").mkdir()
        (self.files / "sub" / "a.txt").write_text("a\n")
        os.utime(self.files / "data.bin", (1_700_000_000,) * 2)
        self.server.own()
        self.url = f"ftp://127.0.0.1:{self.server.port}/{self.server.path}"

    def run_one(self, program, words):
        place = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (place / "up.bin").write_bytes(CONTENT[:5000])
        (place / "data.bin").write_bytes(CONTENT[:1234])
        (place / "netrc").write_text("machine 127.0.0.1 login user password secret\n")
        done = subprocess.run(program + words, cwd=place, capture_output=True, timeout=60, stdin=subprocess.DEVNULL,
                              env=dict(os.environ, HOME=str(place)))
        files = {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}
        if (place / "dated").exists():
            files["its time"] = (place / "dated").stat().st_mtime
        return done, files

    def alike(self, *words, status=0):
        """Runs both; gives what fid said."""
        words = [word.replace("URL/", self.url) for word in words] + (["--cacert", self.server.certificate] if self.tls else [])
        (ours, ours_files), (theirs, theirs_files) = (self.run_one(program, words) for program in ([FID, "fetch"], ["curl"]))
        about = (words, ours.stderr, theirs.stderr)
        self.assertEqual((ours.returncode, ours.stdout), (STATUSES.get(theirs.returncode, theirs.returncode), theirs.stdout), about)
        self.assertEqual(ours.returncode, status, about)
        if status == 0:
            self.assertEqual(ours_files, theirs_files, about)
        return ours


class Vsftpd(Peer):
    required = []

    def both(self, *words, **more):
        return self.alike(*self.required, *words, **more)

    def test_download(self):
        self.assertEqual(self.both("-s", "URL/data.bin").stdout, CONTENT)
        self.assertEqual(self.both("-s", "URL/two%20words.txt", "URL/sub/a.txt").stdout, b"text\na\n")
        self.both("-s", "-O", "URL/sub/a.txt", "-o", "second", "URL/data.bin")
        self.both("-s", "-r", "100-199", "URL/data.bin")
        self.both("-s", "-R", "-o", "dated", "URL/data.bin")
        self.both("-s", "-o", "#1.out", "URL/{data.bin,two%20words.txt}")
        self.both("-s", "-i", "URL/sub/a.txt")
        self.both("-sI", "URL/data.bin")

    def test_goes_on(self):
        self.both("-s", "-C", "1000", "URL/data.bin")
        done, files = self.run_one([FID, "fetch", *self.required], ["-s", "-O", f"{self.url}data.bin", *(
            ["--cacert", self.server.certificate] if self.tls else [])])
        self.assertEqual((done.returncode, files["data.bin"]), (0, CONTENT), done.stderr)

    def test_folder(self):
        lines = self.both("-s", "URL/").stdout.decode().splitlines()
        self.assertEqual(len(lines), 3, lines)

    def test_upload(self):
        for target in ("URL/new.bin", "URL/sub/"):
            self.both("-s", "-T", "up.bin", target)
        self.assertEqual((self.files / "new.bin").read_bytes(), CONTENT[:5000])
        self.assertEqual((self.files / "sub" / "up.bin").read_bytes(), CONTENT[:5000])

    def test_refused(self):
        self.both("-sS", "URL/missing", status=22)
        self.both("-sS", "URL/nowhere/missing", status=22)

    def test_record_and_dialogue(self):
        words = [*self.required, *(["--cacert", self.server.certificate] if self.tls else []), self.url + "sub/a.txt"]
        done = subprocess.run([FID, "fetch", "--json", *words], capture_output=True, timeout=60)
        record = json.loads(done.stdout)
        self.assertEqual((record["status"], record["body"], record["body_bytes"]), (226, "a\n", 2), done.stderr)
        done = subprocess.run([FID, "fetch", "-v", "-u", "anonymous:hidden", *words], capture_output=True, timeout=60)
        self.assertEqual(done.stdout, b"a\n", done.stderr)
        self.assertIn(b"> PASS ***", done.stderr)
        self.assertNotIn(b"hidden", done.stderr)
        line = subprocess.run([FID, "fetch", "--as-curl", "-s", *words], capture_output=True, text=True, timeout=60).stdout
        self.assertEqual(subprocess.run(["sh", "-c", line], capture_output=True, timeout=60).stdout, b"a\n", line)


class VsftpdTls(Vsftpd):
    tls, required = True, ["--ssl-reqd"]

    def test_not_trusted(self):
        done = subprocess.run([FID, "fetch", "--ssl-reqd", "-sS", self.url + "data.bin"], capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (60, b""), done.stderr)


class TlsRefused(Peer):
    def test_required(self):
        self.alike("-sS", "--ssl-reqd", "URL/data.bin", status=35)


class Login(Peer):
    kind = ftp_servers.Pyftpdlib

    def test_logins(self):
        self.alike("-s", "-u", "user:secret", "URL/data.bin")
        self.alike("-s", "--netrc-file", "netrc", "URL/sub/a.txt")
        self.alike("-s", "-u", "user:wrong", "URL/data.bin", status=67)
        self.alike("-s", "-u", "user:secret", "-T", "up.bin", "URL/")


del Peer
unittest.main(verbosity=1)
