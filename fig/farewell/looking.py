"""Everything that the checks look at: route file, services, legacy's database, disks."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import psycopg

from fig.clients import services
from fig.cutover.domains import DOMAINS
from fig.cutover.heard import Heard
from fig.cutover.owning import Owning
from fig.errors import FigError
from fig.farewell import dropping, leaving, sessions
from fig.farewell.archive import PROGRAMS, Server
from fig.farewell.checks import Looked, Room
from fig.farewell.record import Record
from fig.farewell.sessions import Holder
from fig.retire.sessions import DATABASE
from fig.settings import Home
from fig.stack import ended
from fig.supervise.state import StackState


@dataclass(frozen=True, slots=True)
class Held:
    """Of the database: bytes, None: it is gone; who is connected; slots not ours; prepared."""

    size: int | None
    holders: tuple[Holder, ...] = ()
    slots: tuple[str, ...] = ()
    prepared: tuple[str, ...] = ()


def look(home: Home, found: StackState, server: Server, archive: Path, record: Record) -> Looked:
    """Look once. Raises FigError where nobody can be asked."""
    held = held_of(server, DATABASE)
    archived = record.done("archive") is not None
    tried = record.done("trial") is not None
    size = held.size or 0
    needed = [(archive.parent, 0 if archived else size), (home.folder, 0 if tried else size)]
    return Looked(
        in_file=leaving.detach(found, "--dry-run")["objections"],
        windows=windows(home),
        unheard=unheard(home),
        size=held.size,
        archived=archived,
        holders=held.holders,
        slots=held.slots,
        prepared=held.prepared,
        missing=[name for name in PROGRAMS if not os.access(server.programs / name, os.X_OK)],
        rooms=rooms(needed),
    )


def held_of(server: Server, database: str) -> Held:
    """What PostgreSQL says of the database. Raises FigError."""
    try:
        with connected(server) as connection:
            if not dropping.there(connection, database):
                return Held(None)
            row = connection.execute("SELECT pg_database_size(%s)", [database]).fetchone()
            assert row is not None
            asked = "SELECT gid FROM pg_prepared_xacts WHERE database = %s ORDER BY 1"
            return Held(
                int(row[0]),
                tuple(sessions.holders(connection, database)),
                tuple(dropping.foreign_slots(connection, database)),
                tuple(gid for (gid,) in connection.execute(asked, [database]).fetchall()),
            )
    except psycopg.Error as error:
        raise FigError(f"PostgreSQL cannot be asked ({error}); `fig status` shows what runs") from (
            error
        )


def connected(server: Server) -> psycopg.Connection:
    """As the superuser, outside legacy's database, each statement by itself."""
    return psycopg.connect(
        server.url, autocommit=True, connect_timeout=5, application_name=sessions.NAME
    )


def rooms(needed: list[tuple[Path, int]]) -> list[Room]:
    """The disks of these folders, each once; a folder that is not there counts as its parent."""
    found: dict[int, Room] = {}
    for folder, size in needed:
        there = next(one for one in (folder, *folder.parents) if one.exists())
        disk = there.stat().st_dev
        before = found[disk].needed if disk in found else 0
        found[disk] = Room(str(there), shutil.disk_usage(there).free, before + size)
    return [one for one in found.values() if one.needed]


def unheard(home: Home) -> dict[str, list[str]]:
    """The services with copies of a domain that have not heard that its window is closed: they
    still follow the feed. Once the monolith was stopped for good: none."""
    if ended.read(home) is not None:
        return {}
    waiting = {name: Heard(home, name, parts.copies).wait(0.0) for name, parts in DOMAINS.items()}
    return {name: names for name, names in waiting.items() if names}


def windows(home: Home) -> dict[str, tuple[str, str] | str]:
    """By the records of the services. Once the monolith was stopped for good nothing can change
    them, and a service that was started since does not know the domain's other side: none."""
    if ended.read(home) is not None:
        return {}
    windows_of: dict[str, tuple[str, str] | str] = {}
    for name, parts in DOMAINS.items():
        try:
            standing = Owning(services.address(home, parts.owning, None), name).standing()
        except FigError as error:
            windows_of[name] = str(error)
        else:
            windows_of[name] = (standing.owner, standing.window)
    return windows_of
