# SPDX-License-Identifier: MIT
"""`fid resolve --bulk` over TCP, TLS and HTTPS: unbound, and servers whose connections break: resolve_streams.py FID."""
import collections
import json
import random
import socket
import struct
import threading

from connect_harness import FID, PeerTest, free_port, main, needs
from dns_servers import ServerTest, fid, run

NAMES = 20_000


def counted(text):
    return collections.Counter(tuple(line.split("\t")) for line in text.splitlines())


class Bulk(PeerTest):
    def names(self, count=NAMES):
        path = self.folder / "names.txt"
        path.write_text("".join(f"n{number}.wild.test\n" for number in range(count)))
        return path

    def one_each(self, done, count=NAMES, kind=("A", "NOERROR", "192.0.2.1")):
        """Every name exactly once, with its answer."""
        self.assertEqual(done.returncode, 0, done.stderr[-500:])
        self.assertEqual(counted(done.stdout), collections.Counter({(f"n{number}.wild.test.", *kind): 1 for number in range(count)}))


@needs("unbound", "openssl", "dig")
class Unbound(ServerTest, Bulk):
    def test_carriers(self):
        ports = [free_port() for _ in range(3)]
        key, certificate = self.certificate()
        self.unbound(ports, server=f"""  tls-port: {ports[1]}
  https-port: {ports[2]}
  tls-service-key: "{key}"
  tls-service-pem: "{certificate}"
  incoming-num-tcp: 50
  local-zone: "wild.test." redirect
  local-data: "wild.test. A 192.0.2.1"
""")
        names = self.names()
        for server in (f"tcp://127.0.0.1:{ports[0]}", f"tls://localhost:{ports[1]}", f"https://127.0.0.1:{ports[2]}"):
            with self.subTest(server):
                self.one_each(fid("@" + server, "--bulk", names, "A", "--tls-ca", certificate))
        done = fid(f"@https://127.0.0.1:{ports[2]}", f"@tls://127.0.0.1:{ports[1]}", "--bulk", self.names(2000), "A",
                   "--tls-ca", certificate, "--json")
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual((len(records), records[-1]["answers"]), (2001, 2000))
        self.assertEqual({one["transport"] for one in records[:-1]}, {"tls", "https"})
        self.assertTrue(all(one["answered"] > 0 for one in records[-1]["servers"]), records[-1])
        # --window bounds what is under way, --rate what is sent.
        self.one_each(fid(f"@tcp://127.0.0.1:{ports[0]}", "--bulk", self.names(200), "A", "--window", "1"), 200)
        recorded = self.folder / "out.pcapng"
        self.one_each(fid(f"@tls://127.0.0.1:{ports[1]}", "--bulk", self.names(50), "A", "--tls-ca", certificate, "--record",
                          recorded), 50)
        self.assertIn(f"127.0.0.1.{ports[1]}", run(FID, "sniff", "-r", recorded).stdout)

    def test_certificate_that_cannot_be_trusted(self):
        ports = [free_port() for _ in range(2)]
        key, certificate = self.certificate()
        self.unbound(ports, server=f'  tls-port: {ports[1]}\n  tls-service-key: "{key}"\n  tls-service-pem: "{certificate}"\n')
        done = fid(f"@tls://127.0.0.1:{ports[1]}", "--bulk", self.names(3000), "A", "--json")
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual((done.returncode, len(records), records[-1]["unreachable"]), (7, 3001, 3000))
        self.assertIn("certificate", records[0]["error"])


