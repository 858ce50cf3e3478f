#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What fid fetch does beyond curl: what is ours stays behind on another origin, downloads get their name when they are
whole and go on where they broke off, bombs are stopped, retries wait as long as they are asked to, many files come side
by side, records, the terminal, recordings, proxies.

usage: fetch_behaviour.py FID
"""
import json
import os
import pathlib
import pty
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from fetch_server import Recorder, normalised
from ports import free_port

FID = os.path.abspath(sys.argv[1])
folder = pathlib.Path(tempfile.mkdtemp(prefix="fetch"))
os.chdir(folder)
server, other = Recorder(), Recorder()
server.other = other.port
URL = f"http://127.0.0.1:{server.port}"
ENVIRONMENT = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}


def fid(*words, stdin=b"", timeout=60):
    return subprocess.run([FID, "fetch", *words], input=stdin, capture_output=True, timeout=timeout, env=ENVIRONMENT)


def expect(condition, *what):
    if not condition:
        print("failed:", *what)
        sys.exit(1)


def at_terminal(*words):
    """What a terminal gets, and the status."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.pop("NO_COLOR", None)
        os.environ["TERM"] = "xterm"
        os.execv(FID, [FID, "fetch", *words])
    shown = b""
    try:
        while block := os.read(terminal, 65536):
            shown += block
    except OSError:
        pass
    return shown, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_other_origin():
    done = fid("-sSL", "-u", "user:secret", "-b", "a=1", "-H", "X-Api-Key: k", "-H", "Accept: text/html", "-H",
               "X-Own: 1", f"{URL}/elsewhere")
    expect(done.returncode == 0, done)
    there = other.take()[0]
    for secret in (b"secret", b"Authorization", b"Cookie", b"X-Api-Key", b"X-Own"):
        expect(secret not in there, secret, there)
    expect(b"Accept: text/html" in there, there)
    expect(b"X-Own: 1" in server.take()[0])
    fid("-sSL", "--location-trusted", "-u", "user:secret", "-H", "X-Own: 1", f"{URL}/elsewhere")
    there = other.take()[0]
    expect(b"Authorization" in there and b"X-Own: 1" in there, there)


def test_resume():
    done = fid("-sS", "-o", "cut.txt", f"{URL}/cut")
    expect(done.returncode == 18 and b"-C -" in done.stderr, done)
    expect(not os.path.exists("cut.txt") and open("cut.txt.part").read() == "0123")
    done = fid("-sS", "-C", "-", "-o", "cut.txt", f"{URL}/cut")
    expect(done.returncode == 0 and open("cut.txt").read() == "0123456789" and not os.path.exists("cut.txt.part"), done)
    expect(fid("-sS", "-C", "-", "-o", "range.txt", f"{URL}/range").returncode == 0)
    done = fid("-sS", "-C", "-", "-o", "range.txt", f"{URL}/range")
    expect(done.returncode == 0 and open("range.txt").read() == "0123456789", "all there already", done)
    # A server that knows no ranges sends all: nothing is appended.
    pathlib.Path("whole.txt").write_text("GET")
    done = fid("-sS", "-C", "-", "-o", "whole.txt", f"{URL}/whole")
    expect(done.returncode == 0 and open("whole.txt").read() == "GET /whole\n", done, open("whole.txt").read())


def test_names():
    expect(fid("-sSOJ", f"{URL}/traversal").returncode == 0)
    expect(os.path.exists("profile") and not os.path.exists("../.profile"))
    again = fid("-sSOJ", f"{URL}/traversal")
    expect(again.returncode == 23 and b"refused to replace" in again.stderr, again)
    expect(fid("-sSO", f"{URL}/").returncode == 23)


def test_bomb():
    done = fid("-sS", "--compressed", "--max-filesize", "10M", "-o", "bomb", f"{URL}/bomb")
    expect(done.returncode == 18 and b"larger than 10485760 bytes when decompressed" in done.stderr, done)
    expect(not os.path.exists("bomb") and os.path.getsize("bomb.part") <= 10 << 20)


