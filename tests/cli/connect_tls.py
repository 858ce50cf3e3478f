#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid connect` over TLS: openssl, ncat, socat and stunnel, good certificates and bad ones; and what it records.

usage: connect_tls.py FID [TEST...]

A peer that is not installed skips its tests; where none could run the status is 77.
"""
import functools
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from connect_harness import BIG, PeerTest, echo, fid, free_port, main, needs


@needs("openssl")
class Tls(PeerTest):
    @staticmethod
    @functools.cache
    def certificates():
        """A CA; certificates of it for localhost, somewhere else, the past, and a client."""
        folder = pathlib.Path(tempfile.mkdtemp())
        unittest.addModuleCleanup(shutil.rmtree, folder)

        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "2")
        openssl("req", "-x509", *key, "-keyout", "stranger.key", "-out", "stranger.pem", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-days", "2")
        for name, host, days in (("good", "localhost", "2"), ("other", "other.example", "2"), ("client", "client", "2"),
                                 ("expired", "localhost", "-1")):
            (folder / "extensions").write_text(f"subjectAltName=DNS:{host}\n")
            openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", days,
                    "-extfile", "extensions", "-out", f"{name}.pem")
        return folder

    def s_server(self, *words, certificate="good"):
        port, folder = free_port(), self.certificates()
        self.start("openssl", "s_server", "-quiet", "-accept", f"127.0.0.1:{port}", "-cert", folder / f"{certificate}.pem",
                   "-key", folder / f"{certificate}.key", *words, port=port)
        return port

    def tls(self, port, *words, **options):
        return fid(f"tls://localhost:{port}", "-4", "--tls-ca", self.certificates() / "ca.pem", *words, **options)

    def test_versions(self):
        for version in ("-tls1_2", "-tls1_3"):
            with self.subTest(version):
                done = self.check(self.tls(self.s_server("-www", version), "--timing", "-v", data=b"GET / HTTP/1.0\r\n\r\n"))
                self.assertTrue(done.stdout.startswith(b"HTTP/1.0 200 ok"), done.stdout)
                self.assertIn(version[1:].replace("tls1_", "tlsv1."), done.stderr.decode().lower())
                self.assertRegex(done.stderr.decode(), r"tls [\d.]+ ms, first byte")

    def test_client_certificate(self):
        folder = self.certificates()
        port = self.s_server("-www", "-Verify", "1", "-verify_return_error", "-CAfile", folder / "ca.pem")
        request = b"GET / HTTP/1.0\r\n\r\n"
        self.check(self.tls(port, "--tls-cert", folder / "client.pem", "--tls-key", folder / "client.key", data=request))
        self.assertIn(self.tls(port, data=request).returncode, (35, 56))

    def test_not_trusted(self):
        for certificate, words in (("stranger", "self-signed"), ("other", "hostname"), ("expired", "expired")):
            with self.subTest(certificate):
                port = self.s_server("-www", certificate=certificate)
                self.check(self.tls(port), 60, b"", words)
                self.check(self.tls(port, "--tls-insecure", data=b"GET / HTTP/1.0\r\n\r\n"))

    def test_not_tls(self):
        self.check(self.tls(self.serve(lambda peer: peer.sendall(b"220 mail\r\n"))), 35)

    def tls_server(self, handle, times=1):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates() / "good.pem", self.certificates() / "good.key")
        return self.serve(lambda peer: handle(context.wrap_socket(peer, server_side=True)), times=times)

    def test_cut_short(self):
        def handle(peer):
            peer.sendall(b"half an ans")
            socket.socket(fileno=peer.detach()).close()
        self.check(self.tls(self.tls_server(handle), stdin=os.pipe()[0]), 18, b"half an ans", "close_notify")

    @needs("socat")
    def test_both_ways_at_once(self):
        port, folder = free_port(), self.certificates()
        self.start("socat", "-t30", f"OPENSSL-LISTEN:{port},bind=127.0.0.1,cert={folder}/good.pem,key={folder}/good.key,verify=0",
                   "EXEC:cat", port=port)
        self.check(self.tls(port, data=BIG), out=BIG)

    @needs("ncat")
    def test_ncat(self):
        port, folder = free_port(), self.certificates()
        self.start("ncat", "-l", "--ssl", "--ssl-cert", folder / "good.pem", "--ssl-key", folder / "good.key", "127.0.0.1", port,
                   "--exec", "/bin/cat", port=port)
        # ncat ends its child, instead of telling it, when we end: standard input stays open until the answer is here.
        keep, ours = os.pipe()
        os.write(ours, b"question")
        self.check(self.tls(port, "--max-bytes", "8", stdin=keep), out=b"question")
        os.close(keep)
        os.close(ours)

    @needs("stunnel4")
    def test_stunnel(self):
        port, folder = free_port(), self.certificates()
        inner = self.serve(echo)
        (self.folder / "stunnel.conf").write_text(
            f"foreground = yes\npid =\n[echo]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{inner}\n"
            f"cert = {folder}/good.pem\nkey = {folder}/good.key\n")
        self.start("stunnel4", self.folder / "stunnel.conf", port=port)
        self.check(self.tls(port, data=b"question"), out=b"question")

    @needs("tshark")
    def test_recordings(self):
        """Each kind of connection leaves a recording in which tshark finds nothing malformed, and TLS decrypted."""
        unix = str(self.folder / "socket")
        self.serve(echo, socket.AF_UNIX, address=unix)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            threading.Thread(target=lambda: server.sendto(b"answer", server.recvfrom(99)[1]), daemon=True).start()
            ends = [f"tcp://127.0.0.1:{self.serve(echo)}", f"unix:{unix}", f"udp://127.0.0.1:{server.getsockname()[1]}",
                    f"tls://localhost:{self.tls_server(lambda peer: peer.sendall(peer.recv(99)) or peer.unwrap())}"]
            for end in ends:
                with self.subTest(end):
                    path = self.folder / "record.pcapng"
                    self.check(fid(end, "-4", "--tls-ca", self.certificates() / "ca.pem", "--linger", "300ms", "--record", path,
                                   data=b"a question"))
                    # The ports are any: tshark has names for some.
                    port = end.rpartition(":")[2]
                    decode = {"tcp": ["-d", f"tcp.port=={port},data"], "udp": ["-d", f"udp.port=={port},data"],
                              "tls": ["-d", f"tcp.port=={port},tls"]}.get(end.partition(":")[0], [])
                    text = subprocess.run(["tshark", "-n", "-r", path, *decode, "-T", "fields", "-e", "_ws.malformed", "-e", "frame.protocols",
                                           "-e", "data.data"], capture_output=True, text=True, check=True, timeout=60).stdout
                    rows = [line.split("\t") for line in text.splitlines()]
                    self.assertTrue(rows)
                    self.assertEqual({row[0] for row in rows}, {""})
                    self.assertIn(b"a question".hex(), "".join(row[2] for row in rows), text)


if __name__ == "__main__":
    main()
