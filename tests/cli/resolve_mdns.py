# SPDX-License-Identifier: MIT
"""`fid resolve @mdns` in a network of its own, with avahi and with responders that break the rules: resolve_mdns.py FID."""
import json
import os
import shutil
import subprocess
import sys

INSIDE = "FID_TEST_INSIDE"
if INSIDE not in os.environ:
    if os.geteuid() != 0 or not shutil.which("ip") or subprocess.run(["unshare", "-m", "-n", "true"], capture_output=True).returncode:
        print("no namespaces can be made here")
        sys.exit(77)
    sys.exit(subprocess.run(["unshare", "-m", "-n", sys.executable, *sys.argv], env={**os.environ, INSIDE: "1"}).returncode)

from connect_harness import FID, PeerTest, main, needs, wait_for  # noqa: E402

FAR = f"fid-mdns-{os.getpid()}"
# Answers A questions for liar.local: from port 5353 or another one, with a TTL, from an address of its own choice, to the
# asker or to everybody; so many times.
RESPONDER = """
import socket, struct, sys
port, hops, source, group, data, name = sys.argv[1:]
ears = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ears.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ears.bind(("224.0.0.251", 5353))
ears.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("224.0.0.251") + socket.inet_aton("10.7.0.2"))
mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mouth.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
mouth.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, int(hops))
mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, int(hops))
mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.7.0.2"))
mouth.bind((source, int(port)))
print("ready", flush=True)
while True:
    query, peer = ears.recvfrom(9000)
    end = query.index(b"\\0", 12) + 5
    kind = struct.unpack("!H", query[end - 4:end - 2])[0]
    if kind != 1 or name.encode() not in query:
        continue
    record = query[12:end - 2] + struct.pack("!HIH", 0x8001, 120, 4) + socket.inet_aton(data)
    if group == "group":
        reply, peer = struct.pack("!HHHHHH", 0, 0x8400, 0, 1, 0, 0) + record, ("224.0.0.251", 5353)
    else:
        reply = query[:2] + struct.pack("!HHHHH", 0x8400, 1, 1, 0, 0) + query[12:end] + record
    mouth.sendto(reply, peer)
"""


def sh(line):
    subprocess.run(line.split(), check=True, capture_output=True, timeout=20)


def fid(*words):
    return subprocess.run([FID, "resolve", *map(str, words)], capture_output=True, text=True, timeout=60)


