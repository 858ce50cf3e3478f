# SPDX-License-Identifier: MIT
"""Mail servers for the tests: exim and postfix's smtp-sink where they are installed, and one that does as it is told.

    with Scripted(extensions=["PIPELINING"], lines=3) as server:      # goes away after three lines
        ...
        server.messages                                              # what came, as it stood on the wire
"""
import base64
import contextlib
import functools
import hashlib
import hmac
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time

from connect_harness import free_port, listens, wait_for

PASSWORD = "s3cret, with = and ,"


@functools.cache
def certificate():
    """A key and a certificate for localhost and 127.0.0.1, which also vouches for itself: PEM."""
    with tempfile.TemporaryDirectory() as folder:
        key, path = os.path.join(folder, "key"), os.path.join(folder, "certificate")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
                        "-out", path], check=True, capture_output=True)
        return pathlib.Path(path).read_bytes() + pathlib.Path(key).read_bytes()


def find(program):
    """Also of a package that is only unpacked (`./dev test` does that), since Debian's mail servers exclude each other."""
    peers = pathlib.Path(__file__).resolve().parents[2] / "build" / "peers"
    for folder in os.environ.get("PATH", "").split(":") + ["/usr/sbin", str(peers / "usr/sbin")]:
        if os.access(os.path.join(folder, program), os.X_OK):
            return os.path.join(folder, program)
    return None


def environment():
    """With which an unpacked program finds its libraries."""
    peers = pathlib.Path(__file__).resolve().parents[2] / "build" / "peers"
    return dict(os.environ, LD_LIBRARY_PATH=str(peers / "usr/lib/postfix"))


class Gone(Exception):
    pass


class Scripted:
    """An SMTP (or LMTP) server in threads.

    extensions   what EHLO tells; tls_extensions: after STARTTLS
    say          replaces answers: the command's first word, or "." for the message -> bytes, or None to close
    lines        goes away when so many lines have been sent; a float goes away within the last one
    commands     goes away when so many lines were received, unanswered; a message is one line
    inject       bytes in the clear right behind the agreement on TLS
    """

    def __init__(self, extensions=("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 100000000"), tls_extensions=None, say=None,
                 lines=None, commands=None, inject=b"", lmtp=False, tls=False):
        self.extensions, self.tls_extensions, self.say = extensions, tls_extensions or extensions, say or {}
        self.lines, self.commands, self.inject, self.lmtp, self.implicit = lines, commands, inject, lmtp, tls
        self.messages, self.heard, self.answers, self.sent, self.connections = [], [], 0, 0, 0
        self.answered = []  # for each message: its answer went out whole
        self.folder = tempfile.TemporaryDirectory()
        self.certificate = os.path.join(self.folder.name, "server.pem")
        if tls or "STARTTLS" in extensions:
            pathlib.Path(self.certificate).write_bytes(certificate())
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"{'lmtp' if lmtp else 'smtps' if tls else 'smtp'}://127.0.0.1:{self.port}"
        self.threads = []

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.close()
        for thread in self.threads:
            thread.join(20)
        self.folder.cleanup()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.connections += 1
                thread = threading.Thread(target=self.serve, args=(connection,), daemon=True)
                self.threads.append(thread)
                thread.start()

    def serve(self, connection):
        with contextlib.suppress(OSError, Gone, ssl.SSLError):
            connection.settimeout(20)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # its answers are small and many
            if self.implicit:
                connection = self.wrap(connection)
            talk = Talk(self, connection)
            try:
                talk.run()
            finally:
                talk.file.close()
                talk.connection.close()
        with contextlib.suppress(OSError):
            connection.close()

    def wrap(self, connection):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context.wrap_socket(connection, server_side=True)


