# SPDX-License-Identifier: MIT
"""A web server on a raw socket that keeps every byte of every request, and answers by what its path says."""
import gzip
import re
import socket
import threading
import urllib.parse
import zlib

RANGED = b"0123456789"


class Recorder:
    """requests: the raw bytes of each, in the order in which they were whole."""

    def __init__(self, unix=None):
        if unix:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(unix)
            self.listener.listen(50)
            self.port = 0
        else:
            self.listener = socket.create_server(("127.0.0.1", 0), backlog=50)
            self.port = self.listener.getsockname()[1]
        self.requests = []
        self.counts = {}
        self.connections = 0
        self.other = None  # the port of another origin
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        data = b""
        try:
            while True:
                while b"\r\n\r\n" not in data:
                    block = peer.recv(65536)
                    if not block:
                        return
                    data += block
                head, data = data.split(b"\r\n\r\n", 1)
                raw = head + b"\r\n\r\n"
                fields = {k.lower(): v.strip() for k, _, v in
                          (line.partition(b":") for line in head.split(b"\r\n")[1:])}
                if fields.get(b"expect", b"").lower() == b"100-continue":
                    peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                if b"chunked" in fields.get(b"transfer-encoding", b""):
                    while not (data.endswith(b"0\r\n\r\n")):
                        data += peer.recv(65536)
                    body, data = data, b""
                    # How a body falls into chunks is timing; its content is not.
                    chunks, rest = b"", body
                    while rest:
                        size, _, rest = rest.partition(b"\r\n")
                        size = int(size, 16)
                        chunks, rest = chunks + rest[:size], rest[size + 2:]
                    raw += b"[chunked]" + chunks
                else:
                    length = int(fields.get(b"content-length", b"0"))
                    while len(data) < length:
                        block = peer.recv(65536)
                        if not block:
                            return
                        data += block
                    raw += data[:length]
                    data = data[length:]
                with self.lock:
                    self.requests.append(raw)
                method, target, version = head.split(b"\r\n")[0].decode("latin-1").split(" ", 2)
                if not self.answer(peer, method, target, fields):
                    return
                if version == "HTTP/1.0":
                    return
        except OSError:
            pass
        finally:
            peer.close()

    def answer(self, peer, method, target, fields):
        """False: the connection is closed."""
        path = urllib.parse.urlsplit(target).path
        with self.lock:
            self.counts[path] = self.counts.get(path, 0) + 1
            count = self.counts[path]
        code, reason, extra, body = 200, "OK", [], f"{method} {path}\n".encode()
        if match := re.match(r"/status/(\d+)", path):
            code, reason = int(match[1]), "Whatever"
            body = b"" if code == 204 else body
        elif match := re.match(r"/redirect/(\d+)/(.*)", path):
            code, reason, extra = int(match[1]), "Elsewhere", [f"Location: /{match[2]}"]
        elif path == "/redirectup":
            code, extra = 302, ["Location: ../up/./there"]
        elif path == "/redirectquery":
            code, extra = 302, ["Location: ?q=a b"]
        elif path == "/redirectcookie/target":
            code, extra = 302, ["Location: /target", "Set-Cookie: from=redirect"]
        elif path == "/elsewhere":
            code, extra = 302, [f"Location: http://127.0.0.1:{self.other}/landed"]
        elif path == "/loop":
            code, extra = 302, ["Location: /loop"]
        elif path == "/length0":
            body = b""
        elif path == "/cookie":
            extra = ["Set-Cookie: one=1; Path=/", "Set-Cookie: two=2; Max-Age=1000000000"]
        elif path == "/named":
            extra = ['Content-Disposition: attachment; filename="given.txt"']
        elif path == "/traversal":
            extra = ['Content-Disposition: attachment; filename="../../.profile"']
        elif path == "/gzip" and b"gzip" in fields.get(b"accept-encoding", b""):
            extra, body = ["Content-Encoding: gzip"], gzip.compress(b"unpacked\n" * 20, mtime=0)
        elif path == "/deflate" and b"deflate" in fields.get(b"accept-encoding", b""):
            extra, body = ["Content-Encoding: deflate"], zlib.compress(b"deflated\n" * 20)
        elif path == "/bomb":
            packer = zlib.compressobj(9, zlib.DEFLATED, 31)
            block = bytes(1 << 20)
            body = b"".join(packer.compress(block) for _ in range(64)) + packer.flush()
            extra = ["Content-Encoding: gzip"]
        elif path in ("/basic", "/digest") and b"authorization" not in fields:
            code, reason = 401, "Unauthorized"
            extra = ['WWW-Authenticate: Basic realm="r"' if path == "/basic" else
                     'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=MD5, qop="auth"']
        elif path == "/range" and (match := re.match(rb"bytes=(\d*)-(\d*)$", fields.get(b"range", b""))):
            first, last = match[1], match[2]
            begin = int(first) if first else len(RANGED) - int(last)
            end = min(int(last) if first and last else len(RANGED) - 1, len(RANGED) - 1)
            if begin >= len(RANGED):
                code, extra, body = 416, [f"Content-Range: bytes */{len(RANGED)}"], b""
            else:
                code, extra, body = 206, [f"Content-Range: bytes {begin}-{end}/{len(RANGED)}"], RANGED[begin:end + 1]
        elif path == "/range":
            body = RANGED
        elif path == "/busy" and count < 3:
            code, reason, extra = 503, "Busy", ["Retry-After: 1"]
        elif path == "/hang":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + RANGED[:4])
            peer.recv(1)
            return False
        elif path == "/cut" and b"range" not in fields:
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + RANGED[:4])
            return False
        elif path == "/cut":
            begin = int(re.match(rb"bytes=(\d+)-", fields[b"range"])[1])
            code, extra, body = 206, [f"Content-Range: bytes {begin}-9/10"], RANGED[begin:]
        elif path == "/close":
            return False
        elif path == "/short":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
            return False
        elif path == "/json":
            extra, body = ["Content-Type: application/json"], b'{"b":[1,2.50,{}],"a":"x\\u001b"}'
        elif path == "/binary":
            body = bytes(range(256))
        elif path == "/escape":
            body = b"red \x1b[31mtext\n"
        if path == "/chunked":
            peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                         (b"" if method == "HEAD" else b"5\r\nhello\r\n7\r\n chunks\r\n0\r\n\r\n"))
            return True
        if not any(line.startswith("Content-Type") for line in extra):
            extra.append("Content-Type: text/plain")
        lines = [f"HTTP/1.1 {code} {reason}", f"Content-Length: {len(body)}"] + extra
        if code == 204:
            lines.pop(1)
        peer.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if method == "HEAD" else body))
        return True

    def take(self):
        with self.lock:
            taken, self.requests = self.requests, []
            self.counts.clear()
        return taken


def normalised(raw):
    """What differs by nature: who we are, the boundary of a form, a digest's random word."""
    raw = re.sub(rb"(?m)^User-Agent: (curl|fid)/[\d.]+\r$", b"User-Agent: X\r", raw)
    if match := re.search(rb"boundary=(-+[0-9a-zA-Z]+)", raw):
        raw = raw.replace(match[1], b"BOUNDARY")
    raw = re.sub(rb'cnonce="[^"]*"', b'cnonce="X"', raw)
    return re.sub(rb'response="[^"]*"', b'response="X"', raw)
