# SPDX-License-Identifier: MIT
"""`fid resolve --system` in a namespace with files and addresses of its own, beside getaddrinfo(): resolve_system.py FID."""
import json
import os
import pathlib
import random
import shutil
import socket
import struct
import subprocess
import sys
import threading

INSIDE = "FID_TEST_INSIDE"
if INSIDE not in os.environ:
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "-n", "true"], capture_output=True).returncode != 0:
        print("no namespaces can be made here")
        sys.exit(77)
    sys.exit(subprocess.run(["unshare", "-m", "-n", sys.executable, *sys.argv], env={**os.environ, INSIDE: "1"}).returncode)

from connect_harness import FID, PeerTest, main  # noqa: E402

ADDRESSES = ("10.7.0.1/24", "10.7.200.1/16", "192.168.5.1/24", "169.254.7.1/16", "2001:db8:7::1/64", "2001:db8:9::1/48",
             "fd07::1/64", "fd07:1::1/64", "2002:a07:1::1/48", "fec0::7/64")


def sh(line):
    subprocess.run(line.split(), check=True, capture_output=True, timeout=20)


def oracle(name, family=socket.AF_UNSPEC):
    """In a new process: the files are read once for each."""
    code = ("import socket,sys\ntry:\n for one in socket.getaddrinfo(sys.argv[1],None,int(sys.argv[2]),socket.SOCK_STREAM): "
            "print(one[4][0].split('%')[0])\nexcept socket.gaierror as error: sys.exit(str(error.errno))")
    done = subprocess.run([sys.executable, "-c", code, name, str(int(family))], capture_output=True, text=True, timeout=30)
    return done.stdout.split()


def read_name(message, at):
    labels = []
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode())
        at += 1 + message[at]
    return ".".join(labels) + ".", at + 1


class Dns(threading.Thread):
    """Knows the names in `names`; all below fail.test are SERVFAIL, all others do not exist."""

    def __init__(self):
        super().__init__(daemon=True)
        self.names, self.asked = {}, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))

    def run(self):
        while True:
            message, peer = self.socket.recvfrom(4096)
            name, end = read_name(message, 12)
            kind = struct.unpack("!H", message[end:end + 2])[0]
            self.asked.append(name)
            known = self.names.get(name)
            code = 2 if name.endswith("fail.test.") else 3 if known is None else 0
            data = []
            for address in known or []:
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                if kind == (28 if family == socket.AF_INET6 else 1):
                    data.append(socket.inet_pton(family, address))
            answer = message[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(data), 0, 0) + message[12:end + 4]
            for one in data:
                answer += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(one)) + one
            self.socket.sendto(answer, peer)


