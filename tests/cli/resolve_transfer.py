# SPDX-License-Identifier: MIT
"""Zone transfers and TSIG of `fid resolve` beside dig, with nsd, and against servers that break the rules."""
import base64
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time

from connect_harness import FID, PeerTest, free_port, main, needs, wait_for
from dns_servers import ZONES, ServerTest, dig, fid, run

SECRET = base64.b64encode(b"a secret of thirty-two bytes ...").decode()
OTHER = base64.b64encode(b"another one of thirty-two bytes.").decode()
ALGORITHMS = ("hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512")
KEYS = "".join(f"key:\n  name: {each}.key\n  algorithm: {each}\n  secret: \"{SECRET}\"\n" for each in ALGORITHMS)
ALLOWED = "\n".join(f"  provide-xfr: 127.0.0.1 {each}.key" for each in ALGORITHMS)


def zone(serial, lines):
    # nsd stores no differences that are larger than the zone.
    lines = [*lines, *(f"host{i} 60 A 192.0.2.{i}" for i in range(40))]
    head = f"$ORIGIN history.test.\n@ 60 SOA ns host {serial} 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n"
    return head + "\n".join(lines) + "\n"


def records(text):
    """The records of dig's lines or ours, in their order, without what lies between the columns."""
    lines = [line.split(None, 4) for line in text.splitlines() if line and not line.startswith(";")]
    return [tuple(line) for line in lines if line[3:4] != ["TSIG"]]


