# SPDX-License-Identifier: MIT
"""`fid resolve` on many servers (--trace, --all-ns, --compare, --watch, --time) in a hierarchy of nsd on loopback:
resolve_trace.py FID."""
import json
import re
import signal
import socket
import subprocess

from connect_harness import FID, free_port, main, needs, wait_for
from dns_servers import ServerTest, dig, fid, run

ROOT, TLD, ONE, TWO, OTHER, NOBODY = (f"127.0.0.{n}" for n in range(2, 8))
SOA = "@ 300 IN SOA ns1 admin {serial} 3600 600 86400 60\n"
ZONES = {
    ".": """$ORIGIN .
. 300 IN SOA a.root. admin. 1 3600 600 86400 60
. 300 IN NS a.root.
a.root. 300 IN A 127.0.0.2
test. 300 IN NS ns1.nic.test.
test. 300 IN DS 12345 13 2 3fdc4c11faf2dd4fb8c7d5f2b29bd9ee8ea0f16a8e6a8fbc7c2e4f4b3d0a3b61
ns1.nic.test. 300 IN A 127.0.0.3
alt. 300 IN NS ns1.nic.alt.
ns1.nic.alt. 300 IN A 127.0.0.3
""",
    "test": "$ORIGIN test.\n" + SOA.format(serial=1) + """@ 300 IN NS ns1.nic
ns1.nic 300 IN A 127.0.0.3
example 300 IN NS ns1.example
example 300 IN NS ns2.example
ns1.example 300 IN A 127.0.0.4
ns2.example 300 IN A 127.0.0.5
other 300 IN NS ns1.other
ns1.other 300 IN A 127.0.0.6
glueless 300 IN NS ns1.servers.alt.
knot1 300 IN NS ns.knot2
knot2 300 IN NS ns.knot1
lame 300 IN NS ns1.example
lame 300 IN NS ns1.other
dead 300 IN NS ns.dead
dead 300 IN NS ns1.other
ns.dead 300 IN A 127.0.0.7
gone 300 IN NS ns.gone
ns.gone 300 IN A 127.0.0.7
bare 300 IN NS ns.bare
""",
    "alt": "$ORIGIN alt.\n" + SOA.format(serial=1) + """@ 300 IN NS ns1.nic
ns1.nic 300 IN A 127.0.0.3
servers 300 IN NS ns1.servers
ns1.servers 300 IN A 127.0.0.6
""",
    "example.test": "$ORIGIN example.test.\n" + SOA + """@ 300 IN NS ns1
@ 300 IN NS ns2
ns1 300 IN A 127.0.0.4
ns2 300 IN A 127.0.0.5
www 300 IN A 192.0.2.1
both 300 IN A 192.0.2.1
both 300 IN A 192.0.2.2
txt 300 IN TXT \\027[31m
far 300 IN CNAME near
near 300 IN CNAME www.other.test.
ring 300 IN CNAME ring.other.test.
nowhere 300 IN CNAME nope.other.test.
""",
    "other.test": "$ORIGIN other.test.\n" + SOA.format(serial=1) + """@ 300 IN NS ns1
ns1 300 IN A 127.0.0.6
www 300 IN A 192.0.2.9
ring 300 IN CNAME ring.example.test.
""",
    "servers.alt": "$ORIGIN servers.alt.\n" + SOA.format(serial=1) + "@ 300 IN NS ns1\nns1 300 IN A 127.0.0.6\n",
}
for name in ("glueless.test", "lame.test", "dead.test"):
    ZONES[name] = f"$ORIGIN {name}.\n" + SOA.format(serial=1) + "@ 300 IN NS ns1.other.test.\nwww 300 IN A 192.0.2.7\n"


