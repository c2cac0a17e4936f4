"""The calling service: a token that the caller signs with its own key (EdDSA, `Ed25519`).

    orders: Credentials("orders", key) ── Authorization: Bearer … ──▶ inventory: Callers(keys)

A token names the caller and the callee. It lasts for minutes and is made again before it ends, so
that a call costs a look-up on both sides. The clocks of two machines may differ by minutes as well:
a token keeps strangers out; each command itself must prevent that it is done twice.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

ALGORITHM = "Ed25519"
LIFE_SECONDS = 600.0
RENEW_SECONDS = 60.0  # a token is used for so long
LEEWAY_SECONDS = 300  # between two machines' clocks
REMEMBERED = 100  # tokens that were checked


class NotAService(Exception):
    """No token, or an invalid one; the message says why."""


class Credentials:
    """The caller's half."""

    def __init__(
        self,
        name: str,
        key: OKPKey,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._key = key
        self._clock = clock
        self._monotonic = monotonic
        self._made: dict[str, tuple[float, str]] = {}

    def token(self, callee: str) -> str:
        """To be sent to that service."""
        now = self._monotonic()
        at, made = self._made.get(callee, (0.0, ""))
        if not made or now - at >= RENEW_SECONDS:
            claims = {
                "iss": self._name,
                "aud": callee,
                "exp": int(self._clock() + LIFE_SECONDS),
            }
            header = {"alg": ALGORITHM, "kid": self._key.kid}
            made = jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
            self._made[callee] = (now, made)
        return made


class Callers:
    """The callee's half: `keys` are the public keys of the services that may call it, by name."""

    def __init__(
        self, name: str, keys: Mapping[str, OKPKey], clock: Callable[[], float] = time.time
    ) -> None:
        self._keys = dict(keys)
        self._set = KeySet(list(keys.values()))
        self._clock = clock
        self._known: dict[str, tuple[str, float]] = {}  # token: who, and until when
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "values": list(self._keys)},
            aud={"essential": True, "value": name},
            exp={"essential": True},
        )

    def check(self, authorization: str) -> str:
        """The name of the calling service. Raises NotAService."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAService("no token")
        who, until = self._known.get(token, ("", 0.0))
        if who and self._clock() < until:
            return who
        try:
            decoded = jwt.decode(token, self._set, algorithms=[ALGORITHM])
            self._claims.validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise NotAService(f"{type(error).__name__}: {error}") from error
        who = str(decoded.claims["iss"])
        if decoded.header.get("kid") != self._keys[who].kid:
            raise NotAService(f"signed with another key than that of {who}")
        while len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[token] = (who, float(decoded.claims["exp"]) + LEEWAY_SECONDS)
        return who


def read_callers(name: str, path: Path) -> Callers:
    """From a file: names to public JWKs. Raises OSError, ValueError."""
    found = orjson.loads(path.read_bytes())
    return Callers(name, {who: OKPKey.import_key(key) for who, key in found.items()})
