#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs `fid sniff` over every file below a folder, whole and cut short: no signal, no sanitizer report, no hang.

usage: sweep.py FID DIR [SECONDS]   (whole files first, then as many cuts as the seconds allow, spread over the files)
"""
import concurrent.futures
import itertools
import pathlib
import random
import subprocess
import sys
import tempfile
import time

WAYS = [["-r", "{}"], ["-e", "-xx", "-r", "{}"], ["--tree", "-r", "{}"], ["--json", "--tree", "-r", "{}"],
        ["info", "{}"]]
# success, no data (nothing matched) and a damaged or cut-off input; anything else is a failure here, 1 being a sanitizer.
ALLOWED = {0, 3, 18}
RUN_LIMIT = 20  # seconds
CUT_STEP = 97   # bytes; a prime, so that cuts fall at every alignment
PROCESSES = 2


def run(fid, way, path, name):
    """None, or what went wrong."""
    command = [fid, "sniff", *(word.replace("{}", str(path)) for word in way)]
    label = " ".join(["sniff", *(word.replace("{}", name) for word in way)])
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              timeout=RUN_LIMIT)
    except subprocess.TimeoutExpired:
        return f"{label}: still running after {RUN_LIMIT} s"
    report = [line for line in done.stderr.decode(errors="replace").splitlines()
              if "runtime error:" in line or "ERROR: " in line or "SUMMARY: " in line]
    if done.returncode in ALLOWED and not report:
        return None
    return f"{label}: status {done.returncode}: " + (" | ".join(report) or done.stderr.decode(errors="replace")[-200:])


def run_cut(fid, path, length, folder):
    cut = pathlib.Path(folder) / f"{path.name}.{length}"
    cut.write_bytes(path.read_bytes()[:length])
    try:
        return run(fid, ["--tree", "-r", "{}"], cut, f"{path}[:{length}]")
    finally:
        cut.unlink()


def cuts(files):
    """(file, length) pairs, one of every file in turn, in an order that is the same every time."""
    order = random.Random(CUT_STEP)
    lists = []
    for path in files:
        lengths = list(range(0, path.stat().st_size, CUT_STEP))
        order.shuffle(lengths)
        lists.append([(path, length) for length in lengths])
    for turn in itertools.zip_longest(*lists):
        yield from (pair for pair in turn if pair is not None)


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    fid, folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    end = time.monotonic() + (float(sys.argv[3]) if len(sys.argv) == 4 else 300)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        jobs = itertools.chain(((run, fid, way, path, str(path)) for path in files for way in WAYS),
                               ((run_cut, fid, path, length, scratch) for path, length in cuts(files)))
        while time.monotonic() < end:
            batch = list(itertools.islice(jobs, 8 * PROCESSES))
            if not batch:
                break
            for problem in pool.map(lambda job: job[0](*job[1:]), batch):
                if problem is None:
                    passed += 1
                else:
                    failed += 1
                    print(problem, flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed != 0 or passed == 0)


main()
