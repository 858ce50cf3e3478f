#!/usr/bin/env python3
"""Runs golden command tests.

usage: run.py FID FILE.t... [--only NAME] [--update]

A file is a list of blocks:
    ### name
    $ command line        run by sh; fid is on PATH, $SRC is the project's root, the folder is new and empty
    < a line for stdin
    expected stdout
    2> expected stderr
    = status
"""
import os
import subprocess
import sys
import tempfile
import difflib

TIMEOUT_S = 60


def read_blocks(path):
    block, blocks = None, []
    with open(path, encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip("\n")
            if line.startswith("### "):
                block = {"name": line[4:], "line": number, "command": [], "stdin": [], "stdout": [], "stderr": [], "status": None}
                blocks.append(block)
            elif block is None or block["status"] is not None:
                if line and not line.startswith("#"):
                    sys.exit(f"{path}:{number}: a line outside of a block")
            elif line.startswith("$ "):
                block["command"].append(line[2:])
            elif line == "<" or line.startswith("< "):
                block["stdin"].append(line[2:])
            elif line == "2>" or line.startswith("2> "):
                block["stderr"].append(line[3:])
            elif line.startswith("= "):
                block["status"] = int(line[2:])
            else:
                block["stdout"].append(line)
    for block in blocks:
        if not block["command"] or block["status"] is None:
            sys.exit(f"{path}:{block['line']}: block '{block['name']}' has no command or no status")
    return blocks


def run(block, fid):
    environment = {
        "PATH": os.path.dirname(os.path.abspath(fid)) + ":" + os.environ.get("PATH", "/usr/bin:/bin"),
        "SRC": os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..")),
        "TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "dumb", "HOME": "/nonexistent",
    }
    for name, value in os.environ.items():
        if name.endswith("SAN_OPTIONS"):
            environment[name] = value
    with tempfile.TemporaryDirectory() as folder:
        stdin = "".join(line + "\n" for line in block["stdin"]).encode()
        done = subprocess.run(["sh", "-c", "\n".join(block["command"])], input=stdin, capture_output=True, cwd=folder,
                              env=environment, timeout=TIMEOUT_S)
    decode = lambda raw: raw.decode("utf-8", "backslashreplace").splitlines()
    return decode(done.stdout), decode(done.stderr), done.returncode


def main():
    words = sys.argv[1:]
    update = "--update" in words
    words = [word for word in words if word != "--update"]
    only = None
    if "--only" in words:
        at = words.index("--only")
        only = words[at + 1]
        del words[at:at + 2]
    fid, files = words[0], words[1:]
    passed = failed = 0
    for path in files:
        for block in read_blocks(path):
            if only is not None and only not in block["name"]:
                continue
            stdout, stderr, status = run(block, fid)
            wanted = [f"  {line}" for line in block["stdout"]] + [f"2>{line}" for line in block["stderr"]] + [f"= {block['status']}"]
            got = [f"  {line}" for line in stdout] + [f"2>{line}" for line in stderr] + [f"= {status}"]
            if wanted == got:
                passed += 1
                continue
            failed += 1
            print(f"FAILED {path}:{block['line']}: {block['name']}")
            print("  $ " + "\n  $ ".join(block["command"]))
            print("\n".join("    " + line for line in difflib.unified_diff(wanted, got, "expected", "got", lineterm="", n=2)))
            print(f"  alone: tests/cli/run.py {fid} {path} --only '{block['name']}'")
            if update:
                rewrite(path, block, stdout, stderr, status)
    print(f"golden: {passed} passed, {failed} failed")
    if passed + failed == 0:
        print("no block was run: that is a failure too")
    return 1 if failed or not passed else 0


def rewrite(path, block, stdout, stderr, status):
    with open(path, encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")
    start = lines.index("### " + block["name"])
    end = next(at for at in range(start, len(lines)) if lines[at].startswith("= "))
    new = ["### " + block["name"]] + ["$ " + line for line in block["command"]] + [("< " + line).rstrip() for line in block["stdin"]]
    new += stdout + [("2> " + line).rstrip() for line in stderr] + [f"= {status}"]
    lines[start:end + 1] = new
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
