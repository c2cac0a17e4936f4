"""The monolith's session: a cookie that is signed, not hidden, and says who is logged in.

    payload.time.signature      payload: JSON in URL-safe base64, with a dot before it if compressed

Signed with HMAC-SHA1 under a key that is derived, by HMAC-SHA1 too, from the secret and the salt
`cookie-session`. A cookie counts for 31 days from its own time, permanent or not. The JSON has tags
for what JSON cannot say (`{" t": [1, 2]}` is a tuple): they are kept as they are, so that whatever
else the monolith keeps in a session survives a new signature.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha1
from typing import Any, Final

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

COOKIE: Final = "session"
SALT: Final = "cookie-session"
LIFE_SECONDS: Final = 31 * 24 * 3600
CLOCKS_APART_SECONDS: Final = 60  # by so much a cookie's time may lie ahead of our clock
TOKEN_BYTES: Final = 16  # of a form token
ATTRIBUTES: Final = "HttpOnly; Path=/; SameSite=Lax"
TAGS: Final = frozenset({" di", " t", " b", " m", " u", " d"})
_TAGGED: Final = " di"  # an object whose only key looks like a tag: that key, and `__` behind it


@dataclass(frozen=True, slots=True)
class Session:
    """What a cookie says; an empty one where there is none that counts."""

    content: Mapping[str, Any] = field(default_factory=dict)  # values as the JSON has them, tagged
    signed: int = 0  # unix seconds

    @property
    def customer_id(self) -> int | None:
        """The number of the customer who is logged in."""
        uid = self.content.get("uid")
        return uid if type(uid) is int else None

    @property
    def csrf(self) -> str:
        """The token that each form of this session carries; empty where it has none yet."""
        return str(self.content.get("csrf", ""))

    def with_token(self) -> "Session":
        """The same with a form token; a new one only where it has none."""
        if "csrf" in self.content:
            return self
        return Session({**self.content, "csrf": secrets.token_urlsafe(TOKEN_BYTES)}, self.signed)


def logged_in(customer_id: int) -> Session:
    """A fresh session of this customer: nothing of the one before is left in it."""
    return Session({"uid": customer_id}).with_token()


class SessionCodec:
    """Reads and writes cookies under one secret."""

    def __init__(self, secret: str, now: Callable[[], float]) -> None:
        """`now` gives unix seconds."""
        self._now = now
        self._serializer = URLSafeTimedSerializer(
            secret,
            salt=SALT,
            signer=_signer(now),
            signer_kwargs={"key_derivation": "hmac", "digest_method": sha1},
        )

    def read(self, cookie: str | None) -> Session:
        """The session of a cookie's value; an empty one if it is missing, foreign or too old."""
        if not cookie:
            return Session()
        try:
            document, at = self._serializer.loads(cookie, return_timestamp=True)
        except (BadData, ValueError, RecursionError):
            return Session()
        signed = int(at.timestamp())
        age = int(self._now()) - signed
        if not isinstance(document, dict) or not -CLOCKS_APART_SECONDS <= age <= LIFE_SECONDS:
            return Session()
        return Session(_plain(document), signed)

    def write(self, session: Session) -> str:
        """The value of a cookie that says the same, from now on."""
        value = self._serializer.dumps(_tagged(session.content))
        return value if isinstance(value, str) else value.decode("ascii")

    def set_cookie(self, session: Session) -> str:
        """The whole value of `Set-Cookie`; of an empty session: that the cookie goes away."""
        if not session.content:
            return f"{COOKIE}=; {_expires(0.0)}; Max-Age=0; {ATTRIBUTES}"
        ends = _expires(self._now() + LIFE_SECONDS) if session.content.get("_permanent") else ""
        return "; ".join(filter(None, (f"{COOKIE}={self.write(session)}", ends, ATTRIBUTES)))


def _expires(at: float) -> str:
    return f"Expires={formatdate(at, usegmt=True)}"


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """The session's own keys."""
    inner = document.get(_TAGGED)
    if len(document) == 1 and isinstance(inner, dict):
        return {key.removesuffix("__"): value for key, value in inner.items()}
    return document


def _tagged(content: Mapping[str, Any]) -> dict[str, Any]:
    """As the monolith writes it."""
    if len(content) == 1 and TAGS & content.keys():
        return {_TAGGED: {f"{key}__": value for key, value in content.items()}}
    return dict(content)


def _signer(now: Callable[[], float]) -> type[TimestampSigner]:
    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(now())

    return Signer
