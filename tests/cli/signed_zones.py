# SPDX-License-Identifier: MIT
"""Zones signed by ldns, whole and broken in every way that a validator has to notice."""
import re
import time

from dns_servers import run

DAY = 86400
ZONE = """$ORIGIN {name}.
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 300
@ NS ns
ns A 127.0.0.1
www A 192.0.2.1
www A 192.0.2.2
www TXT "some text"
mail MX 10 Mail.Example.
*.wild A 192.0.2.7
deep.b.ent A 192.0.2.8
alias CNAME www
dangling CNAME nope
dn DNAME tree
x.tree A 192.0.2.9
"""


def stamp(moment):
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(moment))


class Key:
    """One key that signs both keys and data, as ldns-keygen makes it."""

    def __init__(self, folder, zone, algorithm="ECDSAP256SHA256", flags=257):
        bits = ["-b", "2048"] if algorithm.startswith("RSA") else []
        made = run("ldns-keygen", "-a", algorithm, "-k", *bits, zone, cwd=folder)
        assert made.returncode == 0, made
        self.folder, self.base = folder, made.stdout.strip()
        file = folder / (self.base + ".key")
        if flags != 257:
            file.write_text(file.read_text().replace("DNSKEY\t257", f"DNSKEY\t{flags}"))

    def ds(self, digest=2):
        made = run("ldns-key2ds", "-n", "-f", f"-{digest}", self.base + ".key", cwd=self.folder)
        assert made.returncode == 0, made
        return made.stdout.strip()


def sign(folder, name, text, key, *options, begin=-DAY, end=30 * DAY):
    """The signed zone as text, a record a line."""
    plain, signed = folder / f"{name}.plain", folder / f"{name}.signed"
    plain.write_text(text)
    now = time.time()
    made = run("ldns-signzone", "-o", name, "-i", stamp(now + begin), "-e", stamp(now + end), "-f", signed, *options,
               plain, key.base, cwd=folder)
    assert made.returncode == 0, made
    return signed.read_text()


def records(zone, kind, owner=None):
    """The lines of that type, RRSIG:A for the signatures of A records."""
    kind, _, covered = kind.partition(":")
    start = re.escape(owner) if owner else r"\S+"
    pattern = rf"^{start}\t\d+\tIN\t{kind}\t" + (f"{covered} " if covered else "")
    return [line for line in zone.splitlines() if re.match(pattern, line)]


def without(zone, kind, owner=None):
    gone = set(records(zone, kind, owner))
    assert gone, (kind, owner)
    return "\n".join(line for line in zone.splitlines() if line not in gone) + "\n"


def changed(zone, kind, owner, change):
    """With `change` applied to each line of that type."""
    wanted = set(records(zone, kind, owner))
    assert wanted, (kind, owner)
    lines = [change(line) if line in wanted else line for line in zone.splitlines()]
    assert lines != zone.splitlines(), (kind, owner)
    return "\n".join(lines) + "\n"


def other_signature(line):
    """Another first letter of the signature, which stands behind the signer's name."""
    head, signature = line.rsplit(" ", 1)
    return f"{head} {'B' if signature[0] != 'B' else 'C'}{signature[1:]}"


def other_digest(line):
    head, digest = line.rsplit(None, 1)
    return f"{head} {'0' if digest[0] != '0' else '1'}{digest[1:]}"


