"""Which machine is asking: a short-lived token, signed by the facade with the key of `identity`.

It has another audience than a customer's token, so that neither passes for the other. A service
checks it by `Verifier.machine`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey

ALGORITHM = "Ed25519"
ISSUER = "facade"
AUDIENCE = "services:machines"


@dataclass(frozen=True, slots=True)
class AskingMachine:
    """A machine that the facade let in."""

    name: str  # `api_key:OWNER`, or `token:ISSUER:SUBJECT`
    scopes: frozenset[str]
    expires: float  # unix seconds


def issue_machine(key: OKPKey, name: str, scopes: Iterable[str], now: float, until: float) -> str:
    """The facade's half: a token for this machine; times in unix seconds."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": name,
        "scope": " ".join(sorted(scopes)),
        "iat": int(now),
        "exp": int(until),
    }
    header = {"alg": ALGORITHM, "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


def machine_of(claims: dict[str, Any]) -> AskingMachine:
    """The machine of claims that were checked."""
    scopes = frozenset(str(claims.get("scope", "")).split())
    return AskingMachine(str(claims["sub"]), scopes, float(claims["exp"]))
