# SPDX-License-Identifier: MIT
"""Ports for peers that cannot take port 0 and tell which they got."""
import contextlib
import errno
import random
import socket

# Below what the kernel hands out for outgoing connections and for port 0 (ip_local_port_range, from 32768 on): a port
# from there may be taken by anyone between our look and the peer's bind.
LOWEST, HIGHEST = 10240, 32767
given = set()


def is_free(port):
    """Whether nobody has it: on any address, TCP and UDP, over IPv4 and, where there is one, IPv6."""
    with contextlib.ExitStack() as held:
        for family, any_address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                try:
                    made = held.enter_context(socket.socket(family, kind))
                    if family == socket.AF_INET6:
                        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                    made.bind((any_address, port))
                except OSError as error:
                    if error.errno == errno.EADDRINUSE:
                        return False
    return True


def free_port():
    """A port that nobody has, TCP or UDP, and that this test was not given before."""
    while True:
        port = random.randint(LOWEST, HIGHEST)
        if port not in given and is_free(port):
            given.add(port)
            return port