class SystemView(PeerTest):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        sh("ip link set lo up")
        for number in (0, 2):
            sh(f"ip link add veth{number} type veth peer name veth{number + 1}")
            sh(f"ip link set veth{number} up")
            sh(f"ip link set veth{number + 1} up")
        for number, address in enumerate(ADDRESSES):
            sh(f"ip address add {address} dev veth{number % 2 * 2}" + (" nodad" if ":" in address else ""))
        sh("ip address add 2001:db8:dead::1/64 dev veth0 nodad preferred_lft 0")
        # Ways to addresses whose labels and scopes are other ones.
        for network, source in (("2001::/32", "2001:db8:7::1"), ("fec0:1::/32", "fd07::1"), ("2001:db8:beef::/48", "2001:db8:dead::1"),
                                ("2001:db8:cafe::/48", "fe80::7")):
            if source == "fe80::7":
                sh("ip address add fe80::7/64 dev veth0 nodad")
            sh(f"ip -6 route add {network} dev veth0 src {source}")
        sh("ip route add 198.51.100.0/24 dev veth0 src 169.254.7.1")
        cls.dns = Dns()
        cls.dns.start()

    def etc(self, name, text):
        path = self.folder / name
        path.write_text(text)
        target = pathlib.Path("/etc") / name
        if not target.exists():
            self.skipTest(f"there is no {target}")
        sh(f"mount --bind {path} {target}")
        self.addCleanup(sh, f"umount {target}")

    def files(self, hosts="", order="files dns", conf="nameserver 127.0.0.1\nsearch lan.test other.test\noptions timeout:1\n"):
        self.etc("hosts", hosts)
        self.etc("nsswitch.conf", f"# comment\nhosts: {order}\n")
        self.etc("resolv.conf", conf)

    def view(self, *words, status=0):
        done = subprocess.run([FID, "resolve", "--system", "--json", *words], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        return {kind: [one for one in records if one["type"] == kind] for kind in ("lookup_step", "address", "lookup", "service")}

    def steps(self, view):
        return [(one["service"], one["status"], one["action"]) for one in view["lookup_step"][1:-1]]

    def test_hosts(self):
        self.files("127.0.0.1 localhost\n\n10.7.0.9\tmain.test Alias # comment\n2001:db8:7::9 main.test\n10.7.0.8 other.test\n")
        view = self.view("alias")
        self.assertEqual(self.steps(view), [("files", "SUCCESS", "stop")])
        self.assertEqual(view["lookup_step"][1]["line"], 3)
        self.assertIn("main.test Alias", view["lookup_step"][1]["detail"])
        self.assertEqual(view["lookup"][0]["canonical_name"], "main.test")
        self.assertTrue(view["lookup"][0]["agrees"])
        both = self.view("main.test")
        self.assertEqual([one["address"] for one in both["address"]], oracle("main.test"))
        self.assertEqual(set(both["lookup"][0]["expected"]), {"10.7.0.9", "2001:db8:7::9"})
        self.assertEqual(self.view("-6", "main.test")["lookup"][0]["addresses"], ["2001:db8:7::9"])
        self.assertEqual(self.view("-4", "main.test")["lookup"][0]["expected"], ["10.7.0.9"])

    def test_search_list(self):
        self.files()
        self.dns.names.update({"found.other.test.": ["10.7.0.9", "2001:db8:7::9"], "a.b.": ["10.7.0.10"],
                               "nodata.lan.test.": [], "nodata.other.test.": ["10.7.0.11"]})
        view = self.view("found")
        self.assertEqual(self.steps(view), [("files", "NOTFOUND", "go on"), ("dns", "NOTFOUND", "next name"),
                                            ("dns", "SUCCESS", "stop")])
        self.assertEqual([one["detail"].split()[0] for one in view["lookup_step"][2:-1]], ["found.lan.test.", "found.other.test."])
        self.assertIn("NXDOMAIN", view["lookup_step"][2]["detail"])
        self.assertEqual(view["lookup_step"][3]["server"], "127.0.0.1:53")
        self.assertEqual([one["address"] for one in view["address"]], oracle("found"))
        # A name with a dot is asked for as it is first; no data leads on in glibc, too.
        for name, asked in (("a.b", ["a.b."]), ("nodata", ["nodata.lan.test.", "nodata.other.test."]), ("found.", ["found."]),
                            ("no.such", ["no.such.", "no.such.lan.test.", "no.such.other.test."])):
            with self.subTest(name):
                self.dns.asked.clear()
                wanted = oracle(name)
                theirs = list(dict.fromkeys(self.dns.asked))
                view = self.view(name, status=0 if wanted else 1)
                self.assertEqual([one["detail"].split()[0] for one in view["lookup_step"] if one["service"] == "dns"], asked)
                self.assertEqual(theirs, asked)
                self.assertEqual(view["lookup"][0]["addresses"], wanted)
                self.assertTrue(view["lookup"][0]["agrees"])

    def test_actions(self):
        self.files(order="files [NOTFOUND=return] dns")
        self.dns.names["host.lan.test."] = ["10.7.0.9"]
        self.assertEqual(self.steps(self.view("host", status=1)), [("files", "NOTFOUND", "stop")])
        self.assertEqual(oracle("host"), [])

    def test_strange_services(self):
        self.files("10.7.0.8 host.test\n", order="nosuchmodule files[SUCCESS=continue]  dns [!UNAVAIL=return] other")
        self.dns.names["host.test."] = ["10.7.0.9"]
        self.assertEqual(self.steps(self.view("host.test"))[:2], [("nosuchmodule", "UNAVAIL", "go on"), ("files", "SUCCESS", "go on")])

    def test_differences_are_said(self):
        """What nsswitch.conf(5) says of merge is not what getaddrinfo() of glibc 2.36 does."""
        self.files("10.7.0.8 host.test\n", order="files [SUCCESS=merge] dns")
        self.dns.names["host.test."] = ["10.7.0.9"]
        theirs = oracle("host.test")
        view = self.view("host.test", status=0 if theirs else 1)
        self.assertEqual(self.steps(view), [("files", "SUCCESS", "merge"), ("dns", "SUCCESS", "stop")])
        self.assertEqual(set(view["lookup"][0]["expected"]), {"10.7.0.8", "10.7.0.9"})
        self.assertEqual(view["lookup"][0]["agrees"], set(theirs) == {"10.7.0.8", "10.7.0.9"})
        said = subprocess.run([FID, "resolve", "--system", "host.test"], capture_output=True, text=True, timeout=60).stderr
        self.assertEqual("other addresses" in said, not view["lookup"][0]["agrees"])

    def test_server_failure_and_silence(self):
        self.files(conf="nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        view = self.view("x.fail.test", status=28)
        self.assertEqual(self.steps(view)[-1], ("dns", "TRYAGAIN", "go on"))
        self.assertIn("SERVFAIL", view["lookup_step"][-2]["detail"])
        self.assertIsNotNone(view["lookup"][0]["error"])

    def test_localhost_is_not_asked_for(self):
        self.files()
        self.dns.asked.clear()
        view = self.view("www.localhost", status=1)
        self.assertIn("RFC 6761", next(one["detail"] for one in view["lookup_step"] if one["service"] == "dns"))

    def test_order(self):
        """Many sets of addresses: the rules explain the order that getaddrinfo has."""
        chosen = random.Random(7)
        pool = ["10.7.0.9", "10.7.0.130", "10.7.99.9", "192.168.5.9", "192.168.77.9", "169.254.7.9", "127.0.0.9", "8.8.8.8",
                "2001:db8:7::9", "2001:db8:7:8000::9", "2001:db8:9:1::9", "2001:db8:dead::9", "2001:db8:ffff::9", "fd07::9",
                "fd07:1::9", "fd99::9", "2002:a07:1::9", "2002:c000:201::9", "fec0::9", "::1", "2001:0:1::9", "fe80::9", "fec0:1::9", "2001:db8:beef::9", "2001:db8:cafe::9", "198.51.100.9"]
        hosts, sets = "", {}
        for number in range(120):
            name = f"set{number}.test"
            sets[name] = chosen.sample(pool, chosen.randint(2, 9))
            hosts += "".join(f"{address} {name}\n" for address in sets[name])
        self.files(hosts)
        rules = set()
        for gai in ("", "precedence ::ffff:0:0/96 100\nprecedence ::/0 40\n", "label ::/0 1\nlabel ::ffff:0:0/96 1\nscopev4 ::ffff:0:0/96 14\n"):
            self.etc("gai.conf", gai)
            view = self.view(*sets)
            for lookup in view["lookup"]:
                name = lookup["name"]
                self.assertEqual(set(lookup["expected"]), set(sets[name]))
                told = [(one["address"], one["source"], one["reason"]) for one in view["address"] if one["name"] == name]
                self.assertTrue(lookup["agrees"], (gai, told))
            for name in random.Random(9).sample(sorted(sets), 12):
                self.assertEqual([one["address"] for one in view["address"] if one["name"] == name], oracle(name))
            rules |= {one["rule"] for one in view["address"]}
        self.assertLessEqual({1, 2, 3, 5, 6, 8, 9, 10}, rules)

    def test_services_and_own_name(self):
        self.files(f"10.7.0.1 own.example {socket.gethostname()}\n")
        view = self.view("domain/udp", "53/tcp")
        self.assertEqual([(one["name"], one["port"], one["protocol"]) for one in view["service"]],
                         [("domain", 53, "udp"), ("domain", 53, "tcp")])
        self.assertEqual(len(self.view("domain")["service"]), 2)
        self.view("nosuchservice/tcp", status=1)
        own = self.view()
        self.assertEqual(own["lookup"][0]["name"], socket.gethostname())
        self.assertEqual(own["lookup"][0]["canonical_name"], "own.example")
        self.assertEqual(own["lookup"][0]["addresses"], ["10.7.0.1"])

    def test_text(self):
        self.files("10.7.0.9 host.test\n")
        done = subprocess.run([FID, "resolve", "--system", "host.test"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stdout, "host.test\tnsswitch.conf\t\t\tline 2: files dns\n"
                         "host.test\tfiles\tSUCCESS\tstop\t/etc/hosts line 1: 10.7.0.9 host.test\n"
                         "host.test\tgetaddrinfo\t\t\t1 address\nhost.test\t10.7.0.9\t10.7.0.1\t\n")
        brief = subprocess.run([FID, "resolve", "--system", "--short", "host.test"], capture_output=True, text=True, timeout=60)
        self.assertEqual(brief.stdout, "10.7.0.9\n")


if shutil.which("ip") is None:
    sys.exit(77)
main()
