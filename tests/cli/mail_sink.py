#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid mail sink` with the clients that people have (swaks, smtplib, curl, smtp-source), and with those that break the
rules: what is taken is whole, what is not whole is not there, and nothing is accepted and lost."""
import base64
import email.message
import json
import os
import pathlib
import queue
import signal
import smtplib
import socket
import ssl
import subprocess
import threading
import unittest

from connect_harness import FID, PeerTest, free_port, listens, main, needs, wait_for
from mail_servers import environment, find

LINES = b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nFrom: a@example.org\r\n\r\n"


class Sink:
    """A sink with a folder, its records as they come."""

    def __init__(self, test, *words, listen=None, folder=True):
        self.folder = test.folder / "letters"
        self.port = free_port()
        self.listeners = listen or [f"127.0.0.1:{self.port}"]
        command = [FID, "mail", "sink", "--json", *words]
        for each in self.listeners:
            command += ["--listen", str(each)]
        if folder:
            command += ["--dir", str(self.folder)]
        self.log = open(test.folder / "log", "wb")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log)
        test.addCleanup(self.log.close)
        test.addCleanup(PeerTest.end, self.process)
        # Read meanwhile: a sink whose records nobody takes waits.
        self.told = queue.SimpleQueue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.records = []
        for _ in self.listeners:
            self.next("listening")

    def read(self):
        for line in self.process.stdout:
            self.told.put(json.loads(line))

    def next(self, kind="message"):
        record = self.told.get(timeout=20)
        assert record["type"] == kind, record
        self.records.append(record)
        return record

    def messages(self):
        """The bytes of what is kept, in the order of its coming."""
        return [path.read_bytes() for path in sorted(self.folder.glob("*.eml"), key=lambda path: int(path.stem.split("-")[1]))]

    def rest(self, status=0):
        """What is told until it ends by itself."""
        assert self.process.wait(timeout=60) == status, self.process.returncode
        self.reader.join(20)
        return [self.told.get() for _ in range(self.told.qsize())]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.rest()


class Wire:
    """A client that says what it is told to."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.bytes = b""
        self.greeting = self.reply()

    def say(self, data):
        self.socket.sendall(data)
        return self

    def line(self):
        while b"\n" not in self.bytes:
            block = self.socket.recv(65536)
            if not block:
                return b""
            self.bytes += block
        line, self.bytes = self.bytes.split(b"\n", 1)
        return line + b"\n"

    def reply(self):
        """The last line of the next reply."""
        while (line := self.line())[3:4] == b"-":
            pass
        return line.rstrip().decode()

    def ask(self, line):
        return self.say(line + b"\r\n").reply()

    def envelope(self):
        assert self.ask(b"EHLO me").startswith("250")
        assert self.ask(b"MAIL FROM:<a@example.org>").startswith("250")
        assert self.ask(b"RCPT TO:<b@example.org>").startswith("250")
        assert self.ask(b"DATA").startswith("354")
        return self

    def close(self):
        self.socket.close()


