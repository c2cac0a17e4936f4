"""The public half of the key that signs who is asking, for the services that check it."""

from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from chassis.web.app import Problem


def jwks_router(identity_key: Path | None) -> APIRouter:
    """`GET /.well-known/jwks.json`; the file is read each time, so that a new key shows."""
    router = APIRouter(tags=["keys"])

    @router.get("/.well-known/jwks.json")
    def jwks() -> dict[str, Any]:
        """A JWK set (RFC 7517)."""
        return public_set(identity_key)

    return router


def public_set(identity_key: Path | None) -> dict[str, Any]:
    """The set with the one key. Raises Problem, 404, where there is none."""
    if identity_key is None:
        raise Problem(404, "no key", "this facade was started without FACADE_IDENTITY_KEY")
    try:
        key = OKPKey.import_key(orjson.loads(identity_key.read_bytes()))
    except (OSError, ValueError, JoseError) as error:
        raise Problem(404, "no key", f"the key cannot be read: {type(error).__name__}") from error
    return dict(KeySet([key]).as_dict(private=False))
