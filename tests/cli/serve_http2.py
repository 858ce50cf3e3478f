#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`fid serve DIR` over HTTP/2, with a client that keeps every window small: Python's h2, which also sees to the rules.

usage: serve_http2.py FID [unittest arguments]
"""
import os
import pathlib
import random
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

try:
    import h2.config
    import h2.connection
    import h2.errors
    import h2.events
    import h2.settings
except ImportError:
    debian = "/usr/bin/python3"  # where another python3 stands first, the package is still here
    if os.path.exists(debian) and not os.environ.get("FID_TRIED_DEBIAN"):
        os.execve(debian, [debian, *sys.argv], {**os.environ, "FID_TRIED_DEBIAN": "1"})
    print("skipped: python3-h2 is not installed")
    sys.exit(77)

FID = os.path.abspath(sys.argv.pop(1))
LIMIT = 20  # seconds without a byte; nothing here takes one
BIG = random.Random(1).randbytes(3_000_000)
WINDOW = h2.settings.SettingCodes.INITIAL_WINDOW_SIZE


class Client:
    """A connection; of each stream what has come of it. Windows grow only by acknowledge() and open()."""

    def __init__(self, port, window=65535):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        self.socket = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=LIMIT))
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.h2.local_settings = h2.settings.Settings(client=True, initial_values={WINDOW: window})
        self.h2.initiate_connection()
        self.heads, self.bodies, self.ended, self.resets = {}, {}, set(), {}
        self.owed = []  # bytes to acknowledge, and their stream
        self.last = None  # stream that the server's GOAWAY lets finish

    def ask(self, path, **fields):
        stream = self.h2.get_next_available_stream_id()
        fields = [(":method", "GET"), (":scheme", "https"), (":authority", "a"), (":path", path), *fields.items()]
        self.h2.send_headers(stream, fields, end_stream=True)
        self.bodies[stream] = bytearray()
        return stream

    def send(self):
        self.socket.sendall(self.h2.data_to_send())

    def receive(self, most=65536):
        """False at the end of the connection."""
        data = self.socket.recv(most)
        if not data:
            return False
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                self.heads[event.stream_id] = dict(event.headers)
            elif isinstance(event, h2.events.DataReceived):
                self.bodies[event.stream_id] += event.data
                self.owed.append((event.flow_controlled_length, event.stream_id))
            elif isinstance(event, h2.events.StreamEnded):
                self.ended.add(event.stream_id)
            elif isinstance(event, h2.events.StreamReset):
                self.resets[event.stream_id] = event.error_code
            elif isinstance(event, h2.events.ConnectionTerminated):
                self.last = event.last_stream_id
                assert event.error_code == h2.errors.ErrorCodes.NO_ERROR, event
        return True

    def acknowledge(self, count):
        for size, stream in self.owed[:count]:
            if size:
                self.h2.acknowledge_received_data(size, stream)
        del self.owed[:count]

    def open(self, stream, size):
        if stream not in self.ended:
            self.h2.increment_flow_control_window(size, stream)
        self.h2.increment_flow_control_window(size)

    def finish(self):
        """All that was asked for, with windows that are large enough; false where the connection ended before."""
        while set(self.bodies) - self.ended - set(self.resets):
            self.acknowledge(len(self.owed))
            self.send()
            if not self.receive():
                return False
        return True

    def read_to_end(self):
        while self.receive():
            self.acknowledge(len(self.owed))
            self.send()
        self.socket.close()


class Http2(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "big.bin").write_bytes(BIG)
        (self.folder / "small").write_bytes(b"small")
        self.process = subprocess.Popen([FID, "serve", folder.name, "-q", "--loops", "1", "--listen", "tls://127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.port = urllib.parse.urlsplit(self.process.stdout.readline().strip()).port
        self.addCleanup(self.end)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def connect(self, **settings):
        client = Client(self.port, **settings)
        self.addCleanup(client.socket.close)
        return client

    def test_windows_of_all_sizes(self):
        """Streams wait for their windows and the connection's, in an order of no sense; every one gets its bytes."""
        for seed in range(12):
            with self.subTest(seed=seed):
                self.shuffle(random.Random(seed))

    def shuffle(self, choose):
        client = self.connect(window=choose.choice([0, 1, 100, 16384, 65535]))
        wanted = {}
        for _ in range(choose.choice([1, 5, 20])):
            first = choose.randrange(len(BIG))
            last = min(len(BIG) - 1, first + choose.choice([0, 1, 1000, 20_000, 300_000]))
            wanted[client.ask("/big.bin", range=f"bytes={first}-{last}")] = BIG[first:last + 1]
        given_up = set()
        while True:
            client.acknowledge(choose.randrange(len(client.owed) + 1))
            live = [stream for stream in wanted if stream not in client.ended and stream not in given_up]
            if not live:
                break
            stream = choose.choice(live)
            if choose.random() < 0.01:
                client.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
                given_up.add(stream)
                client.owed = [each for each in client.owed if each[1] != stream]
            elif choose.random() < 0.05:
                client.h2.update_settings({WINDOW: choose.choice([100, 16384, 65535])})
            else:
                client.open(stream, choose.choice([1, 100, 30_000]))
            client.h2.ping(b"a answer")  # so that there is always something to receive
            client.send()
            self.assertTrue(client.receive(choose.choice([100, 5000, 65536])))
        for stream in set(wanted) - given_up:
            self.assertEqual(client.heads[stream][":status"], "206")
            self.assertEqual(bytes(client.bodies[stream]), wanted[stream], f"stream {stream}")
        self.assertLessEqual(set(client.resets), given_up)

    def test_ten_whole_files_at_once(self):
        client = self.connect(window=1 << 20)
        client.h2.increment_flow_control_window(10 << 20)
        streams = [client.ask("/big.bin") for _ in range(10)]
        self.assertTrue(client.finish())
        for stream in streams:
            self.assertEqual(client.heads[stream]["content-length"], str(len(BIG)))
            self.assertEqual(client.bodies[stream], BIG, f"stream {stream}")
        self.assertEqual(client.resets, {})

    def test_a_file_that_becomes_shorter(self):
        """Its stream ends with an error, the others with their files."""
        client = self.connect()
        (self.folder / "shrinking").write_bytes(BIG)
        shorter = client.ask("/shrinking")
        client.send()
        while not client.bodies[shorter]:
            client.receive()
        os.truncate(self.folder / "shrinking", 1000)
        whole = client.ask("/small")
        self.assertTrue(client.finish())
        self.assertEqual(client.resets, {shorter: h2.errors.ErrorCodes.INTERNAL_ERROR})
        self.assertEqual(client.bodies[whole], b"small")

    def test_answers_under_way_at_the_end(self):
        """Ctrl-C: GOAWAY at once, the answers that were begun come whole, nothing new is begun, the connection ends."""
        client, idle = self.connect(), self.connect()
        streams = [client.ask("/big.bin") for _ in range(3)]
        idle.ask("/small")
        self.assertTrue(idle.finish())
        client.send()
        while sum(map(len, client.bodies.values())) < 65535:  # the windows are used up: the answers wait
            client.receive()
        self.process.send_signal(signal.SIGINT)
        while client.last is None:
            self.assertTrue(client.receive())
        self.assertEqual(client.last, streams[-1])
        idle.read_to_end()
        self.assertEqual(idle.last, 1)
        # A client of before the GOAWAY may not know of it yet: h2 does, so the frame is made by hand.
        late = b"\x82\x87\x84\x41\x01a"  # GET https / of "a"
        frame = len(late).to_bytes(3, "big") + b"\x01\x05" + (streams[-1] + 2).to_bytes(4, "big") + late
        client.socket.sendall(frame)
        # Not one byte of the answers is lost over what the server never read.
        self.read_by_hand(client)
        for stream in streams:
            self.assertEqual(client.bodies[stream], BIG, f"stream {stream}")
        self.assertEqual(self.process.wait(LIMIT), 130)

    def read_by_hand(self, client):
        """h2 sends nothing behind a GOAWAY: frames are read here, and both windows opened by hand at each."""
        opened = b"".join(b"\0\0\4\x08\0" + stream.to_bytes(4, "big") + (100_000_000).to_bytes(4, "big")
                          for stream in (0, *client.bodies))
        client.socket.sendall(opened)
        received = bytearray()
        while data := client.socket.recv(65536):
            received += data
        client.socket.close()
        at = 0
        while at < len(received):
            size, kind, flags = int.from_bytes(received[at:at + 3], "big"), received[at + 3], received[at + 4]
            stream = int.from_bytes(received[at + 5:at + 9], "big")
            self.assertIn(kind, (0, 1, 4, 8), "DATA, HEADERS, SETTINGS, WINDOW_UPDATE")
            self.assertTrue(kind != 1 or stream in client.bodies, "an answer to what came too late")
            if kind == 0:
                client.bodies[stream] += received[at + 9:at + 9 + size]
                self.assertEqual(flags & 1, len(client.bodies[stream]) == len(BIG), "the end of the stream")
            at += 9 + size

    def test_the_grace_time_is_limited(self):
        """A client that takes nothing does not keep the server."""
        client = self.connect()
        client.ask("/big.bin")
        client.send()
        while sum(map(len, client.bodies.values())) < 65535:
            client.receive()
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(LIMIT), 0)

    def test_who_says_goodbye_loses_nothing(self):
        """A client that wants no more streams, reads late, and whose acknowledgements the server has not read."""
        client = self.connect(window=2**31 - 1)
        client.h2.increment_flow_control_window(2**30)
        client.ask("/big.bin")
        client.send()
        client.receive(9)
        goodbye = b"\0\0\x08\x07\0" + bytes(4) + bytes(8)
        client.socket.sendall(goodbye)
        for _ in range(200):
            client.socket.sendall(b"\0\0\x08\x06\x01\0\0\0\0" + bytes(8))  # what nobody asked for: an answer to a PING
        self.assertTrue(client.finish())
        self.assertEqual(client.bodies[1], BIG)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
