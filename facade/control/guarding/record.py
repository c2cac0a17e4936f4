"""What must survive a kill at any instant: one file, written whole before each action."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from chassis.process.files import write_whole
from facade.guard.walk import State, Walk
from facade.guard.window import Window

INTENT_SECONDS = 60.0
MOST_ENDED = 20  # walks that are over and still shown


@dataclass(slots=True)
class Intent:
    """Somebody is about to move routes: what the journal will say when the table shows it."""

    routes: dict[str, str]  # name: position afterwards
    who: str
    by: str  # person, guard, walk
    why: str
    source: str
    at: float
    evidence: dict[str, Any] = field(default_factory=dict)
    approver: str = ""


@dataclass(slots=True)
class Retreat:
    """A move back that is under way; a route that a person moved meanwhile leaves it."""

    cause: str  # the route whose guard asked for it
    goals: dict[str, str]  # name: position
    why: str
    at: float
    evidence: dict[str, Any] = field(default_factory=dict)
    blocked: str = ""  # why it does not go on


@dataclass(slots=True)
class Record:
    """Everything that a successor of this process needs."""

    walks: list[Walk] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    retreats: list[Retreat] = field(default_factory=list)
    positions: dict[str, str] | None = None  # as the journal knows them; None: it has not begun
    entered: int = 0  # the journal's last entry that the above knows of
    frozen: str | None = None  # the freeze that is in the journal
    noted: dict[str, str] = field(default_factory=dict)  # by route: what the journal said last


@dataclass(slots=True)
class Windows:
    """The windows of all routes; `channel` names the facade whose counts their bases are."""

    channel: str = ""
    windows: dict[str, Window] = field(default_factory=dict)


_RECORD: TypeAdapter[Record] = TypeAdapter(Record)
_WINDOWS: TypeAdapter[Windows] = TypeAdapter(Windows)


class RecordFile:
    """`moves.json`, and `windows.json` beside it, which may be a second old."""

    def __init__(self, folder: Path) -> None:
        self._record, self._windows = folder / "moves.json", folder / "windows.json"
        self._written = b""  # the windows, as this process wrote them last

    def load(self) -> Record:
        """What was last written; an empty record where there is none. Raises ValueError."""
        try:
            return _RECORD.validate_json(self._record.read_bytes())
        except FileNotFoundError:
            return Record()
        except ValidationError as error:
            raise ValueError(f"{self._record}: {error}") from None

    def save(self, record: Record, now: float) -> None:
        """Write it so that it lasts. Raises OSError."""
        record.intents = [one for one in record.intents if now - one.at < INTENT_SECONDS]
        ended = [walk for walk in record.walks if not walk.active]
        for walk in ended[: max(0, len(ended) - MOST_ENDED)]:
            record.walks.remove(walk)
        write_whole(self._record, _RECORD.dump_json(record), lasting=True)

    def load_windows(self, channel: str) -> dict[str, Window]:
        """The windows; of another facade's counts their bases say nothing."""
        try:
            found = _WINDOWS.validate_json(self._windows.read_bytes())
        except (OSError, ValidationError):
            return {}
        if found.channel != channel:
            for window in found.windows.values():
                window.base = None
        return found.windows

    def save_windows(self, channel: str, windows: dict[str, Window]) -> None:
        """Write them. Raises OSError."""
        data = _WINDOWS.dump_json(Windows(channel, windows))
        if data != self._written:
            write_whole(self._windows, data)
            self._written = data


def active_walk(record: Record, route: str) -> Walk | None:
    """The walk that is under way for a route."""
    return next((walk for walk in record.walks if walk.active and route in walk.routes), None)


def walking(record: Record) -> list[Walk]:
    """The walks that take steps now."""
    return [walk for walk in record.walks if walk.state is State.WALKING]
