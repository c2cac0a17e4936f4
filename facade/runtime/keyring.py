"""The facade's key files: made at the first start, readable by their owner alone. None is
replaced but `identity`, by `rotation`.

    identity  private JWK, Ed25519: signs the tokens that name a customer
    session   public JWK, X25519: seals a session for the anticorruption layer, which has the
              private half; if we make the pair, it lies beside, without `.public` in its name
    after     a secret of any form: signs the time of a client's last write; all replicas share it
    admin     the token that the admin port asks for

Processes that start at the same moment agree: the second one uses what is there.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

SECRET_BYTES: Final = 32
_PUBLIC: Final = ".public"


class BadKey(ValueError):
    """A key file that cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """Where the keys lie."""

    identity: Path
    session: Path
    after: Path


def in_folder(folder: Path) -> KeyFiles:
    """The usual names."""
    return KeyFiles(folder / "identity.json", folder / "session.public.json", folder / "after.key")


def ensure(files: KeyFiles) -> None:
    """Make what is missing. Raises BadKey, OSError."""
    for path in (files.identity, files.session, files.after):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not files.identity.exists():
        _write_new(files.identity, generated("Ed25519"))
    if not files.session.exists():
        _make_sealing(files.session)
    if not files.after.exists():
        _write_new(files.after, os.urandom(SECRET_BYTES))
    secret(files.after)


def admin_token(path: Path) -> tuple[str, bool]:
    """The token of the admin port, and whether it was made just now. Raises BadKey, OSError."""
    made = not path.exists()
    if made:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_new(path, os.urandom(SECRET_BYTES).hex().encode())
    return secret(path).decode("ascii", "replace").strip(), made


def secret(path: Path) -> bytes:
    """The whole file is the secret. Raises BadKey, OSError."""
    found = path.read_bytes()
    if len(found) < SECRET_BYTES:
        raise BadKey(f"{path}: expected {SECRET_BYTES} bytes or more")
    return found


def private_of(public: Path) -> Path:
    """Where the private half of a sealing key lies that we made."""
    return public.with_name(public.name.replace(_PUBLIC, "", 1))


def _make_sealing(public: Path) -> None:
    if _PUBLIC not in public.name:
        hint = f"it would be made if its name had '{_PUBLIC}' in it"
        raise BadKey(f"{public}: no such file ({hint})")
    private = private_of(public)
    if not private.exists():
        _write_new(private, generated("X25519"))
    from joserfc.jwk import OKPKey

    key = OKPKey.import_key(orjson.loads(private.read_bytes()))
    _write_new(public, orjson.dumps(key.as_dict(private=False)))


def generated(curve: str) -> bytes:
    """A new key pair, as a private JWK."""
    from joserfc.jwk import OKPKey  # late: most starts find their keys, and it is a heavy import

    key = OKPKey.generate_key(curve, auto_kid=True)  # type: ignore[arg-type]
    return orjson.dumps(key.as_dict(private=True))


def _write_new(path: Path, data: bytes) -> None:
    """Write a file whole, for its owner only; one that appears meanwhile stays."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.link(temporary, path)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