@needs("nsd", "dig")
class Transfers(ServerTest):
    def both(self, port, *words):
        theirs = dig(port, *words)
        ours = fid("-p", port, "@127.0.0.1", "--dig", *words)
        self.assertEqual(ours.returncode, 0, ours.stderr)
        self.assertEqual(records(ours.stdout), records(theirs.stdout))
        self.assertGreater(len(records(ours.stdout)), 0)
        self.assertEqual(*(re.search(r"XFR size: \d+ records \(messages \d+, bytes ", done.stdout).group(0)
                           for done in (ours, theirs)))
        return ours

    def test_whole_zones_are_as_dig_has_them(self):
        port = self.nsd([ZONES / "types.zone"])
        ours = self.both(port, "types.test", "AXFR")
        self.assertTrue(ours.stdout.startswith("\n; <<>> fid"))
        self.assertEqual(fid("-p", port, "@127.0.0.1", "--axfr", "types.test", "--dig").stdout.splitlines()[3:10],
                         ours.stdout.splitlines()[3:10])

    def test_text_is_a_zone_file(self):
        port = self.nsd([ZONES / "types.zone"])
        copy = self.folder / "copy.zone"
        copy.write_text(fid("-p", port, "@127.0.0.1", "types.test", "AXFR", "+unknownformat").stdout)
        checked = run("nsd-checkzone", "types.test", copy)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        again = self.nsd_of("types.test", copy)
        self.assertEqual(sorted(records(dig(port, "types.test", "AXFR").stdout)),
                         sorted(records(dig(again, "types.test", "AXFR").stdout)))

    def nsd_of(self, origin, path):
        path.write_text(f"$ORIGIN {origin}.\n" + path.read_text())
        return self.nsd([path])

    def test_many_messages_and_json(self):
        path = self.folder / "big.zone"
        names = [f"host{i}" for i in range(6000)]
        path.write_text("$ORIGIN big.test.\n@ 60 SOA ns host 7 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n" +
                        "".join(f"{name} 60 MX 10 mail.{name}\n" for name in names))
        port = self.nsd([path])
        self.both(port, "big.test", "AXFR")
        done = fid("-p", port, "@127.0.0.1", "big.test", "AXFR", "--json")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        summary = lines.pop()
        self.assertEqual(summary["type"], "transfer")
        self.assertEqual((summary["kind"], summary["serial"], summary["records"], summary["complete"]),
                         ("whole", 7, 6004, True))
        self.assertGreater(summary["messages"], 2)
        one = next(each for each in lines if each["rtype"] == "MX")
        self.assertEqual((one["type"], one["ttl"], one["class"], one["change"]), ("transferred", 60, "IN", None))
        self.assertEqual(one["data"], "10 " + one["values"]["exchange"])
        # Of two servers one is none.
        done = fid("-p", port, "@127.0.0.1", f"@127.0.0.1:{free_port()}", "big.test", "AXFR", "--short")
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (75, 6004))

    def test_differences(self):
        path = self.folder / "history.zone"
        path.write_text(zone(1, ["a 60 A 192.0.2.1"]))
        control = self.folder / "control"
        port = self.nsd([path], zone="provide-xfr: 127.0.0.1 NOKEY\n  store-ixfr: yes\n  create-ixfr: yes",
                        more=f"remote-control:\n  control-enable: yes\n  control-interface: {control}\n")
        wait_for(control.exists, "nsd's control socket")
        stamp = time.time()
        for serial, lines in ((2, ["b 60 A 192.0.2.2", "c 60 TXT x"]), (4, ["c 60 TXT x"])):
            path.write_text(zone(serial, lines))
            stamp += 10  # nsd reads a file whose time has changed, in seconds
            os.utime(path, (stamp, stamp))

            def reloaded():  # nsd forgets what it is told while it is at the reload before
                told = run("nsd-control", "-c", self.folder / f"nsd-127.0.0.1-{port}.conf", "reload")
                self.assertEqual(told.returncode, 0, told)
                return f"test. {serial} " in dig(port, "history.test", "SOA", "+short").stdout
            wait_for(reloaded, f"serial {serial}")
        for serial in (1, 2):
            self.both(port, "history.test", f"IXFR={serial}")
        for serial in (4, 9):
            done = fid("-p", port, "@127.0.0.1", "history.test", "-t", f"ixfr={serial}")
            self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 1), done)
            self.assertIn("nothing newer than serial 4", done.stderr)
        done = fid("-p", port, "@127.0.0.1", "history.test", "--ixfr", 1, "--json")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        summary = lines.pop()
        self.assertEqual((summary["kind"], summary["serial"], summary["from_serial"]), ("differences", 4, 1))
        changed = [(each["change"], each["name"], each["rtype"]) for each in lines if each["rtype"] != "SOA"]
        self.assertIn(("removed", "a.history.test.", "A"), changed)
        self.assertIn(("added", "c.history.test.", "TXT"), changed)
        self.assertEqual(summary["added"] + summary["removed"], len(lines) - 2)

    def test_over_tls(self):
        key, certificate = self.certificate()
        tls = free_port()
        port = self.nsd([ZONES / "types.zone"], server=f"""ip-address: 127.0.0.1@{tls}
  tls-port: {tls}
  tls-service-key: "{key}"
  tls-service-pem: "{certificate}" """)
        plain = fid("-p", port, "@127.0.0.1", "types.test", "AXFR", "--short")
        private = fid(f"@tls://127.0.0.1:{tls}", "types.test", "AXFR", "--short", "--tls-ca", certificate)
        self.assertEqual(private.returncode, 0, private.stderr)
        self.assertEqual(private.stdout, plain.stdout)
        self.assertEqual(fid(f"@tls://127.0.0.1:{tls}", "types.test", "AXFR").returncode, 60)
        self.assertEqual(fid("@https://127.0.0.1:1", "types.test", "AXFR").returncode, 2)

    def test_refusals(self):
        port = self.nsd([ZONES / "types.zone"], zone="")
        done = fid("-p", port, "@127.0.0.1", "types.test", "AXFR")
        self.assertEqual((done.returncode, done.stdout), (22, ""))
        self.assertIn("REFUSED", done.stderr)
        self.assertIn("hint:", done.stderr)
        self.assertEqual(fid("-p", port, "@127.0.0.1", "elsewhere.test", "AXFR").returncode, 22)
        self.assertEqual(fid("-p", free_port(), "@127.0.0.1", "types.test", "AXFR").returncode, 7)


