#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid resolve --bulk and --sweep against servers that drop, lie and repeat themselves, and against nsd.

usage: resolve_bulk.py FID LYING_SERVER
nsd is left out where it is not installed.
"""
import collections
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TIMEOUT_S = 90
fid, lying_server = (os.path.abspath(path) for path in sys.argv[1:3])
failures = checks = 0


def check(what, got, wanted):
    global failures, checks
    checks += 1
    if got != wanted:
        failures += 1
        print(f"FAILED {what}\n  got    {str(got)[:500]}\n  wanted {str(wanted)[:500]}")


@contextlib.contextmanager
def server(**faults):
    """Yields the ports of a lying_server."""
    words = [f"{name.replace('_', '-')}={value}" for name, value in faults.items()]
    with subprocess.Popen([lying_server, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield [int(process.stdout.readline()) for _ in range(faults.get("servers", 1))]
        process.stdin.close()


def bulk(ports, *words, **options):
    options = {"capture_output": True, "text": True, "timeout": TIMEOUT_S, **options}
    return subprocess.run([fid, "resolve", *(f"@127.0.0.1:{port}" for port in ports), *words], **options)


def records(done):
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [line for line in lines if line["type"] == "answer"], lines[-1] if lines else None


def address_of(name):
    """What the server answers for a name: FNV-1a of its wire form."""
    value = 2166136261
    wire = b"".join(bytes([len(label)]) + label.lower().encode() for label in name.rstrip(".").split(".")) + b"\0"
    for byte in wire:
        value = (value ^ byte) * 16777619 & 0xffffffff
    return f"10.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


def write_names(count, path="names.txt"):
    names = [f"host{number}.example.com" for number in range(count)]
    with open(path, "w") as file:
        file.write("\n".join(names) + "\n")
    return names


def one_each(what, ports, names, *words):
    """Every name once, with the address that is its own."""
    done = bulk(ports, "--bulk", "names.txt", "A", *words)
    check(f"{what}: status", done.returncode, 0)
    got = {}
    lines = done.stdout.splitlines()
    for line in lines:
        name, kind, status, data = line.split("\t")
        got[name] = (kind, status, data)
    check(f"{what}: lines", len(lines), len(names))
    check(f"{what}: answers", got, {name + ".": ("A", "NOERROR", address_of(name)) for name in names})
    return done.stderr


def check_losses():
    names = write_names(200_000)
    for drop in (0, 1, 10):
        with server(drop=drop, seed=7) as ports:
            one_each(f"{drop} % dropped", ports, names)
    with server(drop=30, servers=4) as ports:
        one_each("30 % dropped, four servers", ports, write_names(20_000), "--retries", "30")


def check_lies():
    names = write_names(5000)
    for fault in ("wrong_id", "wrong_name", "stranger", "twice", "formerr", "truncate"):
        with server(**{fault: 50}) as ports:
            one_each(f"50 % {fault}", ports, names)
    with server(late=20) as ports:
        # Late by 300 ms, but every one of them comes: an answer to an earlier attempt is as good as any.
        one_each("20 % late", ports, names)
    with server(truncate=100) as ports:
        done = bulk(ports, "--json", "--bulk", "names.txt", "A")
        answers, summary = records(done)
        check("all over TCP", {one["transport"] for one in answers}, {"tcp"})
        check("counted", summary["over_tcp"], len(names))
        ignored = bulk(ports, "--json", "--bulk", "names.txt", "A", "+ignore")
        check("+ignore: the truncated answer", {tuple(one["flags"]) for one in records(ignored)[0]}, {("qr", "aa", "tc", "rd", "ra")})


def check_results():
    with open("mixed.txt", "w") as file:
        file.write("nx1.example\nsf1.example\nempty.example\n# a comment\n\nok.example A TXT ; two types\n"
                   "a..b\nmünchen.example\n192.0.2.7\n" + "x" * 64 + ".example\nok.example WHAT\nlast.example")
    with server() as ports:
        done = bulk(ports, "--json", "--bulk", "mixed.txt", "A")
        answers, summary = records(done)
        got = sorted((one["line"], one["name"], one["qtype"], one["status"]) for one in answers)
        check("every line and type", got, [
            (1, "nx1.example.", "A", "NXDOMAIN"), (2, "sf1.example.", "A", "SERVFAIL"),
            (3, "empty.example.", "A", "NOERROR"), (6, "ok.example.", "A", "NOERROR"),
            (6, "ok.example.", "TXT", "NOERROR"), (7, "a..b", "A", None), (8, "xn--mnchen-3ya.example.", "A", "NOERROR"),
            (9, "7.2.0.192.in-addr.arpa.", "PTR", "NOERROR"), (10, "x" * 64 + ".example", "A", None),
            (11, "ok.example WHAT", "A", None), (12, "last.example.", "A", "NOERROR")])
        check("summary", {key: summary[key] for key in ("questions", "answers", "no_data", "nxdomain", "failures",
                                                        "timeouts", "bad_names")},
              {"questions": 11, "answers": 3, "no_data": 3, "nxdomain": 1, "failures": 1, "timeouts": 0, "bad_names": 3})
        check("some failed", done.returncode, 75)
        check("bad lines are told", [f"line {number}:" in done.stderr for number in (7, 10, 11)], [True] * 3)
        for content, status in (("ok.example\nnx.example\nempty.example\n", 0), ("a..b\n", 3), ("sf.example\n", 22), ("", 0)):
            done = bulk(ports, "--bulk", "-", "A", input=content)
            check(f"status of {content!r}", done.returncode, status)
        done = bulk(ports, "--bulk", "-", "A", "--short", input="ok.example\nnx.example\n")
        check("--short", done.stdout, address_of("ok.example") + "\n")
        done = bulk(ports, "--bulk", "-", input="ok.example\n")
        check("both families without types", sorted(line.split("\t")[1] for line in done.stdout.splitlines()), ["A", "AAAA"])
        check("a name beside --bulk", bulk(ports, "--bulk", "-", "ok.example", input="").returncode, 2)
        check("no such list", bulk(ports, "--bulk", "missing.txt").returncode, 26)
        done = bulk(ports, "--sweep", "192.0.2.0/29", "--sweep", "2001:db8::/127", "--json")
        names = sorted(one["name"] for one in records(done)[0])
        check("--sweep", (len(names), names[0], names[-1]), (10, "0." * 24 + "8.b.d.0.1.0.0.2.ip6.arpa.", "7.2.0.192.in-addr.arpa."))


def check_record_shape():
    """The record that is written without a detour is the one of a single question."""
    names = ["ok.example", "nx.example", "empty.example"]
    with server() as ports:
        quick, _ = records(bulk(ports, "--json", "--bulk", "-", "A", input="\n".join(names)))
        fields = ",".join(quick[0])[len("type,"):]
        slow, _ = records(bulk(ports, "--json", "--fields", fields, "--bulk", "-", "A", input="\n".join(names)))
        single = records(bulk(ports, "--json", "A", *names))[0]
        own = ("rtt_ms", "attempts", "line", "size_bytes")
        plain = lambda some: sorted((json.dumps({key: one[key] for key in one if key not in own}) for one in some))
        check("the same record", plain(quick), plain(single))
        check("the same record by fields", plain(quick), plain(slow))
        check("the same keys in the same order", list(quick[0]), list(single[0]))


def check_servers():
    names = write_names(3000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent, server() as ports:
        silent.bind(("127.0.0.1", 0))
        mute = silent.getsockname()[1]
        begun = time.monotonic()
        done = bulk([mute, *ports], "--json", "--bulk", "names.txt", "A")
        _, summary = records(done)
        check("a silent server beside a good one", (done.returncode, summary["answers"]), (0, len(names)))
        check("is avoided", summary["servers"][0]["sent"] < 1000, True)
        check("costs little time", time.monotonic() - begun < 5, True)
        done = bulk([mute], "--json", "--bulk", "-", "A", "--retries", "1", "--timeout", "100ms", input="a.example\nb.example\n")
        answers, summary = records(done)
        check("nobody answers", (done.returncode, len(answers), summary["timeouts"]), (28, 2, 2))
        check("the reason", {one["error"] for one in answers}, {f"no answer from 127.0.0.1:{mute}: timed out"})
    begun = time.monotonic()
    done = bulk([mute], "--bulk", "names.txt", "A")
    check("nobody listens", (done.returncode, done.stdout.count("UNREACHABLE"), time.monotonic() - begun < 8), (7, len(names), True))
    done = bulk([mute], "--json", "--bulk", "-", "A", input="a.example\nb.example\n")
    check("nobody listens to two", (done.returncode, records(done)[1]["unreachable"]), (7, 2))
    with server() as ports:
        done = bulk([mute, *ports], "--json", "--bulk", "names.txt", "A")
        check("a closed port beside a good server", (done.returncode, records(done)[1]["answers"]), (0, len(names)))


def check_rate_and_window():
    write_names(1000)
    with server() as ports:
        begun = time.monotonic()
        done = bulk(ports, "--bulk", "names.txt", "A", "--rate", "1000")
        took = time.monotonic() - begun
        check("--rate", (done.returncode, 0.9 < took < 2), (0, True))
        _, summary = records(bulk(ports, "--json", "--bulk", "names.txt", "A", "--window", "10"))
        check("--window", summary["servers"][0]["window"], 10)


def check_slow_input():
    """Lines that come one by one are answered one by one."""
    with server() as ports:
        with subprocess.Popen([fid, "resolve", f"@127.0.0.1:{ports[0]}", "--bulk", "-", "A", "--json"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            for number in range(3):
                process.stdin.write(f"host{number}.exam")
                process.stdin.flush()
                time.sleep(0.02)
                process.stdin.write("ple\n")
                process.stdin.flush()
            process.stdin.close()
            lines = [json.loads(line) for line in process.stdout]
        check("slow input", [one["name"] for one in lines[:-1]], [f"host{number}.example." for number in range(3)])


def check_resume():
    names = write_names(60_000)
    with server(drop=5) as ports:
        words = [fid, "resolve", f"@127.0.0.1:{ports[0]}", "--bulk", "names.txt", "A", "--resume", "state", "--rate", "60000"]
        with open("out", "w") as out:
            stops = 0
            while True:
                told = os.path.getsize("out")
                with subprocess.Popen(words, stdout=out, stderr=subprocess.PIPE, text=True) as process:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(timeout=0.25)
                    process.send_signal(signal.SIGINT)
                    errors = process.communicate(timeout=TIMEOUT_S)[1]
                if process.returncode == 0:
                    break
                check("interrupted", process.returncode, 130)
                if os.path.getsize("out") != told:  # it was not stopped before it had begun
                    check("the summary comes all the same", "unfinished" in errors or "answers" in errors, True)
                stops += 1
                if stops > 50:
                    check("the run ends some day", stops, "fewer")
                    break
        check("stopped at least once", stops > 0, True)
        check("the state is gone", os.path.exists("state"), False)
        with open("out") as out:
            counted = collections.Counter(line.split("\t")[0] for line in out)
        check("each name once", counted, collections.Counter(name + "." for name in names))

        # Killed: nothing is missing, a second's worth may be there twice.
        with open("out", "w") as out:
            process = subprocess.Popen([*words[:-1], "20000"], stdout=out, stderr=subprocess.DEVNULL)
            time.sleep(1.6)
            process.kill()
            process.wait()
            check("killed with a state", os.path.exists("state"), True)
            done = subprocess.run(words, stdout=out, stderr=subprocess.PIPE, timeout=TIMEOUT_S)
            check("gone on", done.returncode, 0)
        with open("out") as out:
            lines = [line for line in out if line.endswith("\n")]
        check("all are there", {line.split("\t")[0] for line in lines} >= {name + "." for name in names}, True)
        with open("state", "w") as file:
            file.write("something else\n")
        done = bulk(ports, "--bulk", "names.txt", "--resume", "state")
        check("not a state", (done.returncode, done.stdout), (3, ""))


def check_memory():
    """Ten times the names take no more memory."""
    with server() as ports:
        peaks = []
        for count in (20_000, 200_000):
            write_names(count)
            with open(os.devnull, "w") as nowhere:
                process = subprocess.Popen([fid, "resolve", f"@127.0.0.1:{ports[0]}", "--bulk", "names.txt", "A", "-q"],
                                           stdout=nowhere)
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            check(f"{count} names", process.returncode, 0)
            peaks.append(usage.ru_maxrss)
        check("memory does not grow", peaks[1] - peaks[0] < 16 << 10, True)


def check_nsd():
    if shutil.which("nsd") is None:
        print("nsd is not installed: left out")
        return
    folder = os.getcwd()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open("zone", "w") as zone:
        zone.write("$ORIGIN example.com.\n$TTL 300\n@ SOA ns host 1 3600 600 86400 300\n@ NS ns\nns A 127.0.0.1\n"
                   "*.wild A 192.0.2.1\n*.wild AAAA 2001:db8::1\nalias CNAME a.wild\nbig TXT " + " ".join(['"' + "x" * 250 + '"'] * 12) + "\n")
    with open("nsd.conf", "w") as conf:
        conf.write(f"server:\n ip-address: 127.0.0.1@{port}\n username: \"\"\n zonesdir: \"{folder}\"\n pidfile: \"{folder}/pid\"\n"
                   f" logfile: \"{folder}/log\"\n database: \"\"\n zonelistfile: \"{folder}/zonelist\"\n xfrdfile: \"{folder}/xfrd\"\n"
                   f" xfrdir: \"{folder}\"\n rrl-ratelimit: 0\nzone:\n name: example.com\n zonefile: zone\nremote-control:\n control-enable: no\n")
    process = subprocess.Popen(["nsd", "-d", "-c", f"{folder}/nsd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while bulk([port], "example.com", "SOA", "--timeout", "200ms", "--tries", "1").returncode != 0:
            if time.monotonic() > deadline:
                check("nsd answers", False, True)
                return
        with open("wild.txt", "w") as file:
            file.writelines(f"n{number}.wild.example.com\n" for number in range(20_000))
        done = bulk([port], "--bulk", "wild.txt", "A", "AAAA")
        lines = collections.Counter(tuple(line.split("\t")[1:]) for line in done.stdout.splitlines())
        check("nsd", (done.returncode, lines), (0, {("A", "NOERROR", "192.0.2.1"): 20_000, ("AAAA", "NOERROR", "2001:db8::1"): 20_000}))
        done = bulk([port], "--json", "--bulk", "-", input="big.example.com TXT\nalias.example.com A\nnone.example.com A\n")
        answers, _ = records(done)
        by_name = {one["name"]: one for one in answers}
        check("truncated by nsd, whole over TCP", (by_name["big.example.com."]["transport"],
                                                   len(by_name["big.example.com."]["answers"][0]["strings"])), ("tcp", 12))
        check("an alias and its target", [one["type"] for one in by_name["alias.example.com."]["answers"]], ["CNAME", "A"])
        check("NXDOMAIN with its SOA", [one["type"] for one in by_name["none.example.com."]["authority"]], ["SOA"])
        single = records(bulk([port], "--json", "alias.example.com", "A"))[0][0]
        same = ("answers", "authority", "additional", "flags", "status")
        check("as a single question", [by_name["alias.example.com."][key] for key in same], [single[key] for key in same])
    finally:
        process.terminate()
        process.wait(timeout=20)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for step in (check_results, check_record_shape, check_lies, check_servers, check_rate_and_window,
                     check_slow_input, check_resume, check_memory, check_nsd, check_losses):
            step()
        os.chdir("/")
    print(f"{checks} checks, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
