"""Limits compiled for requests: which key a request counts by, and whether it is let through.

The algorithm is the Generic Cell Rate Algorithm in its form of virtual scheduling (ITU-T
Recommendation I.371; ATM Forum, Traffic Management 4.0). One number is kept per key: the time until
which the key owes. Each request that is let through adds `interval`; a request that would owe more
than `burst` intervals is not let through, and adds nothing.

    owes ──▶ 0        interval       2 intervals  …   burst intervals
             burst left               burst - 2        0 left: refused until it owes less

Within any `t` seconds of one key at most `burst + t / interval` requests are let through.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from facade.routes.config.limitfile import Rate
from facade.routes.keys import Extractor, Headers

PERSON: Final = "person"  # the one key that a request alone does not say
API_KEY: Final = "api_key"  # the owner of its API key
MACHINE: Final = "machine"  # the machine that was checked, by whatever credential
NAMED: Final = frozenset({PERSON, API_KEY, MACHINE})  # keys that are checked, and not read
_NETWORK_BYTES: Final = 8  # of an IPv6 address: a client has the whole /64
Found = tuple[str, str]  # the source of a key, and its value
Named = Mapping[str, str]  # the value of each source in NAMED; no entry: unknown
_UNITS: Final = {1: "s", 60: "m", 3600: "h", 86_400: "d"}


@dataclass(slots=True)
class Arrival:
    """The outcome of one request of a key. Times in nanoseconds."""

    until: int  # until when the key owes, with this request where it is let through
    left: int  # requests that could follow at once
    wait: int  # until one more is left; of a request that is not let through: until it would be

    @property
    def refused(self) -> bool:
        """No request was left."""
        return self.left < 0


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """One limit, for all routes that name it."""

    name: str
    interval: int  # nanoseconds that one request takes of the rate
    burst: int  # requests at once
    keys: tuple[tuple[str, Extractor], ...]  # NAMED find nothing by themselves
    enforced: bool
    policy: bytes  # as RateLimit-Policy says it
    by_person: bool = False  # one of its keys is the person
    by_machine: bool = False  # one of them is the machine that asks
    by_address: bool = False  # it looks at nothing but the client's address

    def kind(self, source: str) -> str:
        """A prefix that only its keys of this source have; with another rate they start again."""
        return f"limit {self.name} {self.interval} {self.burst} {source}"

    def asks(self, headers: Headers, path: str, client: str, named: Named) -> bool:
        """Whether the person must be looked up: no key that comes before `person` is found."""
        for source, extract in self.keys:
            if source == PERSON:
                return True
            if named.get(source) or extract(headers, path, client):
                return False
        return False

    def key(self, headers: Headers, path: str, client: str, named: Named) -> Found | None:
        """The first key that the request has."""
        for source, extract in self.keys:
            value = named.get(source) if source in NAMED else extract(headers, path, client)
            if value:
                return source, value
        return None

    def arrive(self, until: int, now: int) -> Arrival:
        """A request arrives `now`, of a key that owes until `until`."""
        interval = self.interval
        most = self.burst * interval
        debt = max(until - now, 0)
        after = debt + interval
        if after > most:
            return Arrival(now + debt, -1, after - most)
        left, rest = divmod(most - after, interval)
        return Arrival(now + after, left, interval - rest)


def written_rate(rate: Rate) -> str:
    """As the route file writes it: `10/m`."""
    return f"{rate.number}/{_UNITS[rate.seconds]}"


def network_of(address: str) -> str:
    """What a client's address counts as: itself, or the /64 network of an IPv6 address."""
    if ":" not in address:
        return address
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(found.packed[:_NETWORK_BYTES] + bytes(_NETWORK_BYTES))}/64"