def test_retry():
    server.take()
    started = time.monotonic()
    done = fid("-sS", "--retry", "3", f"{URL}/busy")
    spent = time.monotonic() - started
    expect(done.returncode == 0 and done.stdout == b"GET /busy\n", done)
    expect(2 <= spent < 8, "Retry-After: 1, twice", spent)
    expect(len(server.take()) == 3)
    done = fid("-sS", "--retry", "1", "--retry-delay", "10ms", f"{URL}/status/503")
    expect(done.returncode == 22 and len(server.take()) == 2, done)


def test_parallel():
    server.take()
    before = server.connections
    done = fid("-sS", "-o", "many/#1", "--create-dirs", f"{URL}/file[1-20]")
    expect(done.returncode == 0, done)
    for number in range(1, 21):
        expect(open(f"many/{number}").read() == f"GET /file{number}\n", number)
    expect(1 <= server.connections - before <= 6, server.connections - before)
    before = server.connections
    expect(fid("-sS", "-O", "--remote-name-all", "--parallel", "1", f"{URL}/x[1-20]").returncode == 0)
    expect(server.connections - before == 1, "one connection")


def test_status():
    done = fid("-sS", f"{URL}/status/404")
    expect(done.returncode == 22 and done.stdout == b"GET /status/404\n" and b"404" in done.stderr, done)
    expect(fid("--no-fail", f"{URL}/status/404").returncode == 0)
    quiet = fid("-f", f"{URL}/status/404")
    expect(quiet.returncode == 22 and quiet.stdout == b"", quiet)
    expect(fid("-s", f"{URL}/a", f"{URL}/status/404").returncode == 75)


def test_records():
    done = fid("--json", "-u", "user:secret", f"{URL}/cookie", "-o", "kept", f"{URL}/binary", f"{URL}/status/500")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    expect([record["type"] for record in records] == ["response"] * 3, done.stdout)
    expect(records[0]["file"] == "kept" and records[0]["status"] == 200, records[0])
    expect("one=***" in str(records[0]["headers"]) and b"secret" not in done.stdout, records[0])
    expect(records[1]["body"]["base64"].startswith("AAEC"), records[1])
    expect(records[2]["status"] == 500 and done.returncode == 75, records[2])
    expect(set(records[0]) == set(records[1]))


def test_verbose():
    done = fid("-v", "-u", "user:secret", "-b", "a=hidden", f"{URL}/")
    expect(b"> GET / HTTP/1.1" in done.stderr and b"< HTTP/1.1 200 OK" in done.stderr, done)
    expect(b"Authorization: Basic ***" in done.stderr and b"hidden" not in done.stderr, done)


def test_terminal():
    shown, status = at_terminal("-s", f"{URL}/json")
    text = shown.decode()
    expect(status == 0 and '"b"' in text and "2.50" in text and "\x1b[" in text and "\r\n  " in text, text)
    expect("\\u001b" in text, text)
    shown, status = at_terminal("-s", "-S", f"{URL}/binary")
    expect(status == 23 and b"-o -" in shown and b"\x00" not in shown, shown)
    shown, status = at_terminal("-s", "-o", "-", f"{URL}/binary")
    expect(status == 0 and b"\x00" in shown, shown)
    shown, status = at_terminal("-s", f"{URL}/escape")
    expect(status == 0 and b"\x1b" not in shown and b"red " in shown, shown)


def test_record_file():
    done = fid("-s", "--record", "own.pcapng", "-d", "a=1", f"{URL}/recorded")
    expect(done.returncode == 0, done)
    listing = subprocess.run([FID, "sniff", "-r", "own.pcapng"], capture_output=True, text=True)
    if "unknown command" in listing.stderr:
        return
    expect("POST /recorded" in listing.stdout and "200" in listing.stdout and str(server.port) in listing.stdout, listing)