class Breaking(Bulk):
    """A server over TCP that answers in any order and breaks its connections."""

    def answer(self, query):
        end = query.index(b"\0", 12) + 5
        return query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + query[12:end] + b"\xc0\x0c" + \
            struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton("192.0.2.1")

    def server(self, answers, how):
        """Each connection gives so many answers and then ends."""
        def handle(connection):
            shuffle, buffer, left = random.Random(7), b"", answers()
            while left > 0 and (block := connection.recv(65536)):
                buffer += block
                queries = []
                while len(buffer) >= 2 and len(buffer) >= 2 + int.from_bytes(buffer[:2], "big"):
                    size = int.from_bytes(buffer[:2], "big")
                    queries.append(buffer[2:2 + size])
                    buffer = buffer[2 + size:]
                shuffle.shuffle(queries)
                out = b""
                for query in queries[:left]:
                    reply = self.answer(query)
                    out += len(reply).to_bytes(2, "big") + reply
                left -= len(queries[:left])
                if how == "cut" and left <= 0:
                    out = out[:-5]
                connection.sendall(out)
            if how == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return self.serve(handle, times=100_000)

    def test_none_is_lost(self):
        names = self.names()
        for how, answers in (("reset", lambda: random.randint(150, 900)), ("close", lambda: 500), ("cut", lambda: 700)):
            with self.subTest(how):
                self.one_each(fid(f"@tcp://127.0.0.1:{self.server(answers, how)}", "--bulk", names, "A"))

    def test_few_answers_a_connection(self):
        """A reset takes along answers that were on their way, and what is asked is what such a connection bears."""
        done = fid(f"@tcp://127.0.0.1:{self.server(lambda: 3, 'reset')}", "--bulk", self.names(300), "A")
        self.one_each(done, 300)
        sent = int(done.stderr.split(" questions sent")[0].split()[-1])
        self.assertLess(sent, 300 * 5, done.stderr)

    def test_a_question_that_breaks_every_connection(self):
        """It fails alone; those asked beside it have their answers."""
        def handle(connection):
            buffer = b""
            while block := connection.recv(65536):
                buffer += block
                while len(buffer) >= 2 + int.from_bytes(buffer[:2] or b"\0\0", "big") > 2:
                    size = int.from_bytes(buffer[:2], "big")
                    query, buffer = buffer[2:2 + size], buffer[2 + size:]
                    if b"n77\x04wild" in query:
                        return
                    reply = self.answer(query)
                    connection.sendall(len(reply).to_bytes(2, "big") + reply)
        done = fid(f"@tcp://127.0.0.1:{self.serve(handle, times=100_000)}", "--bulk", self.names(300), "A")
        self.assertEqual(done.returncode, 75, done.stderr)
        ends = collections.Counter(line.split("\t")[2] for line in done.stdout.splitlines())
        self.assertEqual(ends, {"NOERROR": 299, "UNREACHABLE": 1})

    def test_never_an_answer(self):
        """Accounting holds where nothing comes: a result for each all the same."""
        silent = self.serve(lambda connection: threading.Event().wait(20), times=100)
        done = fid(f"@tcp://127.0.0.1:{silent}", "--bulk", self.names(300), "A", "--timeout", "300ms", "--retries", "1")
        self.assertEqual(done.returncode, 28, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 300)
        self.assertEqual({line.split("\t")[2] for line in done.stdout.splitlines()}, {"TIMEOUT"})
        closing = self.serve(lambda connection: None, times=100_000)
        done = fid(f"@tcp://127.0.0.1:{closing}", "--bulk", self.names(3000), "A", "--retries", "2")
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (7, 3000))
        done = fid(f"@tcp://127.0.0.1:{free_port()}", "--bulk", self.names(3000), "A", "--retries", "2")
        self.assertEqual((done.returncode, done.stdout.count("UNREACHABLE")), (7, 3000))

    def test_a_gone_server_beside_a_good_one(self):
        done = fid(f"@tcp://127.0.0.1:{free_port()}", f"@tcp://127.0.0.1:{self.server(lambda: 10**9, 'close')}", "--bulk",
                   self.names(2000), "A")
        self.one_each(done, 2000)

    def test_words(self):
        for words in (["@127.0.0.1", "@tcp://127.0.0.1"], ["@127.0.0.1", "--proxy", "socks5://127.0.0.1:1"]):
            self.assertEqual(fid(*words, "--bulk", "-", input="").returncode, 2)


main()
