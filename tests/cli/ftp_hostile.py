#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid ftp` and a server that breaks the rules: never a silent loss, never a file outside the directory.

The server is a table of what it says to each command; a case replaces some of it.

usage: ftp_hostile.py FID [unittest arguments]
"""
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

FID = os.path.abspath(sys.argv.pop(1))
LIMIT = 30  # seconds for one run; none takes two
DATA = b"the data of the file\n" * 100
WHOLE = f"type=file;size={len(DATA)};modify=20231114221320; file\r\n".encode()


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


class Hostile:
    """Serves any number of connections. `say` replaces answers: command -> bytes, None to close, ... for none; `listing` and `data`
    are what data connections give; `lines` is how many reply lines go out before everything is cut; the first file
    stops after `stall` bytes until the client says ABOR."""

    def __init__(self, say=None, listing=WHOLE, data=DATA, lines=None, stall=None,
                 features=b" MLST type*;size*;\r\n SIZE\r\n MDTM\r\n", greeting=b"220 hello\r\n", logins=None):
        self.say, self.listing, self.data, self.lines, self.stall = say or {}, listing, data, lines, stall
        self.features, self.greeting, self.logins = features, greeting, logins
        self.heard, self.open = [], 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.elsewhere = socket.create_server(("127.0.0.2", 0))  # where a lying PASV points to
        self.elsewhere.settimeout(0.3)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self):
        self.socket.close()
        self.elsewhere.close()

    def serve(self, connection):
        self.open += 1
        try:
            self.talk(connection)
        except (OSError, EOFError):
            pass
        finally:
            self.open -= 1
            connection.close()

    def talk(self, connection):
        file = connection.makefile("rb")
        waiting, start = None, 0  # the passive socket, what REST said

        def send(answer):
            for line in answer.splitlines(keepends=True):
                if self.lines is not None:
                    if self.lines == 0:
                        connection.shutdown(socket.SHUT_RDWR)
                        raise EOFError
                    self.lines -= 1
                connection.sendall(line)

        if self.logins is not None and self.open > self.logins:
            send(b"421 too many connections\r\n")
            return
        send(self.greeting)
        while line := file.readline():
            line = line.rstrip(b"\r\n").decode("latin-1")
            self.heard.append(line)
            word = line.split(" ")[0]
            answer = self.say.get(word, ...)
            if callable(answer):
                answer = answer(self)
            if answer is None:
                return
            if answer is not ...:
                send(answer)
                continue
            if word in ("EPSV", "PASV"):
                waiting = socket.create_server(("127.0.0.1", 0))
                waiting.settimeout(LIMIT)
                port = waiting.getsockname()[1]
                send(b"229 ok (|||%d|)\r\n" % port if word == "EPSV" else
                     b"227 ok (10,11,12,13,%d,%d)\r\n" % (port >> 8, port & 255))
            elif word in ("MLSD", "LIST", "RETR"):
                send(b"150 here it comes\r\n")
                data, _ = waiting.accept()
                waiting.close()
                stall = self.stall if word == "RETR" else None
                try:
                    data.sendall(self.data[start:stall] if word == "RETR" else self.listing)
                except OSError:
                    pass
                if stall is not None:
                    self.stall = None
                    self.heard.append(file.readline().rstrip(b"\r\n").decode())
                    data.close()
                    send(b"426 given up\r\n226 so be it\r\n")
                    continue
                data.close()
                start = 0
                send(b"226 done\r\n")
            elif word == "REST":
                start = int(line.split(" ")[1])
                send(b"350 from there\r\n")
            elif word == "STOR":
                send(b"150 go on\r\n")
                data, _ = waiting.accept()
                waiting.close()
                while data.recv(65536):
                    pass
                data.close()
                send(b"226 done\r\n")
            else:
                answers = {"AUTH": b"502 no\r\n", "USER": b"331 password\r\n", "PASS": b"230 in\r\n",
                           "FEAT": b"211-Features\r\n" + self.features + b"211 End\r\n",
                           "PWD": b"257 \"/\"\r\n", "SIZE": b"213 %d\r\n" % len(self.data),
                           "MDTM": b"213 20231114221320\r\n", "QUIT": b"221 bye\r\n", "RNFR": b"350 to?\r\n"}
                send(answers.get(word, b"200 ok\r\n"))


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.here = os.path.join(self.folder.name, "outer", "here")
        os.makedirs(self.here)

    def run_fid(self, server, *words, **more):
        self.addCleanup(server.close)
        words = [word.replace("URL", f"ftp://127.0.0.1:{server.port}/") for word in words]
        return subprocess.run([FID, "ftp", *words], capture_output=True, timeout=LIMIT, cwd=self.here,
                              env=dict(os.environ, HOME="/nonexistent"), **more)

    def files(self):
        found = {}
        for top, _, names in os.walk(self.folder.name):
            for name in names:
                with open(os.path.join(top, name), "rb") as file:
                    found[os.path.relpath(os.path.join(top, name), self.here)] = file.read()
        return found

    def test_well_behaved_it_is_obeyed(self):
        """So that what follows fails for its reason."""
        done = self.run_fid(Hostile(), "mirror", "URL", "down")
        self.assertEqual((done.returncode, self.files()), (0, {"down/file": DATA}), done.stderr)

    def test_the_address_of_pasv_is_not_used(self):
        server = Hostile(say={"EPSV": b"500 no\r\n"})
        done = self.run_fid(server, "cat", "URLfile")
        self.assertEqual((done.returncode, done.stdout), (0, DATA), done.stderr)
        self.assertIn("PASV", server.heard)

    def test_names_that_lead_out(self):
        for name in (b"../evil", b"/evil-fid", b"..", b"a/../../evil", b"sub/evil", b".", b"", b"a\0b", b"x" * 300):
            for kind in (b"file", b"dir"):
                with self.subTest(name=name, kind=kind):
                    self.setUp()
                    listing = WHOLE + b"type=%s;size=3; %s\r\n" % (kind, name)
                    done = self.run_fid(Hostile(listing=listing), "mirror", "--json", "URL", "down")
                    inside = {path for path in self.files() if not path.startswith("down/")}
                    self.assertEqual(inside, set())
                    self.assertFalse(os.path.exists("/evil-fid"))
                    if name not in (b".", b".."):  # every listing may have these
                        self.assertIn(done.returncode, (8, 75), done.stderr)

    def test_a_link_that_lies_here_is_not_followed(self):
        outside = os.path.join(self.folder.name, "outer", "outside")
        os.makedirs(outside)
        os.makedirs(os.path.join(self.here, "down"))
        os.symlink(outside, os.path.join(self.here, "down", "dir"))
        done = self.run_fid(Hostile(listing=b"type=dir; dir\r\n" + WHOLE), "mirror", "URL", "down")
        self.assertEqual(os.listdir(outside), [])
        self.assertEqual(done.returncode, 75, done.stderr)

    def test_a_link_in_place_of_a_file_is_not_written_through(self):
        victim = os.path.join(self.folder.name, "outer", "victim")
        with open(victim, "w") as file:
            file.write("untouched")
        os.makedirs(os.path.join(self.here, "down"))
        os.symlink(victim, os.path.join(self.here, "down", "file"))
        self.run_fid(Hostile(), "mirror", "--force", "URL", "down")
        with open(victim) as file:
            self.assertEqual(file.read(), "untouched")

    def test_line_ends_in_names_are_no_commands(self):
        server = Hostile()
        done = self.run_fid(server, "rm", "URLa%0d%0aDELE%20b")
        self.assertEqual((done.returncode, server.heard), (2, []))
        with open(os.path.join(self.here, "a\r\nDELE b"), "w"):
            pass
        done = self.run_fid(server, "put", "a\r\nDELE b", "URLin/")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertNotIn("DELE b", server.heard)
        server = Hostile()
        done = self.run_fid(server, "mirror", ".", "URLin")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertFalse([line for line in server.heard if "DELE" in line])

    def test_an_endless_listing(self):
        server = Hostile(listing=b"type=file;size=1;modify=20231114221320;perm=r;unix.mode=0644; x\r\n" * 1_100_000)
        done = self.run_fid(server, "ls", "URL")
        self.assertEqual(done.returncode, 8, done.stderr)

    def test_a_tree_without_end(self):
        done = self.run_fid(Hostile(listing=b"type=dir; d\r\n"), "mirror", "--json", "URL", "down")
        self.assertEqual(done.returncode, 8, done.stderr[-300:])

    def test_the_same_name_twice(self):
        done = self.run_fid(Hostile(listing=WHOLE + WHOLE), "mirror", "URL", "down")
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertEqual(self.files(), {"down/file": DATA})

    def test_less_than_the_size_is_a_loss(self):
        for words in (("get", "URLfile"), ("cat", "URLfile"), ("mirror", "URL", "down")):
            with self.subTest(words[0]):
                self.setUp()
                server = Hostile(data=DATA[:-1], say={"SIZE": b"213 %d\r\n" % len(DATA)})
                done = self.run_fid(server, *words)
                self.assertEqual(done.returncode, 18, done.stderr)
                self.assertNotIn("file", self.files())
                self.assertNotIn("down/file", self.files())

    def test_what_no_reply_may_be(self):
        for greeting in (b"SSH-2.0-x\r\n", b"220" + b"x" * 100_000, b"hello\r\n", b"220-a\r\n" * 300_000):
            with self.subTest(greeting[:10]):
                done = self.run_fid(Hostile(greeting=greeting), "ls", "URL")
                self.assertEqual(done.returncode, 8, done.stderr[:300])

    def test_escape_sequences_do_not_reach_the_terminal(self):
        done = self.run_fid(Hostile(listing=b"type=file;size=1; \x1b[2Jx\r\n"), "ls", "URL")
        self.assertNotIn(b"\x1b", done.stdout)
        done = self.run_fid(Hostile(say={"USER": b"530 \x1b[2Jno\r\n"}), "ls", "URL")
        self.assertNotIn(b"\x1b", done.stderr)
        self.assertEqual(done.returncode, 67)

    def test_refused_tls_and_the_password(self):
        server = Hostile()
        done = self.run_fid(server, "ls", "--user", "me", "--password-file", "/proc/self/comm", "URL")
        self.assertEqual(done.returncode, 35, done.stderr)
        self.assertEqual(server.heard, ["AUTH TLS"])
        done = self.run_fid(Hostile(), "ls", "--tls", "required", "URL")
        self.assertEqual(done.returncode, 35, done.stderr)

    def test_words_behind_the_agreement_on_tls(self):
        done = self.run_fid(Hostile(say={"AUTH": b"234 go\r\n230 you are in\r\n"}), "ls", "URL")
        self.assertIn(done.returncode, (8, 35), done.stderr)

    def test_one_connection_allowed(self):
        listing = b"".join(b"type=file;size=%d;modify=20231114221320; f%d\r\n" % (len(DATA), i) for i in range(20))
        done = self.run_fid(Hostile(listing=listing, logins=1), "mirror", "--parallel", "4", "URL", "down")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.files()), 20)

    def test_rest_refused_is_not_a_beginning_twice(self):
        with open(os.path.join(self.here, "file"), "wb") as file:
            file.write(DATA[:100])
        done = self.run_fid(Hostile(say={"REST": b"502 no\r\n"}), "get", "--resume", "URLfile")
        self.assertEqual(done.returncode, 22, done.stderr)
        self.assertNotIn("file", self.files())

    def test_a_mirror_without_rest_begins_again(self):
        os.makedirs(os.path.join(self.here, "down"))
        first = self.run_fid(Hostile(data=DATA[:-1], say={"REST": b"502 no\r\n"}), "mirror", "URL", "down")
        self.assertEqual(first.returncode, 18, first.stderr)
        self.assertEqual(len(self.files()), 1)  # the part
        done = self.run_fid(Hostile(say={"REST": b"502 no\r\n"}), "mirror", "URL", "down")
        self.assertEqual((done.returncode, self.files()), (0, {"down/file": DATA}), done.stderr)

    def test_ctrl_c_leaves_what_came_for_resume(self):
        server = Hostile(stall=1000)
        self.addCleanup(server.close)
        words = [FID, "ftp", "get", "-q", f"ftp://127.0.0.1:{server.port}/file"]
        process = subprocess.Popen(words, cwd=self.here, stderr=subprocess.PIPE,
                                   env=dict(os.environ, HOME="/nonexistent"))
        end = time.monotonic() + LIMIT
        while list(self.files().values()) != [DATA[:1000]]:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=LIMIT)[1]
        self.assertEqual(process.returncode, 130, said)
        self.assertNotIn("file", self.files())
        done = self.run_fid(server, "get", "--resume", "URLfile")
        self.assertEqual((done.returncode, self.files()), (0, {"file": DATA}), done.stderr)
        self.assertIn("REST 1000", server.heard)

    def test_a_transfer_given_up_leaves_a_session(self):
        """The first file does not fit here: ABOR, and the next one comes over the same connection."""
        data = DATA * 100
        server = Hostile(data=data, stall=150_000)
        done = self.run_fid(server, "get", "--parallel", "1", "URLfile", "URLsecond", preexec_fn=small_files,
                            restore_signals=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("ABOR", server.heard)
        self.assertIn("NOOP", server.heard)
        self.assertEqual([line.split()[0] for line in server.heard if line.startswith(("USER", "RETR"))],
                         ["USER", "RETR", "RETR"])

    def test_a_server_that_goes_in_between(self):
        """421 to what was asked (RFC 959 section 5.4): it is asked again over another connection."""
        listing = b"".join(b"type=file;size=%d;modify=20231114221320; f%d\r\n" % (len(DATA), i) for i in range(4))
        asked = []

        def refuse_the_second(_):
            asked.append(True)
            return b"421 idle for too long\r\n" if len(asked) == 2 else ...

        server = Hostile(listing=listing, say={"RETR": refuse_the_second})
        done = self.run_fid(server, "mirror", "--parallel", "1", "URL", "down")
        self.assertEqual((done.returncode, self.files()), (0, {f"down/f{i}": DATA for i in range(4)}), done.stderr)
        self.assertEqual(server.heard.count("USER anonymous"), 2)

    def test_delete_is_withheld(self):
        os.makedirs(os.path.join(self.here, "down"))
        with open(os.path.join(self.here, "down", "mine"), "w") as file:
            file.write("x")
        for name, server in {"empty": Hostile(listing=b""),
                             "unreadable": Hostile(listing=WHOLE + b"what is this\r\n"),
                             "refused": Hostile(say={"MLSD": b"550 no\r\n"})}.items():
            with self.subTest(name):
                done = self.run_fid(server, "mirror", "--delete", "URL", "down")
                self.assertNotEqual(done.returncode, 0, done.stderr)
                self.assertIn("down/mine", self.files())

    def test_cut_at_each_line(self):
        """Whatever the server has said last: an error, and no file under its name that is not whole."""
        for words, wanted in ((("get", "URLfile"), "file"), (("mirror", "--parallel", "1", "URL", "down"), "down/file"),
                              (("put", "../up", "URLup"), None)):
            cut = 0
            while True:
                self.setUp()
                with open(os.path.join(self.here, "../up"), "wb") as file:
                    file.write(DATA)
                server = Hostile(lines=cut)
                done = self.run_fid(server, *words)
                whole = self.files().get(wanted) if wanted else None
                with self.subTest(words=words, cut=cut):
                    self.assertIn(whole, (None, DATA))
                    if done.returncode == 0:
                        self.assertTrue(wanted is None or whole == DATA)
                    else:
                        self.assertIn(done.returncode, (7, 18, 55, 56, 75), done.stderr)
                        self.assertTrue(done.stderr)
                if done.returncode == 0:
                    break
                cut += 1
                self.assertLess(cut, 60)
            self.assertGreater(cut, 8)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
