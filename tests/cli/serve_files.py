#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid serve DIR` as its clients see it: curl, Python's http.client, nghttp, h2load, raw sockets.

usage: serve_files.py FID SOURCE_FOLDER
"""
import base64
import contextlib
import gzip
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

FID, SOURCE = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
BIG = os.urandom(3_000_000)
TEXT = ("A line of text that is worth compressing.\n" * 100).encode()


def check(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(each) for each in what))


class Server:
    """On a port of its own; the URLs are those it prints."""

    def __init__(self, folder, *options, listen=("127.0.0.1:0",)):
        words = [FID, "serve", str(folder)]
        for each in listen:
            words += ["--listen", each]
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([*words, *options], stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.urls = [self.process.stdout.readline().strip() for _ in listen]
        check(all(self.urls), self.errors())
        self.port = urllib.parse.urlsplit(self.urls[0]).port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end(signal.SIGTERM)

    def end(self, number):
        self.process.send_signal(number)
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        return status

    def errors(self):
        self.log.seek(0)
        return self.log.read().decode()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def get(self, target, method="GET", **fields):
        peer = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(peer):
            peer.putrequest(method, target, skip_accept_encoding=True)
            for name, value in fields.items():
                peer.putheader(name.replace("_", "-"), value)
            peer.endheaders()
            answer = peer.getresponse()
            return answer, answer.read()

    def raw(self, data):
        """What comes until the server closes."""
        with self.connect() as peer:
            peer.sendall(data)
            received = b""
            while block := peer.recv(65536):
                received += block
            return received


def make_tree(top):
    folder = top / "www"
    (folder / "a" / ".hidden").mkdir(parents=True)
    (folder / "sub").mkdir()
    (folder / "site").mkdir()
    (folder / ".git").mkdir()
    (top / "secret").write_text("SECRET")
    (folder / "a" / ".hidden" / "x").write_text("SECRET")
    (folder / ".git" / "config").write_text("SECRET")
    (folder / ".hidden").write_text("SECRET")
    (folder / "a.txt").write_bytes(TEXT)
    (folder / "big.bin").write_bytes(BIG)
    (folder / "site" / "index.html").write_text("<h1>index</h1>")
    (folder / "sub" / "<b>&\"' ünï.txt").write_text("x" * 1500)
    (folder / "sub" / "empty").write_text("")
    (folder / "ready.js").write_text("plain();" * 100)
    (folder / "ready.js.gz").write_bytes(gzip.compress(b"ready();"))
    os.symlink("../secret", folder / "link-out")
    os.symlink("..", folder / "link-folder-out")
    os.symlink(top / "secret", folder / "link-absolute")
    os.symlink("/proc/self/environ", folder / "link-proc")
    os.symlink("link-loop", folder / "link-loop")
    os.symlink("a.txt", folder / "link-in")
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(folder / "socket"))
    old = time.time() - 3600
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (old, old))
    return folder


def table(name):
    for line in (SOURCE / "tests" / "http" / name).read_text().splitlines():
        if line and not line.startswith("#"):
            status, text = line.split("\t", 1)
            yield int(status), text


def malformed(server):
    for status, text in table("malformed.txt"):
        # A second request behind it must never be answered.
        data = text.encode().decode("unicode_escape").encode("latin-1") + b"GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n"
        received = server.raw(data)
        check(received.startswith(b"HTTP/1.1 %d " % status), text, received[:80])
        check(received.count(b"HTTP/1.1 ") == 1 and b"\r\nConnection: close\r\n" in received, text, received)
    check(server.raw(b"GET /" + b"x" * 9000).startswith(b"HTTP/1.1 414 "), "a long target")
    many = b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 200 + b"\r\n"
    check(server.raw(many).startswith(b"HTTP/1.1 431 "), "many fields")
    check(server.raw(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 40000).startswith(b"HTTP/1.1 431 "), "a long field")


def traversal(server):
    for status, target in table("traversal.txt"):
        data = f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
        received = server.raw(data)
        check(received.startswith(b"HTTP/1.1 %d " % status), target, received[:60])
        check(b"SECRET" not in received, target)
    answer, body = server.get("/")
    check(b"link-out" not in body and b"fifo" not in body and b"hidden" not in body and b"link-in" in body, body)


def pipelining(server):
    """Answers come in order; bodies nobody asked for are skipped, whichever way they end."""
    post = b"POST /a.txt HTTP/1.1\r\nHost: a\r\n"
    data = (b"GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n" + b"HEAD /big.bin HTTP/1.1\r\nHost: a\r\n\r\n"
            + post + b"Content-Length: 5\r\n\r\nGET /"
            + post + b"Transfer-Encoding: chunked\r\n\r\n5;x\r\nGET /\r\n0\r\nT: x\r\n\r\n"
            + b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" + b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n"
            + b"GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n"
            + b"GET /missing HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nConnection: close\r\n\r\n")
    for cut in (len(data), 7):
        with server.connect() as peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(0, len(data), cut):
                peer.sendall(data[at:at + cut])
            stream = peer.makefile("rb")
            expected = [(200, TEXT), (200, None), (405, ...), (405, ...), (204, None), (501, ...), (200, BIG), (404, ...)]
            for status, wanted in expected:
                line = stream.readline()
                check(line.startswith(b"HTTP/1.1 %d " % status), line, status)
                length = 0
                while (field := stream.readline()) != b"\r\n":
                    if field.lower().startswith(b"content-length:"):
                        length = int(field.split(b":")[1])
                body = b"" if wanted is None else stream.read(length)
                check(wanted in (None, ...) or body == wanted, "a body")
            check(json.loads(body)["status"] == 404, body)
            check(stream.read() == b"", "nothing follows")
    # A body that is waited for is not asked for; one of many bytes is not read.
    for framing in (b"Content-Length: 5\r\nExpect: 100-continue\r\n", b"Content-Length: 99999999\r\n"):
        received = server.raw(post + framing + b"\r\n")
        check(received.startswith(b"HTTP/1.1 405 ") and b"Connection: close" in received, received)
    check(server.raw(b"GET /a.txt HTTP/1.0\r\n\r\n").endswith(TEXT), "HTTP/1.0")
    received = server.raw(post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
    check(received.count(b"HTTP/1.1") == 1, "broken chunks end the connection")


def conditions_and_ranges(server):
    answer, body = server.get("/big.bin")
    etag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
    check(body == BIG and answer.headers["Accept-Ranges"] == "bytes", answer.headers)
    for fields, status in (({"If_None_Match": etag}, 304), ({"If_None_Match": '"x"'}, 200), ({"If_Match": '"x"'}, 412),
                           ({"If_Modified_Since": modified}, 304), ({"If_Unmodified_Since": "Sun, 06 Nov 1994 08:49:37 GMT"}, 412),
                           ({"Range": "bytes=0-0", "If_Range": etag}, 206), ({"Range": "bytes=0-0", "If_Range": '"x"'}, 200),
                           ({"Range": "bytes=0-0", "If_Range": modified}, 206), ({"Range": "bytes=9999999-"}, 416)):
        answer, body = server.get("/big.bin", **fields)
        check(answer.status == status, fields, answer.status)
        check(status != 304 or (body == b"" and answer.headers["ETag"] == etag), "a 304")
    check(answer.headers["Content-Range"] == f"bytes */{len(BIG)}", answer.headers)
    for text, wanted in (("0-99", BIG[:100]), ("-100", BIG[-100:]), ("2999990-", BIG[2999990:]), ("5-1000000", BIG[5:1000001])):
        answer, body = server.get("/big.bin", Range=f"bytes={text}")
        check(answer.status == 206 and body == wanted, text)
    answer, body = server.get("/big.bin", Range="bytes=0-9,1000-1009,2000000-2999999")
    boundary = re.fullmatch("multipart/byteranges; boundary=(.*)", answer.headers["Content-Type"]).group(1).encode()
    parts = body.split(b"\r\n--" + boundary)
    check(parts[0] == b"" and parts[-1] == b"--\r\n" and len(parts) == 5, len(parts))
    for part, (first, last) in zip(parts[1:4], ((0, 9), (1000, 1009), (2000000, 2999999))):
        head, content = part.split(b"\r\n\r\n", 1)
        check(b"Content-Range: bytes %d-%d/3000000" % (first, last) in head and content == BIG[first:last + 1], head)


def codings_and_pages(server):
    for accept, coding in (("gzip", "gzip"), ("br, gzip", "br"), ("zstd;q=1, br;q=0.5", "zstd"), ("gzip;q=0", None), ("", None)):
        answer, body = server.get("/a.txt", Accept_Encoding=accept)
        check(answer.headers["Content-Encoding"] == coding and answer.headers["Vary"] == "Accept-Encoding", accept)
        check(coding != "gzip" or gzip.decompress(body) == TEXT, "gzip")
        check(coding is not None or body == TEXT, accept)
    check(gzip.decompress(server.get("/ready.js", Accept_Encoding="gzip")[1]) == b"ready();", "the neighbour")
    if shutil.which("curl"):
        out = subprocess.run(["curl", "-s", "--compressed", server.urls[0] + "/a.txt"], capture_output=True, check=True)
        check(out.stdout == TEXT, "curl --compressed")
    answer, _ = server.get("/site?x=%20&y")
    check(answer.status == 301 and answer.headers["Location"] == "/site/?x=%20&y", answer.headers)
    answer, _ = server.get("//site")
    check(answer.headers["Location"] == "/site/", "no way to another host", answer.headers)
    check(server.get("/site/")[1] == b"<h1>index</h1>", "the index")
    answer, body = server.get("/sub/")
    check(answer.headers["Content-Type"] == "text/html; charset=utf-8", answer.headers)
    text = body.decode()
    check("<b>" not in text and "&lt;b&gt;&amp;&quot;&#39; ünï.txt" in text and "1.5 kB" in text, text)
    link = re.search(r'href="(\./[^"]*n[^"]*\.txt)"', text).group(1)
    check(server.get("/sub/" + link)[1] == b"x" * 1500, link)
    order = lambda query: [each["name"] for each in json.loads(server.get("/sub/?format=json" + query)[1])["entries"]]
    check(order("&sort=size") == ["<b>&\"' ünï.txt", "empty"] and order("&sort=size&order=asc")[0] == "empty", "sizes")
    answer, body = server.get("/sub/", Accept="application/json")
    check(json.loads(body)["entries"][0]["type"] == "file", body)
    answer, body = server.get("/sub/", method="HEAD")
    check(answer.status == 200 and body == b"", "HEAD of a listing")


def changes(folder, server):
    """A file that becomes shorter while it is sent: the client can tell, and the server stays."""
    path = folder / "shrinking"
    path.write_bytes(b"x" * 50_000_000)
    with server.connect() as peer:
        peer.sendall(b"GET /shrinking HTTP/1.1\r\nHost: a\r\n\r\n")
        received = len(peer.recv(1000))
        os.truncate(path, 1000)
        while block := peer.recv(1 << 20):
            received += len(block)
    check(received < 50_000_000, "it was cut short", received)
    path.unlink()
    small = folder / "small.txt"
    for content in ("one", "two", "three"):
        small.write_text(content)
        until = time.monotonic() + 5
        while server.get("/small.txt")[1] != content.encode():
            check(time.monotonic() < until, "a change is noticed")
    small.unlink()
    # A file that is exchanged again and again is always there, and whole, in every coding.
    exchanged, over = folder / "exchanged.txt", threading.Event()
    exchanged.write_text("0" * 1000)

    def exchange():
        number = 0
        while not over.wait(0.002):
            number += 1
            (folder / "next").write_text(str(number % 10) * 1000)
            (folder / "next").rename(exchanged)
    exchanging = threading.Thread(target=exchange)
    exchanging.start()
    try:
        for number in range(200):
            answer, body = server.get("/exchanged.txt", Accept_Encoding=("gzip", "")[number % 2])
            check(answer.status == 200, "exchanged", answer.status)
            text = gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body
            check(len(text) == 1000 and len(set(text)) == 1, text)
    finally:
        over.set()
        exchanging.join()
    exchanged.unlink()


def http2(server):
    url = server.urls[1]
    if shutil.which("curl"):
        out = subprocess.run(["curl", "-sk", "--http2", "-w", "%{http_version}", "-r", "5-2000000", url + "/big.bin"],
                             capture_output=True, check=True)
        check(out.stdout == BIG[5:2000001] + b"2", "curl --http2")
        out = subprocess.run(["curl", "-sk", "--http1.1", url + "/big.bin"], capture_output=True, check=True)
        check(out.stdout == BIG, "the same through TLS and HTTP/1.1")
        out = subprocess.run(["curl", "-sk", "-d", "x=y", "-w", "%{http_code}", "-o", "/dev/null", url + "/a.txt"],
                             capture_output=True, check=True)
        check(out.stdout == b"405", "a body over HTTP/2")
    if shutil.which("h2load"):
        for words in (["-n2000", "-c10", "-m20", url + "/a.txt"], ["-n100", "-c5", "-m10", url + "/big.bin"]):
            out = subprocess.run(["h2load", *words], capture_output=True, text=True, check=True, timeout=60).stdout
            total = words[0][2:]
            check(f"{total} succeeded, 0 failed" in out and f"status codes: {total} 2xx" in out, out)
    if shutil.which("nghttp"):
        out = subprocess.run(["nghttp", "-v", url + "/sub/../a.txt", url + "/missing", url + "/big.bin", "-n"],
                             capture_output=True, text=True, timeout=60).stdout
        check(out.count(":status: 200") == 2 and out.count(":status: 404") == 1, out)


def crowd(server):
    """Idle ones cost little and do not keep the others waiting; who trickles a head in is dropped."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 10_000
    if hard != resource.RLIM_INFINITY and hard < wanted + 200:
        print(f"only {hard} descriptors may be open: fewer idle connections")
        wanted = hard - 300
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted + 200, hard))
    memory = lambda: int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{server.process.pid}/status").read_text()).group(1))
    before = memory()
    idle = []
    try:
        for number in range(wanted):
            idle.append(server.connect())
            if number % 2 == 0:
                idle[-1].sendall(b"GET /site/ HTTP/1.1\r\nHost: a\r\n\r\n")
        slow = server.connect()
        slow.sendall(b"GET / HTTP/1.1\r\nHost")
        begun = time.monotonic()
        for _ in range(100):
            check(server.get("/a.txt")[1] == TEXT, "beside the crowd")
        check(time.monotonic() - begun < 10, "quickly")
        each = (memory() - before) * 1024 / wanted
        print(f"{wanted} idle connections: {each:.0f} bytes each")
        # A sanitizer keeps memory around every object.
        check(each < (32768 if b"__asan_init" in pathlib.Path(FID).read_bytes() else 8192), "idle connections are cheap")
        for peer in idle[::2][:50]:
            check(peer.recv(65536).startswith(b"HTTP/1.1 200"), "they had been served")
        began = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - began < 20:
                slow.sendall(b":")
                slow.settimeout(0.5)
                with contextlib.suppress(TimeoutError):
                    if slow.recv(1) == b"":
                        break
        check(7 < time.monotonic() - began < 15, "a slow head", time.monotonic() - began)
    finally:
        for peer in idle:
            peer.close()


