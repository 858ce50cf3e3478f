#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid mail list` and `read` with dovecot, beside curl; messages as odd as they come, beside Python's email package;
and servers that break the rules."""
import contextlib
import email
import email.policy
import json
import os
import pathlib
import re
import socket
import subprocess
import threading

from connect_harness import FID, PeerTest, main, needs
from mail_boxes import Dovecot

ENVIRONMENT = {**os.environ, "FID_MAIL_PASSWORD": "secret", "HOME": "/nonexistent"}
GREETING = b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n"


def run(*words, **changes):
    return subprocess.run([FID, "mail", *map(str, words)], capture_output=True, timeout=60, stdin=subprocess.DEVNULL,
                          env=ENVIRONMENT | changes)


def records(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


class Fake:
    """A server in the clear that has the messages it is given; `change` may spoil what it says."""

    def __init__(self, test, messages=(), change=lambda text: text, capabilities=b"IMAP4rev1 SASL-IR AUTH=PLAIN",
                 greeting=None):
        self.messages, self.change, self.heard = list(messages), change, []
        self.greeting = greeting or b"* OK [CAPABILITY " + capabilities + b"] ready\r\n"
        self.capabilities = capabilities
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"imap://ann@127.0.0.1:{self.listener.getsockname()[1]}/"
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()
        test.addCleanup(self.end)

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=(self.listener.accept()[0],), daemon=True).start()

    def serve(self, connection):
        with connection, contextlib.suppress(OSError):
            self.talk(connection)

    def end(self):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread, which must not accept() on another's descriptor
        self.thread.join()
        self.listener.close()

    def talk(self, connection):
        lines = connection.makefile("rb")
        connection.sendall(self.change(self.greeting))
        for line in lines:
            self.heard.append(line)
            tag, _, rest = line.rstrip(b"\r\n").partition(b" ")
            connection.sendall(self.change(self.answer(tag, rest, connection, lines)))
            if rest.upper() == b"LOGOUT":
                return

    def answer(self, tag, rest, connection, lines):
        word = rest.split(b" ")[0].upper()
        told = b""
        if word == b"CAPABILITY":
            told = b"* CAPABILITY " + self.capabilities + b"\r\n"
        elif word == b"AUTHENTICATE" and b" " not in rest[13:]:
            connection.sendall(b"+ \r\n")
            self.heard.append(lines.readline())
        elif word == b"LOGIN" and rest.endswith(b"}"):
            while rest.endswith(b"}"):
                connection.sendall(b"+ go on\r\n")
                size = int(re.search(rb"\{(\d+)\}$", rest)[1])
                self.heard.append(lines.read(size))
                rest = lines.readline().rstrip(b"\r\n")
        elif word in (b"EXAMINE", b"SELECT"):
            told = b"* FLAGS (\\Seen)\r\n* %d EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n" % len(self.messages)
        elif word == b"FETCH":
            first, _, last = rest.split(b" ")[1].partition(b":")
            section = rest[rest.index(b"BODY"):-1].replace(b".PEEK", b"")
            for number in range(int(first), int(last or first) + 1):
                body = self.messages[number - 1]
                told += b"* %d FETCH (UID %d FLAGS (\\Seen) INTERNALDATE \" 1-May-2024 10:20:30 +0200\" RFC822.SIZE %d %s {%d}\r\n" % (
                    number, number + 100, len(body), section, len(body)) + body + b")\r\n"
        elif word == b"LIST":
            told = b'* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\Noselect) NIL {3}\r\na\x1bb\r\n* LIST () "/" "A &- &AOQ-"\r\n'
        elif word == b"STATUS":
            told = b"* STATUS " + rest.split(b" (")[0][7:] + b" (MESSAGES 7 UNSEEN 2)\r\n"
        elif word == b"LOGOUT":
            told = b"* BYE\r\n"
        return told + tag + b" OK done\r\n"


@needs("dovecot", "openssl")
class Peers(PeerTest):
    def setUp(self):
        super().setUp()
        self.server = Dovecot(self, self.folder)
        self.options = ["--tls-ca", self.server.certificate]

    def test_list_and_read(self):
        letters = [b"Subject: letter %d\nFrom: =?iso-8859-1?q?J=FCrgen?= <j@example.org>\nDate: Wed, 1 May 2024 10:00:00 +0200\n\nhello %d\n"
                   % (number, number) for number in range(30)]
        for number, letter in enumerate(letters):
            self.server.put(number, letter)
        self.server.put(50, b"Subject: sent\n\n", ".Sent")
        for url in (f"imaps://ann@localhost:{self.server.tls_port}/", f"imap://ann@localhost:{self.server.port}/"):
            done = self.check(run("list", url, "--json", *self.options))
            counts = {each["mailbox"]: (each["messages"], each["unseen"]) for each in records(done)}
            self.assertEqual(counts, {"INBOX": (30, 30), "Sent": (1, 1), "Entwürfe & mehr": (0, 0)})
            found = records(self.check(run("list", url + "INBOX", "--json", *self.options)))
            self.assertEqual([each["number"] for each in found], list(range(11, 31)))
            self.assertEqual(found[-1]["subject"], "letter 29")
            self.assertEqual(found[-1]["from"], "Jürgen <j@example.org>")
            self.assertEqual(found[-1]["received"], "2024-05-01T10:40:29Z")
            self.assertEqual(len(records(self.check(run("list", url + "INBOX", "3", "--json", *self.options)))), 3)
            self.assertEqual(records(self.check(run("list", url + "Entw%C3%BCrfe%20%26%20mehr", "--json", *self.options))), [])
            raw = self.check(run("read", url + "INBOX", "5", "--raw", *self.options)).stdout
            self.assertEqual(raw, letters[4].replace(b"\n", b"\r\n"))
            text = self.check(run("read", url + "INBOX", "5", *self.options)).stdout.decode()
            self.assertIn("From: Jürgen <j@example.org>\n", text)
            self.assertTrue(text.endswith("\n\nhello 4\n"), text)
        uid = found[4]["uid"]
        done = self.check(run("read", url + "INBOX", uid, "--uid", "--json", *self.options))
        self.assertEqual(records(done)[0]["number"], found[4]["number"])

        def unseen():
            return {each["mailbox"]: each["unseen"] for each in records(run("list", url, "--json", *self.options))}["INBOX"]
        # Nothing became seen but what is asked for.
        self.assertEqual(unseen(), 30)
        self.check(run("read", url + "INBOX", "5", "--mark-seen", *self.options))
        self.assertEqual(unseen(), 29)

    @needs("curl")
    def test_beside_curl(self):
        letter = b"Subject: big\r\n\r\n" + os.urandom(3_000_000).hex().encode() + b"\r\n)\r\nf2 OK no\r\n"
        self.server.put(1, letter)
        url = f"imaps://localhost:{self.server.tls_port}/INBOX"
        curl = subprocess.run(["curl", "-sS", "--cacert", self.server.certificate, "-u", "ann:secret", url + ";MAILINDEX=1"],
                              capture_output=True, timeout=60)
        self.assertEqual(curl.returncode, 0, curl.stderr)
        ours = self.check(run("read", url, "1", "--raw", "--user", "ann", *self.options)).stdout
        self.assertEqual((len(ours), ours == curl.stdout), (len(letter), True))

    def test_logins(self):
        url = f"imaps://ann@localhost:{self.server.tls_port}/INBOX"
        self.check(run("list", url, *self.options, FID_MAIL_PASSWORD="wrong"), status=67, err="cannot log in")
        netrc = self.folder / "netrc"
        netrc.write_text("machine localhost login böb password \"pass wörd\\\"\\\\\"\n", encoding="utf-8")
        netrc.chmod(0o600)
        environment = {key: value for key, value in ENVIRONMENT.items() if key != "FID_MAIL_PASSWORD"}
        done = subprocess.run([FID, "mail", "list", f"imaps://localhost:{self.server.tls_port}/", "--netrc", netrc, *map(str, self.options)],
                              capture_output=True, timeout=60, env=environment)
        self.check(done)
        self.assertIn(b"INBOX", done.stdout)
        self.check(run("list", url, "--tls-ca", "/etc/ssl/certs"), status=60)
        self.check(run("list", url.replace("INBOX", "Nowhere"), *self.options), status=22, err="Nowhere")
        self.check(run("read", url, "99", *self.options), status=22, err="no message 99")
        plain = f"imap://ann@localhost:{self.server.port}/INBOX"
        self.check(run("list", plain, "--tls", "none"))  # dovecot trusts its own machine
        done = self.check(run("list", plain, "-vv", *self.options))
        self.assertNotIn(b"c2VjcmV0", done.stderr)
        self.assertIn(b"STARTTLS", done.stderr)

    def test_record(self):
        path = self.folder / "own.pcapng"
        self.check(run("list", f"imaps://ann@localhost:{self.server.tls_port}/INBOX", "--record", path, *self.options))
        self.assertGreater(path.stat().st_size, 1000)


def message(*lines):
    return b"\r\n".join(lines) + b"\r\n"


ODD = {
    "plain": message(b"Subject: a", b"From: b", b"", b"text"),
    "no header": message(b"", b"just text"),
    "nothing": b"",
    "folded": message(b"Subject: one", b" two", b"\tthree", b"", b"x"),
    "encoded words joined": message(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?utf-8?q?_aus?=", b" =?utf-8?b?IEvDtmxu?= end", b"", b"x"),
    "latin1": message(b"Subject: =?iso-8859-1?Q?caf=E9?=", b"Content-Type: text/plain; charset=iso-8859-1", b"", b"caf\xe9"),
    "windows-1252": message(b"Content-Type: text/plain; charset=windows-1252", b"", b"\x93quoted\x94 \x80"),
    "koi8": message(b"Subject: =?koi8-r?B?8NLJ18XU?=", b"Content-Type: text/plain; charset=koi8-r", b"", b"\xf0\xd2\xc9\xd7\xc5\xd4"),
    "japanese": message(b"Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", b"Content-Type: text/plain; charset=iso-2022-jp", b"", b"\x1b$BF|K\\\x1b(B"),
    "quoted-printable": message(b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: quoted-printable", b"",
                                b"a=3Db =C3=BC soft=", b" break =XX =4", b"end="),
    "base64": message(b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: BASE64", b"", b"Z3LDvMOf", b"ZQo="),
    "multipart": message(b"Content-Type: multipart/mixed; boundary=\"b 1\"", b"", b"preamble", b"--b 1", b"", b"first", b"--b 1 ",
                         b"Content-Type: text/plain", b"", b"second", b"", b"--b 1--", b"epilogue", b"--b 1", b"", b"not a part"),
    "no end": message(b"Content-Type: multipart/mixed; boundary=x", b"", b"--x", b"", b"open"),
    "alternative": message(b"Content-Type: multipart/alternative; boundary=x", b"", b"--x", b"Content-Type: text/plain", b"", b"plain",
                           b"--x", b"Content-Type: text/html", b"", b"<p>html", b"--x--"),
    "nested": message(b"Content-Type: multipart/mixed; boundary=out", b"", b"--out", b"Content-Type: multipart/alternative; boundary=in", b"",
                      b"--in", b"", b"text", b"--in", b"Content-Type: text/html", b"", b"<b>t</b>", b"--out",
                      b"Content-Type: application/pdf; name=a.pdf", b"Content-Transfer-Encoding: base64", b"", b"JVBERg==", b"--out--"),
    "attachment name 2231": message(b"Content-Type: multipart/mixed; boundary=x", b"", b"--x", b"", b"t", b"--x",
                                    b"Content-Type: application/octet-stream",
                                    b"Content-Disposition: attachment; filename*0*=utf-8''%C3%A4%20long;", b" filename*1*=%20name; filename*2=.txt",
                                    b"", b"data", b"--x--"),
    "attachment name quoted": message(b"Content-Type: application/zip", b"Content-Disposition: attachment; filename=\"a \\\"b\\\"; c.zip\"", b"", b"PK"),
    "attachment name in words": message(b"Content-Type: image/png; name=\"=?utf-8?q?=C3=A4.png?=\"", b"", b"PNG"),
    "message in message": message(b"Content-Type: multipart/mixed; boundary=x", b"", b"--x", b"", b"see", b"--x", b"Content-Type: message/rfc822", b"",
                                  b"Subject: inner", b"", b"inner text", b"--x--"),
    "unix from": message(b"From someone Wed May  1 10:00:00 2024", b"Subject: mbox", b"", b"x"),
    "no colon": message(b"Subject: before", b"this is no header", b"", b"x"),
    "lf only": b"Subject: lf\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x--\n",
    "empty parts": message(b"Content-Type: multipart/mixed; boundary=x", b"", b"--x", b"--x", b"", b"--x--"),
}


class Messages(PeerTest):
    """What Python's email package reads out of a message is what we read out of it."""

    def test_odd(self):
        server = Fake(self, ODD.values())
        for number, (name, data) in enumerate(ODD.items(), 1):
            with self.subTest(name):
                done = self.check(run("read", server.url + "INBOX", number, "--tls", "none", "--json"))
                ours = records(done)[0]
                theirs = email.message_from_bytes(data, policy=email.policy.default)
                for field in ("subject", "from"):
                    value = theirs[field]
                    self.assertEqual(ours[field] or None, str(value) if value else None)
                parts = [part for part in theirs.walk() if not part.is_multipart() or part.get_content_type() == "message/rfc822"]
                # What lies in a message that is attached belongs to that.
                inner = [each for part in parts if part.get_content_type() == "message/rfc822" for each in part.walk() if each is not part]
                parts = [part for part in parts if part not in inner]
                alternative = any(part.get_content_type() == "multipart/alternative" for part in theirs.walk())
                shown = [part for part in parts if part.get_content_type() == "text/plain" and not part.is_attachment()]
                others = [part for part in parts if part not in shown and not (alternative and part.get_content_type() == "text/html")]
                text = "\n".join(part.get_payload(decode=True).decode(part.get_content_charset("utf-8")) for part in shown)
                self.assertEqual(ours["text"].split(), text.split())
                self.assertEqual([(each["name"], each["type"]) for each in ours["attachments"]],
                                 [(part.get_filename(), part.get_content_type()) for part in others])
                sizes = [len(part.get_payload(decode=True)) for part in others if not part.is_multipart()]
                self.assertEqual([each["size_bytes"] for each in ours["attachments"] if each["type"] != "message/rfc822"], sizes)

    def test_html_only(self):
        data = message(b"Content-Type: text/html; charset=utf-8", b"", b"<html><head><style>p{}</style></head><body><p>Gr&uuml;&szlig;e &amp; &#8364;</p>",
                       b"<script>evil()</script><div>a &lt; b</div><!-- no --></body>")
        server = Fake(self, [data])
        ours = records(self.check(run("read", server.url + "INBOX", 1, "--tls", "none", "--json")))[0]
        self.assertEqual((ours["text"].split(), ours["from_html"]), (["Grüße", "&", "€", "a", "<", "b"], True))

    def test_bombs(self):
        """Depth, parts and fields without end are read in bounded time and memory."""
        deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(5000))
        many = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 200_000
        rfc822 = b"Content-Type: message/rfc822\r\n\r\n" * 20_000
        fields = b"X: y\r\n" * 300_000
        words = b"Subject: " + b"=?utf-8?q?a?= =?" * 50_000 + b"\r\n\r\n"
        pieces = b"Content-Type: text/plain; " + b"".join(b"a*%d=x; " % i for i in range(100_000)) + b"\r\n\r\nx"
        server = Fake(self, [deep, many, rfc822, fields, words, pieces])
        for number in range(1, 7):
            self.check(run("read", server.url + "INBOX", number, "--tls", "none", "--json"))

    def test_save(self):
        names = [b"../../evil", b"/etc/passwd", b"..", b".bashrc", b"a\x1bb", b"same.txt", b"same.txt", b"", b"x" * 400, b"c:\\dos.txt"]
        parts = b"".join(b"--x\r\nContent-Type: application/x\r\nContent-Disposition: attachment; filename=\"" + name.replace(b"\\", b"\\\\") +
                         b"\"\r\n\r\ndata\r\n" for name in names)
        server = Fake(self, [b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + parts + b"--x--\r\n"])
        into = self.folder / "saved"
        done = self.check(run("read", server.url + "INBOX", 1, "--tls", "none", "--save", into))
        self.assertNotIn(b"\x1b", done.stdout)
        saved = sorted(path.name for path in into.iterdir())
        self.assertEqual(saved, sorted(["evil", "passwd", "attachment-3", "bashrc", "a_b", "same.txt", "same-2.txt", "attachment-8",
                                        "x" * 200, "dos.txt"]))
        self.assertEqual({path.read_bytes() for path in into.iterdir()}, {b"data"})
        self.check(run("read", server.url + "INBOX", 1, "--tls", "none", "--save", into))
        self.assertEqual(len(list(into.iterdir())), 2 * len(names))  # none was replaced


