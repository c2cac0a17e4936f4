"""The proxies in front of us, by address or network: they may state their client's address."""

import re
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

# An address as proxies write it: alone, with a port, in brackets, with both, or quoted.
_WRITTEN = re.compile(r'"?(?:\[([0-9A-Fa-f:.%]+)\](?::\d+)?|([0-9.]+)(?::\d+)?|([0-9A-Fa-f:.]+))"?')


class Trust:
    """The networks whose X-Forwarded-* headers are believed."""

    def __init__(self, networks: tuple[str, ...]) -> None:
        self._networks = tuple(ip_network(network, strict=False) for network in networks)

    def covers(self, address: str) -> bool:
        """Whether a client at this address is a trusted proxy."""
        if not self._networks:
            return False
        try:
            known = ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self._networks)

    def client(self, chain: Sequence[str], neighbour: str) -> str:
        """The client's address behind trusted proxies.

        `chain` has the entries of X-Forwarded-For in their order, `neighbour` is the peer. Each
        trusted proxy added the address it saw: the first from the right that is no trusted proxy
        is the client. Where an entry is no address, the hop behind it is the best answer.
        """
        known = neighbour
        for entry in reversed(chain):
            if not self.covers(known):
                break
            address = _address(entry)
            if address is None:
                break
            known = address
        return known


def _address(entry: str) -> str | None:
    """The address of an entry, without port and brackets; None when it is none."""
    match = _WRITTEN.fullmatch(entry.strip())
    if match is None:
        return None
    try:
        return str(ip_address((match[1] or match[2] or match[3]).partition("%")[0]))
    except ValueError:
        return None