def settings(top, folder):
    users = top / "users"
    users.write_text("ann:pass:word\n")
    users.chmod(0o644)
    refused = subprocess.run([FID, "serve", str(folder), "--auth-file", str(users)], capture_output=True, text=True)
    check(refused.returncode == 26 and "others may read it" in refused.stderr, refused)
    users.chmod(0o600)
    right = "Basic " + base64.b64encode(b"ann:pass:word").decode()
    with Server(folder, "--auth-file", users, "--header", "Cache-Control: no-store", "--no-listing", "--hidden", "--log", "json") as server:
        answer, _ = server.get("/a.txt")
        check(answer.status == 401 and answer.headers["WWW-Authenticate"].startswith("Basic realm="), answer.headers)
        check(answer.headers["Cache-Control"] == "no-store", answer.headers)
        check(server.get("/a.txt", Authorization="Basic " + base64.b64encode(b"ann:x").decode())[0].status == 401, "wrong")
        answer, body = server.get("/a.txt", Authorization=right, User_Agent="me\x01")  # no request at all
        check(answer.status == 400, answer.status)
        answer, body = server.get("/a.txt?\"%00", Authorization=right, User_Agent="me \"\\")
        check(answer.status == 200 and body == TEXT and answer.headers["Cache-Control"] == "no-store", answer.headers)
        check(server.get("/sub/", Authorization=right)[0].status == 403, "no listing")
        check(server.get("/.hidden", Authorization=right)[1] == b"SECRET", "--hidden")
    records = [json.loads(line) for line in server.errors().splitlines() if line.startswith("{")]
    told = next(each for each in records if each["user"] == "ann" and each["target"].startswith("/a.txt?"))
    check(told["user_agent"] == 'me "\\' and told["status"] == 200 and told["body_bytes"] == len(TEXT), told)
    manual = (SOURCE / "man" / "fid-serve.1").read_text()
    section = manual.split(".Ss The request record", 1)[1].split(".Ss ", 1)[0]
    described = re.findall(r"^\.It Va (\w+)", section, re.M)
    check(list(told)[1:] == described, "the manual describes the fields", list(told), described)
    site = folder / "site"
    with Server(site, "--spa", "-q") as server:
        check(server.get("/deep/route")[1] == b"<h1>index</h1>" and server.get("/deep/app.js")[0].status == 404, "--spa")
    check(server.errors() == "", server.errors())
    for words in (["--header", "Content-Length: 1"], ["--header", "x"], ["--header", "X: \n"], ["--listen", "udp://:0"], ["--csv"]):
        refused = subprocess.run([FID, "serve", str(folder), *words], capture_output=True, text=True, timeout=20)
        check(refused.returncode == 2, words, refused)
    with Server(folder, listen=(f"unix:{top}/sock",)) as server:
        out = subprocess.run(["curl", "-s", "--unix-socket", f"{top}/sock", "http://x/a.txt"], capture_output=True)
        check(out.stdout == TEXT or not shutil.which("curl"), "over a Unix socket")


def graceful(folder):
    """What is under way is finished, idle connections end, and the status says who asked."""
    size = 50_000_000  # more than the kernel takes before the client reads
    with open(folder / "large", "wb") as file:
        file.truncate(size)
    server = Server(folder)
    idle, busy = server.connect(), server.connect()
    busy.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    received = len(busy.recv(1000))
    server.process.send_signal(signal.SIGINT)
    check(idle.recv(1) == b"", "the idle one ends")
    while block := busy.recv(1 << 20):
        received += len(block)
    check(received > size, "the answer under way was finished", received)
    check(server.end(0) == 130, "Ctrl-C")
    server = Server(folder)
    check(server.end(signal.SIGTERM) == 0, "SIGTERM")


def main():
    with tempfile.TemporaryDirectory() as name:
        top = pathlib.Path(name)
        folder = make_tree(top)
        with Server(folder, "--max-connections", "20000", listen=("127.0.0.1:0", "tls://127.0.0.1:0")) as server:
            malformed(server)
            traversal(server)
            pipelining(server)
            conditions_and_ranges(server)
            codings_and_pages(server)
            changes(folder, server)
            http2(server)
            crowd(server)
        settings(top, folder)
        graceful(folder)


main()