class Mdns(PeerTest):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        sh("ip link set lo up")
        sh(f"ip netns add {FAR}")
        cls.addClassCleanup(subprocess.run, ["ip", "netns", "delete", FAR], capture_output=True)
        sh(f"ip link add near0 type veth peer name far0 netns {FAR}")
        for inside, device, last in (([], "near0", 1), (["-n", FAR], "far0", 2)):
            for line in (f"address add 10.7.0.{last}/24 dev {device}", f"-6 address add fd07::{last}/64 dev {device} nodad",
                         f"link set {device} up"):
                sh(" ".join(["ip", *inside, line]))
        sh(f"ip -n {FAR} link set lo up")
        sh(f"ip -n {FAR} address add 198.51.100.9/32 dev lo")

    def responder(self, port=5353, hops=255, source="0.0.0.0", group="asker", data="192.0.2.77", name="liar"):
        process = subprocess.Popen(["ip", "netns", "exec", FAR, sys.executable, "-c", RESPONDER, str(port), str(hops), source, group,
                                    data, name], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end, process)
        self.assertEqual(process.stdout.readline(), "ready\n")

    def ask(self, name="liar.local", *words):
        return fid(name, "A", "@mdns", "--short", "--timeout", "300ms", *words).stdout.split()

    def test_who_is_heard(self):
        for what, heard in (({}, True), ({"group": "group"}, True), ({"hops": 64}, True),  # of the link's own network
                            ({"source": "198.51.100.9"}, True),  # another network's address, but not from behind a router
                            ({"source": "198.51.100.9", "hops": 64}, False), ({"port": 5354}, False),
                            ({"group": "group", "port": 5354}, False)):
            with self.subTest(what):
                self.responder(**what)
                self.assertEqual(self.ask(), ["192.0.2.77"] if heard else [])
                self.doCleanups()
                self.setUp()

    def test_interfaces(self):
        self.responder()
        self.assertEqual(self.ask("liar.local", "--interface", "near0"), ["192.0.2.77"])
        self.assertEqual(self.ask("liar.local", "-6"), [])
        done = fid("liar.local", "@mdns", "--interface", "nosuch0")
        self.assertEqual((done.returncode, done.stdout), (2, ""))

    def test_refused_together(self):
        for words in (["@127.0.0.1"], ["--tcp"], ["--system"], ["--bulk", "-"]):
            self.assertEqual(fid("liar.local", "@mdns", *words).returncode, 2, words)

    @needs("avahi-daemon")
    def test_avahi(self):
        services = self.folder / "services"
        services.mkdir()
        (services / "one.service").write_text('<?xml version="1.0" standalone="no"?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">'
                                              "<service-group><name>Ein Blatt</name><service><type>_http._tcp</type><port>8080</port>"
                                              "<txt-record>path=/x</txt-record></service></service-group>")
        sh(f"mount --bind {services} /etc/avahi/services")
        self.addCleanup(sh, "umount /etc/avahi/services")
        (self.folder / "run").mkdir()
        if os.path.isdir("/run/avahi-daemon"):
            sh(f"mount --bind {self.folder}/run /run/avahi-daemon")
            self.addCleanup(sh, "umount /run/avahi-daemon")
        config = self.folder / "avahi.conf"
        config.write_text("[server]\nhost-name=responder\nallow-interfaces=far0\nenable-dbus=no\n"
                          "[publish]\npublish-workstation=no\npublish-hinfo=no\n")
        self.start("ip", "netns", "exec", FAR, "avahi-daemon", "-f", config, "--no-drop-root", "--no-chroot", "--no-rlimits")
        browse = ["_http._tcp.local", "PTR", "@mdns", "--short", "--timeout", "300ms"]
        wait_for(lambda: fid(*browse).stdout, "avahi")
        self.assertEqual(fid(*browse).stdout, "Ein\\032Blatt._http._tcp.local.\n")
        lines = {tuple(line.split("\t")[2:]) for line in fid("responder.local", "@mdns").stdout.splitlines()}
        self.assertEqual(lines, {("A", "10.7.0.2"), ("AAAA", "fd07::2")})
        found = fid("_http._tcp.local", "@mdns", "--timeout", "300ms").stdout.splitlines()
        self.assertEqual(sorted(line.split("\t")[2] for line in found), ["A", "AAAA", "PTR", "SRV", "TXT"], found)
        self.assertIn("SRV\t0 0 8080 responder.local.", "\n".join(found))
        # Without a type one that begins with _ is a service; the hosts follow where nobody brought them along.
        records = [json.loads(line) for line in fid("_http._tcp.local", "@mdns", "--json", "--timeout", "300ms", "-4").stdout.splitlines()]
        self.assertEqual((records[0]["qtype"], records[0]["transport"], records[0]["server"]), ("PTR", "mdns", "10.7.0.2:5353"))
        self.assertEqual({one["class"] for record in records for one in record["answers"]}, {"IN"})
        self.assertEqual(fid("-x", "10.7.0.2", "@mdns", "--short").stdout, "responder.local.\n")
        done = fid("nobody.local", "@mdns", "--timeout", "200ms")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("nobody on the network answers for nobody.local.", done.stderr)
        recorded = self.folder / "out.pcapng"
        self.assertEqual(fid("responder.local", "A", "-4", "@mdns", "--record", recorded).returncode, 0)
        seen = subprocess.run([FID, "sniff", "-r", recorded], capture_output=True, text=True, timeout=60).stdout
        self.assertIn("224.0.0.251.5353", seen)
        self.assertIn("10.7.0.2.5353 > 10.7.0.1.", seen)


main()
