"""What the route file says of machines: which credentials are known, and what a route demands.

Durations are seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

AllowMode = Literal["shadow", "enforce"]

SHADOW: Final = "shadow"
ENFORCE: Final = "enforce"
ANYBODY: Final = "*"  # in place of the owners of keys
# A signature proves its issuer only where no other party can make it: no HS*, no `none`.
ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
    *("EdDSA", "Ed25519"),
)


@dataclass(frozen=True, slots=True)
class KeysConfig:
    """Where the API keys are known from, and how they are sent."""

    file: str
    header: str = "X-API-Key"


@dataclass(frozen=True, slots=True)
class IssuerConfig:
    """An issuer of JWTs for machines."""

    issuer: str  # the claim `iss`, exactly
    audience: tuple[str, ...]  # `aud` must name one of these
    jwks: str  # a file, or an address that the control process asks
    name: str = ""
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    leeway: float = 30.0  # between its clock and ours
    scopes: str = "scope"  # the claim that has them
    refresh: float = 300.0  # how often the address is asked


def _none() -> Mapping[str, IssuerConfig]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Machines:
    """The section `machines`."""

    keys: KeysConfig | None = None
    issuers: Mapping[str, IssuerConfig] = field(default_factory=_none)


@dataclass(frozen=True, slots=True)
class AllowConfig:
    """What a route demands of the machine; with neither keys nor issuers, any known machine."""

    keys: tuple[str, ...] = ()  # owners of API keys, or ANYBODY
    issuers: tuple[str, ...] = ()  # names under `machines.issuers`
    scopes: tuple[str, ...] = ()  # all of them
    mode: AllowMode = SHADOW
