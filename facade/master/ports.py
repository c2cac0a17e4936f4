"""The listening sockets: one for each worker on one shared port, held by the master."""

import logging
import socket
import sys

from chassis.process.settings import BAD_CONFIGURATION, Listen
from facade.proxy.gateway import BACKLOG

log = logging.getLogger("facade")


def listen(address: Listen, number: int) -> list[socket.socket]:
    """Listening sockets that share one port. Exits with 2 when another process has the port."""
    try:
        with _socket(address) as alone:  # sharing a port would hide that it is taken
            port = alone.getsockname()[1]
        return [_shared(Listen(address.host, port)) for _ in range(number)]
    except OSError as error:
        message = f"--listen: cannot listen on {address.host}:{address.port}: {error.strerror}"
        print(message, file=sys.stderr)  # noqa: T201
        raise SystemExit(BAD_CONFIGURATION) from None


def refuse(port: socket.socket) -> None:
    """Refuse new connections from now on, in every process that has the socket: closing it here
    would leave the workers' own, behind which clients wait until those end."""
    try:
        port.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        log.debug("the port was shut already: %s", error)


def _shared(address: Listen) -> socket.socket:
    port = _socket(address, share=True)
    port.listen(BACKLOG)
    port.setblocking(False)
    return port


def _socket(address: Listen, *, share: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    port = socket.socket(family, socket.SOCK_STREAM)
    port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if share:
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        port.bind(tuple(address))
    except OSError:
        port.close()
        raise
    return port
