# SPDX-License-Identifier: MIT
"""`fid resolve` on many servers (--trace, --all-ns, --compare, --watch, --time) in a hierarchy of nsd on loopback:
resolve_trace.py FID."""
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import unittest

from connect_harness import FID, main, needs, wait_for
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
txt 300 IN TXT "\\027[31m"
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

    def trace(self, *words, **options):
        return fid("--trace", "--root", f"@{ROOT}:{self.port}", "-p", self.port, *words, **options)


if __name__ == "__main__":
    import sys
    class Play(Hierarchy):
        def test_play(self):
            print("PORT", self.port, flush=True)
            time.sleep(float(os.environ["PLAY"]))
    main()
