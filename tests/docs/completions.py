#!/usr/bin/env python3
"""Do the completions work inside the shells? Types into an interactive bash and zsh, and asks fish.

usage: completions.py FID SOURCE
"""
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

FID, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])

# What is typed before the tab, and what the command line must be then.
CASES = [
    ("fid ipc", "ipcalc"),
    ("fid ipcalc spl", "ipcalc split"),
    ("fid help ipcalc comp", "help ipcalc compare"),
    ("fid ipcalc merge --sk", "ipcalc merge --skip-bad"),
    ("fid ipcalc merge --as nf", "ipcalc merge --as nft"),
    ("fid ipcalc merge a-fi", "ipcalc merge a-file.txt"),
    ("fid sniff -r a-fi", "sniff -r a-file.txt"),
    ("fid sniff info --color alw", "sniff info --color always"),
]

# The shell's fid answers completions and otherwise shows the words it was called with.
STUB = """fid() { if [ "$1" = __complete ]; then command fid "$@"; else printf 'GOT<%s>\\n' "$*"; fi; }\n"""
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], f"source {SOURCE}/completions/fid.bash\n"),
    "zsh": (["zsh", "-f", "-i"],
            f"fpath=({SOURCE}/completions $fpath); autoload -Uz compinit; compinit -u -D; setopt no_beep\n"),
}


def environment(folder):
    return dict(os.environ, PATH=f"{folder}/bin:{os.environ['PATH']}", HOME=folder, TERM="dumb", PS1="> ",
                HISTFILE="/dev/null")


def read_until(terminal, wanted, seconds=10):
    seen = b""
    end = time.monotonic() + seconds
    while wanted not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
    return seen


def typed(shell, folder):
    """What each case became in an interactive shell."""
    words, setup = SHELLS[shell]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe(words[0], words, environment(folder))
    try:
        os.write(terminal, (setup + STUB + "echo rea''dy\n").encode())
        read_until(terminal, b"ready")
        results = []
        for line, _ in CASES:
            os.write(terminal, line.encode() + b"\t")
            read_until(terminal, b"\0", 0.6)  # the shell thinks; nothing tells when it is done
            os.write(terminal, b"\n")
            seen = read_until(terminal, b">\r\n")
            results.append(seen.rpartition(b"GOT<")[2].partition(b">")[0].decode().strip())
        return results
    finally:
        os.kill(child, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(child, 0)


def asked(folder):
    """What fish offers first for each case."""
    results = []
    for line, _ in CASES:
        script = f"source {SOURCE}/completions/fid.fish; complete -C {line!r}"
        out = subprocess.run(["fish", "--no-config", "-c", script], cwd=folder, env=environment(folder), text=True,
                             capture_output=True, timeout=20).stdout
        first = out.split("\n")[0].split("\t")[0]
        results.append(" ".join(line.split()[1:-1] + [first]))
    return results


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/bin")
        os.symlink(FID, f"{folder}/bin/fid")
        open(f"{folder}/a-file.txt", "w").close()
        failed = tried = 0
        for shell in ("bash", "zsh", "fish"):
            if not shutil.which(shell):
                print(f"{shell}: not installed")
                continue
            tried += 1
            results = asked(folder) if shell == "fish" else typed(shell, folder)
            for (line, wanted), got in zip(CASES, results):
                if got != wanted:
                    failed += 1
                    print(f"FAILED {shell}: '{line}<TAB>' became '{got}', wanted '{wanted}'")
    print(f"completions: {tried} shells, {len(CASES)} lines each, {failed} failed")
    if tried == 0:
        sys.exit(77)
    sys.exit(failed != 0)


main()
