# SPDX-License-Identifier: MIT
"""FTP servers for the tests: vsftpd, proftpd and pyftpdlib on loopback, each with its own files and configuration.

    with Vsftpd(folder, tls=True) as server:
        server.port, server.files        # what is put there is at /pub of vsftpd, / of the others

None of them has to be configured on the machine, or to be run by it. Debian's packages of vsftpd and proftpd exclude each
other: `./dev` unpacks the latter into build/peers. What is not there is skipped.
"""
import functools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from ports import free_port

LIMIT = 20  # seconds; nothing here takes one
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's packages
PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/peers")


@functools.cache
def certificate():
    """A key and a certificate for localhost and 127.0.0.1, which also vouches for itself: PEM."""
    with tempfile.TemporaryDirectory() as folder:
        key, path = os.path.join(folder, "key"), os.path.join(folder, "certificate")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
                        "-out", path], check=True, capture_output=True)
        with open(path, "rb") as one, open(key, "rb") as other:
            return one.read() + other.read()


class Server:
    """A server process; `files` is a folder it may write to, `path` the way to it in an address."""
    path = ""
    user = None
    owner = "nobody:nogroup"

    def __init__(self, tls=False, **settings):
        self.folder = tempfile.mkdtemp(prefix="fid-ftp-")
        os.chmod(self.folder, 0o755)
        self.files = os.path.join(self.folder, "root")
        os.makedirs(self.files)
        self.tls, self.settings = tls, settings
        self.certificate = os.path.join(self.folder, "server.pem")
        with open(self.certificate, "wb") as file:
            file.write(certificate())
        self.port = free_port()
        self.process = None

    @property
    def url(self):
        login = f"{self.user}@" if self.user else ""
        return f"ftp://{login}127.0.0.1:{self.port}/{self.path}"

    @property
    def options(self):
        return ["--tls-ca", self.certificate] if self.tls else []

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        start_new_session=True)
        end = time.monotonic() + LIMIT
        while True:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{type(self).__name__} does not serve: " + self.said())
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                    probe.settimeout(LIMIT)
                    if probe.recv(3):
                        break
            except OSError:
                time.sleep(0.02)
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def said(self):
        with open(os.path.join(self.folder, "log"), "rb") as log:
            return log.read().decode(errors="replace")

    def own(self):
        """Gives what the test has put there to the server's user."""
        subprocess.run(["chown", "-R", self.owner, self.files], check=True)