class Clients(PeerTest):
    def test_smtplib(self):
        sink = Sink(self)
        message = email.message.EmailMessage()
        message["Subject"] = "Grüße aus Köln"
        message["From"], message["To"] = "ann@example.org", "bob@example.org"
        message.set_content("one\n.two\n..three\n.\nend\n" + "ü" * 500 + "\n")
        message.add_attachment(os.urandom(50_000), maintype="application", subtype="octet-stream", filename="ä.bin")
        message.set_boundary("boundary")
        with smtplib.SMTP("127.0.0.1", sink.port, local_hostname="client.example") as client:
            client.send_message(message, to_addrs=["bob@example.org", "eve@example.org"])
            client.sendmail("", ["x@example.org"], b"Subject: two\r\n\r\n")
        one, two = sink.next(), sink.next()
        self.assertEqual(one["subject"], "Grüße aus Köln")
        self.assertEqual(one["recipients"], ["bob@example.org", "eve@example.org"])
        self.assertEqual((one["from"], one["helo"], one["protocol"]), ("ann@example.org", "client.example", "ESMTP"))
        self.assertEqual((two["from"], two["subject"], two["size_bytes"]), ("", "two", 16))
        whole = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        self.assertEqual(sink.messages(), [whole, b"Subject: two\r\n\r\n"])
        self.assertEqual(pathlib.Path(one["file"]).read_bytes(), whole)
        self.assertEqual((one["size_bytes"], one["faults"], one["user"], one["tls_version"]), (len(whole), [], None, None))
        summary = sink.stop()[-1]
        self.assertEqual((summary["type"], summary["messages"], summary["connections"]), ("summary", 2, 1))

    def test_smtplib_starttls_and_auth(self):
        sink = Sink(self)
        for user, mechanism in (("ann", "auth_plain"), ("böb", "auth_login"), ("cäm", "auth_cram_md5")):
            with smtplib.SMTP("127.0.0.1", sink.port) as client:
                client.starttls(context=ssl._create_unverified_context())
                client.ehlo()
                client.user, client.password = user, "secret password"
                if user == "ann":
                    client.auth("PLAIN", client.auth_plain)
                elif user == "böb":  # smtplib sends ASCII only
                    self.assertEqual(client.docmd("AUTH LOGIN")[0], 334)
                    self.assertEqual(client.docmd(base64.b64encode(user.encode()).decode())[0], 334)
                    self.assertEqual(client.docmd(base64.b64encode(b"secret password").decode())[0], 235)
                else:
                    client.user = "cam"
                    client.auth("CRAM-MD5", client.auth_cram_md5)
                client.sendmail("a@example.org", ["b@example.org"], LINES)
            record = sink.next()
            self.assertEqual(record["user"], client.user if mechanism != "auth_login" else user)
            self.assertEqual((record["tls_version"], record["protocol"]), ("TLSv1.3", "ESMTPSA"))
            self.assertNotIn("secret", json.dumps(record))
        sink.stop()
        self.assertNotIn(b"secret", (self.folder / "log").read_bytes())

    def test_implicit_tls_and_unix_beside(self):
        tls, plain = free_port(), free_port()
        path = self.folder / "socket"
        sink = Sink(self, listen=[f"smtps://127.0.0.1:{tls}", f"smtp://127.0.0.1:{plain}", f"unix:{path}"])
        urls = [record["url"] for record in sink.records]
        self.assertEqual(urls[:2], [f"smtps://127.0.0.1:{tls}", f"smtp://127.0.0.1:{plain}"])
        with smtplib.SMTP_SSL("127.0.0.1", tls, context=ssl._create_unverified_context()) as client:
            self.assertFalse(client.has_extn("starttls") if client.ehlo() else True)
            client.sendmail("a@example.org", ["b@example.org"], LINES)
        self.assertEqual(sink.next()["protocol"], "ESMTPS")
        with smtplib.LMTP(str(path)) as client:
            client.sendmail("a@example.org", ["b@example.org"], LINES)  # smtplib reads one answer only
        record = sink.next()
        self.assertEqual((record["protocol"], record["recipients"]), ("LMTP", ["b@example.org"]))
        sink.stop()

    @needs("swaks")
    def test_swaks(self):
        sink = Sink(self)
        for number, words in enumerate((["-tls"], ["--auth", "PLAIN"], ["--auth", "LOGIN"], ["--auth", "CRAM-MD5"],
                                        ["--protocol", "LMTP"], ["--pipeline"], ["-tls", "--pipeline"])):
            auth = ["--auth-user", "ann", "--auth-password", "pw"] if "--auth" in words else []
            done = subprocess.run(["swaks", "--server", "127.0.0.1", "--port", str(sink.port), "--from", "a@example.org",
                                   "--to", "b@example.org,c@example.org", "--header", f"Subject: run {number}", *words, *auth],
                                  capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
            record = sink.next()
            self.assertEqual((record["subject"], record["user"]), (f"run {number}", "ann" if auth else None))
            self.assertEqual(record["tls_version"] is not None, "-tls" in words)
        sink.stop()

    @needs("curl")
    def test_curl(self):
        sink = Sink(self)
        body = b"Subject: curl\r\n\r\n.dots\r\n..more\r\n" + b"x" * 100_000 + b"\r\n.\r\nend\r\n"
        path = self.folder / "body"
        path.write_bytes(body)
        done = subprocess.run(["curl", "-sS", "--ssl-reqd", "-k", f"smtp://127.0.0.1:{sink.port}", "--mail-from", "a@example.org",
                               "--mail-rcpt", "b@example.org", "-u", "ann:pw", "-T", str(path)], capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        record = sink.next()
        self.assertEqual(sink.messages(), [body])
        self.assertEqual((record["user"], record["faults"]), ("ann", ["long line"]))
        sink.stop()

    @unittest.skipUnless(find("smtp-source"), "there is no smtp-source")
    def test_smtp_source(self):
        sink = Sink(self, "--max", "2000")
        done = subprocess.run([find("smtp-source"), "-d", "-s", "10", "-m", "2000", "-l", "2048",
                               f"127.0.0.1:{sink.port}"], capture_output=True, timeout=60, env=environment())
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        rest = sink.rest()
        self.assertEqual((rest[-1]["type"], rest[-1]["messages"], rest[-1]["connections"]), ("summary", 2000, 10))
        files = list(sink.folder.iterdir())
        self.assertEqual(len(files), 2000)
        self.assertEqual(sum(path.stat().st_size for path in files), rest[-1]["bytes"])

    def test_ten_thousand_recipients_and_text_output(self):
        port = free_port()
        process = self.start(FID, "mail", "sink", "--max", "1", "--listen", str(port), port=port, stdout=subprocess.PIPE)
        wire = Wire(port)
        wire.ask(b"EHLO me")
        wire.say(b"MAIL FROM:<\xc3\xbc@example.org> SMTPUTF8\r\n" +
                 b"".join(b"RCPT TO:<r%d@example.org>\r\n" % i for i in range(10_000)) + b"DATA\r\n")
        replies = [wire.reply()[:3] for _ in range(10_002)]
        self.assertEqual((replies.count("250"), replies.count("452"), replies[-1]), (1001, 9000, "354"))
        self.assertTrue(wire.ask(b"Subject: \x1b]0;title\x07 evil\r\n\r\n.").startswith("250"))
        out = process.communicate(timeout=20)[0]
        self.assertIn(b"\\x1b]0;title\\x07 evil", out)
        self.assertNotIn(b"\x1b", out)


class Hostile(PeerTest):
    def test_only_one_end(self):
        """SMTP smuggling (CVE-2023-51764 and others): what is not CR LF . CR LF is part of the message."""
        sink = Sink(self)
        cases = [(b"\n.\n", ["bare LF"]), (b"\n.\r\n", ["bare LF"]), (b"\r\n.\n", ["bare LF"]), (b"\r.\r", ["bare CR"]),
                 (b"\r\n.\r\r\n", ["bare CR"]), (b"\r.\r\n", ["bare CR"]), (b"\r\n.\r", ["bare CR"]), (b"\n.\r", ["bare LF", "bare CR"]),
                 (b"\0\r\n", ["NUL"]), (b"x" * 996 + b"\r\n", ["long line"]), (b"x" * 995 + b"\r\n", []),
                 (b"\xfc\r\n", ["undeclared 8-bit"])]
        smuggled = b"MAIL FROM:<evil@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n"
        for number, (end, faults) in enumerate(cases):
            for step in (1, 2, 100_000):
                wire = Wire(sink.port).envelope()
                text = b"Subject: %d\r\n\r\none" % number + end + smuggled
                data = text + b"\r\n.\r\n"
                for at in range(0, len(data), step):
                    wire.say(data[at:at + step])
                self.assertTrue(wire.reply().startswith("250 2.0.0 kept"), (end, step))
                self.assertEqual(wire.ask(b"QUIT")[:3], "221")
                wire.close()
                record = sink.next()
                # A dot behind CR LF is undone, whatever follows.
                kept = text + b"\r\n"
                if end.startswith(b"\r\n."):
                    kept = kept.replace(end, end[:2] + end[3:], 1)
                self.assertEqual(record["faults"], faults, (end, step))
                self.assertEqual(sink.messages()[-1], kept, (end, step))
        sink.stop()

    def test_commands_out_of_order_and_broken(self):
        sink = Sink(self)
        wire = Wire(sink.port)
        self.assertEqual(wire.greeting[:4], "220 ")
        table = [(b"MAIL FROM:<a@b>", 503), (b"EHLO", 501), (b"HELO me", 250), (b"RCPT TO:<a@b>", 503), (b"DATA", 503),
                 (b"MAIL FROM:a@b", 501), (b"MAIL TO:<a@b>", 501), (b"MAIL FROM:<a@b", 501), (b"MAIL FROM:<a b@c>", 501),
                 (b"MAIL FROM:<a@b>x", 501), (b"MAIL FROM:<a@b> FOO=1", 555), (b"MAIL FROM:<a@b> SIZE=x", 501),
                 (b"MAIL FROM:<a@b> SIZE=99999999999", 552), (b"MAIL FROM:<a@b> BODY=9BIT", 501),
                 (b"MAIL FROM:<\xc3\xbc@b>", 553), (b'MAIL FROM:<"a> b"@c>', 250), (b"MAIL FROM:<a@b>", 503),
                 (b"AUTH PLAIN AGEAYg==", 503), (b"RCPT TO:<>", 501), (b"RCPT TO:<a@b> NOTIFY=NEVER", 555), (b"DATA", 503),
                 (b"RSET", 250), (b"DATA", 503), (b"AUTH", 504), (b"AUTH NTLM", 504), (b"AUTH PLAIN !!!!", 501),
                 (b"AUTH PLAIN AGEA", 235), (b"AUTH PLAIN AGEAYg==", 503), (b"NOOP x", 250), (b"VRFY a", 252),
                 (b"", 500), (b"\0\0", 500), (b"EHLO\0 me", 500), (b"FOO", 500), (b"MAILFROM:<a@b>", 500),
                 (b"NOOP \x1b[2J", 500), (b"NOOP " + b"x" * 5000, 500), (b"NOOP " + b"x" * 50_000, 500), (b"STARTTLS now", 501),
                 (b"NOOP", 250), (b"BDAT 3 LAST", 500), (b"mail from: <@x,@y:a@b> size=3 body=8bitmime", 250), (b"QUIT", 221)]
        for line, code in table:
            self.assertEqual(wire.ask(line)[:3], str(code), line[:60])
        self.assertEqual(wire.line(), b"")
        # LF alone ends no command.
        wire = Wire(sink.port)
        self.assertEqual(wire.say(b"NOOP\n").reply()[:3], "500")
        self.assertEqual(wire.say(b"NOOP\nEHLO me\r\n").reply()[:3], "500")
        self.assertEqual(wire.reply()[:3], "250")
        # Nobody is heard for ever.
        wire = Wire(sink.port)
        replies = [wire.ask(b"FOO")[:3] for _ in range(100)]
        self.assertEqual(wire.line()[:3], b"421")
        self.assertEqual((set(replies), wire.line()), ({"500"}, b""))
        sink.stop()

    def test_auth_dialogues(self):
        sink = Sink(self)
        wire = Wire(sink.port)
        wire.ask(b"EHLO me")
        for answers, code in (([b"AUTH LOGIN", b"*"], 501), ([b"AUTH LOGIN", b"YW5u", b"*"], 501),
                              ([b"AUTH PLAIN", b"bm8="], 501), ([b"AUTH PLAIN", b"x" * 20_000], 500),
                              ([b"AUTH CRAM-MD5 YQ=="], 501), ([b"AUTH CRAM-MD5", b"YW5u"], 501),
                              ([b"AUTH PLAIN ="], 501), ([b"AUTH LOGIN", b"YW5u", b"cHc="], 235)):
            for each in answers:
                reply = wire.ask(each)
            self.assertEqual(reply[:3], str(code), answers[-1][:40])
        sink.stop()

    def test_starttls_injection(self):
        sink = Sink(self)
        wire = Wire(sink.port)
        wire.ask(b"EHLO me")
        self.assertEqual(wire.say(b"STARTTLS\r\nMAIL FROM:<evil@example.org>\r\n").reply()[:3], "554")
        self.assertEqual(wire.line(), b"")
        # What was said before TLS is forgotten with it.
        with smtplib.SMTP("127.0.0.1", sink.port) as client:
            client.ehlo()
            client.mail("a@example.org")
            client.rcpt("b@example.org")
            client.starttls(context=ssl._create_unverified_context())
            self.assertEqual(client.docmd("DATA")[0], 503)
            self.assertEqual(client.docmd("MAIL", "FROM:<a@example.org>")[0], 503)
        # Two bytes that are no TLS.
        wire = Wire(sink.port)
        wire.ask(b"EHLO me")
        self.assertEqual(wire.ask(b"STARTTLS")[:3], "220")
        wire.say(b"NOOP\r\nNOOP\r\n")
        with self.assertRaises((AssertionError, ConnectionResetError)):
            self.assertEqual(wire.line()[:3], b"250")
        sink.stop()

    def test_cut_anywhere(self):
        """The connection ends at every byte of a message: it is kept if and only if it was whole."""
        sink = Sink(self)
        text = b"Subject: cut\r\n\r\n..a\r\n"
        data = text + b".\r\n"
        for end in range(len(data) + 1):
            wire = Wire(sink.port).envelope()
            wire.say(data[:end])
            if end == len(data):
                self.assertEqual(wire.reply()[:3], "250")
            wire.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(wire.line(), b"")
            wire.close()
        sink.next()
        self.assertEqual(sink.messages(), [b"Subject: cut\r\n\r\n.a\r\n"])
        rest = sink.stop()
        self.assertEqual((rest[-1]["messages"], rest[-1]["cut"]), (1, len(data)))
        self.assertEqual(len(list(sink.folder.iterdir())), 1)  # hidden ones, too

    def test_reset_by_peer_while_sending(self):
        sink = Sink(self)
        for _ in range(20):
            wire = Wire(sink.port).envelope()
            wire.say(b"x" * 300_000)
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            wire.close()
        wait_for(lambda: not list(sink.folder.iterdir()), "the removal of what was cut")
        self.assertEqual(sink.stop()[-1]["cut"], 20)

    def test_too_large(self):
        sink = Sink(self, "--max-size", "10k")
        wire = Wire(sink.port).envelope()
        self.assertEqual(wire.say(b"x" * 20_000 + b"\r\n.\r\n").reply()[:3], "552")
        self.assertEqual(list(sink.folder.iterdir()), [])
        self.assertEqual(wire.ask(b"MAIL FROM:<a@b> SIZE=10241")[:3], "552")
        self.assertEqual(wire.ask(b"MAIL FROM:<a@b> SIZE=10240")[:3], "250")
        self.assertEqual(wire.ask(b"RCPT TO:<a@b>")[:3], "250")
        self.assertEqual(wire.ask(b"DATA")[:3], "354")
        self.assertEqual(wire.say(b"x" * 900 + b"\r\n.\r\n").reply()[:3], "250")
        self.assertEqual(sink.next()["size_bytes"], 902)
        sink.stop()

    def test_no_room(self):
        """A file system without room: try again later, and nothing half is left."""
        mounted = self.folder / "small"
        mounted.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", mounted], capture_output=True).returncode != 0:
            self.skipTest("no file system may be mounted")
        self.addCleanup(subprocess.run, ["umount", str(mounted)])
        self.folder, whole = mounted, self.folder
        port = free_port()
        process = self.start(FID, "mail", "sink", "--listen", str(port), "--dir", mounted / "in", port=port, stderr=subprocess.PIPE)
        wire = Wire(port).envelope()
        self.assertEqual(wire.say(b"x" * 200_000 + b"\r\n.\r\n").reply()[:3], "452")
        self.assertEqual(list((mounted / "in").iterdir()), [])
        wire.ask(b"MAIL FROM:<a@b>")
        wire.ask(b"RCPT TO:<a@b>")
        wire.ask(b"DATA")
        self.assertEqual(wire.say(b"small\r\n.\r\n").reply()[:3], "250")
        self.assertEqual([path.read_bytes() for path in (mounted / "in").iterdir()], [b"small\r\n"])
        process.send_signal(signal.SIGTERM)
        self.assertIn(b"No space left on device".lower(), process.communicate(timeout=20)[1].lower())
        self.folder = whole

    def test_ends(self):
        """Who has a message under way may finish it; who has not is let go."""
        sink = Sink(self)
        idle, busy = Wire(sink.port), Wire(sink.port).envelope()
        sink.process.send_signal(signal.SIGINT)
        self.assertEqual(idle.line(), b"")
        wait_for(lambda: not listens(sink.port), "the end of listening")
        self.assertEqual(busy.say(b"late\r\n.\r\n").reply()[:3], "250")
        self.assertEqual(sink.rest(130)[-1]["messages"], 1)
        self.assertEqual(sink.messages(), [b"late\r\n"])

    def test_max(self):
        sink = Sink(self, "--max", "1", "--grace", "500ms")
        one, two = Wire(sink.port).envelope(), Wire(sink.port)
        two.ask(b"EHLO me")
        self.assertEqual(one.say(b"a\r\n.\r\n").reply()[:3], "250")
        self.assertEqual(two.ask(b"NOOP")[:3], "250")
        self.assertEqual(two.ask(b"MAIL FROM:<a@b>")[:3], "421")
        self.assertEqual(sink.rest()[-1]["messages"], 1)

    def test_silence(self):
        sink = Sink(self, "--idle", "200ms")
        wire = Wire(sink.port).envelope()
        self.assertEqual(wire.line(), b"")
        self.assertEqual(sink.stop()[-1]["cut"], 1)

    def test_too_many(self):
        sink = Sink(self, "--max-connections", "2")
        wires = [Wire(sink.port), Wire(sink.port)]
        third = socket.create_connection(("127.0.0.1", sink.port), timeout=20)
        self.assertEqual(third.recv(10), b"")
        wires[0].ask(b"QUIT")
        self.assertEqual(wires[0].line(), b"")
        wait_for(lambda: Wire(sink.port).greeting.startswith("220"), "room for another")
        self.assertGreaterEqual(sink.stop()[-1]["shed"], 1)

    def test_at_once(self):
        sink = Sink(self)

        def send(number):
            with smtplib.SMTP("127.0.0.1", sink.port) as client:
                for i in range(20):
                    client.sendmail("a@example.org", ["b@example.org"], b"Subject: %d.%d\r\n\r\n" % (number, i) + b"x\r\n" * i)
        threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        wanted = {b"Subject: %d.%d\r\n\r\n" % (n, i) + b"x\r\n" * i for n in range(20) for i in range(20)}
        records = [sink.next() for _ in range(400)]
        self.assertEqual(set(sink.messages()), wanted)
        self.assertEqual(len({record["file"] for record in records}), 400)
        self.assertEqual(sorted(record["number"] for record in records), list(range(1, 401)))
        sink.stop()


if __name__ == "__main__":
    main()
