"""Which addresses may speak for others: proxies in front of us, by address or network."""

from ipaddress import ip_address, ip_network


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
