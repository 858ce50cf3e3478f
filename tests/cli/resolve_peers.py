# SPDX-License-Identifier: MIT
"""`fid resolve` beside dig, with nsd and unbound as servers: resolve_peers.py FID [FOLDER-OF-MORE-ZONES]."""
import json
import pathlib
import re
import sys

MORE_ZONES = pathlib.Path(sys.argv.pop(2)) if len(sys.argv) > 2 else None

from connect_harness import FID, free_port, main, needs, wait_for  # noqa: E402
from dns_servers import ZONES, ServerTest, fid, origin_of, run  # noqa: E402


@needs("nsd", "dig")
class EveryRecord(ServerTest):
    """The data of every record is the text that dig has for it."""

    def compare(self, path):
        port = self.nsd([path])
        zone = origin_of(path)
        listing = run("dig", "-p", port, "@127.0.0.1", "-q", zone, "-t", "AXFR", "+noall", "+answer")
        sets = {}
        for line in listing.stdout.splitlines():
            if line and not line.startswith(";"):
                name, _, _, kind = line.split(None, 4)[:4]
                sets[(name, kind)] = None
        self.assertGreater(len(sets), 5, listing)
        batch = self.folder / "questions"
        batch.write_text("".join(f"-q {name} -t {kind} +noall +answer +norecurse +tcp\n" for name, kind in sets))
        dig = run("dig", "-p", port, "@127.0.0.1", "-f", batch)
        theirs = sorted(line for line in dig.stdout.splitlines() if line and not line.startswith(";"))
        ours = []
        for name, kind in sets:
            done = fid("-p", port, "@127.0.0.1", "-t", kind, "+noall", "+answer", "+norecurse", "+tcp", "--",
                       name)
            # 1: the name is below a delegation, which is no answer for dig either.
            self.assertIn(done.returncode, (0, 1), (name, kind, done.stderr))
            ours += [line for line in done.stdout.splitlines() if line]
        # On purpose: dohpath has had its name since RFC 9461, which is younger than dig 9.18.
        theirs = sorted(line.replace(" key7=", " dohpath=") for line in theirs)
        ours.sort()
        self.assertEqual(len(ours), len(theirs))
        self.assertEqual([pair for pair in zip(ours, theirs) if pair[0] != pair[1]], [])

    def test_types(self):
        self.compare(ZONES / "types.zone")

    def test_more_zones(self):
        if MORE_ZONES is None or not MORE_ZONES.is_dir():
            self.skipTest("there are no more zones")
        for path in sorted(MORE_ZONES.glob("*.zone")):
            with self.subTest(path.name):
                self.compare(self.what_nsd_takes(path))

    def what_nsd_takes(self, path):
        """A copy of the zone without the lines that nsd refuses: some are wrong on purpose."""
        lines = path.read_text().splitlines()
        copy = self.folder / path.name
        for _ in range(20):
            copy.write_text("\n".join(lines) + "\n")
            told = run("nsd-checkzone", origin_of(path), copy)
            bad = re.findall(r"error: \S+?:(\d+):", told.stdout + told.stderr)
            if not bad:
                break
            for number in bad:
                lines[int(number) - 1] = ""
        return copy


