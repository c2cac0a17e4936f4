"""Machines with credentials: an issuer that signs tokens, and a file of API keys."""

import json
import time
from base64 import urlsafe_b64encode
from functools import cache
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from facade.machines.apikeys import changed, make

ISSUER, AUDIENCE = "https://id.test", "shop"
Key = RSAKey | ECKey


@cache
def _usual() -> tuple[RSAKey, ECKey]:
    """Made once: they cost half a second."""
    rsa = RSAKey.generate_key(2048, auto_kid=True)
    return rsa, ECKey.generate_key("P-256", auto_kid=True)


class Issuer:
    """Signs what it is asked to sign; `keys` are published by `write`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.rsa, self.ec = _usual()
        self.keys: list[Key] = [self.rsa, self.ec]
        self.now: float | None = None  # when its tokens are signed; None: now
        self.write()

    @property
    def jwks(self) -> dict[str, Any]:
        return dict(KeySet(self.keys).as_dict(private=False))

    def write(self) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(self.jwks))
        fresh.replace(self.file)

    def claims(self, **change: Any) -> dict[str, Any]:
        """Good ones, with these in place of them; None takes one away."""
        now = int(time.time() if self.now is None else self.now)
        usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "robot-7", "iat": now, "exp": now + 600}
        found = {**usual, "scope": "stock:read stock:write", **change}
        return {name: value for name, value in found.items() if value is not None}

    def token(
        self, key: Any = None, *, alg: str = "RS256", header: Any = None, **change: Any
    ) -> str:
        """A token, signed by `key` or the issuer's own, with further members of its header."""
        key = key or self.rsa
        said = {
            "alg": alg,
            "kid": self.rsa.kid if alg[0] in "RP" else self.ec.kid,
            **(header or {}),
        }
        said = {name: value for name, value in said.items() if value is not None}
        registry = jwt.JWSRegistry(algorithms=[alg], strict_check_header=False)
        return jwt.encode(said, self.claims(**change), key, registry=registry)


def part(content: object) -> str:
    """A part of a token, as it is written."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(data).decode().rstrip("=")


def add_key(file: Path, owner: str, *scopes: str, ends: float | None = None) -> str:
    """A new key in the file; returns its text."""
    key, text = make(owner, scopes, time.time(), ends)
    with changed(file) as keys:
        keys[key.id] = key
    return text
