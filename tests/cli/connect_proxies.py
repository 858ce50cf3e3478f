#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid connect` through proxies: squid, dante, ncat, and proxies of our own that do what those never do.

usage: connect_proxies.py FID [TEST...]

A peer that is not installed skips its tests; where none could run the status is 77.
"""
import os
import socket
import struct
import subprocess
import threading

from connect_harness import BIG, FID, PeerTest, echo, fid, free_port, main, needs


def proxy_socks(peer, version, login=None, surplus=b""):
    """One client of SOCKS 4a or 5: says what it was asked for and joins the two."""
    file = peer.makefile("rb", buffering=0)
    read = lambda count: b"".join(file.read(1) for _ in range(count))
    line = lambda: b"".join(iter(lambda: file.read(1), b"\0"))
    if version == 4:
        _, _, port, address = struct.unpack("!BBH4s", read(8))
        line()
        host = line().decode() if address[:3] == b"\0\0\0" else socket.inet_ntoa(address)
        answer = b"\0\x5a" + bytes(6)
    else:
        methods = read(read(2)[1])
        if login:
            assert 2 in methods
            peer.sendall(b"\5\2")
            read(1)
            given = (read(read(1)[0]), read(read(1)[0]))
            peer.sendall(b"\1" + bytes([given != login]))
            if given != login:
                return
        else:
            peer.sendall(b"\5\0")
        kind = read(4)[3]
        host = socket.inet_ntoa(read(4)) if kind == 1 else read(read(1)[0]).decode() if kind == 3 else socket.inet_ntop(socket.AF_INET6, read(16))
        port = struct.unpack("!H", read(2))[0]
        answer = b"\5\0\0\1" + bytes(6)
    join(peer, host, port, answer + surplus)


def join(peer, host, port, answer):
    with socket.create_connection((host, port)) as target:
        peer.sendall(answer)

        def back():
            while block := target.recv(65536):
                peer.sendall(block)
            peer.shutdown(socket.SHUT_WR)
        other = threading.Thread(target=back, daemon=True)
        other.start()
        while block := peer.recv(65536):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)
        other.join()


def proxy_http(peer, surplus=b""):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += peer.recv(1)
    host, port = head.split()[1].decode().rsplit(":", 1)
    join(peer, host.strip("[]"), int(port), b"HTTP/1.1 200 go on\r\nX-Long: " + b"x" * 5000 + b"\r\n\r\n" + surplus)


class Proxies(PeerTest):
    def test_socks(self):
        for scheme, version in (("socks4a", 4), ("socks5", 5), ("socks5h", 5)):
            for host in ("127.0.0.1", "localhost"):
                with self.subTest(scheme=scheme, host=host):
                    port = self.serve(lambda peer: proxy_socks(peer, version))
                    self.check(fid(host, self.serve(echo), "-4", "--proxy", f"{scheme}://127.0.0.1:{port}", data=b"question"), out=b"question")

    def test_login(self):
        for password, status in (("secret", 0), ("wrong", 67)):
            port = self.serve(lambda peer: proxy_socks(peer, 5, (b"anna", b"secret")))
            self.check(fid("127.0.0.1", self.serve(echo), "--proxy", f"socks5://anna@127.0.0.1:{port}", data=b"question",
                           env=os.environ | {"FID_PROXY_PASSWORD": password}), status)

    def test_surplus(self):
        """What stands behind the proxy's answer in the same segment is the target's."""
        for scheme, handle in (("socks4a", lambda peer: proxy_socks(peer, 4, surplus=b"early ")), ("http", lambda peer: proxy_http(peer, b"early ")),
                               ("socks5", lambda peer: proxy_socks(peer, 5, surplus=b"early "))):
            with self.subTest(scheme):
                self.check(fid("127.0.0.1", self.serve(echo), "--proxy", f"{scheme}://127.0.0.1:{self.serve(handle)}", data=b"late"), out=b"early late")

    def test_chain(self):
        first, second = self.serve(lambda peer: proxy_socks(peer, 5)), self.serve(proxy_http)
        self.check(fid("127.0.0.1", self.serve(echo), "--proxy", f"socks5://127.0.0.1:{first}", "--proxy", f"http://127.0.0.1:{second}", data=BIG), out=BIG)

    @needs("ncat")
    def test_ncat(self):
        port = free_port()
        self.start("ncat", "-l", "--proxy-type", "http", "--proxy-auth", "anna:secret", "127.0.0.1", port, port=port)
        for password, status in (("secret", 0), ("wrong", 67)):
            self.check(fid("127.0.0.1", self.serve(echo), "--proxy", f"http://anna@127.0.0.1:{port}", data=b"question",
                           env=os.environ | {"FID_PROXY_PASSWORD": password}), status)

    def held(self, *words, data):
        """Standard input stays open: squid ends a tunnel both ways as soon as the client has ended its own."""
        with subprocess.Popen([FID, "connect", *map(str, words), "--max-bytes", str(len(data))], stdin=subprocess.PIPE, bufsize=0,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            threading.Thread(target=process.stdin.write, args=(data,), daemon=True).start()
            out = process.stdout.read()
            self.check(subprocess.CompletedProcess(words, process.wait(timeout=60), out, process.stderr.read()), out=data)

    def squid(self):
        port = free_port()
        (self.folder / "squid.conf").write_text(
            f"http_port 127.0.0.1:{port}\nhttp_access allow all\ncache deny all\naccess_log none\ncache_log {self.folder}/log\n"
            f"pid_filename none\ncoredump_dir {self.folder}\nshutdown_lifetime 0\nmax_filedescriptors 1024\n")
        self.folder.chmod(0o777)
        self.start("squid", "-N", "-f", self.folder / "squid.conf", port=port)
        return port

    def dante(self):
        port = free_port()
        (self.folder / "dante.conf").write_text(
            f"logoutput: {self.folder}/dante.log\ninternal: 127.0.0.1 port = {port}\nexternal: lo\nclientmethod: none\nsocksmethod: none\n"
            "user.privileged: root\nuser.unprivileged: nobody\n"
            "client pass { from: 0/0 to: 0/0 }\nsocks pass { from: 0/0 to: 0/0 }\n")
        self.folder.chmod(0o777)
        self.start("danted", "-f", self.folder / "dante.conf", port=port, start_new_session=True)
        return port

    @needs("squid")
    def test_squid(self):
        port = self.squid()
        self.held("127.0.0.1", self.serve(echo), "--proxy", f"http://127.0.0.1:{port}", data=b"question")
        self.assertNotEqual(fid("127.0.0.1", free_port(), "--proxy", f"http://127.0.0.1:{port}").returncode, 0)

    @needs("danted")
    def test_dante(self):
        port = self.dante()
        for scheme in ("socks5", "socks4a"):
            with self.subTest(scheme):
                self.check(fid("127.0.0.1", self.serve(echo), "--proxy", f"{scheme}://127.0.0.1:{port}", data=b"question"), out=b"question")
        self.check(fid("127.0.0.1", free_port(), "--proxy", f"socks5://127.0.0.1:{port}"), 7, b"", "refused")

    @needs("squid", "danted")
    def test_squid_behind_dante(self):
        dante, squid = self.dante(), self.squid()
        self.held("127.0.0.1", self.serve(echo), "--proxy", f"socks5://127.0.0.1:{dante}", "--proxy",
                  f"http://127.0.0.1:{squid}", data=BIG)


if __name__ == "__main__":
    main()