class Vsftpd(Server):
    path = "pub/"
    owner = "daemon:daemon"  # a user of every Debian whose home exists, which vsftpd wants

    @staticmethod
    def missing():
        if os.geteuid() != 0:
            return "vsftpd wants root"
        return None if os.path.exists("/usr/sbin/vsftpd") else "vsftpd is not installed"

    def command(self):
        # Its root must not be writable: the files lie one below.
        top = self.files
        self.files = os.path.join(top, "pub")
        os.makedirs(self.files, exist_ok=True)
        os.chmod(top, 0o755)
        self.own()
        empty = os.path.join(self.folder, "empty")
        os.makedirs(empty, exist_ok=True)
        lines = dict(
            listen="YES", background="NO", listen_address="127.0.0.1", listen_port=self.port, anonymous_enable="YES",
            local_enable="NO", no_anon_password="NO", anon_root=top, ftp_username="daemon", write_enable="YES",
            anon_upload_enable="YES", anon_mkdir_write_enable="YES", anon_other_write_enable="YES", anon_umask="022",
            anon_world_readable_only="NO", secure_chroot_dir=empty, seccomp_sandbox="NO", isolate="NO",
            isolate_network="NO", xferlog_enable="NO", mdtm_write="YES", max_per_ip=0, ftpd_banner="ready")
        if self.tls:
            lines.update(ssl_enable="YES", allow_anon_ssl="YES", force_anon_data_ssl="YES", force_anon_logins_ssl="YES",
                         require_ssl_reuse="YES", rsa_cert_file=self.certificate, ssl_ciphers="HIGH")
        lines.update(self.settings)
        path = os.path.join(self.folder, "vsftpd.conf")
        with open(path, "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in lines.items())
        return ["/usr/sbin/vsftpd", path]


class Proftpd(Server):
    user = "nobody"
    password = "secret"
    root = next((root for root in (PEERS, "") if os.path.exists(root + "/usr/sbin/proftpd")), None)

    @classmethod
    def missing(cls):
        if os.geteuid() != 0:
            return "proftpd wants root"
        return "proftpd is neither unpacked nor installed" if cls.root is None else None

    def command(self):
        self.own()
        users = os.path.join(self.folder, "users")
        digest = subprocess.run(["openssl", "passwd", "-6", self.password], check=True, capture_output=True, text=True)
        with open(users, "w") as file:
            file.write(f"nobody:{digest.stdout.strip()}:65534:65534::{self.files}:/bin/sh\n")
        os.chmod(users, 0o600)
        lines = ["ServerType inetd", "UseIPv6 off", "DefaultAddress 127.0.0.1", f"Port {self.port}",
                 "User nobody", "Group nogroup", f"AuthUserFile {users}", "AuthOrder mod_auth_file.c",
                 "RequireValidShell off", "UseFtpUsers off", "AllowOverwrite on", "AllowStoreRestart on",
                 "DefaultRoot ~", f"PidFile {self.folder}/pid", f"ScoreboardFile {self.folder}/scores", "WtmpLog off",
                 "TransferLog NONE", "SystemLog NONE", "UseReverseDNS off", "TimesGMT on", "MaxInstances 30",
                 "DelayEngine off"]
        if self.tls:
            lines = [f"ModulePath {self.root}/usr/lib/proftpd", "LoadModule mod_tls.c"] + lines + [
                "TLSEngine on", "TLSRequired on", f"TLSRSACertificateFile {self.certificate}",
                f"TLSRSACertificateKeyFile {self.certificate}", f"TLSLog {self.folder}/tls.log"]
        path = os.path.join(self.folder, "proftpd.conf")
        with open(path, "w") as file:
            file.write("".join(line + "\n" for line in lines))
        # On its own it pauses for 0.4 s whenever a client has gone: it is started for each connection instead.
        program = f"""
import socket, subprocess
listener = socket.create_server(("127.0.0.1", {self.port}), backlog=64)
while True:
    peer, _ = listener.accept()
    subprocess.Popen([{self.root + "/usr/sbin/proftpd"!r}, "-c", {path!r}], stdin=peer, stdout=peer)
    peer.close()
"""
        return [sys.executable, "-c", program]

    @property
    def options(self):
        secret = os.path.join(self.folder, "secret")
        with open(secret, "w") as file:
            file.write(self.password + "\n")
        return super().options + ["--password-file", secret] + ([] if self.tls else ["--tls", "none"])


class Pyftpdlib(Proftpd):
    user = "user"

    @staticmethod
    def missing():
        found = subprocess.run([PYTHON, "-c", "import pyftpdlib, OpenSSL"], capture_output=True)
        return None if found.returncode == 0 else "python3-pyftpdlib is not installed"

    def command(self):
        program = f"""
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer
users = DummyAuthorizer()
users.add_user("user", {self.password!r}, {self.files!r}, perm="elradfmwMT")
users.add_anonymous({self.files!r})
handler = TLS_FTPHandler if {self.tls!r} else FTPHandler
handler.authorizer = users
handler.use_sendfile = False
handler.auth_failed_timeout = 0.1
if {self.tls!r}:
    handler.certfile = {self.certificate!r}
    handler.tls_control_required = handler.tls_data_required = True
server = FTPServer(("127.0.0.1", {self.port}), handler)
server.max_cons_per_ip = {self.settings.get("most", 0)}
server.serve_forever()
"""
        return [PYTHON, "-c", program]