class World:
    """The zone test. with everything below it, and hashed.test., opt.test. and others with NSEC3. `files` are what to
    serve, `anchor` is the file of the trust anchor, `unsigned` has no part in it."""

    def __init__(self, folder):
        self.folder, self.files, self.names, self.delegations = folder, [], [], []
        for number, algorithm in ((5, "RSASHA1"), (7, "RSASHA1-NSEC3-SHA1"), (8, "RSASHA256"), (10, "RSASHA512"),
                                  (13, "ECDSAP256SHA256"), (14, "ECDSAP384SHA384"), (15, "ED25519"), (16, "ED448")):
            self.child(f"a{number}", algorithm=algorithm)
        self.child("plain", more="outside CNAME www.unsigned.test.\nacross CNAME www.hashed.test.\n"
                                 "tobogus CNAME www.expired.test.\n")
        self.child("hashed", options=("-n", "-t", "1", "-s", "abcd"))
        self.child("sha1", ds=lambda key: key.ds(1))
        self.child("sha384", ds=lambda key: key.ds(4))
        self.opt_out()
        self.child("iterations", options=("-n", "-t", "500", "-s", "abcd"))
        self.child("unsigned", signed=False, ds=None)
        self.child("island", ds=None)
        self.child("ds-algorithm", ds=lambda key: re.sub(r"DS\t(\d+) 13", r"DS\t\1 200", key.ds()))
        self.child("ds-digest", ds=lambda key: re.sub(r"DS\t(\d+) 13 2", r"DS\t\1 13 200", key.ds()))
        self.child("ds-wrong", ds=lambda key: other_digest(key.ds()))
        self.child("ds-tag", ds=lambda key: re.sub(r"DS\t(\d+)", lambda found: f"DS\t{int(found[1]) ^ 1}", key.ds()))
        self.child("ds-downgrade", ds=lambda key: key.ds(1) + "\n" + other_digest(key.ds(2)))
        self.child("ds-both", ds=lambda key: other_digest(key.ds(1)) + "\n" + key.ds(2))
        self.child("expired", begin=-30 * DAY, end=-3 * DAY - 3600)
        self.child("future", begin=2 * DAY + 3600)
        self.child("no-signed-child", signed=False, ds=lambda key: key.ds())
        self.child("flags", key_flags=1)
        self.child("revoked", key_flags=385)
        self.broken()
        self.top()

    def child(self, label, more="", options=(), signed=True, algorithm="ECDSAP256SHA256", ds=lambda key: key.ds(),
              key_flags=257, change=lambda zone: zone, begin=-DAY, end=30 * DAY, parent="test"):
        name = f"{label}.{parent}"
        key = Key(self.folder, name, algorithm, key_flags)
        text = ZONE.format(name=name) + more
        if signed:
            text = change(sign(self.folder, name, text, key, *options, begin=begin, end=end))
        self.serve(name, text)
        delegation = f"{label} NS ns.{name}.\nns.{label} A 127.0.0.1\n"
        if ds is not None:
            delegation += ds(key) + "\n"
        if parent == "test":
            self.delegations.append(delegation)
        return key, delegation

    def broken(self):
        """Only one thing in the zone is wrong."""
        def edit(label, change, options=()):
            self.child(label, options=options, change=change)

        edit("leaf-unsigned", lambda zone: without(zone, "RRSIG:A", "www.leaf-unsigned.test."))
        edit("leaf-data", lambda zone: zone.replace("192.0.2.1\n", "192.0.2.66\n"))
        edit("leaf-signature", lambda zone: changed(zone, "RRSIG:A", "www.leaf-signature.test.", other_signature))
        edit("leaf-signer", lambda zone: changed(zone, "RRSIG:A", "www.leaf-signer.test.", lambda line: line.replace(
            " leaf-signer.test. ", " test. ")))
        edit("leaf-labels", lambda zone: changed(zone, "RRSIG:A", "www.leaf-labels.test.", lambda line: line.replace(
            "A 13 3 ", "A 13 4 ")))
        edit("leaf-algorithm", lambda zone: changed(zone, "RRSIG:A", "www.leaf-algorithm.test.",
                                                    lambda line: line.replace("A 13 3 ", "A 200 3 ")))
        edit("leaf-two", lambda zone: zone + "\n".join(map(other_signature, records(
            zone, "RRSIG:A", "www.leaf-two.test."))) + "\n")
        edit("leaf-ttl", lambda zone: re.sub(r"^(www\.leaf-ttl\.test\.\t)300", r"\g<1>77", zone, flags=re.M))
        edit("no-nsec", lambda zone: without(without(zone, "NSEC"), "RRSIG:NSEC"))
        edit("nsec-signature", lambda zone: changed(zone, "RRSIG:NSEC", None, other_signature))
        edit("nsec-types", lambda zone: changed(zone, "NSEC", "www.nsec-types.test.", lambda line: line.replace(
            "A TXT ", "A ")))
        edit("salt", lambda zone: re.sub(r"(NSEC3(?:PARAM)?\t1 \d 1 )abcd", r"\1abce", zone),
             ("-n", "-t", "1", "-s", "abcd"))
        edit("nsec3-signature", lambda zone: changed(zone, "RRSIG:NSEC3", None, other_signature),
             ("-n", "-t", "1", "-s", "abcd"))
        edit("no-key", lambda zone: without(without(zone, "DNSKEY"), "RRSIG:DNSKEY"))
        edit("key-unsigned", lambda zone: without(zone, "RRSIG:DNSKEY"))
        edit("key-signature", lambda zone: changed(zone, "RRSIG:DNSKEY", None, other_signature))
        # A name of its own with the wildcard's data and signature: the server proves nothing about it.
        edit("wild", lambda zone: zone + "".join(line.replace("*.wild", "false.wild") + "\n" for line in
                                                 records(zone, "A", "*.wild.wild.test.") +
                                                 records(zone, "RRSIG:A", "*.wild.wild.test.")))

        self.leaf_expired()

    def leaf_expired(self):
        name = "leaf-expired.test"
        key = Key(self.folder, name)
        old = sign(self.folder, name, ZONE.format(name=name), key, begin=-30 * DAY, end=-3 * DAY - 3600)
        new = sign(self.folder, name, ZONE.format(name=name), key)
        stale = "\n".join(records(old, "RRSIG:A", f"www.{name}."))
        self.serve(name, without(new, "RRSIG:A", f"www.{name}.") + stale + "\n")
        self.delegations.append(f"leaf-expired NS ns.{name}.\nns.leaf-expired A 127.0.0.1\n{key.ds()}\n")

    def opt_out(self):
        _, secure = self.child("signed", parent="opt.test")
        _, bare = self.child("bare", parent="opt.test", signed=False, ds=None)
        _, late = self.child("late", parent="opt.test", signed=False, ds=None)
        # Delegated once the zone had been signed: that it has no NSEC3 record of its own is what opt-out is for.
        late = late.replace("late NS", "late.opt.test. NS").replace("ns.late A", "ns.late.opt.test. A")
        self.child("opt", more=secure + bare, options=("-n", "-p", "-t", "1", "-s", "abcd"),
                   change=lambda zone: zone + late)

    def top(self):
        key = Key(self.folder, "test")
        zone = ZONE.format(name="test") + "".join(self.delegations)
        self.serve("test", sign(self.folder, "test", zone, key))
        line = " ".join(key.ds().split())
        self.anchor = self.folder / "anchor"
        self.anchor.write_text(line + "\n")
        tag, algorithm, digest_type, digest = line.split(" DS ")[1].split(" ")
        self.bind_anchor = self.folder / "anchor.bind"
        self.bind_anchor.write_text(
            f'trust-anchors {{ // of the test\n  "test." static-ds {tag} {algorithm} {digest_type} "{digest}";\n}};\n')
        self.key_anchor = self.folder / "anchor.key"
        self.key_anchor.write_text("; what unbound keeps\n" + (self.folder / (key.base + ".key")).read_text())

    def serve(self, name, text):
        file = self.folder / f"{name}.zone"
        file.write_text(text if text.startswith("$ORIGIN") else f"$ORIGIN {name}.\n{text}")
        self.files.append(file)
        self.names.append(name)