@needs("nsd", "dig")
class Signatures(ServerTest):
    def server(self):
        return self.nsd([ZONES / "types.zone"], zone=ALLOWED.strip(), more=KEYS)

    def test_every_algorithm(self):
        port = self.server()
        for algorithm in ALGORITHMS:
            word = f"{algorithm}:{algorithm}.key:{SECRET}"
            for words in (["types.test", "SOA"], ["types.test", "SOA", "+tcp"], ["types.test", "AXFR"]):
                with self.subTest(algorithm=algorithm, words=words):
                    theirs = dig(port, "-y", word, *words, "+nocmd", "+nocookie")
                    ours = fid("-p", port, "@127.0.0.1", "-y", word, "--dig", *words, "+nocmd", "+nocookie")
                    self.assertEqual((ours.returncode, ours.stderr), (0, ""))
                    self.assertEqual(self.without_chance(ours.stdout), self.without_chance(theirs.stdout))
                    self.assertIn("TSIG\t" + algorithm, ours.stdout)

    @staticmethod
    def without_chance(text):
        text = re.sub(r"(TSIG\t\S+) \d+ 300 (\d+) .* \d+ NOERROR", r"\1 \2 NOERROR", text)
        text = re.sub(r"id: \d+|Query time: \d+|WHEN: .*|bytes \d+", "", text)
        return re.sub(r"\n; \(1 server found\)|\n+;; global options: \+cmd", "", text).strip()

    def test_keys_in_a_file(self):
        port = self.server()
        path = self.folder / "key"
        path.write_text(f'key "hmac-sha256.key" {{\n\talgorithm hmac-sha256;\n\tsecret "{SECRET}";\n}};\n')
        done = fid("-p", port, "@127.0.0.1", "-k", path, "types.test", "AXFR", "-v", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])["key"], "hmac-sha256.key.")
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        self.assertEqual(fid("-p", port, "@127.0.0.1", "-k", self.folder / "none", "types.test").returncode, 26)

    def test_keys_that_are_refused(self):
        port = self.server()
        for word, code, more in ((f"hmac-sha256:hmac-sha256.key:{OTHER}", "BADSIG", "same secret"),
                                 (f"hmac-sha1:nobody.key:{SECRET}", "BADKEY", "hmac-sha1")):
            for words in (["SOA"], ["SOA", "+tcp"], ["AXFR"]):
                with self.subTest(word=word, words=words):
                    done = fid("-p", port, "@127.0.0.1", "types.test", "-y", word, *words)
                    self.assertEqual((done.returncode, done.stdout), (67, ""), done.stderr)
                    self.assertIn(code, done.stderr)
                    self.assertIn(more, done.stderr)
                    self.assertNotIn(SECRET, done.stderr)


# ---- a server that breaks the rules

ZONE = b"\1z\4test\0"


def soa(serial):
    return b"\xc0\x0c\0\6\0\1\0\0\0\x3c" + struct.pack(">H", 22) + b"\0\0" + struct.pack(">5I", serial, 0, 0, 0, 0)


def address(last):
    return b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2" + bytes([last])


def message(query, *parts, flags=0x8400, ident=None):
    head = (query[:2] if ident is None else ident) + struct.pack(">5H", flags, 1, len(parts), 0, 0)
    return head + ZONE + query[12 + len(ZONE):16 + len(ZONE)] + b"".join(parts)


def framed(data):
    return struct.pack(">H", len(data)) + data


class Signer:
    """RFC 8945 with hmac-sha256 for the key "k."; knows the question's MAC."""

    def __init__(self, query, secret=SECRET):
        self.secret = base64.b64decode(secret)
        at = query.rindex(b"\x0bhmac-sha256\0") + 13 + 10
        self.mac = query[at:at + 32]
        self.first, self.pending, self.ident = True, b"", query[:2]

    def unsigned(self, data):
        self.pending += data
        return data

    def signed(self, data, when=None, size=32, error=0):
        moment = struct.pack(">HIH", 0, int(time.time()) if when is None else when, 300)
        names = b"\1k\0\0\xff\0\0\0\0\x0bhmac-sha256\0"
        text = struct.pack(">H", len(self.mac)) + self.mac + self.pending + data
        text += names + moment + struct.pack(">HH", error, 0) if self.first else moment
        self.mac = hmac.new(self.secret, text, hashlib.sha256).digest()[:size]
        self.first, self.pending = False, b""
        rdata = b"\x0bhmac-sha256\0" + moment + struct.pack(">H", len(self.mac)) + self.mac + self.ident
        rdata += struct.pack(">HH", error, 0)
        record = b"\1k\0\0\xfa\0\xff\0\0\0\0" + struct.pack(">H", len(rdata)) + rdata
        return data[:10] + b"\0\1" + data[12:] + record


