#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fid ipcalc against Python's ipaddress module, on random and edge cases of both families.

usage: oracle_ipcalc.py FID

Where the two differ on purpose:
- ipaddress writes ::ffff:a.b.c.d in hexadecimal before 3.13; fid always writes RFC 5952's dotted form. Texts are
  therefore compared as numbers, and fid's spelling by its own tests.
- ipaddress gives IPv6 networks a broadcast_address and /31, /32 too; fid says null, for there is none.
- ipaddress 3.11 leaves the subnet-router anycast address out of IPv6 hosts() and lists both of /127, as fid does, but it
  gives /32 and /128 one host only from 3.8 on. The interpreter here must be at least 3.8.
- reverse_pointer of a network is no name at all in ipaddress ("0/22.0.0.10.in-addr.arpa"), so fid's zones are checked by
  the addresses that they cover.
"""
import ipaddress
import json
import random
import subprocess
import sys

FID = sys.argv[1] if len(sys.argv) > 1 else sys.exit(__doc__)
choice = random.Random(4193)
passed = failed = 0


def check(what, ours, theirs):
    global passed, failed
    if ours == theirs:
        passed += 1
    else:
        failed += 1
        if failed <= 20:
            print(f"MISMATCH {what}: fid {ours!r}, ipaddress {theirs!r}")


def fid(*words, stdin=None, statuses=(0,)):
    run = subprocess.run([FID, "ipcalc", *words], input=stdin, capture_output=True, text=True, timeout=120)
    check(f"status of {' '.join(words)[:60]}", run.returncode in statuses, True)
    return run.stdout


def records(*words, **more):
    return [json.loads(line) for line in fid("--json", *words, **more).splitlines()]


def number(text):
    return int(ipaddress.ip_address(text))


def random_number(width):
    kind = choice.randrange(6)
    if kind == 0:
        return choice.choice((0, 1, 2, (1 << width) - 1, (1 << width) - 2, 1 << (width - 1)))
    if kind == 1:
        return choice.getrandbits(width) & choice.getrandbits(width) & choice.getrandbits(width)
    if kind == 2 and width == 128:
        return 0xffff << 32 | choice.getrandbits(32)
    return choice.getrandbits(width)


def random_interface():
    if choice.random() < 0.5:
        return ipaddress.IPv4Interface((random_number(32), choice.randint(0, 32)))
    return ipaddress.IPv6Interface((random_number(128), choice.randint(0, 128)))


def spelled(address):
    """One of the spellings of an address."""
    if address.version == 4:
        return str(address)
    return choice.choice((str(address), address.exploded, address.exploded.upper()))


def host_ends(net):
    first, last = int(net.network_address), int(net.broadcast_address)
    if net.max_prefixlen - net.prefixlen >= 2:
        first += 1
        last -= net.version == 4
    return first, last


def check_info(count):
    batch = 2000
    for _ in range(count // batch):
        cases = [random_interface() for _ in range(batch)]
        words = [f"{spelled(case.ip)}/{case.network.prefixlen}" for case in cases]
        for word, case, got in zip(words, cases, records(*words), strict=True):
            net = case.network
            first, last = host_ends(net)
            check(word + " address", number(got["address"]), int(case.ip))
            check(word + " network", number(got["network"]), int(net.network_address))
            check(word + " prefix", ipaddress.ip_network(got["prefix"]), net)
            has_broadcast = net.version == 4 and net.prefixlen < 31
            check(word + " broadcast", got["broadcast"], str(net.broadcast_address) if has_broadcast else None)
            check(word + " netmask", number(got["netmask"]), int(net.netmask))
            check(word + " wildcard", number(got["wildcard"]), int(net.hostmask))
            check(word + " addresses", got["addresses"], net.num_addresses)
            check(word + " hosts", (number(got["first_host"]), number(got["last_host"]), got["hosts"]), (first, last, last - first + 1))
            check(word + " ptr", got["ptr"], case.ip.reverse_pointer)
            check(word + " integer", got["integer"], int(case.ip))
            check(word + " bytes", bytes.fromhex(got["bytes_network_order"]), case.ip.packed)
            if case.version == 4 or case.ip.ipv4_mapped is None:
                check(word + " text", got["address"], str(case.ip))
            if case.version == 6 and case.ip.sixtofour:
                check(word + " 6to4", got["embedded_ipv4"], str(case.ip.sixtofour))
            if case.version == 6 and case.ip.ipv4_mapped:
                check(word + " mapped", got["embedded_ipv4"], str(case.ip.ipv4_mapped))
            zones = got["reverse_zones"]
            bits = 8 if net.version == 4 else 4
            labels = zones[0].count(".") - 1
            check(word + " zones cover", len(zones) << (net.max_prefixlen - labels * bits) >= net.num_addresses, True)
            inside = [("." + case.ip.reverse_pointer).endswith("." + zone) for zone in zones]
            check(word + " one zone holds it", sum(inside), 1)


def check_junk():
    junk = ["", " ", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "::/129", ":::",
            "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1.2.3", "::1.2.3.256", "1.2.3.4 ", " 1.2.3.4",
            "1.2.3.4/24/24", "0x1.2.3.4", "1.2.3.4/255.0.255.0", "\u0661.2.3.4", "::1%", "1,2.3.4", "1.2.3.+4", "[::1"]
    alphabet = "0123456789abcf.:/%"
    while len(junk) < 400:
        text = "".join(choice.choice(alphabet) for _ in range(choice.randint(1, 12)))
        try:
            ipaddress.ip_interface(text)
        except ValueError:
            junk.append(text)
    for text in junk:
        run = subprocess.run([FID, "ipcalc", "--", text], capture_output=True, text=True, timeout=20)
        check(f"refuses {text!r}", run.returncode, 3)


def check_subnets():
    for _ in range(120):
        case = random_interface().network
        longer = min(case.max_prefixlen, case.prefixlen + choice.randint(0, 8))
        got = fid("split", str(case), "--prefix", str(longer)).split()
        check(f"split {case} to {longer}", [ipaddress.ip_network(one) for one in got], list(case.subnets(new_prefix=longer)))
        if case.prefixlen:
            check(f"supernet {case}", ipaddress.ip_network(records(f"{case.network_address}/{case.prefixlen - 1}")[0]["prefix"]), case.supernet())
        small = next(case.subnets(new_prefix=max(case.prefixlen, case.max_prefixlen - 6)))
        got = fid("hosts", str(small)).split()
        check(f"hosts {small}", [ipaddress.ip_address(one) for one in got], list(small.hosts()))


def check_ranges():
    for _ in range(150):
        width = choice.choice((32, 128))
        kind = ipaddress.IPv4Address if width == 32 else ipaddress.IPv6Address
        low, high = sorted((random_number(width), random_number(width)))
        got = fid("range", str(kind(low)), str(kind(high))).split()
        check(f"range {kind(low)}-{kind(high)}", [ipaddress.ip_network(one) for one in got],
              list(ipaddress.summarize_address_range(kind(low), kind(high))))


def check_collapse():
    for _ in range(40):
        nets = []
        for _ in range(choice.randint(1, 400)):
            net = random_interface().network
            nets.append(net)
            if net.prefixlen < net.max_prefixlen and choice.random() < 0.4:
                nets += net.subnets()
        if choice.random() < 0.7:
            nets = [net for net in nets if net.prefixlen > 6]
        got = [ipaddress.ip_network(one) for one in fid("merge", stdin="".join(f"{net}\n" for net in nets)).split()]
        wanted = [one for version in (4, 6) for one in ipaddress.collapse_addresses(net for net in nets if net.version == version)]
        check("collapse", got, wanted)
        check("sort", [ipaddress.ip_network(one) for one in fid("sort", stdin="".join(f"{net}\n" for net in nets)).split()],
              sorted(nets, key=lambda net: (net.version, net)))


def check_exclude():
    for _ in range(150):
        outer = random_interface().network
        inner = ipaddress.ip_network((int(outer.network_address) | random_number(outer.max_prefixlen) & int(outer.hostmask),
                                      choice.randint(outer.prefixlen, outer.max_prefixlen)), strict=False)
        got = [ipaddress.ip_network(one) for one in fid("set", f"{outer} - {inner}").split()]
        check(f"{outer} - {inner}", got, sorted(outer.address_exclude(inner)))


def check_compare():
    for _ in range(150):
        a, b = random_interface().network, random_interface().network
        if choice.random() < 0.5:
            b = ipaddress.ip_network((int(a.network_address), choice.randint(0, a.max_prefixlen)), strict=False)
        got = records("compare", str(a), str(b), statuses=(0, 1))[0]
        if a.version != b.version:
            wanted, order = "disjoint", "<" if a.version < b.version else ">"
        else:
            wanted = "equal" if a == b else "contains" if b.subnet_of(a) else "within" if a.subnet_of(b) else "disjoint"
            order = "=" if a == b else "<" if a < b else ">"
        check(f"compare {a} {b}", (got["relation"], got["order"]), (wanted, order))


check_junk()
check_subnets()
check_ranges()
check_collapse()
check_exclude()
check_compare()
check_info(10_000)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
