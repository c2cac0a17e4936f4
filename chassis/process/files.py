"""Write a file by rename, so that a reader sees all of it or what was there before.

A file that exists keeps its mode and, where we may set it, its owner. `lasting` also survives a
crash of the operating system, for a few milliseconds more: for what cannot be made again (a
person's file, keys, secrets, a journal). Files by which processes communicate several times a
second do not need that: after such a crash none of the processes lives.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

OWNER_ALONE, USUAL = 0o600, 0o666


def write_whole(
    path: Path, data: bytes | str, *, private: bool = False, lasting: bool = False
) -> None:
    """Put `data` in the file's place. `private`: only its owner may read it."""
    with _beside(path, data, private=private, lasting=lasting) as fresh:
        _take_place(fresh, path, lasting)


def write_several(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Put each content in the place of the file of that name. Lasting: one more wait for the disk
    than there are files, where `write_whole` waits twice for each."""
    for name, data in contents.items():
        with _beside(folder / name, data, private=False, lasting=True) as fresh:
            _take_place(fresh, folder / name, lasting=False)
    if contents:
        keep_names(folder)


def swap(path: Path, expected: bytes, data: bytes) -> bool:
    """Put `data` in the file's place unless it no longer holds `expected`; returns whether it did.

    The file must exist, and the change is lasting.
    """
    path.stat()
    with _beside(path, data, private=False, lasting=True) as fresh:
        if path.read_bytes() != expected:
            return False
        _take_place(fresh, path, lasting=True)
    return True


def read_object(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file; None where there is none."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


@contextmanager
def _beside(path: Path, data: bytes | str, *, private: bool, lasting: bool) -> Iterator[Path]:
    """The content in a new file of the same folder, which is gone at the end of the block."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    mode = OWNER_ALONE if private else USUAL
    descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            if not private:
                _keep_rights(path, file.fileno())
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _keep_rights(path: Path, descriptor: int) -> None:
    with suppress(FileNotFoundError):
        before = path.stat()
        with suppress(PermissionError):
            os.fchown(descriptor, before.st_uid, before.st_gid)
        os.fchmod(descriptor, before.st_mode & 0o7777)  # after fchown, which drops setuid bits


def _take_place(fresh: Path, path: Path, lasting: bool) -> None:
    fresh.replace(path)
    if lasting:
        keep_names(path.parent)


def keep_names(folder: Path) -> None:
    """Wait until the names in the folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
