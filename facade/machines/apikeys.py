"""The file of API keys: a digest of each, whose it is, what it may, until when.

    {"keys": {"k3zp6a2x": {"sha256": "…", "owner": "bookkeeper", "scopes": ["orders:read"],
                           "made": "2026-11-30T12:00:00+00:00", "ends": null}}}

A key is `fig_<id>_<secret>`, its secret 32 random bytes: a plain SHA-256 of it cannot be turned
back by guessing, which a slow hash is for. The id is no secret: by it the digest is found, and the
digests are compared in constant time. The key itself is shown once and stands nowhere.
"""

import fcntl
import hmac
import os
import re
import secrets
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Any, Final

import orjson

from chassis.process.files import write_whole
from facade.routes.machines.allow import API_KEY, ENDED, UNKNOWN, Checked, Machine, Unproven

PREFIX: Final = b"fig_"
SECRET_BYTES: Final = 32
_ID_BYTES: Final = 5
_KEY: Final = re.compile(rb"fig_([a-z2-7]{8})_[A-Za-z0-9_-]{43}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
OWNER: Final = r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}"
SCOPE: Final = r"[\x21\x23-\x5b\x5d-\x7e]+"  # RFC 6749, 3.3
_NOBODY: Final = "0" * 64


class BadKeyFile(ValueError):
    """A file of API keys that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key, without its secret; times in unix seconds."""

    id: str
    sha256: str
    owner: str
    scopes: tuple[str, ...]
    made: float
    ends: float | None

    @property
    def machine(self) -> Machine:
        """Who has it."""
        until = inf if self.ends is None else self.ends
        return Machine(API_KEY, self.owner, frozenset(self.scopes), until)

    def as_json(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "sha256": self.sha256,
            "owner": self.owner,
            "scopes": list(self.scopes),
            "made": _written(self.made),
            "ends": None if self.ends is None else _written(self.ends),
        }


Keys = Mapping[str, ApiKey]  # by id


def make(owner: str, scopes: tuple[str, ...], now: float, ends: float | None) -> tuple[ApiKey, str]:
    """A new key, and its text, which is kept nowhere."""
    name = b32encode(os.urandom(_ID_BYTES)).decode().lower()
    secret = urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode().rstrip("=")
    text = f"fig_{name}_{secret}"
    return ApiKey(name, _digest(text.encode()), owner, scopes, now, ends), text


def read_keys(data: bytes) -> dict[str, ApiKey]:
    """The keys of a file. Raises BadKeyFile."""
    try:
        content = orjson.loads(data)
        return {str(name): _key(str(name), one) for name, one in content["keys"].items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise BadKeyFile(f"not a file of API keys ({what})") from None


def check_key(text: bytes, keys: Keys, machines: Mapping[str, Machine], now: float) -> Checked:
    """Whose key this is; `machines` are those of `keys`, by id, and `now` is in unix seconds."""
    written = _KEY.fullmatch(text)
    name = written[1].decode() if written else ""
    key = keys.get(name)
    same = hmac.compare_digest(_digest(text), _NOBODY if key is None else key.sha256)
    if key is None or not same:
        return Unproven(UNKNOWN, f"key {name}" if name else "")
    if key.ends is not None and now >= key.ends:
        return Unproven(ENDED, f"key {name} of {key.owner}")
    return machines[name]


@contextmanager
def changed(path: Path) -> Iterator[dict[str, ApiKey]]:
    """The keys of a file, to be changed and written back; no other process does meanwhile.

    Raises BadKeyFile, OSError.
    """
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        keys = read_keys(path.read_bytes()) if path.exists() else {}
        yield keys
        content = {"keys": {name: one.as_json() for name, one in keys.items()}}
        data = orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"
        write_whole(path, data, private=not path.exists(), lasting=True)
    finally:
        os.close(folder)


def _key(name: str, one: Any) -> ApiKey:
    digest, owner, ends = one["sha256"], one["owner"], one.get("ends")
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{name}: sha256 is no digest")
    if not re.fullmatch(OWNER, owner):
        raise ValueError(f"{name}: owner is no name")
    scopes = tuple(one.get("scopes", ()))
    if not all(re.fullmatch(SCOPE, scope) for scope in scopes):
        raise ValueError(f"{name}: scopes are words")
    until = None if ends is None else _time(ends)
    return ApiKey(name, digest, owner, scopes, _time(one["made"]), until)


def _time(text: str) -> float:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text}: without a time zone")
    return found.timestamp()


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _digest(text: bytes) -> str:
    return sha256(text).hexdigest()
