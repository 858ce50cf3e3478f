#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes first-look.pcapng: a small capture with a bit of everything, for examples and tests. Always the same bytes."""
import ipaddress
import pathlib
import struct

START = 1_760_000_000_000_000_000  # ns since 1970: 2025-10-09T08:53:20Z
HOST_MAC, ROUTER_MAC = bytes.fromhex("020000000010"), bytes.fromhex("020000000001")
HOST, ROUTER, WEB = "192.0.2.10", "192.0.2.1", "198.51.100.80"
HOST6, ROUTER6 = "2001:db8::10", "2001:db8::1"
blocks = []
clock = START


def option(code, value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(kind, body, *options):
    body += b"".join(options) + (struct.pack("<HH", 0, 0) if options else b"")
    size = len(body) + 12
    blocks.append(struct.pack("<II", kind, size) + body + struct.pack("<I", size))


def packet(data, interface=0, step_us=350, comment=None):
    """One enhanced packet block; interface 0 counts microseconds, interface 1 nanoseconds."""
    global clock
    clock += step_us * 1000
    ticks = clock if interface else clock // 1000
    body = struct.pack("<IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)) + data + bytes(-len(data) % 4)
    block(6, body, *([option(1, comment)] if comment else []))


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def address(text):
    return ipaddress.ip_address(text).packed


def mac_of(ip):
    return {HOST: HOST_MAC, HOST6: HOST_MAC}.get(ip, ROUTER_MAC)


def ip(source, destination, protocol, payload, ttl=64, identification=[0x1000]):
    if ":" in source:
        return struct.pack(">IHBB", 0x60000000, len(payload), protocol, ttl) + address(source) + address(destination) + payload
    identification[0] += 1
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identification[0], 0x4000, ttl, protocol, 0)
    head += address(source) + address(destination)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def pseudo(source, destination, protocol, size):
    if ":" in source:
        return address(source) + address(destination) + struct.pack(">II", size, protocol)
    return address(source) + address(destination) + struct.pack(">HH", protocol, size)


def udp(source, sport, destination, dport, payload, ttl=64):
    size = 8 + len(payload)
    head = struct.pack(">HHHH", sport, dport, size, 0)
    total = checksum(pseudo(source, destination, 17, size) + head + payload) or 0xFFFF
    return ip(source, destination, 17, head[:6] + struct.pack(">H", total) + payload, ttl)


def ethernet(payload, source=None, destination=None, tag=None):
    kind = 0x86DD if payload[0] >> 4 == 6 else 0x0800
    if source is None:
        text = [str(ipaddress.ip_address(part)) for part in
                ((payload[8:24], payload[24:40]) if kind == 0x86DD else (payload[12:16], payload[16:20]))]
        source, destination = mac_of(text[0]), destination or mac_of(text[1])
    head = destination + source + (struct.pack(">HH", 0x8100, tag) if tag else b"")
    return (head + struct.pack(">H", kind) + payload).ljust(60, b"\0")


class Tcp:
    """Both ends of one connection."""

    def __init__(self, client, cport, server, sport, interface=0):
        self.ends = [(client, cport), (server, sport)]
        self.sequence = [0x10000000 + cport, 0x70000000 + sport]
        self.interface = interface

    def send(self, side, flags, payload=b"", step_us=300, comment=None):
        (source, sport), (destination, dport) = self.ends[side], self.ends[1 - side]
        options = b"\x02\x04\x05\xb4\x01\x03\x03\x07\x04\x02\x00\x00" if flags & 2 else b""
        acknowledgement = self.sequence[1 - side] if flags & 0x10 else 0
        head = struct.pack(">HHIIBBHHH", sport, dport, self.sequence[side], acknowledgement, (20 + len(options)) // 4 << 4,
                           flags, 64240, 0, 0) + options
        total = checksum(pseudo(source, destination, 6, len(head) + len(payload)) + head + payload)
        segment = ip(source, destination, 6, head[:16] + struct.pack(">H", total) + head[18:] + payload)
        self.sequence[side] = self.sequence[side] + len(payload) + (1 if flags & 3 else 0) & 0xFFFFFFFF
        packet(segment if self.interface else ethernet(segment), self.interface, step_us, comment)

    def open(self):
        self.send(0, 0x02)
        self.send(1, 0x12, step_us=11_800)
        self.send(0, 0x10)

    def close(self):
        self.send(0, 0x11)
        self.send(1, 0x11, step_us=11_900)
        self.send(0, 0x10)


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def question(ident, host, kind, flags=0x0100):
    return struct.pack(">HHHHHH", ident, flags, 1, 0, 0, 0) + name(host) + struct.pack(">HH", kind, 1)


def answer(ident, host, kind, data):
    return (struct.pack(">HHHHHH", ident, 0x8180, 1, 1, 0, 0) + name(host) + struct.pack(">HH", kind, 1) +
            struct.pack(">HHHIH", 0xC00C, kind, 1, 300, len(data)) + data)


def vector(size, data):
    return len(data).to_bytes(size, "big") + data


def client_hello(host):
    names = vector(2, b"\0" + vector(2, host.encode()))
    extensions = b""
    for kind, data in ((0, names), (10, vector(2, struct.pack(">HH", 29, 23))), (16, vector(2, vector(1, b"h2") + vector(1, b"http/1.1"))),
                       (13, vector(2, struct.pack(">HHH", 0x0403, 0x0804, 0x0401))), (43, vector(1, struct.pack(">HH", 0x0304, 0x0303))),
                       (51, vector(2, struct.pack(">H", 29) + vector(2, bytes(range(32)))))):
        extensions += struct.pack(">H", kind) + vector(2, data)
    body = (b"\x03\x03" + bytes(range(100, 132)) + vector(1, bytes(range(200, 232))) +
            vector(2, struct.pack(">HHH", 0x1301, 0x1302, 0xC02F)) + vector(1, b"\0") + vector(2, extensions))
    return b"\x16\x03\x01" + vector(2, b"\x01" + vector(3, body))


def dhcp(kind, operation, yours):
    body = struct.pack(">BBBBIHH", operation, 1, 6, 0, 0x3903F326, 0, 0x8000) + bytes(4) + address(yours) + bytes(8)
    body += HOST_MAC.ljust(16, b"\0") + bytes(192) + b"\x63\x82\x53\x63" + bytes([53, 1, kind])
    if operation == 2:
        body += b"\x36\x04" + address(ROUTER) + b"\x33\x04" + struct.pack(">I", 3600) + b"\x01\x04\xff\xff\xff\x00\x03\x04" + address(ROUTER)
    else:
        body += b"\x37\x03\x01\x03\x06" + b"\x0c\x06sailor"
    return (body + b"\xff").ljust(300, b"\0")


def icmp(source, destination, kind, sequence):
    body = struct.pack(">BBHHH", kind, 0, 0, 0x0F1D, sequence) + bytes(range(0x10, 0x40))
    return ip(source, destination, 1, body[:2] + struct.pack(">H", checksum(body)) + body[4:])


def icmp6(source, destination, body):
    total = checksum(pseudo(source, destination, 58, len(body)) + body)
    return ip(source, destination, 58, body[:2] + struct.pack(">H", total) + body[4:], 255)


def arp(operation, source_mac, source, target_mac, target):
    body = struct.pack(">HHBBH", 1, 0x0800, 6, 4, operation) + source_mac + address(source) + target_mac + address(target)
    destination = b"\xff" * 6 if operation == 1 else target_mac
    return (destination + source_mac + b"\x08\x06" + body).ljust(60, b"\0")


def joining():
    broadcast = b"\xff" * 6
    packet(ethernet(udp("0.0.0.0", 68, "255.255.255.255", 67, dhcp(1, 1, "0.0.0.0")), HOST_MAC, broadcast))
    packet(ethernet(udp(ROUTER, 67, "255.255.255.255", 68, dhcp(2, 2, HOST)), ROUTER_MAC, broadcast), step_us=4100)
    packet(arp(1, HOST_MAC, HOST, bytes(6), ROUTER), comment="who is the router?")
    packet(arp(2, ROUTER_MAC, ROUTER, HOST_MAC, HOST))
    node = "ff02::1:ff00:1"
    packet(ethernet(icmp6(HOST6, node, bytes([135, 0, 0, 0, 0, 0, 0, 0]) + address(ROUTER6) + b"\x01\x01" + HOST_MAC),
                    HOST_MAC, bytes.fromhex("3333ff000001")))
    packet(ethernet(icmp6(ROUTER6, HOST6, bytes([136, 0, 0, 0, 0xE0, 0, 0, 0]) + address(ROUTER6) + b"\x02\x01" + ROUTER_MAC)))


def looking_up():
    host = "www.example.com"
    packet(ethernet(udp(HOST, 40001, ROUTER, 53, question(0x1A01, host, 1))))
    packet(ethernet(udp(ROUTER, 53, HOST, 40001, answer(0x1A01, host, 1, address(WEB)))), step_us=8200)
    packet(ethernet(udp(HOST6, 40002, ROUTER6, 53, question(0x1A02, host, 28))))
    packet(ethernet(udp(ROUTER6, 53, HOST6, 40002, answer(0x1A02, host, 28, address("2001:db8:80::80")))), step_us=7900)
    packet(ethernet(udp(HOST, 5353, "224.0.0.251", 5353, question(0, "_ipp._tcp.local", 12, 0), 255), HOST_MAC,
                    bytes.fromhex("01005e0000fb")))


def fetching():
    page = b"<!doctype html><title>first look</title><p>Hello from the other end of the rope.\n"
    web = Tcp(HOST, 50100, WEB, 80)
    web.open()
    web.send(0, 0x18, b"GET /rope HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: first-look/1\r\nAccept: */*\r\n\r\n")
    web.send(1, 0x10, step_us=11_900)
    web.send(1, 0x18, b"HTTP/1.1 200 OK\r\nServer: example\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page) + page,
             step_us=2400, comment="the page itself")
    web.send(0, 0x10)
    web.close()
    secure = Tcp(HOST, 50101, WEB, 443)
    secure.open()
    secure.send(0, 0x18, client_hello("www.example.com"))
    secure.send(1, 0x14, step_us=12_000)


def chatting():
    packet(ethernet(icmp(HOST, WEB, 8, 1)))
    packet(ethernet(icmp(WEB, HOST, 0, 1)), step_us=12_300)
    seconds = START // 10**9 + 2_208_988_800
    packet(ethernet(udp(HOST, 123, "203.0.113.123", 123, struct.pack(">BBbb11I", 0x23, 0, 6, -20, *[0] * 9, seconds, 0x40000000))))
    reply = struct.pack(">BBbb11I", 0x24, 2, 6, -23, 0x500, 0x300, 0xC0000201, seconds - 60, 0, seconds, 0x40000000, seconds,
                        0x44000000, seconds, 0x44010000)
    packet(ethernet(udp("203.0.113.123", 123, HOST, 123, reply)), step_us=15_000)
    packet(ethernet(udp(HOST, 40003, ROUTER, 514, b"<13>Oct  9 08:53:20 sailor fid: splice done")))
    packet(ethernet(udp(HOST, 40004, ROUTER, 53, question(0x1A03, "mail.example.com", 15)), tag=0x2064), comment="VLAN 100, priority 1")
    tunnel = Tcp("10.8.0.2", 50200, "10.8.0.1", 22, interface=1)
    tunnel.open()
    tunnel.send(1, 0x18, b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", step_us=9000)
    tunnel.send(0, 0x10)
    tunnel.close()


def write(path):
    block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1), option(1, "a first look: one host joins, asks, fetches and leaves"),
          option(2, "make_first_look.py"), option(4, "fid tests"))
    block(1, struct.pack("<HHI", 1, 0, 262144), option(2, "eth0"), option(3, "the office network"), option(9, b"\x06"))
    block(1, struct.pack("<HHI", 101, 0, 0), option(2, "tun0"), option(3, "the tunnel"), option(9, b"\x09"))
    record = b""
    for host, text in ((WEB, "www.example.com"), (ROUTER, "router.example.com")):
        value = address(host) + text.encode() + b"\0"
        record += struct.pack("<HH", 1, len(value)) + value + bytes(-len(value) % 4)
    block(4, record + struct.pack("<HH", 0, 0))
    joining()
    looking_up()
    fetching()
    chatting()
    ticks = clock // 1000
    block(5, struct.pack("<III", 0, ticks >> 32, ticks & 0xFFFFFFFF), option(4, struct.pack("<Q", 32)), option(5, struct.pack("<Q", 0)))
    path.write_bytes(b"".join(blocks))


if __name__ == "__main__":
    write(pathlib.Path(__file__).with_name("first-look.pcapng"))
