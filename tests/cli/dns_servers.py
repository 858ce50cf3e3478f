# SPDX-License-Identifier: MIT
"""What the tests of `fid resolve` share: nsd and unbound as servers, running dig and FID (the first argument)."""
import pathlib
import re
import shutil
import subprocess

from connect_harness import FID, PeerTest, free_port, wait_for

ZONES = pathlib.Path(__file__).resolve().parent.parent / "zones"


def run(*words, **options):
    options = {"capture_output": True, "text": True, "timeout": 60, "check": False} | options
    return subprocess.run([str(each) for each in words], **options)


def fid(*words, **options):
    return run(FID, "resolve", *words, **options)


def dig(port, *words, server="127.0.0.1"):
    return run("dig", "-p", port, f"@{server}", *words)


def origin_of(path):
    """The name of the zone in a file: its first $ORIGIN."""
    return re.search(r"^\$ORIGIN\s+(\S+)", path.read_text(), re.M).group(1).rstrip(".") or "."


class ServerTest(PeerTest):
    maxDiff = None

    def certificate(self):
        """A key and a certificate that it signs itself, for localhost and 127.0.0.1: key.pem, cert.pem."""
        key, certificate = self.folder / "key.pem", self.folder / "cert.pem"
        if not certificate.exists():
            made = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                       "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
                       "subjectAltName=DNS:localhost,IP:127.0.0.1")
            self.assertEqual(made.returncode, 0, made.stderr)
        return key, certificate

    def nsd(self, paths, server="", zone="provide-xfr: 127.0.0.1 NOKEY", more="", address="127.0.0.1", port=None):
        """Serves the zones in files, each named by its $ORIGIN; gives the port, a free one unless named. `server` and
        `zone` are lines more for those clauses of nsd.conf, `more` whole clauses."""
        port = port or free_port()
        zones = "".join(f"zone:\n  name: {origin_of(path)}\n  zonefile: {path}\n  {zone}\n" for path in paths)
        config = self.folder / f"nsd-{address}-{port}.conf"
        config.write_text(f"""server:
  ip-address: {address}@{port}
  username: ""
  chroot: ""
  pidfile: "{self.folder}/nsd-{address}-{port}.pid"
  database: ""
  zonesdir: "{self.folder}"
  xfrdfile: ""
  xfrdir: "{self.folder}"
  zonelistfile: "{self.folder}/zones-{address}-{port}"
  server-count: 1
  nsid: "ascii_ns1"
  {server}
remote-control:
  control-enable: no
{more}
{zones}""")
        # It listens before it has read its zones.
        process = self.start("nsd", "-d", "-c", config, port=port)
        questions = [(origin_of(path), "SOA") for path in paths]
        for question in questions if shutil.which("dig") else []:
            asked = [*question, "+tries=1", "+time=5", "+tcp"]
            wait_for(lambda: "status:" in dig(port, *asked, server=address).stdout, "nsd's answer", process)
        return port

    def unbound(self, ports, server="", more="", ready=("localhost", "A")):
        """A resolver on these ports of 127.0.0.1 whose first one is plain DNS. `server` are lines more of that clause,
        `more` whole clauses; it is ready once it answers the question `ready`."""
        interfaces = "".join(f"  interface: 127.0.0.1@{port}\n" for port in ports)
        config = self.folder / f"unbound-{ports[0]}.conf"
        config.write_text(f"""server:
{interfaces}  do-not-query-localhost: no
  username: ""
  chroot: ""
  directory: "{self.folder}"
  pidfile: "{self.folder}/unbound-{ports[0]}.pid"
  use-syslog: no
{server}
{more}
""")
        process = self.start("unbound", "-d", "-c", config, port=ports[0])
        wait_for(lambda: "status:" in dig(ports[0], *ready, "+tries=1", "+time=5").stdout, "unbound's answer", process)