def test_items():
    fid("-s", "POST", f"{URL}/items", "name=Ann", "age:=30", "q==1", "X-Key:v")
    raw = server.take()[-1]
    head, body = raw.split(b"\r\n\r\n", 1)
    expect(head.startswith(b"POST /items?q=1 HTTP/1.1") and b"X-Key: v" in head, head)
    expect(json.loads(body) == {"name": "Ann", "age": 30}, body)
    pathlib.Path("photo.png").write_bytes(b"png")
    fid("-s", "--form", f"{URL}/items", "name=Ann", "photo@photo.png")
    raw = server.take()[-1]
    expect(b'name="photo"; filename="photo.png"' in raw and b"Content-Type: image/png" in raw, raw)


def test_as_curl():
    """The line that is printed sends the same."""
    if not shutil.which("curl"):
        return
    for words in (["POST", f"{URL}/x", "name=it's", "n:=[1]", "q==a b", "X-Key:v"],
                  ["-F", "a=1", "-F", "f=@photo.png;type=a/b", "-H", "X: y", f"{URL}/f"],
                  ["-L", "-u", "a:b", "-b", "c=d", f"{URL}/redirect/302/x"]):
        server.take()
        fid("-s", *words)
        ours = server.take()
        line = fid("--as-curl", "-s", *words).stdout.decode()
        subprocess.run(["sh", "-c", line], capture_output=True, env=ENVIRONMENT, timeout=30)
        theirs = server.take()
        expect([normalised(raw) for raw in ours] == [normalised(raw) for raw in theirs], line, ours, theirs)


def test_interrupt():
    child = subprocess.Popen([FID, "fetch", "-s", "-o", "slow", f"{URL}/hang"])
    while not os.path.exists("slow.part") or os.path.getsize("slow.part") != 4:
        expect(child.poll() is None, "it ended")
        time.sleep(0.01)
    child.send_signal(2)
    expect(child.wait(timeout=20) == 130 and not os.path.exists("slow") and os.path.getsize("slow.part") == 4)


def test_live():
    """What has come is there for the next program in the pipe before the rest is."""
    child = subprocess.Popen([FID, "fetch", "-s", f"{URL}/hang"], stdout=subprocess.PIPE)
    came = b""
    while len(came) < 4 and (block := os.read(child.stdout.fileno(), 4)):
        came += block
    expect(len(came) == 4 and child.poll() is None, came)
    child.kill()
    child.wait()


def test_nginx():
    """A real server: TLS with a certificate of our own, HTTP/2, and a redirect from https to http that is refused."""
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.path.exists(nginx) or not shutil.which("openssl"):
        print("skipped: nginx or openssl is not installed")
        return
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    os.mkdir("root")
    pathlib.Path("root/hello.txt").write_text("hello " * 1000)
    port = free_port()
    pathlib.Path("nginx.conf").write_text(f"""
        daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
        events {{}}
        http {{ access_log off; gzip on; gzip_types text/plain; types {{ text/plain txt; }}
          client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
          uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {folder}/cert.pem;
            ssl_certificate_key {folder}/key.pem; root {folder}/root;
            location /down {{ return 302 {URL}/downgraded; }} }} }}""")
    child = subprocess.Popen([nginx, "-c", f"{folder}/nginx.conf", "-p", str(folder)], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        url = f"https://localhost:{port}"
        here = ["-sS", "--resolve", f"localhost:{port}:127.0.0.1"]
        expect(fid(*here, f"{url}/hello.txt").returncode == 60, "an unknown authority")
        done = fid(*here, "--cacert", "cert.pem", "--compressed", "-w", "%{http_version} %{scheme}", f"{url}/hello.txt")
        expect(done.stdout == b"hello " * 1000 + b"2 HTTPS", done)
        expect(fid(*here, "-k", "--http1.1", "-r", "0-4", f"{url}/hello.txt").stdout == b"hello")
        done = fid(*here, "--cacert", "cert.pem", "-L", f"{url}/down")
        expect(done.returncode == 8 and b"--allow-downgrade" in done.stderr, done)
        done = fid(*here, "--cacert", "cert.pem", "-L", "--allow-downgrade", f"{url}/down")
        expect(done.stdout == b"GET /downgraded\n", done)
        done = fid(*here, "--cacert", "cert.pem", "--record", "tls.pcapng", f"{url}/hello.txt")
        expect(done.returncode == 0 and b"hello hello" in pathlib.Path("tls.pcapng").read_bytes(), "the plaintext")
    finally:
        child.terminate()
        child.wait()


def wait_for(port):
    for _ in range(400):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)


