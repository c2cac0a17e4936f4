"""Legacy's database in a file: a dump of PostgreSQL's own format, with its hash and what it holds.

    archive   legacy.dump        pg_restore reads it; for its owner alone: it has password hashes
    beside    legacy.dump.json   its SHA-256, bytes, and the sums of what was dumped

It is made in another file and renamed. Before anything is dropped it is restored once, into a
database that is gone afterwards, and what that one held is compared with the sums.
"""

import hashlib
import json
import os
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from chassis.process.children import end_with_parent
from chassis.process.files import keep_names, read_object, write_whole
from fig.errors import FigError, last_line
from fig.farewell import sums
from fig.farewell.sums import Sums

PROGRAMS = ("pg_dump", "pg_restore")
TRIAL = "legacy_trial"  # the database it is restored into
_PIECE = 1024 * 1024


class Damaged(FigError):
    """The archive is not what was written down of it."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What was written down of it."""

    path: Path
    sha256: str
    size: int  # bytes
    sums: Sums


@dataclass(frozen=True, slots=True)
class Server:
    """PostgreSQL as its superuser: the URL of a database of it that stays, and its programs."""

    url: str
    programs: Path

    def of(self, database: str) -> str:
        """A connection to this database."""
        return make_conninfo(self.url, dbname=database)


def make(server: Server, database: str, path: Path) -> Archive:
    """Dump the database, with the sums of the very moment. Raises FigError; then nothing is there
    but what was before."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        for left in path.parent.glob(f".{path.name}.*"):
            left.unlink(missing_ok=True)
        held = _dump(server, database, fresh)
        found = Archive(path, _hash(fresh), fresh.stat().st_size, held)
        note = {"sha256": found.sha256, "bytes": found.size, **held.plain}
        write_whole(beside(path), json.dumps(note, indent=1), private=True, lasting=True)
        fresh.replace(path)
        keep_names(path.parent)
    except (psycopg.Error, OSError) as error:
        raise FigError(f"legacy's database could not be archived: {last_line(error)}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return found


def foreign(path: Path) -> bool:
    """Whether a file is there that is no archive of ours."""
    return path.exists() and read_object(beside(path)) is None


def beside(path: Path) -> Path:
    """The file that says what an archive holds."""
    return path.with_name(f"{path.name}.json")


def checked(path: Path, sha256: str) -> Archive:
    """The archive, if it still is the one with this hash. Raises Damaged."""
    noted = read_object(beside(path))
    try:
        found = _hash(path)
        if noted is None or noted["sha256"] != sha256 or found != sha256:
            raise Damaged(f"the archive {path} is not the one that was made: its hash differs")
        return Archive(path, found, path.stat().st_size, sums.from_plain(noted))
    except OSError as error:
        raise Damaged(f"the archive {path} cannot be read: {error.strerror}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(f"{beside(path)} does not say what the archive holds: {error!r}") from None


def try_on(server: Server, archive: Archive) -> list[str]:
    """Restore it into a database of its own, and say what is not as it was; empty: all is.

    Raises FigError where it cannot be restored.
    """
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            _drop_trial(connection)
            made = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
            connection.execute(SQL(made).format(Identifier(TRIAL)))
            try:
                restore(server, archive.path, TRIAL)
                with psycopg.connect(server.of(TRIAL)) as tried:
                    return sums.differences(archive.sums, sums.of(tried))
            finally:
                _drop_trial(connection)
    except psycopg.Error as error:
        raise FigError(f"the archive could not be tried: {last_line(error)}") from error


def restore(server: Server, path: Path, database: str) -> None:
    """Fill an empty database, whole or not at all. Raises FigError."""
    words = ("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={database}")
    _run(server, (*words, str(path)), None)


def _drop_trial(connection: psycopg.Connection) -> None:
    connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(TRIAL)))


def _dump(server: Server, database: str, path: Path) -> Sums:
    """Dump and sums are of one snapshot."""
    with psycopg.connect(server.of(database)) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        held = sums.of(connection)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            words = ("pg_dump", "--format=custom", f"--snapshot={row[0]}", f"--dbname={database}")
            _run(server, words, file)
            os.fsync(file.fileno())
    return held


def _run(server: Server, words: Sequence[str], stdout: IO[bytes] | None) -> None:
    """One of PostgreSQL's programs, which ends with us. Raises FigError with what it said."""
    parent = os.getpid()
    parts: dict[str, Any] = conninfo_to_dict(server.url)
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    done = subprocess.run(
        [str(server.programs / words[0]), *words[1:]],
        env={**os.environ, **{name: str(parts[key]) for name, key in names.items()}},
        stdin=subprocess.DEVNULL,
        stdout=stdout or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        preexec_fn=lambda: end_with_parent(parent),
    )
    if done.returncode:
        why = last_line(done.stderr) or f"exit code {done.returncode}"
        raise FigError(f"{words[0]} failed: {why}; nothing was dropped. When that is mended,"
                       " `fig farewell` goes on")  # fmt: skip


def _hash(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()
