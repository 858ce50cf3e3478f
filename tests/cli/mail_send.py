#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid mail send` and `fid mail probe` with servers of all kinds: exim, dovecot, smtp-sink, aiosmtpd, and one that
breaks rules.

usage: mail_send.py FID [unittest arguments]
"""
import email
import email.header
import email.policy
import email.utils
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import threading
import time
import unittest

import mail_servers
from connect_harness import FID, PeerTest, main, wait_for
from mail_boxes import Dovecot
from mail_servers import PASSWORD, Exim, Scripted, Sink

LIMIT = 60  # seconds for one run; none takes two
CLEAN = {name: value for name, value in os.environ.items() if name not in ("FID_MAIL_PASSWORD",)} | {"HOME": "/nonexistent"}
TEXT = "first line\n.\n..dots\n.hidden\n\nlast line\n"


def records(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def parsed(raw):
    """As Python's email reads it, which finds nothing wrong with it."""
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    for part in message.walk():
        assert not part.defects, (part.defects, raw[:2000])
        for name, value in part.items():
            assert not getattr(value, "defects", ()), (name, value, value.defects)
    return message


def unstuffed(raw):
    """A message as it was before dots were put before its lines' dots."""
    return b"".join(line[1:] if line.startswith(b".") else line for line in raw.splitlines(keepends=True))


class MailTest(PeerTest):
    def fid(self, *words, data=b"", env=None, **more):
        return subprocess.run([FID, "mail", *map(str, words)], input=data, capture_output=True, timeout=LIMIT, check=False,
                              env=CLEAN | (env or {}), **more)

    def send(self, server, *words, text=TEXT, **more):
        """From a to b, in records."""
        url = server if isinstance(server, str) else server.url
        return self.fid("send", "--from", "a@example.org", "--to", "b@example.org", "--text", "-", "--via", url, "--json",
                        *words, data=text.encode(), **more)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


