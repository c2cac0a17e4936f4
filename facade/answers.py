"""Both sides' answers as they come in, and how the pair of them is described to comparison."""

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from facade.channel import PairMeta, SideMeta
from facade.wire.fields import HOST, Field
from facade.wire.responses import ResponseHead

if TYPE_CHECKING:
    from facade.exchange import Exchange


class Answer:
    """One side's answer as it comes in: head, body up to a limit, how it ended."""

    __slots__ = ("chunks", "ended", "error", "fields", "ms", "size", "started", "status")

    def __init__(self) -> None:
        self.status = 0
        self.fields: list[Field] = []
        self.chunks: list[bytes] = []
        self.size = 0
        self.error: str | None = None
        self.started = perf_counter()
        self.ms = 0.0
        self.ended = False

    def head(self, head: ResponseHead) -> None:
        """The head came."""
        self.status = head.status
        self.fields = head.fields

    def end(self, error: str | None = None) -> None:
        """Nothing more comes; `error` is the phase that failed."""
        self.ms = (perf_counter() - self.started) * 1000.0
        self.error = error
        self.ended = True

    def meta(self) -> SideMeta:
        """The answer's part of a pair."""
        return {
            "status": self.status,
            "headers": as_text(self.fields),
            "length": self.size,
            "ms": round(self.ms, 3),
            "error": self.error,
        }


def describe(exchange: "Exchange", sides: Mapping[str, Answer]) -> PairMeta:
    """What comparison is told of a request and its answers; the pair adds what it alone knows."""
    head, route = exchange.head, exchange.state.route
    query = head.target.partition(b"?")[2].decode("ascii")
    return {
        "route": route.name,
        "method": head.method.decode("ascii"),
        "target": head.target.decode("ascii"),
        "stage": str(route.stage),
        "percent": route.percent,
        "version": exchange.version,
        "request_id": exchange.request_id,
        "started": 0.0,
        "signed_in": False,
        "query_keys": sorted({key for key, _ in parse_qsl(query, keep_blank_values=True)}),
        "live": "",
        "sides": {name: side.meta() for name, side in sides.items()},
        "request_headers": as_text(
            [field for field in head.fields if field.line in head.lines or field.kind == HOST]
        ),
    }


def as_text(fields: list[Field]) -> list[list[str]]:
    """Names and values as text."""
    return [[field.name.decode("ascii"), field.value.decode("latin-1")] for field in fields]


def sent_fields(head: bytes) -> list[list[str]]:
    """The fields of a head that we wrote."""
    lines = head.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    pairs = (line.decode("latin-1").partition(": ") for line in lines)
    return [[name, value] for name, _, value in pairs]
