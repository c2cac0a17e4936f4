"""The customer who asks: a short-lived token, signed by the facade, checked by every service.

The facade asks legacy for the owner of the session, and signs the answer (EdDSA, RFC 9864
`Ed25519`). It serves the public halves of its keys; a service reads them from a file or a URL,
again when a token has an unknown key, and at intervals: so it knows a new key before anything is
signed by it. A client's own token never gets through: the facade removes the header.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from chassis.web.client import HttpClient, Request
from chassis.web.machines import AUDIENCE as MACHINES
from chassis.web.machines import AskingMachine, machine_of

Known = TypeVar("Known")
ALGORITHM = "Ed25519"
ISSUER = "facade"
AUDIENCE = "services"
LIFE_SECONDS = 60.0
LEEWAY_SECONDS = 5  # between two machines' clocks
REMEMBERED = 2000  # tokens that were checked a moment ago
RELOAD_SECONDS = 1.0  # the keys are read again at most this often
REFRESH_SECONDS = 10.0  # and at least so often, while tokens come


class NotIdentified(Exception):
    """No token, or an invalid one; the message says why and is not for clients."""


class KeysAway(Exception):
    """The facade's public keys cannot be read just now."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A customer of the shop, known by the address they log in with."""

    email: str
    name: str
    expires: float  # unix seconds


def issue(key: OKPKey, email: str, name: str, now: float, life: float = LIFE_SECONDS) -> str:
    """The facade's half: a token for this customer; `now` in unix seconds."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": email,
        "name": name,
        "iat": int(now),
        "exp": int(now + life),
    }
    header = {"alg": ALGORITHM, "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


class Verifier:
    """A service's half. `keys` is a path of a JWKS file, or the http:// URL of one."""

    def __init__(self, keys: str, clock: Callable[[], float] = time.time) -> None:
        self._source = keys
        self._clock = clock
        self._keys: KeySet | None = None
        self._loaded = 0.0
        self._loading = asyncio.Lock()
        self._known: OrderedDict[str, Identity] = OrderedDict()
        self._machines: OrderedDict[str, AskingMachine] = OrderedDict()
        self._claims = {one: _registry(one, clock) for one in (AUDIENCE, MACHINES)}

    async def verify(self, token: str | None) -> Identity:
        """The customer in a token. Raises NotIdentified, KeysAway."""
        if not token:
            raise NotIdentified("no token")
        known = self._known.get(token)
        if known is not None and known.expires > self._clock():
            return known
        claims = await self._checked(token, AUDIENCE)
        name, expires = str(claims.get("name", "")), float(claims["exp"])
        return _remember(self._known, token, Identity(str(claims["sub"]), name, expires))

    async def machine(self, token: str | None) -> AskingMachine | None:
        """The machine that asks; None: the request's route does not check machines.

        Raises NotIdentified, KeysAway.
        """
        if token is None:
            return None
        known = self._machines.get(token)
        if known is not None and known.expires > self._clock():
            return known
        claims = await self._checked(token, MACHINES)
        return _remember(self._machines, token, machine_of(claims))

    async def _checked(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token for this audience. Raises NotIdentified, KeysAway."""
        try:
            return self._decode(token, await self._key_set(again=False), audience)
        except (JoseError, ValueError):
            # Perhaps signed with a key that is newer than what we read.
            try:
                return self._decode(token, await self._key_set(again=True), audience)
            except (JoseError, ValueError) as error:
                raise NotIdentified(f"{type(error).__name__}: {error}") from error

    def _decode(self, token: str, keys: KeySet, audience: str) -> dict[str, Any]:
        claims = jwt.decode(token, keys, algorithms=[ALGORITHM]).claims
        self._claims[audience].validate(claims)
        return claims

    async def _key_set(self, *, again: bool) -> KeySet:
        async with self._loading:
            age = self._clock() - self._loaded
            if self._keys is None or (again and age >= RELOAD_SECONDS):
                self._keys = await self._read()
                self._loaded = self._clock()
            elif age >= REFRESH_SECONDS:
                self._loaded = self._clock()
                with suppress(KeysAway):  # what we have is good until a key is missing
                    self._keys = await self._read()
            return self._keys

    async def _read(self) -> KeySet:
        try:
            if self._source.startswith("http://"):
                raw = await _fetch(self._source)
            else:
                raw = await asyncio.to_thread(Path(self._source).read_bytes)
            return KeySet.import_key_set(orjson.loads(raw))
        except (OSError, ValueError, JoseError) as error:
            raise KeysAway(f"{self._source}: {error or type(error).__name__}") from error


def _registry(audience: str, clock: Callable[[], float]) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=lambda: int(clock()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": audience},
        sub={"essential": True},
        exp={"essential": True},
    )


def _remember(known: OrderedDict[str, Known], token: str, found: Known) -> Known:
    """Keep what a token says, of the last ones."""
    known[token] = found
    if len(known) > REMEMBERED:
        known.popitem(last=False)
    return found


async def _fetch(url: str) -> bytes:
    parts = urlsplit(url)
    client = HttpClient(f"http://{parts.netloc}", limit=1)
    try:
        answer = await client.send(Request("GET", parts.path or "/"))
    finally:
        await client.close()
    if answer.status != 200:
        raise OSError(f"answered {answer.status}")
    return answer.body
