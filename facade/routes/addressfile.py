"""What the operator wrote of addresses: an upstream's own, and how it is known over TLS."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tls:
    """How an https upstream is known: its certificate is verified, by these authorities."""

    verify: bool = True
    ca: str | None = None  # a file; None: the system's


@dataclass(frozen=True, slots=True)
class Prefix:
    """How the paths of an upstream differ from those that clients ask: `/x`, or empty."""

    strip: str = ""  # taken off
    add: str = ""  # put before what is left


@dataclass(frozen=True, slots=True)
class Replacement:
    """What stands in place of an address, a path or a domain, and of all below it."""

    by: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What becomes of an upstream's own addresses in its answers."""

    allowed: bool = True
    own: tuple[str, ...] = ()  # further addresses that it takes for its own
    redirects: tuple[Replacement, ...] = ()
    cookie_domains: tuple[Replacement, ...] = ()
    cookie_paths: tuple[Replacement, ...] = ()