class Hierarchy(ServerTest):
    def setUp(self):
        super().setUp()
        self.port = None
        for address, zones in ((ROOT, ["."]), (TLD, ["test", "alt"]), (ONE, ["example.test"]), (TWO, ["example.test"]),
                               (OTHER, ["other.test", "servers.alt", "glueless.test", "lame.test", "dead.test"])):
            paths = []
            for zone in zones:
                path = self.folder / f"{address}-{zone.strip('.') or 'root'}.zone"
                path.write_text(ZONES[zone].replace("{serial}", "7"))
                paths.append(path)
            self.port = self.nsd(paths, address=address, port=self.port)
            self.await_server(address)

    def await_server(self, address):
        wait_for(lambda: "status:" in dig(self.port, ".", "SOA", "+tries=1", "+time=1", server=address).stdout, address)

    def change(self, address, zone, serial, text):
        """Serves other data at an address."""
        (self.folder / f"{address}-{zone}.zone").write_text(text.replace("{serial}", str(serial)))
        process = self.servers[address]
        process.kill()
        process.wait()
        self.nsd([self.folder / f"{address}-{zone}.zone"], address=address, port=self.port)
        self.await_server(address)

    def start(self, *command, **options):
        process = super().start(*command, **options)
        if command[0] == "nsd":
            self.servers = getattr(self, "servers", {})
            self.servers[re.search(r"nsd-([\d.]+)-", str(command[-1])).group(1)] = process
        return process

    def trace(self, *words, **options):
        return fid("--trace", "--root", f"@{ROOT}:{self.port}", "-p", self.port, *words, **options)


def steps(done):
    """The records of --json, by their type."""
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {kind: [each for each in records if each["type"] == kind] for kind in {each["type"] for each in records}}


