"""A JWT of an issuer: who it says that it is from, and whether that is so.

    header ─ issuer ─ algorithm ─ key ─ signature ─ audience ─ times ─▶ Machine

Which key checks the signature is said by us alone: one of the issuer's set, by `kid` and by what
the algorithm needs. Keys and addresses that a token brings itself are not looked at.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from facade.machines.keyset import SigningKey
from facade.routes.config.machinefile import IssuerConfig
from facade.routes.machines.allow import (
    ALGORITHM,
    AUDIENCE,
    AWAY,
    ENDED,
    ISSUER,
    MALFORMED,
    NOT_YET,
    SIGNATURE,
    TOKEN,
    TYPE,
    UNKNOWN,
    Checked,
    Machine,
    Unproven,
)

TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt", "application/jwt"})  # RFC 9068
_LATEST: Final = 2.0**53  # seconds
LONGEST_NAME: Final = 200  # characters of a subject

_CHARACTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


class Issuer:
    """An issuer, and its keys as they are known now."""

    __slots__ = ("config", "keys", "unknown")

    def __init__(self, config: IssuerConfig, keys: tuple[SigningKey, ...] | None = None) -> None:
        """`keys` None: they are not known yet."""
        self.config = config
        self.keys = keys
        self.unknown = 0  # tokens that were signed by a key we do not know


def check_token(text: bytes, issuers: Mapping[str, Issuer], now: float) -> Checked:
    """The machine of a token; `issuers` by their claim `iss`, `now` in unix seconds."""
    parts = text.split(b".")
    if len(parts) != 3 or not all(part and _CHARACTERS.issuperset(part) for part in parts):
        return Unproven(MALFORMED)
    header, claims = _object(parts[0]), _object(parts[1])
    if header is None or claims is None:
        return Unproven(MALFORMED)
    said = claims.get("iss")
    issuer = issuers.get(said) if isinstance(said, str) else None
    if issuer is None:
        return Unproven(ISSUER)
    why = _unsigned(text, header, issuer) or _untimely(claims, issuer.config, now)
    name = claims.get("sub")
    if why is not None:
        return Unproven(why, _shown(issuer, name) if why in (ENDED, NOT_YET, AUDIENCE) else "")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        return Unproven(MALFORMED)
    until = float(claims["exp"]) + issuer.config.leeway
    scopes = _scopes(claims.get(issuer.config.scopes))
    return Machine(TOKEN, name, scopes, until, issuer.config.name)


def _object(part: bytes) -> dict[str, Any] | None:
    """A JSON object in base64url."""
    from base64 import urlsafe_b64decode

    try:
        found = orjson.loads(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _unsigned(text: bytes, header: dict[str, Any], issuer: Issuer) -> str | None:
    """Why the signature proves nothing; None: the issuer made it."""
    alg, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in TYPES:
        return TYPE
    if "crit" in header or "b64" in header or not isinstance(kid, str | None):
        return MALFORMED
    if not isinstance(alg, str) or alg not in issuer.config.algorithms:
        return ALGORITHM
    if issuer.keys is None:
        return AWAY
    fitting = [key for key in issuer.keys if key.fits(alg) and kid in (None, key.kid)]
    if len(fitting) != 1:  # without a `kid`, only where there is no choice
        issuer.unknown += 1
        return UNKNOWN
    return None if _is_signed(text, alg, fitting[0]) else SIGNATURE


def _is_signed(text: bytes, alg: str, key: SigningKey) -> bool:
    from joserfc import jws
    from joserfc.errors import JoseError

    registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
    registry.max_header_length = registry.max_payload_length = len(text)
    try:
        jws.deserialize_compact(text, key.key, algorithms=[alg], registry=registry)
    except (JoseError, ValueError, TypeError):
        return False
    return True


def _untimely(claims: dict[str, Any], config: IssuerConfig, now: float) -> str | None:
    """Why a token that is signed is not meant for us now; None: it is."""
    named = claims.get("aud")
    audiences = named if isinstance(named, list) else [named]
    if not any(isinstance(one, str) and one in config.audience for one in audiences):
        return AUDIENCE
    ends, begins, made = claims.get("exp"), claims.get("nbf", 0), claims.get("iat", 0)
    if not all(map(_is_time, (ends, begins, made))):
        return MALFORMED
    if now >= float(ends or 0) + config.leeway:
        return ENDED
    return NOT_YET if max(begins, made) > now + config.leeway else None


def _is_time(value: Any) -> bool:
    """A number of seconds that a float can hold."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return -_LATEST < value < _LATEST


def _scopes(value: object) -> frozenset[str]:
    """Words in one text (RFC 8693, 4.2), or a list of them."""
    words = value.split(" ") if isinstance(value, str) else value
    if not isinstance(words, list):
        return frozenset()
    return frozenset(word for word in words if isinstance(word, str) and word)


def _shown(issuer: Issuer, name: object) -> str:
    known = isinstance(name, str) and len(name) <= LONGEST_NAME and name.isprintable()
    return f"{issuer.config.name}:{name}" if known else issuer.config.name
