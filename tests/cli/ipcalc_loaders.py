#!/usr/bin/env python3
"""What `merge --as` writes is read by those it is meant for: nft and ipset load it and hold the same addresses again,
and Python's re agrees with the regular expressions on every address tried.

usage: ipcalc_loaders.py FID
"""
import ipaddress
import json
import random
import re
import shutil
import subprocess
import sys

FID = sys.argv[1]
random.seed(20)
failed = False


def check(good, what):
    global failed
    if not good:
        failed = True
        print(f"FAILED: {what}")


def fid(*words, text=None):
    return subprocess.run([FID, "ipcalc", *words], input=text, text=True, capture_output=True, check=True).stdout


def in_namespace(script, text):
    """Runs a script in a network namespace of its own, so that nothing of this machine is touched."""
    return subprocess.run(["unshare", "-rn", "sh", "-c", script], input=text, text=True, capture_output=True)


def random_list(count, families=(4, 6)):
    lines = []
    for _ in range(count):
        if random.choice(families) == 4:
            lines.append(f"{ipaddress.IPv4Address(random.getrandbits(32))}/{random.randint(9, 32)}")
        else:
            number = (0x20010DB8 << 96) | random.getrandbits(96)
            lines.append(f"{ipaddress.IPv6Address(number)}/{random.randint(34, 128)}")
    return "\n".join(lines) + "\n"


LISTS = {
    "one address": "192.0.2.1\n",
    "the whole of both spaces": "0.0.0.0/0\n::/0\n",
    "the ends": "0.0.0.0\n255.255.255.255\n::\nffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n",
    "IPv6 only": "2001:db8::/32\nfe80::1\n",
    "2,000 entries of both": random_list(2000),
}


def nft_sets(text):
    """The addresses of each set that nft has after loading, as collapsed networks."""
    done = in_namespace("nft -f - && nft -j list ruleset", text)
    if done.returncode != 0:
        return None, done.stderr
    networks = []
    for item in json.loads(done.stdout)["nftables"]:
        for one in item.get("set", {}).get("elem", []):
            if isinstance(one, str):
                networks.append(ipaddress.ip_network(one))
            elif "prefix" in one:
                networks.append(ipaddress.ip_network(f"{one['prefix']['addr']}/{one['prefix']['len']}"))
            else:
                first, last = map(ipaddress.ip_address, one["range"])
                networks += ipaddress.summarize_address_range(first, last)
    return networks, ""


def ipset_sets(text):
    done = in_namespace("ipset restore && ipset save", text)
    if done.returncode != 0:
        return None, done.stderr
    return [ipaddress.ip_network(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("add ")], ""


def collapsed(networks):
    return [str(one) for version in (4, 6)
            for one in ipaddress.collapse_addresses(n for n in networks if n.version == version)]


def load(form, loader):
    for name, text in LISTS.items():
        wanted = fid("merge", text=text).split()
        networks, error = loader(fid("merge", "--as", form, text=text))
        check(networks is not None, f"{form} refuses {name}: {error}")
        if networks is not None:
            check(collapsed(networks) == wanted, f"{form} holds other addresses for {name}")
    check(fid("merge", "--as", form, text="") in ("", "table inet fid {\n}\n"), f"{form} of an empty list")


def regular_expressions():
    tried = 0
    for text in (random_list(30, [4]), "0.0.0.0/0\n", "10.0.0.0/8\n192.168.0.0/16\n", "1.2.3.100-1.2.4.99\n"):
        networks = [ipaddress.ip_network(line) for line in fid("merge", text=text).split()]
        pattern = re.compile("|".join(f"(?:{line})" for line in fid("merge", "--as", "regex", text=text).split()))
        numbers = [random.getrandbits(32) for _ in range(5000)]
        for network in networks:
            first, last = int(network[0]), int(network[-1])
            numbers += [first, last, max(0, first - 1), min(2**32 - 1, last + 1)]
            numbers += [random.randint(first, last) for _ in range(50)]
        for number in numbers:
            address = ipaddress.IPv4Address(number)
            inside = any(address in network for network in networks)
            tried += 1
            check((pattern.fullmatch(str(address)) is not None) == inside, f"regex and {address}")
        for word in ("1.2.3", "1.2.3.4.5", "256.1.1.1", "10.0.0.01", "010.0.0.1", "10.0.0.256", "10,0,0,1", ""):
            check(pattern.fullmatch(word) is None, f"the regex takes '{word}'")
    print(f"regex: {tried} addresses tried")


regular_expressions()
for form, tool, loader in (("nft", "nft", nft_sets), ("ipset", "ipset", ipset_sets)):
    if not shutil.which(tool):
        print(f"skipped {form}: {tool} is not installed")
    elif (probe := in_namespace(f"{tool} list{' ruleset' if tool == 'nft' else ''}", "")).returncode != 0:
        print(f"skipped {form}: no network namespace to load it into: {probe.stderr.strip()}")
    else:
        load(form, loader)
        print(f"{form}: {len(LISTS)} lists loaded")
sys.exit(failed)
