# SPDX-License-Identifier: MIT
"""`fid resolve --validate` beside unbound and delv, on zones that are whole and broken: resolve_validate.py FID."""
import concurrent.futures
import contextlib
import json
import pathlib
import re
import socket
import tempfile
import threading

from connect_harness import free_port, main, needs
from dns_servers import ServerTest, dig, fid, run
from signed_zones import World

SECURE, INSECURE, BOGUS = "secure", "insecure", "bogus"
ALGORITHMS = (5, 7, 8, 10, 13, 14, 15, 16)
# Name below test., type, and a word of the reason. The verdict is the oracles'; here it says what the case is for.
CASES = [
    *[(f"www.a{number}", "A", SECURE, "") for number in ALGORITHMS],
    *[(f"nope.a{number}", "A", SECURE, "") for number in ALGORITHMS],
    *[(f"{name}.{zone}", kind, SECURE, "") for zone in ("plain", "hashed") for name, kind in (
        ("www", "A"), ("www", "TXT"), ("www", "AAAA"), ("mail", "MX"), ("one.wild", "A"), ("a.b.wild", "A"),
        ("one.wild", "TXT"), ("wild", "A"), ("*.wild", "A"), ("ent", "A"), ("b.ent", "TXT"), ("deep.b.ent", "A"),
        ("x.ent", "A"), ("nope", "A"), ("a.b.c.nope", "TXT"), ("alias", "A"), ("alias", "AAAA"), ("dangling", "A"),
        ("alias", "CNAME"), ("x.dn", "A"), ("nope.dn", "A"), ("dn", "DNAME"), ("dn", "A"), ("ns", "NS"))],
    ("plain", "SOA", SECURE, ""), ("plain", "DNSKEY", SECURE, ""), ("plain", "DS", SECURE, ""),
    ("plain", "NSEC", SECURE, ""), ("hashed", "NSEC3PARAM", SECURE, ""), ("hashed", "DS", SECURE, ""),
    ("unsigned", "DS", SECURE, ""), ("www", "A", SECURE, ""), ("nope", "DS", SECURE, ""), ("www", "DS", SECURE, ""),
    ("www.sha1", "A", SECURE, ""), ("www.sha384", "A", SECURE, ""), ("www.ds-both", "A", SECURE, ""),
    ("across.plain", "A", SECURE, ""),
    ("outside.plain", "A", INSECURE, "no DS"), ("tobogus.plain", "A", BOGUS, "expired 3 days ago"),
    ("www.unsigned", "A", INSECURE, "no DS"), ("nope.unsigned", "A", INSECURE, "no DS"),
    ("www.island", "A", INSECURE, "no DS"), ("www.island", "AAAA", INSECURE, "no DS"),
    ("www.ds-algorithm", "A", INSECURE, "algorithm 200"), ("nope.ds-algorithm", "A", INSECURE, "algorithm 200"),
    ("www.ds-digest", "A", INSECURE, "digest type 200"),
    ("www.opt", "A", SECURE, ""), ("www.opt", "AAAA", SECURE, ""), ("nope.opt", "A", INSECURE, "opt-out"),
    ("www.signed.opt", "A", SECURE, ""), ("www.bare.opt", "A", INSECURE, "no DS"),
    ("bare.opt", "DS", SECURE, ""), ("www.late.opt", "A", INSECURE, "opt-out"),
    ("late.opt", "DS", INSECURE, "opt-out"), ("signed.opt", "DS", SECURE, ""),
    ("one.wild.opt", "A", INSECURE, "opt-out"), ("nope.signed.opt", "A", SECURE, ""),
    ("www.iterations", "A", SECURE, ""), ("nope.iterations", "A", INSECURE, "iterations"),
    ("www.iterations", "AAAA", INSECURE, "iterations"), ("one.wild.iterations", "A", INSECURE, "iterations"),
    ("www.ds-wrong", "A", BOGUS, "digest in DS"), ("nope.ds-wrong", "A", BOGUS, "digest in DS"),
    ("www.ds-tag", "A", BOGUS, "no key (DNSKEY) matches DS"), ("www.ds-downgrade", "A", BOGUS, "algorithm downgrade"),
    ("www.expired", "A", BOGUS, "expired 3 days ago"), ("www.future", "A", BOGUS, "not yet valid: it begins in 2 days"),
    ("www.no-signed-child", "A", BOGUS, "no keys"), ("www.flags", "A", BOGUS, ""), ("www.revoked", "A", BOGUS, ""),
    ("www.leaf-unsigned", "A", BOGUS, "no signature"), ("www.leaf-unsigned", "TXT", SECURE, ""),
    ("www.leaf-data", "A", BOGUS, "does not verify"), ("www.leaf-signature", "A", BOGUS, "does not verify"),
    ("www.leaf-signer", "A", BOGUS, ""), ("www.leaf-labels", "A", BOGUS, "labels"),
    ("www.leaf-algorithm", "A", BOGUS, "algorithm 200"), ("www.leaf-two", "A", SECURE, ""),
    ("www.leaf-ttl", "A", SECURE, ""), ("www.leaf-expired", "A", BOGUS, "expired 3 days ago"),
    ("www.leaf-expired", "TXT", SECURE, ""), ("alias.leaf-expired", "A", BOGUS, "expired 3 days ago"),
    ("www.no-nsec", "A", SECURE, ""), ("www.no-nsec", "AAAA", BOGUS, "no NSEC record"),
    ("nope.no-nsec", "A", BOGUS, "no NSEC record"), ("one.wild.no-nsec", "A", BOGUS, "no NSEC record"),
    ("nope.nsec-signature", "A", BOGUS, "does not verify"), ("www.nsec-signature", "AAAA", BOGUS, "does not verify"),
    ("one.wild.nsec-signature", "A", BOGUS, "does not verify"),
    ("www.nsec-types", "AAAA", BOGUS, "does not verify"), ("www.salt", "A", SECURE, ""),
    ("www.salt", "AAAA", BOGUS, ""),
    ("nope.salt", "A", BOGUS, ""), ("nope.nsec3-signature", "A", BOGUS, "does not verify"),
    ("one.wild.nsec3-signature", "A", BOGUS, "does not verify"),
    ("www.no-key", "A", BOGUS, "no keys"), ("www.key-unsigned", "A", BOGUS, ""),
    ("www.key-signature", "A", BOGUS, "does not verify"),
    ("false.wild.wild", "A", BOGUS, "for which a wildcard answered"), ("true.wild.wild", "A", SECURE, ""),
]
# Where an oracle thinks otherwise, and why fid does not follow it: (name, type) -> (unbound, delv).
OTHERWISE = {
    # RFC 5155 section 9.2: no AD for a proof in which unsigned names are left out; delv does not look.
    ("nope.opt", "A"): (INSECURE, SECURE), ("late.opt", "DS"): (INSECURE, SECURE),
    # RFC 4509 section 3: SHA-1 counts for nothing beside SHA-256; unbound does so with harden-algo-downgrade only.
    ("www.ds-downgrade", "A"): (SECURE, BOGUS),
    # RFC 5011 section 2.1: a revoked key vouches for nothing; unbound knows that of trust anchors only.
    ("www.revoked", "A"): (SECURE, BOGUS),
}


