#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid fetch beside curl: the command lines of fetch_lines.txt are run by both, and must send the same bytes (but for
the User-Agent, boundaries of forms and a digest's random word), write the same to standard output and into files, and
end with the same status.

usage: fetch_peers.py FID [WORD-OF-THE-LINE]
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

from fetch_server import Recorder, normalised

# curl's 1, 22, ... are ours; where the house's table has no such number, ours stands for several of curl's.
STATUSES = {33: 8}


def make_files(place, server):
    place.mkdir()
    (place / "form.txt").write_bytes(b"line one\nline=two&more\r\n")
    (place / "binary.dat").write_bytes(bytes(range(256)))
    (place / "big.dat").write_bytes(b"0123456789abcdef" * 131072)  # above the size from which libcurl sends Expect
    (place / "page.html").write_text("<p>hello</p>\n")
    (place / "headers.txt").write_text("X-From: file\nX-Too: yes\n")
    (place / "part.txt").write_bytes(b"012")
    (place / "format.txt").write_text("%{http_code}\\n")
    (place / "netrc").write_text("machine 127.0.0.1 login nuser password npass\n")
    (place / "cookies.txt").write_text(
        "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\ts\n"
        "127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tlong\tl\n")
    url = f"http://127.0.0.1:{server.port}"
    (place / "config.txt").write_text(f'# options\nurl = "{url}/conf"\nheader = "X-Conf: a \\"b\\""\n-d x=1\nsilent\n')
    (place / "config2.txt").write_text("request: PUT\nuser-agent conf/1\n")
    (place / "config3.txt").write_text(f'--url {url}/a\n--data-urlencode "q=a b"\nget\n')


def run(program, words, stdin, place, server, other, unix):
    make_files(place, server)
    os.symlink(unix, place / "sock")
    (place / "work").mkdir(exist_ok=True)
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()} | {"HOME": str(place)}
    done = subprocess.run(program + words, cwd=place, stdin=open(place / stdin, "rb") if stdin else subprocess.DEVNULL,
                          capture_output=True, timeout=60, env=environment)
    requests = sorted(normalised(raw) for one in (server, other, unix_server) for raw in one.take())
    files = {}
    for path in sorted(place.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if path.name == "jar.txt":  # the expiry is a time from now on
                content = b"\n".join(line for line in content.split(b"\n") if not line.startswith(b"# "))
                content = b"\n".join(b"\t".join(line.split(b"\t")[:4] + line.split(b"\t")[5:]) for line in
                                     content.split(b"\n"))
            files[str(path.relative_to(place))] = content
    out = done.stdout
    if b"Netscape HTTP Cookie File" in out:
        out = b"\n".join(b"\t".join(line.split(b"\t")[:4] + line.split(b"\t")[5:]) for line in out.split(b"\n"))
    return requests, out, files, done.returncode, done.stderr


def main():
    global unix_server
    fid = [os.path.abspath(sys.argv[1]), "fetch"]
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    if not shutil.which("curl"):
        print("skipped: curl is not installed")
        return 77
    server, other = Recorder(), Recorder()
    server.other = other.port
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fetch"))
    unix_server = Recorder(unix=str(folder / "s"))
    failed = count = 0
    for line in (pathlib.Path(__file__).parent / "fetch_lines.txt").read_text().splitlines():
        if line.startswith("#") or not line or only not in line:
            continue
        expected = None
        text = line
        if text.startswith("22 "):
            expected, text = 22, text[3:]
        for name, value in (("{U}", f"http://127.0.0.1:{server.port}"), ("{H}", f"127.0.0.1:{server.port}"),
                            ("{P}", str(server.port))):
            text = text.replace(name, value)
        words, stdin = shlex.split(text), None
        if "<" in words:
            at = words.index("<")
            stdin, words = words[at + 1], words[:at]
        count += 1
        theirs = run(["curl", "-sS"], words, stdin, folder / f"{count}c", server, other, str(folder / "s"))
        ours = run(fid, words, stdin, folder / f"{count}f", server, other, str(folder / "s"))
        status = expected if expected is not None else STATUSES.get(theirs[3], theirs[3])
        for what, one, two in (("requests", theirs[0], ours[0]), ("output", theirs[1], ours[1]),
                               ("files", theirs[2], ours[2]), ("status", status, ours[3])):
            if one != two:
                failed += 1
                print(f"{line}\n  {what} differ:\n    curl {str(one)[:1500]}\n    fid  {str(two)[:1500]}")
                print("    " + ours[4].decode())
        shutil.rmtree(folder / f"{count}c")
        shutil.rmtree(folder / f"{count}f")
    shutil.rmtree(folder)
    print(f"{count} command lines, {failed} differences")
    return 1 if failed or (not only and count < 150) else 0


if __name__ == "__main__":
    sys.exit(main())
