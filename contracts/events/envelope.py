"""What every event looks like on the bus, of any owner, and how it is written and read.

An event is a fact of the past, published by its owner. Events are additive: a newer version may add
fields, with a default for the readers of older ones; readers pass over fields they do not know.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, TypeAlias, TypeVar

from pydantic import TypeAdapter, ValidationError

FORMAT = 1

STREAM = "EVENTS"
SUBJECTS = "events.>"
DEAD_STREAM = "DEADLETTERS"
DEAD_SUBJECTS = "deadletters.>"

# Headers of a dead letter: its consumer, the error, the number of attempts, and what it was.
DEAD_CONSUMER = "Fig-Consumer"
DEAD_ERROR = "Fig-Error"
DEAD_ATTEMPTS = "Fig-Attempts"
DEAD_SUBJECT = "Fig-Subject"
DEAD_SEQUENCE = "Fig-Sequence"

Example: TypeAlias = Mapping[str, Any]


class NotAnEvent(ValueError):
    """A message that is not an event of a form this code understands."""


@dataclass(frozen=True, slots=True)
class Event:
    """A frozen dataclass of JSON values, with these beside its fields."""

    OWNER: ClassVar[str]
    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    KEY: ClassVar[str]  # the name of the field that is the key
    EXAMPLES: ClassVar[Mapping[int, Example]]  # of every version ever published

    @property
    def key(self) -> str:
        """Events of one key arrive in the order in which they were published."""
        return str(getattr(self, self.KEY))


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event as it travels. `id` is the same for every publication of the same event."""

    id: str
    owner: str
    type: str
    version: int
    key: str
    occurred: str  # RFC 3339, UTC, microseconds
    data: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """Where it is published."""
        return subject(self.owner, self.type)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that is published."""
        return {"v": FORMAT, **asdict(self)}

    @classmethod
    def from_dict(cls, body: Any) -> "Envelope":
        """Read what `to_dict` wrote. Raises NotAnEvent."""
        if not isinstance(body, Mapping) or body.get("v") != FORMAT:
            raise NotAnEvent(f"not an event of format {FORMAT}")
        try:
            return cls(**{name: body[name] for name in cls.__slots__})
        except KeyError as error:
            raise NotAnEvent(f"not an event: {error} is missing") from error


def subject(owner: str, kind: str) -> str:
    """The subject of one type of event."""
    return f"events.{owner}.{kind}"


def wrap(event: Event, event_id: str, now: float) -> Envelope:
    """Put an event into its envelope; `now` in unix seconds."""
    occurred = datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds")
    return Envelope(
        event_id,
        event.OWNER,
        event.TYPE,
        event.VERSION,
        event.key,
        occurred,
        asdict(event),
    )


E = TypeVar("E", bound=Event)


@cache
def _adapter(kind: type[E]) -> TypeAdapter[E]:
    return TypeAdapter(kind)


def read(kind: type[E], envelope: Envelope) -> E:
    """The event in the envelope, of any version of its type. Raises NotAnEvent."""
    try:
        event: E = _adapter(kind).validate_python(envelope.data)  # type: ignore[arg-type]
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise NotAnEvent(f"{envelope.type}: {where}: {problem['msg']}") from error
    return event
