"""A span as data: what services publish on the bus, and the control process keeps and exports."""

from typing import Final, Literal, TypedDict

# NATS, without JetStream: spans without a subscriber are lost.
SUBJECT: Final = "telemetry.spans"  # then the service's name

Kind = Literal["server", "client", "producer", "consumer", "internal"]
Value = str | int | float | bool


class Span(TypedDict):
    """Ids in lower-case hex digits; times in unix seconds."""

    trace: str
    span: str
    parent: str  # empty: the trace begins here
    name: str
    kind: Kind
    start: float
    end: float
    error: str  # error.type; empty: it went well
    attributes: dict[str, Value]


class Batch(TypedDict):
    """What one process has recorded since its last batch."""

    service: str
    instance: str
    spans: list[Span]
    dropped: int  # spans that found no room