class Talk:
    def __init__(self, server, connection):
        self.server, self.connection = server, connection
        self.file = connection.makefile("rb")
        self.takers = 0

    def send(self, answer):
        for line in answer.splitlines(keepends=True):
            limit = self.server.lines
            if limit is not None and self.server.sent + 1 > limit:
                if self.server.sent < limit:
                    self.connection.sendall(line[:len(line) // 2])
                self.leave()
            self.connection.sendall(line)
            self.server.sent += 1

    def leave(self):
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        raise Gone

    def line(self):
        line = self.file.readline()
        if not line:
            raise Gone
        return line

    def answer(self, word, usual):
        answer = self.server.say.get(word, usual)
        if callable(answer):
            answer = answer(self)
        if answer is None:
            self.leave()
        self.send(answer)
        return answer

    def count(self):
        if self.server.commands is not None and len(self.server.heard) + len(self.server.messages) >= self.server.commands:
            self.leave()

    def run(self):
        self.send(self.server.say.get("", b"220 scripted ready\r\n"))
        extensions = self.server.extensions if not self.server.implicit else self.server.tls_extensions
        while True:
            line = self.line()
            self.server.heard.append(line)
            self.count()
            word = line.split()[0].upper().decode() if line.split() else ""
            if word in ("EHLO", "LHLO"):
                answer = ["scripted", *extensions]
                usual = "".join(f"250{' ' if i + 1 == len(answer) else '-'}{one}\r\n" for i, one in enumerate(answer))
                self.answer(word, usual.encode())
            elif word == "STARTTLS":
                if self.answer(word, b"220 2.0.0 go on\r\n" + self.server.inject).startswith(b"220"):
                    self.file.close()
                    self.connection = self.server.wrap(self.connection)
                    self.file = self.connection.makefile("rb")
                    extensions = self.server.tls_extensions
            elif word == "MAIL":
                self.takers = 0
                self.answer(word, b"250 2.1.0 ok\r\n")
            elif word == "RCPT":
                refused = b"<nobody" in line
                self.takers += not refused
                self.answer(word, b"550 5.1.1 no such user\r\n" if refused else b"250 2.1.5 ok\r\n")
            elif word == "DATA":
                if self.answer(word, b"354 go on\r\n" if self.takers else b"554 5.5.1 no valid recipients\r\n").startswith(b"354"):
                    self.message()
            elif word == "AUTH":
                self.authenticate(line.split())
            elif word == "QUIT":
                self.answer(word, b"221 2.0.0 bye\r\n")
                return
            else:
                self.answer(word, b"250 2.0.0 ok\r\n")

    def message(self):
        parts = []
        while True:
            line = self.line()
            if line == b".\r\n":
                break
            parts.append(line)
        self.server.messages.append(b"".join(parts))
        self.server.answered.append(False)
        self.count()
        for _ in range(self.takers if self.server.lmtp else 1):
            self.answer(".", b"250 2.0.0 taken\r\n")
        self.server.answered[-1] = True

    def exchange(self, challenge):
        self.send(b"334 " + base64.b64encode(challenge) + b"\r\n")
        return base64.b64decode(self.line().strip())

    def authenticate(self, words):
        mechanism = words[1].decode()
        first = base64.b64decode(words[2]) if len(words) > 2 else None
        secret, good = PASSWORD.encode(), False
        if mechanism == "PLAIN":
            good = (first or self.exchange(b"")) == b"\0me\0" + secret
        elif mechanism == "LOGIN":
            good = [self.exchange(b"Username:"), self.exchange(b"Password:")] == [b"me", secret]
        elif mechanism == "CRAM-MD5":
            challenge = b"<1.2@scripted>"
            good = self.exchange(challenge) == b"me " + hmac.new(secret, challenge, "md5").hexdigest().encode()
        elif mechanism == "SCRAM-SHA-256":
            bare = first[3:]
            nonce, salt, rounds = bare.split(b",r=")[1] + b"server", b"salt of it", 4096
            challenge = b"r=" + nonce + b",s=" + base64.b64encode(salt) + b",i=%d" % rounds
            final = self.exchange(challenge)
            salted = hashlib.pbkdf2_hmac("sha256", secret, salt, rounds)
            everything = bare + b"," + challenge + b"," + final.rsplit(b",p=", 1)[0]
            stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
            proof = base64.b64decode(final.rsplit(b",p=", 1)[1])
            signature = hmac.digest(stored, everything, "sha256")
            good = hashlib.sha256(bytes(a ^ b for a, b in zip(proof, signature))).digest() == stored
            if good:
                own = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), everything, "sha256")
                self.exchange(b"v=" + base64.b64encode(self.server.say.get("signature", own)))
        self.answer("AUTH", b"235 2.7.0 welcome\r\n" if good else b"535 5.7.8 wrong\r\n")