class Hostile(PeerTest):
    def ask(self, answer, *words, timeout="400ms"):
        """`answer(query)` gives the messages; what stands behind None is never sent: the server stays silent."""
        def handle(connection):
            size = struct.unpack(">H", connection.recv(2))[0]
            query = connection.recv(size)
            for each in answer(query):
                if each is None:
                    time.sleep(2)
                    return
                connection.sendall(each if isinstance(each, bytearray) else framed(each))
        port = self.serve(handle, times=2)
        return fid(f"@127.0.0.1:{port}", "z.test", "--short", "--timeout", timeout, *words)

    def test_the_rules_of_transfers(self):
        ok = [soa(1), address(1), soa(1)]
        table = (
            ("fine", lambda q: [message(q, *ok)], 0, 3, ""),
            ("a record a message", lambda q: [message(q, each) for each in ok], 0, 3, ""),
            ("another ID", lambda q: [message(q, *ok, ident=b"xx" if q[:2] != b"xx" else b"yy")], 8, 0, "another ID"),
            ("another ID later", lambda q: [message(q, *ok[:2]), message(q, ok[2], ident=bytes([q[0] ^ 1, q[1]]))], 8, 2,
             "another ID"),
            ("a question", lambda q: [message(q, *ok, flags=0)], 8, 0, "question"),
            ("another question", lambda q: [message(q, *ok).replace(ZONE, b"\1y\4test\0")], 8, 0,
             "another question"),
            ("refused", lambda q: [message(q, flags=0x8405)], 22, 0, "REFUSED"),
            ("refused later", lambda q: [message(q, *ok[:2]), message(q, flags=0x8405)], 22, 2,
             "incomplete: 2 records"),
            ("not authoritative", lambda q: [message(q, flags=0x8409)], 22, 0, "not authoritative"),
            ("nothing in it", lambda q: [message(q)], 8, 0, "no records"),
            ("no SOA first", lambda q: [message(q, *ok[1:])], 8, 0, "does not begin"),
            ("another SOA last", lambda q: [message(q, *ok[:2], soa(2))], 8, 2, "serial 2"),
            ("more behind the end", lambda q: [message(q, *ok, address(2))], 8, 3, "behind the end"),
            ("no SOA last", lambda q: [message(q, *ok[:2])], 18, 2, "incomplete: 2 records came"),
            ("no SOA last, silence", lambda q: [message(q, *ok[:2]), None], 28, 2, "no further message"),
            ("silence", lambda q: [None], 28, 0, "no answer"),
            ("nothing", lambda q: [], 52, 0, "no answer"),
            ("cut in a message", lambda q: [message(q, *ok[:2]), bytearray(framed(message(q, ok[2]))[:30])], 18, 2,
             "breaks off"),
            ("a length too long", lambda q: [message(q, *ok[:2])[:-1]], 8, 1, "malformed"),
            ("truncated", lambda q: [message(q, *ok, flags=0x8600)], 8, 0, "truncated"),
            ("no header", lambda q: [b"abc"], 8, 0, "no DNS message"),
        )
        for name, answer, status, count, words in table:
            with self.subTest(name):
                done = self.ask(answer, "AXFR")
                self.assertEqual((done.returncode, len(done.stdout.splitlines())), (status, count), done)
                self.assertIn(words, done.stderr)

    def test_servers_without_edns_are_asked_again(self):
        def old(query):
            return [message(query, flags=0x8401) if query[10:12] != b"\0\0" else message(query, soa(1), soa(1))]
        self.assertEqual(self.ask(old, "AXFR").returncode, 0)

    def test_the_rules_of_signatures(self):
        def chain(count, more=lambda signer, query: []):
            """A signed message, so many without, and what `more` gives."""
            def answer(query):
                signer = Signer(query)
                return [signer.signed(message(query, soa(1)))] + \
                    [signer.unsigned(message(query, address(1))) for _ in range(count)] + more(signer, query)
            return answer

        def end(signer, query):
            return [signer.signed(message(query, soa(1)))]
        table = (
            ("fine", lambda q: [Signer(q).signed(message(q, soa(1), soa(1)))], 0, 2, ""),
            ("99 without", chain(99, end), 0, 101, ""),
            ("100 without", chain(100, end), 8, 100, "more than 99"),
            ("no signature at all", lambda q: [message(q, soa(1), soa(1))], 8, 0, "not signed"),
            ("no signature at the end", chain(3, lambda s, q: [message(q, soa(1))]), 8, 5, "end is not signed"),
            ("another secret", lambda q: [Signer(q, OTHER).signed(message(q, soa(1), soa(1)))], 8, 0,
             "signature is wrong"),
            ("a message between", chain(0, lambda s, q: [message(q, address(9)), *end(s, q)]), 8, 2,
             "signature is wrong"),
            ("yesterday's", lambda q: [Signer(q).signed(message(q, soa(1), soa(1)), when=int(time.time()) - 86400)],
             8, 0, "another time"),
            ("half a signature", lambda q: [Signer(q).signed(message(q, soa(1), soa(1)), size=16)], 0, 2, ""),
            ("less than half", lambda q: [Signer(q).signed(message(q, soa(1), soa(1)), size=15)], 8, 0, "15 bytes"),
            ("BADTIME", lambda q: [Signer(q).signed(message(q, flags=0x8409), error=18)], 67, 0, "BADTIME"),
            ("REFUSED, not signed", lambda q: [message(q, flags=0x8405)], 8, 0, "REFUSED without a signature"),
        )
        for name, answer, status, count, words in table:
            with self.subTest(name):
                done = self.ask(answer, "AXFR", "-y", "k:" + SECRET)
                self.assertEqual((done.returncode, len(done.stdout.splitlines())), (status, count), done)
                self.assertIn(words, done.stderr)

    def test_endless_zones_take_no_memory_and_can_be_left(self):
        def endless(connection):
            query = connection.recv(65536)[2:]
            connection.sendall(framed(message(query, soa(1))))
            block = framed(message(query, *[address(i % 256) for i in range(2000)])) * 8
            while True:
                connection.sendall(block)
        port = self.serve(endless, times=2)
        words = [FID, "resolve", f"@127.0.0.1:{port}", "z.test", "AXFR", "--short"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as head:
            for _ in range(10):
                head.stdout.readline()
            head.stdout.close()
            self.assertEqual(head.wait(20), 0)
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            for _ in range(300_000):
                process.stdout.readline()
            with open(f"/proc/{process.pid}/status") as status:
                peak = int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 130, told)
            self.assertIn("incomplete", told)
        self.assertLess(peak, 64 * 1024)  # KiB

    def test_answers_over_udp(self):
        """What has a wrong signature is passed over until the time is up (RFC 8945 section 5.4)."""
        def serve(*answers):
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.addCleanup(udp.close)
            udp.bind(("127.0.0.1", 0))

            def answer():
                query, peer = udp.recvfrom(65535)
                for each in answers:
                    udp.sendto(each(query), peer)
            threading.Thread(target=answer, daemon=True).start()
            return udp.getsockname()[1]

        def asked(*answers):
            return fid(f"@127.0.0.1:{serve(*answers)}", "z.test", "A", "--short", "-y", "k:" + SECRET, "--timeout",
                       "400ms")

        def good(query):
            return Signer(query).signed(message(query, address(1)))

        def forged(query):
            return Signer(query, OTHER).signed(message(query, address(6)))
        self.assertEqual(asked(forged, lambda query: message(query, address(6)), good).stdout, "192.0.2.1\n")
        done = asked(forged)
        self.assertEqual((done.returncode, done.stdout), (8, ""), done)
        self.assertIn("signature is wrong", done.stderr)


main()