def test_squid():
    if not shutil.which("squid"):
        print("skipped: squid is not installed")
        return
    port = free_port()
    folder.chmod(0o777)
    pathlib.Path("squid.conf").write_text(
        f"http_port 127.0.0.1:{port}\nhttp_access allow all\ncache deny all\naccess_log none\n"
        f"cache_log {folder}/log\npid_filename none\ncoredump_dir {folder}\nshutdown_lifetime 0\n"
        "max_filedescriptors 1024\n")
    child = subprocess.Popen(["squid", "-N", "-f", "squid.conf"], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        proxy = ["-sS", "-x", f"http://127.0.0.1:{port}"]
        done = fid(*proxy, f"{URL}/through")
        expect(done.stdout == b"GET /through\n" and b"Via:" in server.take()[-1], done)
        done = fid(*proxy, "-p", "-w", "%{http_connect}", f"{URL}/tunnel")
        expect(done.stdout == b"GET /tunnel\n200" and b"Via:" not in server.take()[-1], done)
        expect(fid(*proxy, f"http://127.0.0.1:{free_port()}/").returncode == 22, "a 503 of squid's")
    finally:
        child.terminate()
        child.wait()


def test_httpbin():
    # The package is the system's Python's, which need not be the one that runs us.
    python = next((one for one in (sys.executable, "/usr/bin/python3")
                   if subprocess.run([one, "-c", "import httpbin"], capture_output=True).returncode == 0), None)
    if python is None:
        print("skipped: python3-httpbin is not installed")
        return
    port = free_port()
    child = subprocess.Popen([python, "-m", "httpbin.core", "--port", str(port)], stderr=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        url = f"http://127.0.0.1:{port}"
        seen = json.loads(fid("-sS", f"{url}/anything", "name=Ann", "age:=30", "q==a b", "X-Key:v").stdout)
        expect(seen["method"] == "POST" and seen["json"] == {"name": "Ann", "age": 30} and seen["args"] == {"q": "a b"} and
               seen["headers"]["X-Key"] == "v", seen)
        seen = json.loads(fid("-sS", "--form", f"{url}/post", "name=Ann Lee", "f@photo.png").stdout)
        expect(seen["form"] == {"name": "Ann Lee"} and seen["files"] == {"f": "png"}, seen)
        for scheme in ("basic", "digest"):
            path = "basic-auth/ann/pw" if scheme == "basic" else "digest-auth/auth/ann/pw"
            expect(fid("-sS", f"--{scheme}", "-u", "ann:pw", f"{url}/{path}").returncode == 0, scheme)
            expect(fid("-sS", f"--{scheme}", "-u", "ann:no", f"{url}/{path}").returncode == 22, scheme)
        pathlib.Path("secret").write_text("pw\n")
        expect(fid("-sS", "-u", "ann", "--password-file", "secret", f"{url}/basic-auth/ann/pw").returncode == 0)
        expect(json.loads(fid("-sSL", "-b", "", f"{url}/cookies/set?a=1").stdout) == {"cookies": {"a": "1"}})
        expect(json.loads(fid("-sS", "--compressed", f"{url}/gzip").stdout)["gzipped"])
        expect(fid("-sSL", "-o", "x", "-w", "%{num_redirects}", f"{url}/redirect/4").stdout == b"4")
        expect(fid("-sS", "-m", "0.5", f"{url}/delay/3").returncode == 28)
    finally:
        child.terminate()
        child.wait()


TESTS = [value for name, value in list(globals().items()) if name.startswith("test_")]
for test in TESTS:
    server.take()
    other.take()
    test()
os.chdir("/")
shutil.rmtree(folder)
print(f"{len(TESTS)} tests passed")
