"""`python -m fig.stack.keys FOLDER`: the keys of facade and services; what exists is kept.

facade/identity.json    private: signs the client's identity (Ed25519)
facade/after.json       secret: signs the mark of a client's last write
public/identity.json    the set of public halves by which services check the signature
public/session.json     public: seals a customer's session at legacy (X25519)
orders/session.json     private: opens it, in the one layer that knows what a session of legacy is
orders/service.json     private: proves to other services that orders calls (Ed25519)
storefront/service.json the same, of the storefront
public/services.json    the public halves by which they check it, by the caller's name

A folder for each reader, so that each can be given its own. Files are private to their owner.
Exit codes: 0 all there, 2 the folder cannot be read or written.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey, OKPKey

from chassis.process.files import write_whole
from fig.errors import BadSetting, FigError

AFTER_BITS = 256
CALLERS = ("orders", "storefront")  # services that call others


def make(folder: Path) -> None:
    """Every file that is missing. Raises BadSetting."""
    try:
        signing = _kept(folder / "facade/identity.json", "Ed25519")
        opening = _kept(folder / "orders/session.json", "X25519")
        calling = {who: _kept(folder / f"{who}/service.json", "Ed25519") for who in CALLERS}
        if not (folder / "facade/after.json").exists():
            secret = OctKey.generate_key(AFTER_BITS, auto_kid=True)
            _write(folder / "facade/after.json", secret.as_dict(private=True))
        # Written each time: they follow from the private ones.
        known = KeySet([signing, *_rotating(folder / "facade/identity.json")])
        _write(folder / "public/identity.json", dict(known.as_dict(private=False)))
        _write(folder / "public/session.json", opening.as_dict(private=False))
        callers = {who: key.as_dict(private=False) for who, key in calling.items()}
        _write(folder / "public/services.json", callers)
    except (OSError, ValueError, JoseError) as error:
        raise BadSetting(f"{folder}: {error}; without the folder, new keys are made") from error


def _rotating(signing: Path) -> list[OKPKey]:
    """The keys that `fig keys rotate` has published beside the one that signs."""
    others = (signing.with_suffix(f".{which}.json") for which in ("next", "last"))
    return [OKPKey.import_key(json.loads(one.read_text())) for one in others if one.exists()]


def _kept(path: Path, curve: Any) -> OKPKey:
    if path.exists():
        return OKPKey.import_key(json.loads(path.read_text()))
    key = OKPKey.generate_key(curve, auto_kid=True)
    _write(path, key.as_dict(private=True))
    return key


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """By rename, and never readable for anybody else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(content), private=True, lasting=True)


def main(folder: str) -> None:
    """Exit with the error's code and one line on stderr."""
    try:
        make(Path(folder))
    except FigError as error:
        print(f"keys: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    print(f"there: {folder}")


if __name__ == "__main__":
    main(sys.argv[1])