class Made(MailTest):
    """What is made is what Python reads."""

    def make(self, *words, **more):
        done = self.fid("send", "--from", "a@example.org", "--to", "b@example.org", "--dry-run", *words, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in done.stdout.split(b"\n"):
            self.assertLessEqual(len(line), 998)
        return parsed(done.stdout)

    def test_subjects(self):
        for subject in ("hello", "Grüße aus Köln", "漢字かな交じり文" * 20, "a" * 300, "word " * 100, "=?utf-8?Q?no?=",
                        "😀" * 60, "tab\tin it", "  two  blanks ", "a" * 2000, "é" * 500, "x=?y ?= z", "50% of _this_"):
            with self.subTest(subject=subject):
                self.assertEqual(self.make("--subject", subject)["Subject"], subject.strip())

    def test_people(self):
        table = [("a@b.example", "", "a@b.example"), ("Ann <a@b>", "Ann", "a@b"), ("Ann B. Cee <a@b>", "Ann B. Cee", "a@b"),
                 ('"Cee, Ann" <a@b>', "Cee, Ann", "a@b"), ("Jörg Müller <j@m.de>", "Jörg Müller", "j@m.de"),
                 ("山田太郎 <y@example.jp>", "山田太郎", "y@example.jp"), (r'"say \"hi\"" <a@b>', 'say "hi"', "a@b"),
                 ("Ü" * 90 + " <u@b>", "Ü" * 90, "u@b"), ("=?x?= <a@b>", "=?x?=", "a@b"), ("A(b) <a@b>", "A(b)", "a@b")]
        for text, name, address in table:
            with self.subTest(text=text):
                self.assertEqual(self.people("--cc", text), [(name, address)])
        everyone = [word for text, *_ in table for word in ("--cc", text)]
        self.assertEqual(self.people(*everyone), [row[1:] for row in table])

    def people(self, *words):
        """By the older of Python's two readers: the newer one leaves the blank between encoded words in names (gh-92081)."""
        self.make(*words)
        done = self.fid("send", "--from", "a@example.org", "--to", "b@example.org", "--dry-run", *words)
        message = email.message_from_bytes(done.stdout)
        return [(str(email.header.make_header(email.header.decode_header(name))), address)
                for name, address in email.utils.getaddresses([message["Cc"]])]

    def test_texts(self):
        for text in ("plain\n", "", "no end of line", "é" * 400 + "\n", "long " * 2000 + "\n", "漢字" * 5000, "trailing \t\nblank \n",
                     "a=b=3D\n", "From me\n.\n", "mixed é and plain " * 100, "x" * 5000, "é\r\nb\rc\n", "\n\n\n"):
            with self.subTest(text=text[:30]):
                message = self.make("--text", self.file("t", text))
                lines = "".join(line + "\n" for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
                wanted = lines[:-1] if text.endswith(("\n", "\r")) or not text else lines
                self.assertEqual(message.get_content().replace("\r\n", "\n"), wanted)
                self.assertEqual(message.get_content_type(), "text/plain")

    def test_parts_within_parts(self):
        blob = random.Random(3).randbytes(200_001)
        files = [self.file(name, content) for name, content in
                 (("a b.txt", "text\n"), ("naïve résumé.pdf", blob), ("漢字" * 40 + ".bin", b""), ('q"uote\\.png', b"x"),
                  ("message.eml", "Subject: inside\n\nbody\n"), ("semi;colon=%.tar.gz", b"\0" * 57), ("-dash", b"\n.\n"))]
        message = self.make("--text", self.file("t", "plain é"), "--html", self.file("h", "<p>html é</p>"),
                            *(word for each in files for word in ("--attach", each)))
        self.assertEqual(message.get_content_type(), "multipart/mixed")
        first, *attached = message.iter_parts()
        self.assertEqual(first.get_content_type(), "multipart/alternative")
        plain, html = first.iter_parts()
        self.assertEqual((plain.get_content_type(), plain.get_content().strip()), ("text/plain", "plain é"))
        self.assertEqual((html.get_content_type(), html.get_content().strip()), ("text/html", "<p>html é</p>"))
        self.assertEqual([each.get_filename() for each in attached], [each.name for each in files])
        for part, each in zip(attached, files):
            self.assertEqual(part.get_payload(decode=True), each.read_bytes())
            self.assertEqual(part.get_content_disposition(), "attachment")

    def test_a_pipe_and_a_name_that_is_no_text(self):
        odd = os.path.join(os.fsencode(self.folder), b"latin-\xe9.bin")
        pathlib.Path(os.fsdecode(odd)).write_bytes(b"odd")
        read, write = os.pipe()
        threading.Thread(target=lambda: (os.write(write, b"p" * 1000), os.close(write))).start()
        message = self.make("--attach", f"/dev/fd/{read}", "--attach", os.fsdecode(odd), pass_fds=[read])
        _, pipe, other = message.iter_parts()
        self.assertEqual(pipe.get_payload(decode=True), b"p" * 1000)
        self.assertEqual(other.get_filename(), "latin-é.bin")

    def test_fields(self):
        message = self.make("--header", "X-Mine: Ünï", "--header", "Date: Mon, 01 Jan 2024 00:00:00 +0000", "--reply-to",
                            "r@example.org", "--bcc", "secret@example.org")
        self.assertEqual((message["X-Mine"], message["Reply-To"]), ("Ünï", "r@example.org"))
        self.assertEqual(message.get_all("Date"), ["Mon, 01 Jan 2024 00:00:00 +0000"])
        self.assertNotIn("secret", message.as_string())
        self.assertEqual(message["To"], "b@example.org")
        for name in ("Message-ID", "MIME-Version", "From"):
            self.assertEqual(len(message.get_all(name)), 1)
        only = self.fid("send", "--from", "a@b", "--bcc", "c@d", "--dry-run")
        self.assertEqual(parsed(only.stdout)["To"], "undisclosed-recipients:;")

    def test_nothing_is_injected(self):
        """A line end in whatever becomes a command or a field."""
        for words in (("--to", "b@c>\r\nRCPT TO:<d@e"), ("--from", "a\nb@c"), ("--subject", "x\r\nBcc: a@b"), ("--cc", "a\0@b"),
                      ("--header", "X: y\nZ: w"), ("--header", "X\nY: z"), ("--envelope-from", "a@b\r\nDATA"),
                      ("--reply-to", "Ann\n <a@b>"), ("--bcc", "a@b\r"), ("--ehlo", "x\r\nMAIL"), ("--header", "Bcc: a@b"),
                      ("--header", "Content-Type: x/y"), ("--user", "x\0y")):
            words = [word for word in words if "\0" not in word]
            if len(words) < 2:  # no program can be given it
                continue
            with self.subTest(words=words), Scripted() as server:
                pairs = {"--from": "a@b", "--to": "b@c", "--via": server.url}
                if words[0] in pairs:
                    pairs.pop(words[0])
                done = self.fid("send", *[word for pair in pairs.items() for word in pair], *words)
                self.assertEqual(done.returncode, 2, (done.stdout, done.stderr))
                self.assertEqual(server.messages, [])


class Sent(MailTest):
    def test_byte_for_byte(self):
        """Every way a line can end and begin; what the server takes out again is what was put in."""
        for pipelining in (True, False):
            for body in (TEXT, ".", "..", "\n.\n", "a\r\n.\r\nb", "a\r.\rb", "a\n\r\n.\r\r\n.", "é" * 3000, ""):
                raw = f"From: a@b\nSubject: x\n\n{body}".encode()
                extensions = ["8BITMIME", "SIZE"] + ["PIPELINING"] * pipelining
                with self.subTest(body=body[:10], pipelining=pipelining), Scripted(extensions) as server:
                    done = self.send(server, "--eml", self.file("m.eml", raw))
                    self.assertEqual(done.returncode, 2)  # --text and --eml
                    done = self.fid("send", "--from", "a@b", "--to", "c@d", "--via", server.url, "--eml", self.folder / "m.eml")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    [got] = server.messages
                    wanted = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
                    if not wanted.endswith(b"\r\n"):
                        wanted += b"\r\n"
                    self.assertEqual(unstuffed(got), wanted)
                    self.assertIn(b"SIZE=%d" % len(wanted), b"".join(server.heard))
                    self.assertEqual(b"BODY=8BITMIME" in b"".join(server.heard), b"\xc3" in raw)

    def test_who_gets_it(self):
        for pipelining in (True, False):
            for lmtp in (True, False):
                with self.subTest(pipelining=pipelining, lmtp=lmtp), Scripted(["PIPELINING"] * pipelining, lmtp=lmtp) as server:
                    done = self.send(server, "--to", "nobody@example.org", "--cc", "c@example.org", "--bcc", "secret@example.org")
                    self.assertEqual(done.returncode, 75, done.stderr)
                    fates = {each["recipient"][0]: (each["fate"], each["code"], each["enhanced"]) for each in records(done)}
                    good = ("accepted", 250, "2.0.0")
                    self.assertEqual(fates, {"b": good, "n": ("refused", 550, "5.1.1"), "c": good, "s": good})
                    self.assertNotIn(b"secret", server.messages[0])
                    done = self.fid("send", "--from", "a@b", "--to", "nobody@b", "--via", server.url)
                    self.assertEqual(done.returncode, 22, done.stderr)
                    self.assertEqual(len(server.messages), 1)

    def test_lmtp_answers_for_each(self):
        answers = iter([b"250 2.0.0 ok\r\n", b"452 4.2.2 full\r\n"])
        with Scripted(lmtp=True, say={".": lambda talk: next(answers)}) as server:
            done = self.send(server, "--to", "c@example.org")
            self.assertEqual(done.returncode, 75, done.stderr)
            self.assertEqual([(each["fate"], each["code"]) for each in records(done)], [("accepted", 250), ("refused", 452)])

    def test_what_the_server_refuses(self):
        for pipelining in (["PIPELINING"], []):
            for word, answer, status in (("MAIL", b"550 5.7.1 not you\r\n", 22), ("RCPT", b"450 4.2.0 later\r\n", 22),
                                         ("DATA", b"451 4.3.0 later\r\n", 22), (".", b"554 5.6.0 spam\r\n", 22),
                                         ("", b"554 5.3.2 go away\r\n", 22), ("MAIL", b"421 4.3.2 closing\r\n", 22),
                                         ("EHLO", b"hello\r\n", 8), (".", b"garbage\r\n", 8), ("DATA", b"250 what\r\n", 8),
                                         (".", b"354 what\r\n", 8), ("RCPT", b"250-a\r\n251 b\r\n", 8)):
                with self.subTest(word=word, answer=answer, pipelining=pipelining):
                    with Scripted(pipelining, say={word: answer}) as server:
                        done = self.send(server)
                        self.assertEqual(done.returncode, status, done.stderr)
                        self.assertNotIn("accepted", {each["fate"] for each in records(done)})

    def test_an_empty_message_for_nobody(self):
        """All recipients refused and the server wants a message all the same: nobody gets one."""
        with Scripted(say={"DATA": b"354 go on\r\n"}) as server:
            done = self.fid("send", "--from", "a@b", "--to", "nobody@b", "--via", server.url)
            self.assertEqual((done.returncode, server.messages), (22, [b""]), done.stderr)

    def test_an_old_server(self):
        with Scripted(say={"EHLO": b"500 what\r\n"}) as server:
            self.assertEqual(self.send(server).returncode, 0)
            self.assertTrue(any(line.startswith(b"HELO") for line in server.heard))

    def test_what_it_cannot_take(self):
        """Letters outside ASCII are not handed to a server that does not know them."""
        eml = self.file("m.eml", "Subject: é\n\nx\n")
        body = self.file("b.eml", "Subject: e\n\né\n")
        for words, extensions in ((("--to", "jörg@example.org"), ["8BITMIME"]), (("--eml", eml), ["8BITMIME"]),
                                  (("--eml", body), ["SMTPUTF8"]), (("--eml", body), ["8BITMIME", "SIZE 10"])):
            with self.subTest(words=words), Scripted(extensions) as server:
                done = self.fid("send", "--from", "a@b", "--to", "b@c", "--via", server.url, *words)
                self.assertEqual((done.returncode, server.messages), (22, []), done.stderr)
        with Scripted() as server:
            done = self.fid("send", "--from", "a@b", "--to", "b@c, jörg@exämple.org", "--via", server.url)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(b"SMTPUTF8", b"".join(server.heard))
            self.assertIn("To: b@c, jörg@exämple.org\r\n".encode(), server.messages[0])

    def test_many_recipients(self):
        """More than fit into one write."""
        with Scripted() as server:
            done = self.send(server, "--bcc", ",".join(f"user{i}@example.org" for i in range(1000)))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(records(done)), 1001)
            self.assertEqual(sum(line.startswith(b"RCPT") for line in server.heard), 1001)

    def test_a_large_attachment_is_not_held(self):
        """100 MB more take no memory, but for what a sanitizer keeps of freed blocks."""
        peaks = []
        for size in (1_000_000, 100_000_000):
            path = self.folder / "large"
            with open(path, "wb") as file:
                file.truncate(size)
            received = []

            def drain(talk, received=received):
                talk.send(b"354 go on\r\n")
                last = b""
                while not last.endswith(b"\r\n.\r\n"):
                    block = talk.connection.recv(1 << 20)
                    received.append(len(block))
                    last = (last + block)[-5:]
                return b"250 2.0.0 taken\r\n"
            with Scripted([], say={"DATA": drain}) as server:
                process = subprocess.Popen([FID, "mail", "send", "--from", "a@b", "--to", "c@d", "--via", server.url, "--attach",
                                            path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                           env=CLEAN | {"ASAN_OPTIONS": "quarantine_size_mb=1"})
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            self.assertGreater(sum(received), size * 4 // 3)
            peaks.append(usage.ru_maxrss)
        self.assertLess(peaks[1] - peaks[0], 50_000, peaks)

    def test_a_file_that_shrinks(self):
        """It was as long when the sending began: nothing may be taken for the whole."""
        path = self.folder / "shrinks"
        path.write_bytes(b"x" * 20_000_000)
        shrink = lambda talk: os.truncate(path, 1000) or b"354 go on\r\n"
        with Scripted(say={"DATA": shrink}) as server:
            done = self.send(server, "--attach", path)
            self.assertEqual(done.returncode, 26, done.stderr)
            self.assertEqual([each["fate"] for each in records(done)], ["unsent"])
        self.assertEqual(server.messages, [])


class Cut(MailTest):
    """The connection ends at every line: the user gets the server's word, or an error and the truth."""

    def check_cut(self, server, done):
        [record] = records(done)[:1] or [{"fate": "none"}]
        taken = bool(server.messages)
        answered = taken and server.answered[0]
        self.assertEqual(record["fate"] == "accepted", answered, (record, done.stderr))
        self.assertEqual(done.returncode == 0, answered, done.stderr)
        if taken and not answered:
            self.assertEqual(record["fate"], "unknown", done.stderr)
            self.assertIn(b"unknown whether", done.stderr)
            self.assertEqual(done.returncode, 56, done.stderr)
        if record["fate"] == "unsent":
            self.assertFalse(taken)

    def test_after_every_line_the_server_sends(self):
        for pipelining in (["PIPELINING"], []):
            with Scripted(pipelining) as server:
                self.assertEqual(self.send(server, "--to", "c@example.org").returncode, 0)
            self.assertGreater(server.sent, 7)
            for lines in [number / 2 for number in range(2 * server.sent)]:
                with self.subTest(lines=lines, pipelining=pipelining), Scripted(pipelining, lines=lines) as cut:
                    done = self.send(cut, "--to", "c@example.org")
                self.check_cut(cut, done)

    def test_after_every_line_the_server_hears(self):
        for pipelining in (["PIPELINING"], []):
            with Scripted(pipelining) as server:
                self.assertEqual(self.send(server).returncode, 0)
            for commands in range(1, len(server.heard) + 2):
                with self.subTest(commands=commands, pipelining=pipelining), Scripted(pipelining, commands=commands) as cut:
                    done = self.send(cut)
                self.check_cut(cut, done)

    def test_within_a_long_message(self):
        """The server goes while the message is still coming, with and without a word."""
        for word in (b"", b"552 5.3.4 too much\r\n"):
            def serve(connection, word=word):
                file = connection.makefile("rb")
                connection.sendall(b"220 x\r\n")
                for answer in (b"250 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 x\r\n"):
                    file.readline()
                    connection.sendall(answer)
                file.read(100_000)
                connection.sendall(word)
            port = self.serve(serve)
            with self.subTest(word=word):
                done = self.send(f"smtp://127.0.0.1:{port}", "--attach", self.file("long", b"x" * 30_000_000))
                self.assertIn(done.returncode, (22, 55, 56), done.stderr)
                self.assertIn(records(done)[0]["fate"], ("unsent", "refused"))

    def test_no_answer(self):
        """A server that says nothing more behind the message."""
        with Scripted(say={".": lambda talk: talk.line()}) as server:
            done = self.send(server, "--idle", "300ms")
            self.assertEqual(done.returncode, 28, done.stderr)
            self.assertEqual(records(done)[0]["fate"], "unknown")

    def test_interrupted(self):
        ready = threading.Event()
        with Scripted(say={".": lambda talk: ready.set() or talk.line()}) as server:
            process = subprocess.Popen([FID, "mail", "send", "--from", "a@b", "--to", "c@d", "--via", server.url, "--json"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertTrue(ready.wait(20))
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        self.assertEqual((process.returncode, json.loads(out.splitlines()[0])["fate"]), (130, "unknown"), err)


class Guarded(MailTest):
    """TLS and logins."""
    STARTTLS = ["PIPELINING", "STARTTLS"]

    def test_starttls(self):
        with Scripted(self.STARTTLS, ["PIPELINING", "X-INSIDE"]) as server:
            done = self.send(server, "--tls-ca", server.certificate, "-vv")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual([line.split()[0] for line in server.heard[:3]], [b"EHLO", b"STARTTLS", b"EHLO"])
            self.assertIn(b"TLSv1.3", done.stderr)

    def test_a_certificate_nobody_vouches_for(self):
        with Scripted(self.STARTTLS) as server:
            done = self.send(server)
            self.assertEqual((done.returncode, server.messages), (60, []), done.stderr)
            self.assertEqual(self.send(server, "--tls-insecure").returncode, 0)
            self.assertEqual(self.send(server, "--tls", "none").returncode, 0)

    def test_taken_out_of_the_offer(self):
        """Who stands in the way removes STARTTLS, or refuses it."""
        password = self.file("password", PASSWORD)
        login = ["--user", "me", "--password-file", password]
        for words in (["--tls", "required"], login):
            for extensions, say in ((["AUTH PLAIN"], {}), (["STARTTLS", "AUTH PLAIN"], {"STARTTLS": b"454 4.7.0 no\r\n"})):
                with self.subTest(words=words, say=say), Scripted(extensions, say=say) as server:
                    done = self.send(server, *words)
                    self.assertEqual((done.returncode, server.messages), (35, []), done.stderr)
                    self.assertNotIn(b"AUTH", b"".join(server.heard))
        with Scripted(["STARTTLS"], say={"STARTTLS": b"454 4.7.0 no\r\n"}) as server:
            self.assertEqual(self.send(server).returncode, 0)

    def test_words_behind_the_agreement(self):
        """They would be taken for answers within TLS (CVE-2011-0411)."""
        for inject in (b"250 2.1.0 ok\r\n", b"2", b"250-X\r\n250 AUTH PLAIN\r\n"):
            with self.subTest(inject=inject), Scripted(self.STARTTLS, inject=inject) as server:
                done = self.send(server, "--tls-ca", server.certificate)
                self.assertIn(done.returncode, (8, 35), done.stderr)
                self.assertEqual(server.messages, [])

    def test_what_was_offered_before_tls_is_forgotten(self):
        with Scripted([*self.STARTTLS, "AUTH LOGIN", "SMTPUTF8"], ["AUTH PLAIN"]) as server:
            done = self.send(server, "--tls-ca", server.certificate, "--user", "me", "--password-file",
                             self.file("password", PASSWORD))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(any(line.startswith(b"AUTH PLAIN") for line in server.heard))
            done = self.send(server, "--tls-ca", server.certificate, "--to", "jörg@example.org")
            self.assertEqual(done.returncode, 22, done.stderr)

    def test_from_the_first_byte(self):
        with Scripted(tls=True) as server:
            self.assertEqual(self.send(server, "--tls-ca", server.certificate).returncode, 0)
            self.assertEqual(self.send(server.url.replace("smtps", "smtp"), "--tls", "implicit", "--tls-ca",
                                       server.certificate).returncode, 0)

    def test_logins(self):
        right, wrong = self.file("right", PASSWORD + "\nmore"), self.file("wrong", "wrong")
        for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"):
            for password, status in ((right, 0), (wrong, 67)):
                with self.subTest(mechanism=mechanism, status=status):
                    with Scripted(self.STARTTLS, [f"AUTH {mechanism} UNKNOWN"]) as server:
                        done = self.send(server, "--tls-ca", server.certificate, "--user", "me", "--password-file", password, "-vv")
                        self.assertEqual(done.returncode, status, done.stderr)
                        self.assertEqual(len(server.messages), status == 0)
                        secret = {PASSWORD.encode(), mail_servers.base64.b64encode(b"\0me\0" + PASSWORD.encode())}
                        self.assertFalse(any(each in done.stderr for each in secret))
        with Scripted(self.STARTTLS, ["AUTH LOGIN PLAIN CRAM-MD5 SCRAM-SHA-256"]) as server:
            done = self.send(server, "--tls-ca", server.certificate, "--user", "me", env={"FID_MAIL_PASSWORD": PASSWORD})
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(any(line.startswith(b"AUTH SCRAM-SHA-256") for line in server.heard))

    def test_a_server_that_does_not_know_the_password(self):
        with Scripted(["AUTH SCRAM-SHA-256"], say={"signature": b"x" * 32}) as server:
            done = self.send(server, "--tls", "none", "--user", "me", env={"FID_MAIL_PASSWORD": PASSWORD})
            self.assertEqual((done.returncode, server.messages), (67, []), done.stderr)

    def test_no_password_in_the_clear(self):
        for extensions, words, status in ((["AUTH PLAIN LOGIN"], [], 67), (["AUTH PLAIN"], ["--clear-password"], 0),
                                          (["AUTH PLAIN CRAM-MD5"], [], 0), ([], [], 67)):
            with self.subTest(extensions=extensions, words=words), Scripted(extensions) as server:
                done = self.send(server, "--tls", "none", "--user", "me", *words, env={"FID_MAIL_PASSWORD": PASSWORD})
                self.assertEqual(done.returncode, status, done.stderr)
                plain = any(line.startswith((b"AUTH PLAIN", b"AUTH LOGIN")) for line in server.heard)
                self.assertEqual(plain, "--clear-password" in words)


class Load(MailTest):
    def test_many(self):
        for parallel in (1, 4):
            with self.subTest(parallel=parallel), Scripted() as server:
                done = self.send(server, "--repeat", 200, "--parallel", parallel)
                self.assertEqual(done.returncode, 0, done.stderr)
                [load] = records(done)
                self.assertEqual((load["type"], load["messages"], load["accepted"]), ("load", 200, 200))
                self.assertEqual((len(server.messages), server.connections), (200, parallel))
                self.assertEqual(len(set(server.messages)), 1)

    def test_a_server_that_lets_go(self):
        """After ten messages of a connection: the next goes over another, and each arrives once."""
        def limited(talk):
            talk.number = getattr(talk, "number", 0) + 1
            return b"250 2.1.0 ok\r\n" if talk.number <= 10 else b"421 4.7.0 enough\r\n"
        for extensions in (["PIPELINING"], []):
            with self.subTest(extensions=extensions), Scripted(extensions, say={"MAIL": limited}) as server:
                done = self.send(server, "--repeat", 35)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual((len(server.messages), server.connections), (35, 4))

    def test_some_refused(self):
        numbers = iter(range(1000))
        with Scripted(say={".": lambda talk: b"550 5.6.0 no\r\n" if next(numbers) % 2 else b"250 2.0.0 ok\r\n"}) as server:
            done = self.send(server, "--repeat", 10)
            self.assertEqual(done.returncode, 75, done.stderr)
            self.assertEqual((records(done)[-1]["accepted"], records(done)[-1]["refused"]), (5, 5))
            self.assertEqual(len(records(done)), 6)


class Peers(MailTest):
    @unittest.skipUnless(mail_servers.find("smtp-sink"), "there is no smtp-sink")
    def test_smtp_sink(self):
        with Sink() as sink:
            eml = self.file("m.eml", "Subject: x\n\n" + TEXT + "é\n")
            done = self.fid("send", "--from", "a@b", "--to", "c@d", "--via", f"smtp://127.0.0.1:{sink.port}", "--eml", eml)
            self.assertEqual(done.returncode, 0, done.stderr)
            wait_for(lambda: any(eml.read_bytes() in each for each in sink.messages()), "the message")
            done = self.send(f"smtp://127.0.0.1:{sink.port}", "--repeat", "50", "--parallel", "2")
            self.assertEqual(done.returncode, 0, done.stderr)
        for options in (("-r", "RCPT"), ("-f", "DATA"), ("-q", "DATA"), ("-q", "."), ("-p",), ("-8", "-p"), ("-r", ".")):
            with self.subTest(options=options), Sink(*options, dump=False) as sink:
                done = self.send(f"smtp://127.0.0.1:{sink.port}")
                self.assertEqual(done.returncode, 0 if "-p" in options else 22 if options[0] in "-r -f" else 56, done.stderr)
                if options == ("-q", "."):
                    self.assertEqual(records(done)[0]["fate"], "unknown")

    @unittest.skipUnless(mail_servers.find("exim4"), "there is no exim4")
    def test_exim(self):
        """With smtp_enforce_sync: it refuses clients that speak out of turn."""
        with Exim() as exim:
            url = f"smtp://127.0.0.1:{exim.port}"
            blob = random.Random(5).randbytes(3_000_000)
            done = self.send(url, "--tls-ca", exim.certificate, "--tls", "required", "--subject", "Grüße", "--attach",
                             self.file("blob", blob))
            self.assertEqual(done.returncode, 0, done.stderr)
            [raw] = exim.messages(1)
            message = parsed(raw)
            text, attached = message.iter_parts()
            self.assertEqual(message["Subject"], "Grüße")
            self.assertEqual(text.get_content().replace("\r\n", "\n"), TEXT)
            self.assertEqual(attached.get_payload(decode=True), blob)
            for words, status in ((("--to", "nobody@example.org"), 75), (("--to", "jörg@exämple.org"), 0),
                                  (("--user", "me"), 0), (("--user", "me", "--auth", "CRAM-MD5"), 0), (("--user", "you"), 67),
                                  (("--repeat", "20", "--parallel", "2"), 0), (("--sequential",), 0)):
                with self.subTest(words=words):
                    done = self.send(url, "--tls-ca", exim.certificate, *words, env={"FID_MAIL_PASSWORD": "secret"})
                    self.assertEqual(done.returncode, status, done.stderr)
            done = self.fid("probe", url, "--json", "--tls-ca", exim.certificate)
            self.assertEqual(done.returncode, 0, done.stderr)
            probe = records(done)[-1]
            self.assertEqual((probe["tls"], probe["trusted"], probe["subject"]), ("starttls", True, "CN=localhost"))
            self.assertEqual((probe["auth"], probe["clear_auth"]), (["PLAIN", "CRAM-MD5"], ["CRAM-MD5"]))
            self.assertEqual(probe["size_limit_bytes"], 50 << 20)
            sides = [each["side"] for each in records(done)[:-1]]
            self.assertEqual((sides[0], sides[-1]), ("server", "server"))
            done = self.fid("probe", url)
            self.assertEqual(done.returncode, 60, done.stderr)
            self.assertIn(b"trusted       no: ", done.stdout)

    @unittest.skipUnless(mail_servers.find("dovecot") and any(
        os.access(f"/usr/{folder}/dovecot/submission-login", os.X_OK) for folder in ("lib", "libexec")),
        "there is no dovecot-submissiond")
    def test_dovecot(self):
        """Submission: it takes mail from who has logged in within TLS only, and hands it on to a relay."""
        with Scripted() as relay:
            server = Dovecot(self, self.folder, relay.port)
            url, outside = f"smtp://127.0.0.1:{server.port}", f"smtp://127.0.0.2:{server.port}"
            right = ["--tls-ca", server.certificate, "--user", "ann", "--password-file", self.file("right", "secret\n")]
            wrong = [*right[:-1], self.file("wrong", "Secret\n")]
            blob = random.Random(7).randbytes(300_000)
            letter = ["--subject", "Grüße aus Köln", "--attach", self.file("naïve.bin", blob)]
            for number, via in enumerate((url, outside, f"smtps://127.0.0.1:{server.tls_port}")):
                with self.subTest(via=via):
                    tls = [] if via.startswith("smtps") else ["--tls", "required"]
                    done = self.send(via, *tls, *right, *letter, "--bcc", "secret@example.org", "--to", "nobody@example.org")
                    self.assertEqual(done.returncode, 75, done.stderr)
                    self.assertEqual({each["recipient"]: (each["fate"], each["code"]) for each in records(done)},
                                     {"b@example.org": ("accepted", 250), "nobody@example.org": ("refused", 550),
                                      "secret@example.org": ("accepted", 250)})
                    self.assertEqual(len(relay.messages), number + 1)
                    message = parsed(unstuffed(relay.messages[-1]))
                    text, attached = message.iter_parts()
                    self.assertEqual((message["Subject"], message["From"], message["To"]),
                                     ("Grüße aus Köln", "a@example.org", "b@example.org, nobody@example.org"))
                    self.assertEqual(text.get_content().replace("\r\n", "\n"), TEXT)
                    self.assertEqual((attached.get_filename(), attached.get_payload(decode=True)), ("naïve.bin", blob))
                    envelope = [line.split()[1].lower() for line in relay.heard if line[:5].upper() in (b"MAIL ", b"RCPT ")][-4:]
                    self.assertEqual(envelope, [b"from:<a@example.org>", b"to:<b@example.org>", b"to:<nobody@example.org>",
                                                b"to:<secret@example.org>"])

            # A message that is ready, byte for byte: the relay's has one field of dovecot's before it.
            raw = ("From: a@b\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\n" + TEXT + "é\n").encode()
            done = self.fid("send", "--from", "a@b.example", "--to", "c@d.example", "--via", url, "--tls", "required", *right,
                            "--eml", self.file("m.eml", raw))
            self.assertEqual(done.returncode, 0, done.stderr)
            got, wanted = unstuffed(relay.messages[-1]), raw.replace(b"\n", b"\r\n")
            self.assertEqual(got[-len(wanted):], wanted)
            self.assertRegex(got[:-len(wanted)], rb"\AReceived: [^\r\n]*\r\n([ \t][^\r\n]*\r\n)*\Z")

            # What is refused, and nothing comes to the relay: a wrong password, a certificate nobody vouches for, nobody's
            # login, and a password in the clear. This one is ours to refuse at 127.0.0.1, where dovecot would take it.
            count = len(relay.messages)
            for via, words, status in ((url, ["--tls", "required", *wrong], 67), (url, ["--tls", "required", *right[2:]], 60),
                                       (url, ["--tls", "required", *right[:2]], 22), (outside, ["--tls", "none"], 22),
                                       (url, ["--tls", "none", *right], 67), (outside, ["--tls", "none", *right], 67),
                                       (outside, ["--tls", "none", "--clear-password", *right], 67)):
                with self.subTest(via=via, words=words):
                    done = self.send(via, *words, "-vv")
                    self.assertEqual((done.returncode, len(relay.messages)), (status, count), done.stderr)
                    if "none" in words:
                        self.assertNotIn(b"> AUTH", done.stderr)
            done = self.fid("probe", outside, "--json", "--tls-ca", server.certificate)
            self.assertEqual(done.returncode, 0, done.stderr)
            probe = records(done)[-1]
            self.assertEqual((probe["tls"], probe["trusted"], probe["auth"], probe["clear_auth"]),
                             ("starttls", True, ["PLAIN", "LOGIN"], []))

    def test_aiosmtpd(self):
        probe = subprocess.run(["/usr/bin/python3", "-c", "import aiosmtpd"], capture_output=True, check=False)
        if probe.returncode != 0:
            self.skipTest("there is no python3-aiosmtpd")
        port = mail_servers.free_port()
        output = open(self.folder / "out", "wb")
        self.addCleanup(output.close)
        self.start("/usr/bin/python3", "-u", "-m", "aiosmtpd", "-n", "-u", "-l", f"127.0.0.1:{port}", "-s", "100000", port=port,
                   stdout=output)
        done = self.send(f"smtp://127.0.0.1:{port}", "--to", "jörg@example.org", "--subject", "über")
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_for(lambda: b"..dots" in (self.folder / "out").read_bytes(), "the message")
        done = self.send(f"smtp://127.0.0.1:{port}", "--attach", self.file("big", b"x" * 100_000))
        self.assertEqual(done.returncode, 22, done.stderr)

    def test_a_recording(self):
        """tshark follows what was said."""
        if subprocess.run(["which", "tshark"], capture_output=True, check=False).returncode != 0:
            self.skipTest("there is no tshark")
        capture = self.folder / "r.pcapng"
        for extensions in (["PIPELINING"], ["STARTTLS"]):
            with Scripted(extensions) as server:
                words = ["--tls-ca", server.certificate] if "STARTTLS" in extensions else []
                done = self.send(server, "--record", capture, "--subject", "recorded", *words)
                self.assertEqual(done.returncode, 0, done.stderr)
            seen = subprocess.run(["tshark", "-r", capture, "-d", f"tcp.port=={server.port},smtp", "-T", "fields", "-e",
                                   "smtp.req.command", "-e", "imf.subject"], capture_output=True, text=True, timeout=LIMIT, check=True)
            for word in ("EHLO", "MAIL", "RCPT", "DATA", "QUIT", "recorded"):
                self.assertIn(word, seen.stdout, seen.stderr)


class Probed(MailTest):
    def test_lines_and_account(self):
        with Scripted(["PIPELINING", "STARTTLS", "AUTH CRAM-MD5"], ["AUTH PLAIN", "SIZE 1000"]) as server:
            done = self.fid("probe", f"127.0.0.1:{server.port}", "--json")
            self.assertEqual(done.returncode, 60, done.stderr)
            *lines, probe = records(done)
            said = [(each["side"], each["text"].replace("-", " ").split()[0]) for each in lines]
            self.assertEqual(said[0], ("server", "220"))
            self.assertIn(("tls", "TLSv1.3"), said)
            self.assertEqual(probe["clear_auth"], ["CRAM-MD5"])
            self.assertEqual((probe["auth"], probe["size_limit_bytes"], probe["trusted"]), (["PLAIN"], 1000, False))
            self.assertTrue(all(a["at_ms"] <= b["at_ms"] for a, b in zip(lines, lines[1:])))
        self.assertEqual(server.heard[-1].strip(), b"QUIT")

    def test_hostile_words(self):
        """Escape sequences of a server do not reach the terminal."""
        with Scripted(["X\x1b[31m"], say={"": b"220 \x1b]0;title\x07\xff\r\n"}) as server:
            for words in ((), ("--json",)):
                done = self.fid("probe", server.url, *words)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertFalse(set(done.stdout + done.stderr) & {0x1b, 0x07})

    def test_no_mail_server(self):
        def serve(connection):
            connection.sendall(b"SSH-2.0-OpenSSH_9\r\n")
            connection.recv(100)
        self.check(self.fid("probe", f"127.0.0.1:{self.serve(serve)}"), 8, err="no SMTP reply")


if __name__ == "__main__":
    main()