class Program:
    """A server of its own process in a folder of its own."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="fid-mail-")
        self.path = pathlib.Path(self.folder.name)
        self.path.chmod(0o777)
        self.port = free_port()
        self.process = None

    def start(self, *command):
        self.log = open(self.path / "log.txt", "wb")
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env=environment(), cwd=self.path)
        wait_for(lambda: self.process.poll() is not None or listens(self.port), command[0])
        assert self.process.poll() is None, (self.path / "log.txt").read_text()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        self.folder.cleanup()


class Sink(Program):
    """postfix's smtp-sink; `messages()` are what it has got, each behind three lines of its own."""

    def __init__(self, *options, dump=True):
        super().__init__()
        self.options = [*options, *(["-d", "%M."] if dump else [])]

    def __enter__(self):
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        return self.start(find("smtp-sink"), *user, "-c", *self.options, f"127.0.0.1:{self.port}", "100")

    def messages(self):
        return [each.read_bytes() for each in sorted(self.path.glob("*.*")) if each.name != "log.txt"]


EXIM = """
primary_hostname = mail.test
spool_directory = {path}/spool
log_file_path = {path}/%slog
exim_user = {user}
exim_group = {group}
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
acl_smtp_rcpt = check
tls_advertise_hosts = *
tls_certificate = {path}/server.pem
smtp_enforce_sync = true
smtputf8_advertise_hosts = *
accept_8bitmime = true
message_size_limit = 50M
keep_environment =
add_environment = PATH=/usr/bin
hosts_treat_as_local =
begin acl
check:
  deny message = no such user
       local_parts = nobody
  accept
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  directory = {path}/mail
  directory_file = $message_exim_id
  create_directory = true
  delivery_date_add = false
  envelope_to_add = false
  return_path_add = true
  message_prefix =
  message_suffix =
  user = {user}
  group = {group}
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{me}}}}{{eq{{$auth3}}{{secret}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if def:tls_in_cipher}}
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{if eq{{$auth1}}{{me}}{{secret}}fail}}
  server_set_id = $auth1
"""


class Exim(Program):
    def __enter__(self):
        user = "Debian-exim" if os.getuid() == 0 else str(os.getuid())
        group = "Debian-exim" if os.getuid() == 0 else str(os.getgid())
        self.certificate = str(self.path / "server.pem")
        pathlib.Path(self.certificate).write_bytes(certificate())
        configuration = self.path / "exim.conf"
        configuration.write_text(EXIM.format(path=self.path, port=self.port, user=user, group=group))
        for name in ("spool", "mail"):
            (self.path / name).mkdir()
        if os.getuid() == 0:
            for each in (self.path, self.path / "spool", self.path / "mail"):
                shutil.chown(each, "Debian-exim", "Debian-exim")
            self.path.chmod(0o755)
        return self.start(find("exim4"), "-bdf", "-C", configuration)

    def messages(self, count):
        """Delivered ones; waits for so many."""
        wait_for(lambda: len(list((self.path / "mail").glob("*"))) >= count, f"{count} messages")
        end = time.monotonic() + 20
        while any(each.name.endswith((".lock", "~")) or "temp" in each.name for each in (self.path / "mail").iterdir()):
            assert time.monotonic() < end
            time.sleep(0.02)
        return [each.read_bytes() for each in (self.path / "mail").iterdir()]
