# SPDX-License-Identifier: MIT
"""The small services of old: echo (RFC 862), discard (863) and chargen (864), over streams and datagrams."""
import socket
import threading


def echo(connection):
    while block := connection.recv(65536):
        connection.sendall(block)


def discard(connection):
    room = bytearray(1 << 20)
    while connection.recv_into(room):
        pass


def chargen(connection):
    printable = bytes(range(32, 127)) * 2
    lines = b"".join(printable[at:at + 72] + b"\r\n" for at in range(95)) * 10
    while True:
        connection.sendall(lines)


def liar(connection):
    """An echo until a megabyte has passed; then one byte is another."""
    passed = 0
    while block := connection.recv(65536):
        if passed < 1_000_000 <= passed + len(block):
            at = 1_000_000 - passed
            block = block[:at] + b"!" + block[at + 1:]
        passed += len(block)
        connection.sendall(block)


def echo_lines(connection):
    """Answers nothing before a line is whole, as many servers do."""
    with connection.makefile("rwb") as file:
        for line in file:
            file.write(line)
            file.flush()


def serve_datagrams(handle):
    """Calls handle(socket, datagram, sender) for each, for ever; gives the socket."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def run():
        try:
            while True:
                handle(server, *server.recvfrom(65536))
        except OSError:
            pass

    threading.Thread(target=run, daemon=True).start()
    return server
