#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid connect --inspect` of openssl's own server: what it was told to present and to accept has to be found.

usage: connect_inspect.py FID [unittest arguments]
"""
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from ports import free_port

FID = os.path.abspath(sys.argv.pop(1))
LIMIT = 60  # seconds; the whole takes about one
FOLDER = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(FOLDER.name, name)


def openssl(*words):
    return subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=LIMIT).stdout.decode()


@contextlib.contextmanager
def server(*options, certificate="good"):
    """openssl s_server on a port of 127.0.0.1, once it listens."""
    port = free_port()
    process = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", path(certificate + ".pem"),
                                "-key", path(certificate + ".key"), "-quiet", "-www", *options],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(LIMIT)


def inspect(port, *options, host="localhost"):
    done = subprocess.run([FID, "connect", "--inspect", "--json", "-4", *options, host, str(port)], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=LIMIT)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr.decode()


def certificate(name, days, *options):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path(name + ".key"), "-out", path(name + ".pem"),
            "-days", str(days), "-subj", "/CN=localhost", *options)


class Inspect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        certificate("good", 30, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        certificate("other", 30, "-addext", "subjectAltName=DNS:elsewhere.example")
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path("curve.key"))
        openssl("req", "-x509", "-new", "-key", path("curve.key"), "-out", path("curve.pem"), "-days", "10", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")

    def test_certificate_and_verdict(self):
        with server() as port:
            status, report = inspect(port, "--tls-ca", path("good.pem"))
            self.assertEqual((status, report["trusted"], report["verdict"]), (0, True, "trusted"))
            self.assertEqual(inspect(port)[0], 60)
        own = report["chain"][0]
        self.assertEqual(own["names"], ["localhost", "127.0.0.1"])
        self.assertEqual((own["subject"], own["key"], own["signature"]), ("CN=localhost", "RSA 2048", "sha256WithRSAEncryption"))
        fingerprint = openssl("x509", "-in", path("good.pem"), "-noout", "-fingerprint", "-sha256")
        self.assertEqual(own["fingerprint_sha256"], fingerprint.strip().split("=")[1].replace(":", "").lower())
        serial = openssl("x509", "-in", path("good.pem"), "-noout", "-serial").strip().split("=")[1]
        self.assertEqual(own["serial"], serial.lower())
        self.assertIn(report["days_left"], (29, 30))  # 30 within the second it was made

    def test_wrong_name_and_untrusted_are_told_apart(self):
        with server(certificate="other") as port:
            status, report = inspect(port, "--tls-ca", path("other.pem"))
            self.assertEqual((status, report["verdict"]), (60, "not trusted: hostname mismatch"))
            status, report = inspect(port)
            self.assertEqual(status, 60)
            self.assertEqual(report["verdict"], "not trusted: self-signed certificate, hostname mismatch")

    def test_versions_and_ciphers(self):
        with server("-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA") as port:
            _, report = inspect(port)
        self.assertEqual(report["versions"], {"TLSv1": None, "TLSv1.1": None, "TLSv1.3": None,
                                              "TLSv1.2": ["ECDHE-RSA-AES128-GCM-SHA256", "AES256-SHA"]})
        with server("-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256", "-serverpref") as port:
            _, report = inspect(port)
        self.assertEqual(report["versions"]["TLSv1.3"], ["TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"])
        self.assertIsNone(report["versions"]["TLSv1.2"])

    def test_resumption(self):
        for version in ("-tls1_2", "-tls1_3"):
            with self.subTest(version), server(version) as port:
                self.assertIs(inspect(port)[1]["resumes"], True)
        with server("-tls1_2", "-no_ticket", "-no_cache") as port:
            self.assertIs(inspect(port)[1]["resumes"], False)

    def test_curve_key_and_alpn(self):
        with server("-alpn", "h2,http/1.1", certificate="curve") as port:
            _, report = inspect(port, "--tls-alpn", "http/1.1")
        self.assertEqual((report["alpn"], report["chain"][0]["key"]), ("http/1.1", "EC 256 (prime256v1)"))

    def test_no_tls(self):
        listener = socket.create_server(("127.0.0.1", 0))
        with listener:
            process = subprocess.Popen([FID, "connect", "--inspect", "-4", "localhost", str(listener.getsockname()[1])],
                                       stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"220 hello\r\n")
                _, errors = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 35, errors)

    def test_interrupt(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            process = subprocess.Popen([FID, "connect", "--inspect", "--timeout", "1h", "-4", "localhost",
                                        str(listener.getsockname()[1])],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            connection, _ = listener.accept()
            with connection:
                connection.recv(1)  # it waits for an answer to its greeting
                process.send_signal(signal.SIGINT)
                written = process.communicate(timeout=LIMIT)
        self.assertEqual((process.returncode, *written), (130, b"", b""))


if __name__ == "__main__":
    if shutil.which("openssl") is None:
        print("skipped: openssl is missing")
        sys.exit(77)
    unittest.main()
