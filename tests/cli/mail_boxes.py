# SPDX-License-Identifier: MIT
"""Dovecot for the tests: IMAP, or submission."""
import grp
import os
import pwd
import subprocess

from connect_harness import free_port, listens, wait_for


class Dovecot:
    """An IMAP server of its own in a folder, with a user ann whose password is secret, and ports for both kinds of
    TLS. Letters are put into its mailboxes before it is asked for them.

    With the port of a relay it takes mail from its users instead, which it hands on to there. Dovecot takes a client
    that has its own address for one within: only at 127.0.0.2 does it insist on TLS."""

    def __init__(self, test, folder, relay=None):
        self.folder = folder
        self.port, self.tls_port = free_port(), free_port()
        self.certificate = folder / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2", "-keyout",
                        folder / "key.pem", "-out", self.certificate], check=True, capture_output=True)
        root = os.getuid() == 0
        uid = pwd.getpwnam("nobody").pw_uid if root else os.getuid()
        gid = pwd.getpwnam("nobody").pw_gid if root else os.getgid()
        self.maildir = folder / "mail"
        (folder / "users").write_text("ann:{PLAIN}secret\nb\u00f6b:{PLAIN}pass w\u00f6rd\"\\\n", encoding="utf-8")
        user = "" if root else f"""
            default_login_user = {pwd.getpwuid(uid).pw_name}
            default_internal_user = {pwd.getpwuid(uid).pw_name}
            default_internal_group = {grp.getgrgid(gid).gr_name}"""
        protocol = "submission" if relay else "imap"
        relaying = f"""
            submission_relay_host = 127.0.0.1
            submission_relay_port = {relay}
            submission_relay_trusted = yes""" if relay else ""
        (folder / "conf").write_text(f"""{user}{relaying}
            base_dir = {folder}/run
            state_dir = {folder}/state
            log_path = {folder}/log
            protocols = {protocol}
            listen = 127.0.0.1, 127.0.0.2
            ssl = required
            ssl_cert = <{self.certificate}
            ssl_key = <{folder}/key.pem
            auth_username_chars =
            auth_mechanisms = plain login
            mail_location = maildir:{self.maildir}
            mail_uid = {uid}
            mail_gid = {gid}
            first_valid_uid = 1
            passdb {{
              driver = passwd-file
              args = {folder}/users
            }}
            userdb {{
              driver = static
              args = uid={uid} gid={gid} home={folder}/home
            }}
            service {protocol}-login {{
              chroot =
              inet_listener {protocol} {{
                port = {self.port}
              }}
              inet_listener {protocol}s {{
                port = {self.tls_port}
                ssl = yes
              }}
            }}
            service anvil {{
              chroot =
            }}
            """, encoding="utf-8")
        for name in ("", ".Sent", ".Entw&APw-rfe & mehr".replace(" & ", " &- ")):
            for part in ("cur", "new", "tmp"):
                (self.maildir / name / part).mkdir(parents=True)
        self.uid, self.gid = uid, gid
        self.own()
        folder.chmod(0o755)
        self.process = subprocess.Popen(["dovecot", "-F", "-c", str(folder / "conf")], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        test.addCleanup(self.stop)
        wait_for(lambda: listens(self.port) and listens(self.tls_port), "dovecot")

    def own(self):
        for path in (self.maildir, *self.maildir.rglob("*")):
            os.chown(path, self.uid, self.gid)

    def put(self, number, message, mailbox=""):
        path = self.maildir / mailbox / "cur" / f"{1000 + number}.M{number}.test:2,"
        path.write_bytes(message)
        os.utime(path, (1714560000 + number, 1714560000 + number))
        self.own()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