@needs("nsd", "dig")
class Layout(ServerTest):
    def test_whole_messages_are_as_dig_shows_them(self):
        port = self.nsd([ZONES / "types.zone"])

        def plain(text):
            """Without what differs each time, and the program's name."""
            text = re.sub(r"<<>> (DiG|fid).*", "", text)
            text = re.sub(r"\n; \(1 server found\)", "", text)
            text = re.sub(r"id: \d+|COOKIE: \S+|Query time: \d+|WHEN: .*", "", text)
            return text

        for words in ([], ["+nsid"], ["+dnssec"], ["+noedns"], ["+nocookie"], ["+nocomments"], ["+nostats"],
                      ["+noall", "+answer"], ["+noclass"], ["+nottlid"], ["+ttlunits"], ["+nosplit"], ["+tcp"],
                      ["+norecurse"], ["+cd"], ["+noad"], ["+unknownformat"], ["+short"], ["+bufsize=512"],
                      ["+subnet=192.0.2.0/24"], ["+noauthority", "+noadditional"], ["+qid=77"]):
            for name, kind in (("mx", "MX"), ("dnskey", "DNSKEY"), ("txt2", "TXT"), ("nope", "A"), ("wks", "ANY"),
                               ("a-name-of-more-than-forty-columns.wild", "TXT")):
                # dig tells its version before anything else unless +nocmd.
                question = ["-p", port, "@127.0.0.1", f"{name}.types.test", kind, *words, "+nocmd"]
                dig = run("dig", *question)
                ours = fid(*question, *([] if "+short" in words else ["--dig"]))
                with self.subTest(words=words, name=name):
                    self.assertEqual(plain(ours.stdout).strip(), plain(dig.stdout).strip())

    def test_json_names_what_the_data_says(self):
        port = self.nsd([ZONES / "types.zone"])
        done = fid("-p", port, "@127.0.0.1", "mx.types.test", "srv.types.test", "MX", "SRV", "--json", "+nsid")
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([(each["name"], each["qtype"], each["status"]) for each in records],
                         [("mx.types.test.", "MX", "NOERROR"), ("mx.types.test.", "SRV", "NOERROR"),
                          ("srv.types.test.", "MX", "NOERROR"), ("srv.types.test.", "SRV", "NOERROR")])
        answer = next(each for each in records[0]["answers"] if each["preference"] == 10)
        self.assertEqual(answer["exchange"], "mail.types.test.")
        self.assertEqual(records[0]["edns"]["options"][0]["text"], "ns1")
        last = next(each for each in records[3]["answers"] if each["priority"] == 10)
        self.assertEqual((last["weight"], last["port"], last["target"]), (20, 65535, "target.types.test."))

    def test_statuses(self):
        port = self.nsd([ZONES / "types.zone"])
        for words, status in ((["ns.types.test"], 0), (["a.types.test"], 0), (["nope.types.test"], 1),
                              (["a.types.test", "MX"], 1), (["elsewhere.test"], 22), (["a..b"], 2),
                              (["☃.types.test"], 2), (["a.types.test", "nope.types.test", "A"], 75)):
            with self.subTest(words):
                self.assertEqual(fid("-p", port, "@127.0.0.1", *words).returncode, status)
        self.assertEqual(fid("-p", port, "@127.0.0.1", "nope.types.test", "--exit", "dig").returncode, 0)
        self.assertEqual(fid("-p", free_port(), "@127.0.0.1", "a.types.test").returncode, 7)

    def test_recording_has_the_datagrams(self):
        port = self.nsd([ZONES / "types.zone"])
        record = self.folder / "out.pcapng"
        self.assertEqual(fid("-p", port, "@127.0.0.1", "mx.types.test", "MX", "--record", record).returncode, 0)
        lines = run(FID, "sniff", "-r", record).stdout
        self.assertIn("127.0.0.1." + str(port), lines)
        self.assertEqual(len(lines.splitlines()), 2, lines)


@needs("nsd", "unbound", "dig", "openssl")
class Recursion(ServerTest):
    def carriers(self):
        """unbound before nsd: its ports for UDP and TCP, TLS and HTTPS, and its certificate."""
        authority = self.nsd([ZONES / "types.zone"])
        udp, tls, https = free_port(), free_port(), free_port()
        key, certificate = self.certificate()
        self.unbound([udp, tls, https], server=f"""
  tls-port: {tls}
  https-port: {https}
  tls-service-key: "{key}"
  tls-service-pem: "{certificate}"
  module-config: "iterator"
  ede: yes
  local-zone: "test." nodefault
  local-zone: "refused.example." refuse
""", more=f"""stub-zone:
  name: types.test
  stub-addr: 127.0.0.1@{authority}
""")
        wait_for(lambda: run("dig", "-p", udp, "@127.0.0.1", "types.test", "SOA", "+short").stdout, "unbound's answer")
        return udp, tls, https, certificate

    def test_carriers(self):
        udp, tls, https, certificate = self.carriers()
        wanted = "10 mail.types.test."
        for server in (f"127.0.0.1:{udp}", f"tcp://127.0.0.1:{udp}", f"tls://127.0.0.1:{tls}",
                       f"tls://localhost:{tls}", f"https://127.0.0.1:{https}", f"https://localhost:{https}/dns-query"):
            with self.subTest(server):
                done = fid("@" + server, "mx.types.test", "MX", "--short", "--tls-ca", certificate)
                self.assertIn(wanted, done.stdout, done.stderr)
        self.assertEqual(fid(f"@tls://127.0.0.1:{tls}", "mx.types.test", "MX").returncode, 60)
        self.assertEqual(fid(f"@https://127.0.0.1:{https}/else", "mx.types.test", "--tls-ca", certificate).returncode, 22)
        chain = fid(f"@127.0.0.1:{udp}", "chain.types.test").stdout
        self.assertEqual([line.split("\t")[2:] for line in chain.splitlines()][:2],
                         [["CNAME", "cname.types.test."], ["CNAME", "a.types.test."]])
        self.assertEqual(len(chain.splitlines()), 4, chain)  # the aliases once, for A and AAAA together
        failed = fid(f"@127.0.0.1:{udp}", "www.refused.example", "A")
        self.assertEqual(failed.returncode, 22, failed)
        self.assertIn("REFUSED", failed.stderr)


main()
