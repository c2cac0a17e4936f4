"""The public halves of the keys that sign who is asking, for the services that check it."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter

from chassis.web.app import Problem
from facade.runtime import rotation


def jwks_router(identity_key: Path | None) -> APIRouter:
    """`GET /.well-known/jwks.json`; the file is read each time, so that a new key shows."""
    router = APIRouter(tags=["keys"])

    @router.get("/.well-known/jwks.json")
    def jwks() -> dict[str, Any]:
        """A JWK set (RFC 7517)."""
        return public_set(identity_key)

    return router


def public_set(identity_key: Path | None) -> dict[str, Any]:
    """The set: the key that signs, the one that will, the one that did. Raises Problem, 404,
    where there is none."""
    if identity_key is None:
        raise Problem(404, "no key", "this facade was started without FACADE_IDENTITY_KEY")
    try:
        return rotation.public_set(identity_key)
    except (OSError, ValueError) as error:
        raise Problem(404, "no key", f"the key cannot be read: {type(error).__name__}") from error
