"""The objections against a farewell, pure: each with what to do about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fig.farewell.sessions import Holder

MIB = 1024 * 1024
MARGIN = 64 * MIB  # that stays free on each disk


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason, and what can be done about it."""

    kind: str  # stage, domain, identity, service, copies, session, slot, prepared, program, room…
    about: str
    words: str
    remedy: str

    @property
    def plain(self) -> dict[str, str]:
        plain = {"kind": self.kind, "about": self.about, "words": self.words}
        return {**plain, "next": self.remedy}


@dataclass(frozen=True, slots=True)
class Room:
    """A disk: a folder on it, its free bytes, and those that are needed, at most."""

    folder: str
    free: int
    needed: int


@dataclass(frozen=True, slots=True)
class Looked:
    """`in_file`: objections of the facade's command; `windows`: owner and window of each domain by
    its service's record, or why it did not answer; `size`: bytes, None: the database is gone."""

    in_file: Sequence[Mapping[str, Any]]
    windows: Mapping[str, tuple[str, str] | str]
    size: int | None
    archived: bool
    unheard: Mapping[str, Sequence[str]] = field(default_factory=dict)  # services, by domain
    holders: Sequence[Holder] = ()
    slots: Sequence[str] = ()  # of the database, that are not the migration's
    prepared: Sequence[str] = ()  # transactions, by their names
    missing: Sequence[str] = ()  # programs of PostgreSQL
    rooms: Sequence[Room] = ()


def against(looked: Looked) -> list[Objection]:
    """All objections."""
    return [
        *(_of_file(one) for one in looked.in_file),
        *_domains(looked.windows),
        *_copies(looked.unheard),
        *_database(looked),
        *_programs(looked.missing),
        *_rooms(looked.rooms),
    ]


def _of_file(found: Mapping[str, Any]) -> Objection:
    return Objection(
        str(found["kind"]), str(found["about"]), str(found["words"]), str(found["next"])
    )  # fmt: skip


def _domains(windows: Mapping[str, tuple[str, str] | str]) -> Iterator[Objection]:
    for name, there in windows.items():
        if isinstance(there, str):
            yield Objection("service", name, f"the service of '{name}' does not answer: {there}",
                            "fig status shows what runs")  # fmt: skip
        elif there != ("new", "closed"):
            owner, window = there
            words = f"by its service's record the owner of '{name}' is {owner}, window {window}"
            close = " --close" if owner == "new" else ""
            yield Objection("domain", name, words, f"fig cutover {name}{close}")


def _copies(unheard: Mapping[str, Sequence[str]]) -> Iterator[Objection]:
    for name, services in unheard.items():
        words = f"{', '.join(services)} follow the feed: not heard yet that '{name}' is closed"
        yield Objection("copies", name, words, "wait until they have; fig status shows who is away")


def _database(looked: Looked) -> Iterator[Objection]:
    if looked.size is None and not looked.archived:
        words = "legacy's database is not there, and no archive of it was noted"
        yield Objection("database", "legacy", words, "restore it first, or leave this undone")
    for one in looked.holders:
        if one.foreign:
            words = f"a session holds legacy's database: {one.words}"
            remedy = f"end it where it comes from, or SELECT pg_terminate_backend({one.pid})"
            yield Objection("session", str(one.pid), words, remedy)
    for name in looked.slots:
        words = f"the replication slot '{name}' of legacy's database is not the migration's"
        yield Objection("slot", name, words, f"SELECT pg_drop_replication_slot('{name}')")
    for name in looked.prepared:
        words = f"a transaction is prepared in legacy's database: '{name}'"
        yield Objection("prepared", name, words, f"COMMIT or ROLLBACK PREPARED '{name}'")


def _programs(missing: Sequence[str]) -> Iterator[Objection]:
    for name in missing:
        words = f"there is no {name} among PostgreSQL's programs"
        remedy = "run `rm -rf .venv && make install`, or add it to the folder of --postgres-bin"
        yield Objection("program", name, words, remedy)


def _rooms(rooms: Sequence[Room]) -> Iterator[Objection]:
    for one in rooms:
        if one.free < one.needed + MARGIN:
            words = (
                f"{one.folder} has {one.free / MIB:,.0f} MiB free, and archive or trial may need"
                f" {(one.needed + MARGIN) / MIB:,.0f}"
            )
            yield Objection("room", one.folder, words, "make room, or name a place by --archive")
