"""What the operator wrote of addresses: an upstream's own, TLS towards it, TLS for clients."""

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
    """What replaces an address, a path or a domain, and all below it."""

    by: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """How an upstream's own addresses are replaced in its answers."""

    allowed: bool = True
    own: tuple[str, ...] = ()  # further addresses that it takes for its own
    redirects: tuple[Replacement, ...] = ()
    cookie_domains: tuple[Replacement, ...] = ()
    cookie_paths: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with the chain behind it, and its key: two files of PEM."""

    certificate: str
    key: str


@dataclass(frozen=True, slots=True)
class ListenerTls:
    """The section `facade.tls`: clients speak https. The first certificate is the usual one."""

    certificates: tuple[Certificate, ...]
    min_version: str = "1.2"
