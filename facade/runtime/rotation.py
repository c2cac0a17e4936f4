"""Replaces the key that signs for services by another one, without a failed request.

    identity.next.json   made and published: services know it before anything is signed by it
    identity.json        signs; the workers take a new one within a second
    identity.last.json   signed before: published until its last token has ended

Each step is one rename, and can be taken again after a kill.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from chassis.process.files import write_whole
from facade.runtime.keyring import generated

CURVE: Final = "Ed25519"


def next_of(key: Path) -> Path:
    """Where the key lies that will sign."""
    return key.with_suffix(f".next{key.suffix}")


def last_of(key: Path) -> Path:
    """Where the key lies that signed before."""
    return key.with_suffix(f".last{key.suffix}")


def announce(key: Path) -> None:
    """Make the next key, unless it is there. Raises OSError."""
    if not next_of(key).exists():
        write_whole(next_of(key), generated(CURVE), private=True, lasting=True)


def switch(key: Path) -> None:
    """Let the next key sign from now on. Raises OSError."""
    write_whole(last_of(key), key.read_bytes(), private=True, lasting=True)
    next_of(key).replace(key)


def forget(key: Path) -> None:
    """The key that signed before is published no more. Raises OSError."""
    last_of(key).unlink(missing_ok=True)


def public_set(key: Path) -> dict[str, Any]:
    """The public halves of all three, as a JWK set. Raises OSError, ValueError.

    They are read in this order, so that none is missed while one takes another's place.
    """
    found = {one["kid"]: one for one in _public((next_of(key), key, last_of(key)), key)}
    return {"keys": [*found.values()]}


def _public(paths: tuple[Path, ...], needed: Path) -> Iterator[dict[str, Any]]:
    from joserfc.errors import JoseError
    from joserfc.jwk import OKPKey

    for path in paths:
        try:
            found = OKPKey.import_key(orjson.loads(path.read_bytes()))
        except FileNotFoundError:
            if path == needed:
                raise
            continue
        except JoseError as error:
            raise ValueError(f"{path}: {error}") from error
        found.ensure_kid()
        yield dict(found.as_dict(private=False))