@needs("nsd", "unbound", "dig", "delv", "ldns-signzone", "ldns-keygen", "ldns-key2ds")
class Validate(ServerTest):
    @classmethod
    def setUpClass(cls):
        cls.world = World(pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory())))

    def check(self, *words, status=0, anchor=None):
        """Asks the authority itself: what it is asked for is the same."""
        done = fid(f"@127.0.0.1:{self.authority}", *words, "--validate", "--anchor", anchor or self.world.anchor)
        self.assertEqual(done.returncode, status, done)
        return done.stdout

    def resolver(self):
        world, port = self.world, free_port()
        self.authority = self.nsd(world.files)
        stubs = "".join(f"stub-zone:\n  name: {name}\n  stub-addr: 127.0.0.1@{self.authority}\n"
                        for name in world.names)
        # Made up from what it knows (RFC 8198), an answer would depend on what was asked before it.
        settings = f'  local-zone: "test." nodefault\n  trust-anchor-file: "{world.anchor}"\n  aggressive-nsec: no\n'
        self.unbound([port], server=settings, more=stubs, ready=("www.plain.test", "A"))
        return port

    @staticmethod
    def unbounds_verdict(port, name, kind):
        told = dig(port, name, kind, "+dnssec", "+noall", "+comments", "+tries=1", "+time=20").stdout
        if "status: SERVFAIL" in told:
            return BOGUS
        return SECURE if " ad" in told.split("flags:")[1].split(";")[0] else INSECURE

    @staticmethod
    def delvs_verdict(world, port, name, kind):
        told = run("delv", "-a", world.bind_anchor, "+root=test", "@127.0.0.1", "-p", port, name, kind)
        words = told.stdout + told.stderr
        # Of what does not exist it says both that it was told so (ncache) and what to think of that.
        if re.search("resolution failed: (?!ncache)", words):
            return BOGUS
        if "unsigned answer" in words:
            return INSECURE
        return SECURE if "fully validated" in words else f"none: {words}"

    def test_verdicts_are_those_of_unbound_and_delv(self):
        world, port = self.world, self.resolver()

        def judge(case):
            label, kind, meant, reason = case
            name = f"{label}.test"
            done = fid(f"@127.0.0.1:{port}", name, kind, "--validate", "--anchor", world.anchor, "--json",
                       "--timeout", "20s")
            told = [json.loads(line) for line in done.stdout.splitlines()]
            ours = told[-1] if told else {"verdict": done.stderr, "reason": ""}
            theirs = (self.unbounds_verdict(port, name, kind), self.delvs_verdict(world, port, name, kind))
            row = f"{name:28} {kind:10} fid {ours['verdict']:14} unbound {theirs[0]:9} delv {theirs[1]:9} "
            fits = (reason in (ours["reason"] or "") and ours["verdict"] == meant and
                    theirs == OTHERWISE.get((label, kind), (meant, meant)))
            return row + str(ours["reason"]), fits
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            judged = list(pool.map(judge, CASES))
        rows = [row for row, _ in judged]
        wrong = [row for row, fits in judged if not fits]
        self.assertFalse(wrong, "\n" + "\n".join(rows) + "\n\nnot as meant:\n" + "\n".join(wrong))

    def test_statuses_and_words(self):
        self.authority = self.nsd(self.world.files)
        for words, status in (("www.plain.test A", 0), ("www.plain.test AAAA", 1), ("nope.plain.test", 1),
                              ("www.plain.test", 0), ("www.unsigned.test A", 0), ("nope.unsigned.test A", 1),
                              ("www.unsigned.test A --require-secure", 99), ("www.plain.test A --require-secure", 0),
                              ("www.leaf-data.test A", 60), ("www.leaf-data.test", 60), ("www.elsewhere A", 22),
                              ("www.plain.test www.leaf-data.test A", 75),
                              ("www.plain.test A --at 2040-01-01T00:00:00Z", 60)):
            with self.subTest(words):
                self.check(*words.split(), status=status)
        for words, text in (("www.plain.test A", "secure\n"), ("www.unsigned.test A", "insecure\n"),
                            ("www.plain.test", "secure\nsecure\n")):
            self.assertEqual(self.check(*words.split(), "--short"), text)
        self.assertEqual(self.check("www.leaf-data.test", "A", "--short", status=60), "bogus\n")
        # Bogus data is not shown.
        self.assertNotIn("192.0.2.66", self.check("www.leaf-data.test", "A", status=60))
        self.assertIn("no trust anchor", self.check("www.elsewhere", "A", status=22))

    def test_the_chain_is_told_from_the_anchor_down(self):
        self.authority = self.nsd(self.world.files)
        for anchor in (self.world.anchor, self.world.bind_anchor, self.world.key_anchor):
            lines = [line.split("\t") for line in self.check("across.plain.test", "A", anchor=anchor).splitlines()]
            self.assertEqual([line[:3] for line in lines[:7]],
                             [["test.", "DNSKEY", "secure"], ["plain.test.", "DS", "secure"],
                              ["plain.test.", "DNSKEY", "secure"], ["across.plain.test.", "CNAME", "secure"],
                              ["hashed.test.", "DS", "secure"], ["hashed.test.", "DNSKEY", "secure"],
                              ["www.hashed.test.", "A", "secure"]])
            self.assertRegex(lines[0][3], r"^signed by \d+ \(ECDSAP256SHA256\), trusted by the anchor$")
            self.assertRegex(lines[2][3], r"^signed by (\d+) \(ECDSAP256SHA256\), which matches DS \1 \(SHA-256\)$")
            self.assertEqual([line[3] for line in lines[7:10]][0], "www.hashed.test.")
            self.assertEqual(lines[-1], ["across.plain.test. A: secure"])

    def test_records(self):
        self.authority = self.nsd(self.world.files)
        told = [json.loads(line) for line in self.check("alias.expired.test", "A", "--json", status=60).splitlines()]
        self.assertEqual([(each["type"], each["verdict"]) for each in told],
                         [("link", "secure"), ("link", "secure"), ("link", "bogus"), ("validation", "bogus")])
        self.assertEqual(told[2]["extended_error"], {"code": 7, "name": "Signature Expired"})
        self.assertEqual(told[3]["answers"], [])
        last = json.loads(self.check("mail.plain.test", "MX", "--json").splitlines()[-1])
        self.assertEqual((last["status"], last["answers"][0]["exchange"]), ("NOERROR", "mail.example."))

    def test_each_question_is_asked_once(self):
        behind, asked = self.nsd(self.world.files), []
        ours = self.enterContext(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        ours.bind(("127.0.0.1", 0))
        self.authority = ours.getsockname()[1]

        def relay():
            with contextlib.suppress(OSError):
                while True:
                    question, client = ours.recvfrom(65535)
                    end = question.index(0, 12)
                    asked.append((question[12:end], int.from_bytes(question[end + 1:end + 3], "big")))
                    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as theirs:
                        theirs.connect(("127.0.0.1", behind))
                        theirs.send(question)
                        ours.sendto(theirs.recv(65535), client)
        threading.Thread(target=relay, daemon=True).start()
        self.check("across.plain.test", "www.hashed.test", "www.plain.test", "A")
        self.assertEqual(sorted(asked), sorted(set(asked)))
        self.assertEqual(len(asked), 8, asked)  # DNSKEY of three zones, DS of two, A of three names


main()
