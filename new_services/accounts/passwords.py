"""Whether a password is the one behind a hash, in the notations that the monolith reads:
`pbkdf2:sha256:ROUNDS$SALT$HEX`, which is its own, and `scrypt:N:R:P$SALT$HEX`, which is today's.

An unknown address costs the same hash, so that the time of an answer does not say which of
address and password was wrong.
"""

import hashlib
import hmac
import logging
import secrets
from typing import Final

log = logging.getLogger("accounts.passwords")

# What an unknown address is checked against: made as the shop's own hashes are.
UNKNOWN: Final = "pbkdf2:sha256:1000$0000000000000000$" + "00" * 32

MONOLITHS: Final = "pbkdf2:sha256:1000"  # the cost of 2016
TODAYS: Final = "scrypt:32768:8:1"


def hashed_for_the_monolith(password: str) -> str:
    """As the monolith makes it itself."""
    return _made(MONOLITHS, password)


def hashed_today(password: str) -> str:
    """By a method that makes guessing as expensive as it should be."""
    return _made(TODAYS, password)


def is_todays(stored: str) -> bool:
    """Whether the stored hash was made so."""
    return stored.startswith(f"{TODAYS}$")


def _made(method: str, password: str) -> str:
    salt = secrets.token_hex(8)
    hashed = _hashed(method.split(":"), salt.encode(), password.encode("utf-8", "replace"))
    return f"{method}${salt}${hashed}"


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one behind the stored hash; None: of an unknown address."""
    method, _, rest = (stored or UNKNOWN).partition("$")
    salt, _, expected = rest.partition("$")
    try:
        given = _hashed(method.split(":"), salt.encode(), password.encode("utf-8", "replace"))
    except (ValueError, TypeError) as error:
        log.error("the hash of a password cannot be read: %s", error)
        return False
    return hmac.compare_digest(given.encode(), expected.encode()) and bool(stored)


def _hashed(method: list[str], salt: bytes, password: bytes) -> str:
    """In hexadecimal. Raises ValueError and TypeError where it is no method that we know."""
    match method:
        case ["pbkdf2", digest, rounds]:
            return hashlib.pbkdf2_hmac(digest, password, salt, int(rounds)).hex()
        case ["scrypt", *costs]:
            n, r, p = map(int, costs)
            memory = 132 * n * r * p  # ideally 128; some more is needed
            return hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=memory).hex()
    raise ValueError(f"{':'.join(method)!r}: expected pbkdf2:DIGEST:ROUNDS or scrypt:N:R:P")
