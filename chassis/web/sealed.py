"""A customer's session at legacy, sealed for the one room that may use it.

The facade seals (it has only the public key); the anticorruption layer opens, at the moment it
calls legacy. Whatever lies between, a service's memory, its database, its log, holds the seal.
"""

from dataclasses import dataclass

import orjson
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

HEADER = {"alg": "ECDH-ES", "enc": "A256GCM"}


class NotSealed(ValueError):
    """The text is no seal that this key opens, or it is for another customer."""


@dataclass(frozen=True, slots=True)
class Session:
    """A customer, and the session's cookie as legacy set it (`name=value`)."""

    email: str
    cookie: str


def seal(public: OKPKey, session: Session) -> str:
    """One header's value. `public` is an X25519 key."""
    plain = orjson.dumps({"email": session.email, "cookie": session.cookie})
    return jwe.encrypt_compact({**HEADER, "kid": public.kid}, plain, public)


def unseal(private: OKPKey, sealed: str, email: str) -> Session:
    """The session, if it is this customer's. Raises NotSealed."""
    try:
        plain = jwe.decrypt_compact(sealed, private, algorithms=list(HEADER.values())).plaintext
        body = orjson.loads(plain or b"")
        session = Session(body["email"], body["cookie"])
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotSealed(type(error).__name__) from error
    if session.email != email:
        raise NotSealed("of another customer")
    return session
