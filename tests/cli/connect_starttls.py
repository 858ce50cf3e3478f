#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid connect --starttls` through ten protocols' dialogues, each ending in real TLS (Python's ssl).

The servers say what the protocols' RFCs and manuals show; `openssl s_client -starttls`, where it knows the protocol, has
to get through as well, so that a server of ours cannot be wrong in fid's favour.

usage: connect_starttls.py FID [unittest arguments]
"""
import glob
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

from ports import free_port

FID = os.path.abspath(sys.argv.pop(1))
LIMIT = 20  # seconds; nothing here takes one


class Wire:
    """Reads lines and byte counts off a socket without taking more than was asked for."""

    def __init__(self, connection):
        self.connection = connection

    def say(self, data):
        self.connection.sendall(data)

    def bytes(self, count):
        data = b""
        while len(data) < count:
            more = self.connection.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def until(self, mark):
        data = b""
        while not data.endswith(mark):
            data += self.bytes(1)
        return data

    def expect(self, *words):
        line = self.until(b"\n").strip()
        assert line.split()[: len(words)] == list(words), line


def smtp(wire):
    wire.say(b"220-mail.example.com ESMTP\r\n220 welcome\r\n")
    assert wire.until(b"\n").startswith(b"EHLO ")
    wire.say(b"250-mail.example.com\r\n250-SIZE 1000\r\n250 STARTTLS\r\n")
    wire.expect(b"STARTTLS")
    wire.say(b"220 2.0.0 Ready to start TLS\r\n")


def ftp(wire):
    wire.say(b"220-Welcome\r\n 220 not yet\r\n220 ready\r\n")
    line = wire.until(b"\n")
    if line.startswith(b"FEAT"):  # openssl asks first
        wire.say(b"211-Features:\r\n AUTH TLS\r\n211 End\r\n")
        line = wire.until(b"\n")
    assert line == b"AUTH TLS\r\n", line
    wire.say(b"234 go on\r\n")


def nntp(wire):
    wire.say(b"201 posting prohibited\r\n")
    line = wire.until(b"\n")
    if line.startswith(b"CAPABILITIES"):
        wire.say(b"101 Capability list:\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n")
        line = wire.until(b"\n")
    assert line == b"STARTTLS\r\n", line
    wire.say(b"382 Continue with TLS negotiation\r\n")


def pop3(wire):
    wire.say(b"+OK POP3 ready\r\n")
    wire.expect(b"STLS")
    wire.say(b"+OK Begin TLS negotiation\r\n")


def imap(wire):
    wire.say(b"* OK IMAP4rev1 ready\r\n")
    line = wire.until(b"\n").split()
    if line[1] == b"CAPABILITY":
        wire.say(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + line[0] + b" OK done\r\n")
        line = wire.until(b"\n").split()
    assert line[1] == b"STARTTLS", line
    wire.say(b"* CAPABILITY IMAP4rev1\r\n" + line[0] + b" OK Begin TLS\r\n")


def sieve(wire):
    wire.say(b'"IMPLEMENTATION" "Example"\r\n"STARTTLS"\r\n"VERSION" "1.0"\r\nOK\r\n')
    wire.expect(b"STARTTLS")
    wire.say(b"OK\r\n")


def xmpp(wire):
    wire.until(b">")  # <?xml ...?>, or the head of the stream
    wire.say(b"<?xml version='1.0'?><stream:stream from='localhost' id='1' version='1.0' xmlns='jabber:client'"
             b" xmlns:stream='http://etherx.jabber.org/streams'><stream:features>"
             b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>")
    data = b""
    while b"<starttls" not in data:
        data = wire.until(b">")
    wire.say(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")


def ldap(wire):
    head = wire.bytes(2)
    assert head[0] == 0x30
    body = wire.bytes(head[1])
    assert b"1.3.6.1.4.1.1466.20037" in body and body[:4] == b"\x02\x01\x01\x77", body
    wire.say(bytes.fromhex("300c02010178070a010004000400"))


def postgres(wire):
    assert wire.bytes(8) == bytes.fromhex("0000000804d2162f")
    wire.say(b"S")


def mysql(wire):
    greeting = (b"\x0a8.0.36\0" + bytes(4) + b"saltsalt\0" + b"\xff\xff" + b"\x21" + b"\x02\0" + b"\xff\xc7" + b"\x15" + bytes(10)
                + b"moresaltmore\0" + b"mysql_native_password\0")
    wire.say(len(greeting).to_bytes(3, "little") + b"\0" + greeting)
    head = wire.bytes(4)
    size = int.from_bytes(head[:3], "little")
    assert (size, head[3]) == (32, 1), head
    assert wire.bytes(size)[1] & 0x08, "the TLS capability"


DIALOGUES = {one.__name__: one for one in (smtp, ftp, nntp, pop3, imap, sieve, xmpp, ldap, postgres, mysql)}
FOLDER = tempfile.TemporaryDirectory()
CERTIFICATE = os.path.join(FOLDER.name, "certificate.pem")
KEY = os.path.join(FOLDER.name, "key.pem")


class Server:
    """Serves one connection: the dialogue, then TLS, then an echo in capitals."""

    def __init__(self, talk, tls=True):
        self.talk, self.tls, self.failure = talk, tls, None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(LIMIT)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        try:
            connection, _ = self.listener.accept()
            connection.settimeout(LIMIT)
            with connection:
                self.talk(Wire(connection))
                if not self.tls:
                    return
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(CERTIFICATE, KEY)
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.sendall(secure.recv(1000).upper())
                    secure.unwrap()
        except (AssertionError, EOFError, OSError) as failure:
            self.failure = failure
        finally:
            self.listener.close()

    def end(self):
        self.thread.join(LIMIT)
        return self.failure


def connect(protocol, port, *options):
    return subprocess.run([FID, "connect", "--starttls", protocol, "--tls-ca", CERTIFICATE, "--timeout", "10s", *options,
                           "localhost", str(port), "-4"], input=b"hello\n", capture_output=True, timeout=LIMIT)


class Secured(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", KEY, "-out", CERTIFICATE,
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True)


class StartTls(Secured):
    def test_every_protocol_gets_to_tls(self):
        for name, talk in DIALOGUES.items():
            with self.subTest(name):
                server = Server(talk)
                done = connect(name, server.port)
                failure = server.end()
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"HELLO\n", b""), failure)

    def test_openssl_gets_through_the_same_servers(self):
        for name, talk in DIALOGUES.items():
            with self.subTest(name):
                server = Server(talk)
                done = subprocess.run(["openssl", "s_client", "-quiet", "-starttls", name, "-connect",
                                       f"127.0.0.1:{server.port}", "-CAfile", CERTIFICATE, "-verify_return_error"],
                                      input=b"hello\n", capture_output=True, timeout=LIMIT)
                failure = server.end()
                self.assertIn(b"HELLO\n", done.stdout, (failure, done.stderr))

    def test_words_behind_the_agreement_are_refused(self):
        def talk(wire):
            smtp_until_the_end(wire, b"220 ready\r\n250 injected\r\n")

        def smtp_until_the_end(wire, last):
            wire.say(b"220 hello\r\n")
            wire.until(b"\n")
            wire.say(b"250 STARTTLS\r\n")
            wire.until(b"\n")
            wire.say(last)

        server = Server(talk, tls=False)
        done = connect("smtp", server.port)
        server.end()
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertIn(b"in the clear behind its agreement", done.stderr)

    def test_not_offered_and_refused(self):
        def without(wire):
            wire.say(b"220 hello\r\n")
            wire.until(b"\n")
            wire.say(b"250 SIZE\r\n")

        def bare_postgres(wire):
            wire.bytes(8)
            wire.say(b"N")

        def unwilling(wire):
            wire.say(b"+OK ready\r\n")
            wire.until(b"\n")
            wire.say(b"-ERR not today\r\n")

        for name, talk in (("smtp", without), ("postgres", bare_postgres), ("pop3", unwilling)):
            with self.subTest(name):
                server = Server(talk, tls=False)
                done = connect(name, server.port)
                server.end()
                self.assertEqual((done.returncode, done.stdout), (22, b""), done.stderr)


class RealPostgres(Secured):
    """PostgreSQL itself: it says S, and what follows is TLS in which it answers a startup message."""

    def test_a_cluster(self):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs or os.geteuid() != 0 or shutil.which("setpriv") is None:
            self.skipTest("no PostgreSQL, or not root, who can become its user")
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        with tempfile.TemporaryDirectory() as folder:
            os.chown(folder, 65534, 65534)
            data, log = f"{folder}/data", f"{folder}/log"
            environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8"}
            subprocess.run([*user, f"{programs[-1]}/initdb", "-D", data, "-U", "fid", "-A", "trust", "--no-sync"], check=True,
                           capture_output=True, timeout=60, env=environment)
            for name, source in (("server.crt", CERTIFICATE), ("server.key", KEY)):
                shutil.copy(source, f"{data}/{name}")
                os.chown(f"{data}/{name}", 65534, 65534)
                os.chmod(f"{data}/{name}", 0o600)
            port = free_port()
            settings = [f"-cport={port}", "-cssl=on", "-cfsync=off", "-clisten_addresses=127.0.0.1", f"-cunix_socket_directories={folder}"]
            control = [*user, f"{programs[-1]}/pg_ctl", "-D", data, "-w", "-l", log]
            subprocess.run([*control, "-o", " ".join(settings), "start"], check=True, capture_output=True, timeout=60, env=environment)
            try:
                # StartupMessage 3.0 (PostgreSQL's manual, 55.7): the server authenticates nobody and is ready: R 0 ... Z I.
                parameters = b"user\0fid\0database\0postgres\0\0"
                startup = struct.pack(">II", 8 + len(parameters), 3 << 16) + parameters
                done = subprocess.run([FID, "connect", "--starttls", "postgres", "--tls-ca", CERTIFICATE, "--tls-name",
                                       "localhost", f"127.0.0.1:{port}"],
                                      input=startup + b"X" + struct.pack(">I", 4), capture_output=True, timeout=LIMIT)
                self.assertEqual(done.stdout[:9], b"R" + struct.pack(">II", 8, 0), done)
                self.assertIn(b"Z" + struct.pack(">I", 5) + b"I", done.stdout)
                told = subprocess.run([FID, "connect", "--inspect", "--json", "--starttls", "postgres", "--tls-ca", CERTIFICATE,
                                       "--tls-name", "localhost", f"127.0.0.1:{port}"], capture_output=True, timeout=LIMIT)
                self.assertEqual(told.returncode, 0, told)
                self.assertTrue(json.loads(told.stdout.splitlines()[0])["trusted"], told.stdout)
            finally:
                subprocess.run([*control, "-m", "immediate", "stop"], capture_output=True, timeout=60, env=environment)


if __name__ == "__main__":
    if shutil.which("openssl") is None:
        print("skipped: openssl is missing")
        sys.exit(77)
    unittest.main()