@needs("nsd", "dig")
class Trace(ServerTest):
    @classmethod
    def setUpClass(cls):
        """Nothing changes here: one hierarchy serves all tests."""
        world = Hierarchy()
        cls.addClassCleanup(world.doCleanups)
        world.setUp()
        cls.port, cls.trace = world.port, world.trace

    def test_every_way_down(self):
        """The name: the results of the steps, the answer, the status."""
        for name, results, data, status in (
                ("www.example.test", "referral referral answer", ["192.0.2.1"], 0),
                ("far.example.test", "referral referral alias referral answer",
                 ["near.example.test.", "www.other.test.", "192.0.2.9"], 0),
                # The address of the only name server is found from the root.
                ("www.glueless.test", "referral referral referral referral answer answer", ["192.0.2.7"], 0),
                ("www.lame.test", "referral referral lame answer", ["192.0.2.7"], 0),
                ("www.dead.test", "referral referral unreachable answer", ["192.0.2.7"], 0),
                ("nowhere.example.test", "referral referral alias referral no_name", ["nope.other.test."], 1),
                ("nope.nope", "no_name", [], 1),
                ("www.gone.test", "referral referral unreachable", None, 7),
                ("www.knot1.test", "referral referral referral", None, 8),
                ("www.bare.test", "referral referral", None, 8),
                ("ring.example.test", "referral referral alias referral alias", None, 8)):
            with self.subTest(name):
                done = self.trace(name, "--json")
                told = steps(done)
                self.assertEqual(" ".join(each["result"] for each in told["step"]), results)
                self.assertEqual(done.returncode, status, done.stderr)
                answer = told.get("answer")
                self.assertEqual(answer and [each["data"] for each in answer[0]["answers"]], data)
                if answer:
                    self.assertEqual(answer[0]["name"], name + ".")

    def test_errors_have_words(self):
        for name, words in (
                ("www.knot1.test", "ns.knot2.test. needs ns.knot1.test., which needs ns.knot2.test."),
                ("ring.example.test", "aliases in a circle: ring.other.test. leads back to ring.example.test."),
                ("www.gone.test", f"no server answers for gone.test.: {NOBODY}:{self.port}: connection refused"),
                ("nope.nope", "no such name: nope.nope."), ("www.example.test MX", "there is no MX record for")):
            with self.subTest(name):
                self.assertIn(words, self.trace(*name.split()).stderr)

    def test_steps_say_who_was_asked(self):
        told = steps(self.trace("www.example.test", "--json"))["step"]
        self.assertEqual([(each["zone"], each["server"], each["address"].split(":")[0]) for each in told],
                         [(".", None, ROOT), ("test.", "ns1.nic.test.", TLD),
                          ("example.test.", "ns1.example.test.", ONE)])
        self.assertEqual([(each["referral"], each["name_servers"], each["glue"]) for each in told[:2]],
                         [("test.", 1, 1), ("example.test.", 2, 2)])
        self.assertEqual(self.trace("far.example.test", "--short").stdout.split(),
                         ["near.example.test.", "www.other.test.", "192.0.2.9"])

    def test_the_wire_is_escaped(self):
        done = self.trace("txt.example.test", "TXT", "--short")
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("\x1b", done.stdout)
        self.assertIn('"\\027[31m"', done.stdout)

    def test_answers_are_those_of_dig(self):
        for server, name in ((ONE, "both.example.test"), (OTHER, "www.other.test"), (TLD, "nope.test")):
            theirs = dig(self.port, name, "+norecurse", "+noall", "+answer", server=server).stdout
            ours = self.trace(name).stdout.splitlines()
            lines = [line.split() for line in ours if line.startswith(name)]
            wanted = [[each[0], each[1], *each[3:]] for each in map(str.split, theirs.splitlines())]
            self.assertEqual(sorted(lines), sorted(wanted))

    def test_a_file_of_root_servers(self):
        hints = self.folder / "named.root"
        hints.write_text(f"; for a test\n. 3600000 NS A.ROOT.\nA.ROOT. 3600000 A {ROOT}\n")
        done = fid("--trace", "--root", hints, "-p", self.port, "www.example.test", "--json")
        self.assertEqual(steps(done)["step"][0]["server"], "A.ROOT.")
        self.assertEqual(done.returncode, 0)
        hints.write_text("nonsense\n")
        self.assertEqual(fid("--trace", "--root", hints, "www.example.test").returncode, 3)
        self.assertEqual(fid("--trace", "--root", self.folder / "none", "www.example.test").returncode, 26)

    def test_over_tcp_and_recorded(self):
        record = self.folder / "out.pcapng"
        done = self.trace("www.example.test", "--tcp", "--json", "--record", record)
        self.assertEqual({each["transport"] for each in steps(done)["step"]}, {"tcp"})
        self.assertGreater(len(run(FID, "sniff", "-r", record).stdout.splitlines()), 9)

    def test_beside_dig_trace(self):
        """dig asks the system for the addresses of name servers: a hosts file of its own says them."""
        hosts = self.folder / "hosts"
        hosts.write_text("".join(f"{address} {name}\n" for address, name in (
            (ROOT, "a.root"), (TLD, "ns1.nic.test"), (ONE, "ns1.example.test"), (ONE, "ns2.example.test"))))
        inside = ["unshare", "--map-root-user", "--mount", "sh", "-c",
                  f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"]
        if run(*inside, "true").returncode != 0:
            self.skipTest("no mount namespaces here")

        def plain(text):
            """Which name server of a zone was asked, and when, differs; so does what tells the program."""
            text = re.sub(r"<<>> (DiG|fid).*|; \(1 server found\)\n|;; global options.*|;; UDP setup.*\n", "", text)
            text = re.sub(r"(bytes from )\S+ in \d+ ms", r"\1", text)
            return [sorted(section.splitlines()) for section in text.strip().split("\n\n")]
        for words in (["www.example.test"], ["both.example.test", "A"], ["nope.example.test"],
                      ["www.example.test", "+nodnssec"]):
            with self.subTest(words):
                theirs = run(*inside, "dig", "+trace", f"@{ROOT}", "-p", self.port, *words, "-4")
                ours = fid("+trace", f"@{ROOT}", "-p", self.port, *words, "-4")
                self.assertEqual(plain(ours.stdout), plain(theirs.stdout))


@needs("nsd", "dig")
class Agreement(Hierarchy):
    def all_ns(self, *words):
        return fid("--all-ns", "--root", f"@{ROOT}:{self.port}", "-p", self.port, *words)

    def test_all_servers_of_a_zone(self):
        done = self.all_ns("both.example.test", "A", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = steps(done)
        self.assertEqual([(each["server"], each["address"], each["authoritative"], each["serial"], each["difference"])
                          for each in told["server_answer"]],
                         [("ns1.example.test.", f"{ONE}:{self.port}", True, 7, "same"),
                          ("ns2.example.test.", f"{TWO}:{self.port}", True, 7, "same")])
        self.assertTrue(told["comparison"][0]["same"])
        self.change(TWO, "example.test", 6, ZONES["example.test"].replace("both 300 IN A 192.0.2.2\n", ""))
        done = self.all_ns("both.example.test", "A", "--json")
        self.assertEqual(done.returncode, 1, done.stderr)
        second = steps(done)["server_answer"][1]
        self.assertEqual(second["differences"], ["serial 6 instead of 7"])
        self.assertEqual(second["missing"], ["both.example.test. A 192.0.2.2"])
        self.assertEqual((second["serial"], second["group"]), (6, 2))
        self.assertIn("serial 6 instead of 7; lacks both.example.test. A 192.0.2.2",
                      self.all_ns("both.example.test").stdout)

    def test_servers_that_fail(self):
        lame = self.all_ns("www.lame.test")
        self.assertEqual(lame.returncode, 75, lame)
        self.assertIn("REFUSED", lame.stdout)
        dead = self.all_ns("www.dead.test")
        self.assertEqual(dead.returncode, 75, dead)
        self.assertIn("connection refused", dead.stdout)
        self.assertEqual(self.all_ns("www.gone.test").returncode, 7)
        self.assertEqual(self.all_ns("www.knot1.test").returncode, 8)

    def compare(self, *words):
        return fid("--compare", "-p", self.port, *words)

    def test_compare(self):
        same = self.compare("both.example.test", "A", f"@{ONE}", f"@{TWO}", f"@tcp://{ONE}:{self.port}")
        self.assertEqual(same.returncode, 0, same)
        self.assertEqual([line.split("\t")[-1] for line in same.stdout.splitlines()], ["same"] * 3)
        self.change(TWO, "example.test", 7, ZONES["example.test"].replace("www 300", "www 60"))
        self.assertEqual(self.compare("www.example.test", "A", f"@{ONE}", f"@{TWO}").returncode, 0)
        with_ttl = self.compare("www.example.test", "A", f"@{ONE}", f"@{TWO}", "--with-ttl")
        self.assertEqual(with_ttl.returncode, 1)
        self.assertIn("lacks www.example.test. 300 A 192.0.2.1; has www.example.test. 60 A 192.0.2.1", with_ttl.stdout)
        differ = self.compare("www.example.test", "A", f"@{ONE}", f"@{TWO}", f"@{OTHER}")
        self.assertEqual(differ.returncode, 1)
        self.assertIn("A: REFUSED instead of NOERROR; lacks www.example.test. A 192.0.2.1", differ.stdout)
        partial = self.compare("www.example.test", f"@{ONE}", f"@{TWO}", f"@{NOBODY}")
        self.assertEqual(partial.returncode, 75, partial)

    def test_watch_tells_changes(self):
        watching = subprocess.Popen([FID, "resolve", "--watch", "100ms", "-p", str(self.port), f"@{TWO}",
                                     "both.example.test", "A", "--json"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end, watching)
        records = [json.loads(watching.stdout.readline()) for _ in range(2)]
        self.assertEqual([(each["changed"], len(each["answers"])) for each in records], [(False, 2), (False, 2)])
        self.change(TWO, "example.test", 8, ZONES["example.test"].replace("both 300 IN A 192.0.2.2\n", ""))
        for line in watching.stdout:
            record = json.loads(line)
            if record["answers"] and len(record["answers"]) == 1:
                break
        self.assertTrue(record["changed"])
        self.assertRegex(record["time"], r"^\d{4}-\d\d-\d\dT[\d:.]+Z$")
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=10)
        self.assertEqual(watching.returncode, 130)

    def test_watch_so_many_times(self):
        done = fid("--watch", "20ms", "--count", "3", "-p", self.port, f"@{ONE}", "www.example.test", "A")
        self.assertEqual(done.returncode, 0)
        self.assertEqual([line.split("\t")[4:] for line in done.stdout.splitlines()],
                         [["NOERROR", changed, "www.example.test. A 192.0.2.1"]
                          for changed in ("first", "same", "same")])
        nope = fid("--watch", "20ms", "--count", "2", "-p", self.port, f"@{ONE}", "nope.example.test", "A")
        self.assertEqual(nope.returncode, 1)

    def test_time(self):
        done = fid("--time", "20", "-p", self.port, f"@{ONE}", f"@tcp://{TWO}:{self.port}", "www.example.test",
                   "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = steps(done)["timing"]
        self.assertEqual([(each["transport"], each["connection"], each["sent"], each["answered"], each["loss_percent"])
                          for each in rows],
                         [("udp", None, 20, 20, 0), ("tcp", "fresh", 20, 20, 0), ("tcp", "reused", 20, 20, 0)])
        for each in rows:
            self.assertLessEqual(each["min_ms"], each["median_ms"])
            self.assertLessEqual(each["median_ms"], each["p99_ms"])
            self.assertLessEqual(each["p99_ms"], each["max_ms"])
        self.assertEqual(fid("--time", "2", "-p", self.port, f"@{NOBODY}", "a.test").returncode, 7)
        self.assertEqual(fid("--time", "2", "-p", self.port, f"@{ONE}", f"@{NOBODY}", "a.test").returncode, 75)

    def test_one_connection_is_one_connection(self):
        """A server that counts: N questions on as many connections, then all others on one."""
        connections = []

        def serve(connection):
            connections.append(0)
            mine = len(connections) - 1
            while size := connection.recv(2):
                question = connection.recv(int.from_bytes(size, "big"))
                connections[mine] += 1
                connection.sendall(size + question[:2] + b"\x80\x00" + question[4:])
        port = self.serve(serve, times=20)
        done = fid("--time", "5", f"@tcp://127.0.0.1:{port}", "a.test")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(connections, [1] * 5 + [6])

    def test_nothing_answers(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            port = silent.getsockname()[1]
            done = fid("--time", "2", "--timeout", "50ms", f"@127.0.0.1:{port}", "a.test")
            self.assertEqual(done.returncode, 28, done)
            self.assertEqual(done.stdout.split("\t")[2:4], ["2", "0"])
            done = fid("--trace", "--root", f"@127.0.0.1:{port}", "--timeout", "50ms", "a.test", "--json")
            self.assertEqual(done.returncode, 28, done)
            self.assertEqual([each["result"] for each in steps(done)["step"]], ["timeout"] * 2)


@needs("nsd", "dig", "ldns-keygen", "ldns-signzone")
class Signed(Hierarchy):
    def test_a_referral_says_whether_the_zone_is_signed(self):
        key = run("ldns-keygen", "-a", "ECDSAP256SHA256", ".", cwd=self.folder).stdout.strip()
        made = run("ldns-signzone", "-o", ".", self.folder / f"{ROOT}-root.zone", key, cwd=self.folder)
        self.assertEqual(made.returncode, 0, made)
        self.change(ROOT, "root", 1, "$ORIGIN .\n" + (self.folder / f"{ROOT}-root.zone.signed").read_text())
        signed, parent = steps(self.trace("www.example.test", "--json"))["step"][:2]
        self.assertEqual((signed["ds"], parent["ds"]), (True, False))
        self.assertIn("to test.: 1 server, DS", self.trace("www.example.test").stdout)
        self.assertIn("to alt.: 1 server, no DS", self.trace("alt", "MX").stdout)
        self.assertIsNone(steps(self.trace("www.example.test", "+nodnssec", "--json"))["step"][0]["ds"])
        # Signatures are shown to those who want them.
        self.assertNotIn("RRSIG", self.trace("test", "DS").stdout)
        self.assertIn("RRSIG", self.trace("test", "DS", "+dnssec").stdout)


@needs("nsd", "dig", "unbound", "openssl")
class Carriers(Hierarchy):
    def test_fresh_and_reused_over_tls_and_https(self):
        key, certificate = self.certificate()
        ports = plain, tls, https = [free_port() for _ in range(3)]
        self.unbound(ports, server=f"""  tls-port: {tls}
  https-port: {https}
  tls-service-key: "{key}"
  tls-service-pem: "{certificate}"
  module-config: "iterator"
""")
        done = fid("--time", "5", "--tls-ca", certificate, "--json", f"@127.0.0.1:{plain}", f"@tls://127.0.0.1:{tls}",
                   f"@https://127.0.0.1:{https}", "localhost")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = steps(done)["timing"]
        self.assertEqual([(each["transport"], each["connection"], each["answered"]) for each in rows],
                         [("udp", None, 5), ("tls", "fresh", 5), ("tls", "reused", 5), ("https", "fresh", 5),
                          ("https", "reused", 5)])
        # A handshake takes longer than a question.
        self.assertLess(rows[2]["median_ms"], rows[1]["median_ms"])
        self.assertLess(rows[4]["median_ms"], rows[3]["median_ms"])
        done = fid("--compare", "--tls-ca", certificate, f"@127.0.0.1:{plain}", f"@tls://127.0.0.1:{tls}",
                   f"@https://127.0.0.1:{https}", "localhost")
        self.assertEqual(done.returncode, 0, done)


main()