class Hostile(PeerTest):
    def test_cut_at_every_line(self):
        whole = Fake(self, [ODD["nested"]] * 3)
        said = []
        whole.change = lambda text: (said.append(text), text)[1]
        self.check(run("read", whole.url + "INBOX", 2, "--tls", "none"))
        lines = b"".join(said).splitlines(keepends=True)
        for cut in range(len(lines) - 2):  # after the answer to FETCH only the goodbye is missing
            left = [b"".join(lines[:cut])]

            def change(text, left=left):
                now, left[0] = left[0][:len(text)], left[0][len(text):]
                if len(now) < len(text):
                    raise Cut(now)
                return text
            server = Cutting(self, [ODD["nested"]] * 3, change=change)
            done = run("read", server.url + "INBOX", 2, "--tls", "none")
            self.assertIn(done.returncode, (55, 56, 8), (cut, done.stderr))
            self.assertEqual(done.stdout, b"", cut)

    def test_literals_without_end(self):
        for text, status in ((b"* 1 FETCH (BODY[] {9223372036854775807}\r\nx", 8), (b"* 1 FETCH (BODY[] {99999999999999999999}\r\n", 8),
                             (b"* LIST " + b"(" * 100_000 + b"\r\n", 8), (b"* OK " + b"x" * 2_000_000, 8), (b"* \"\r\n", 8),
                             (b"* (\r\n", 8), (b"* )\r\n", 8), (b"garbage\r\n", 8), (b"\r\n", 8), (b"* 1 FETCH (BODY[] \"a\r\n", 8),
                             (b"f1 MAYBE\r\n", 8), (b"f99 OK\r\n", 8), (b"+ go\r\n", 8), (b"* BYE over\r\n", 22)):
            def change(said, text=text):
                return said if said.startswith(b"* OK [CAP") else text
            server = Cutting(self, [b"x"], change=change, once=True)
            done = run("read", server.url + "INBOX", 1, "--tls", "none")
            self.check(done, status=status)
            self.assertEqual(done.stdout, b"")

    def test_endless(self):
        """What goes on for ever ends with its limit, not with our memory."""
        def handle(connection):
            connection.sendall(GREETING + b"f1 OK\r\nf2 OK\r\n* LIST (")
            with connection:
                while True:
                    connection.sendall(b"a " * 30_000)
        port = self.serve(handle)
        self.check(run("list", f"imap://ann@127.0.0.1:{port}/", "--tls", "none"), status=8)

    def test_no_tls(self):
        """Who stands in the way cannot talk us out of TLS."""
        for greeting, capabilities, status, cause in (
                (None, b"IMAP4rev1 AUTH=PLAIN", 35, "does not offer STARTTLS"),
                (b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n", b"IMAP4rev1", 35, "PREAUTH"),
                (b"* BYE full\r\n", b"", 22, "full"), (b"220 hello\r\n", b"", 8, "")):
            server = Fake(self, capabilities=capabilities, greeting=greeting)
            self.check(run("list", server.url), status=status, err=cause)
            self.assertFalse([line for line in server.heard if b"LOGIN" in line or b"AUTHENTICATE" in line])

    def test_injection_behind_starttls(self):
        def handle(connection):
            connection.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n")
            connection.recv(1000)
            connection.sendall(b"f1 OK begin TLS now\r\n* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n")
            connection.recv(1000)
        port = self.serve(handle)
        self.check(run("list", f"imap://ann@127.0.0.1:{port}/"), status=8, err="in the clear behind")

    def test_old_servers(self):
        """Without SASL-IR, without AUTH=PLAIN, with a password that needs a literal; a list without LIST-STATUS."""
        for capabilities in (b"IMAP4rev1 AUTH=PLAIN", b"IMAP4rev1"):
            for password in ("secret", "wörd"):
                server = Fake(self, capabilities=capabilities)
                done = self.check(run("list", server.url, "--tls", "none", "--json", FID_MAIL_PASSWORD=password))
                self.assertEqual([(each["mailbox"], each["messages"]) for each in records(done)],
                                 [("INBOX", 7), ("a\x1bb", None), ("A & ä", 7)])
                done = self.check(run("list", server.url, "--tls", "none", FID_MAIL_PASSWORD=password))
                self.assertNotIn(b"\x1b", done.stdout)
        self.assertIn("wörd".encode(), server.heard)
        server = Fake(self, capabilities=b"IMAP4rev1 LOGINDISABLED")
        self.check(run("list", server.url, "--tls", "none"), status=67, err="neither")


class Cut(Exception):
    pass


class Cutting(Fake):
    """Says so much and closes the connection."""

    def __init__(self, test, messages, change, once=False):
        super().__init__(test, messages, change)
        self.once = once

    def talk(self, connection):
        try:
            if not self.once:
                return super().talk(connection)
            connection.sendall(self.change(self.greeting))
            connection.recv(1000)
            connection.sendall(self.change(b"odd"))
        except Cut as cut:
            connection.sendall(cut.args[0])


if __name__ == "__main__":
    main()
