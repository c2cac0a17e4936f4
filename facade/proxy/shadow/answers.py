"""Both sides' answers as they come in, and how the pair of them is described to comparison."""

from time import perf_counter

from facade.http1.fields import Field
from facade.http1.responses import ResponseHead
from facade.proxy.request import Request
from facade.runtime.channel import PairMeta, SideMeta


class SideAnswer:
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


def describe(request: Request, started: float, legacy: SideAnswer, new: SideAnswer) -> PairMeta:
    """The description of a request and its answers for comparison; the pair adds its own fields.

    `started` is in unix seconds.
    """
    head, route = request.head, request.state.route
    return {
        "route": route.name,
        "method": head.method.decode("ascii"),
        "target": head.target.decode("latin-1"),
        "stage": str(route.stage),
        "percent": route.percent,
        "version": request.version,
        "request_id": request.request_id,
        "started": started,
        "signed_in": False,
        "live": "",
        "sides": {"legacy": legacy.meta(), "new": new.meta()},
    }


def lines_of(sent: bytes) -> str:
    """The field lines of a head as it was sent, without its first line and the empty one."""
    return sent.partition(b"\r\n")[2].removesuffix(b"\r\n").decode("latin-1")


def target_of(sent: bytes) -> str:
    """The target of a head as it was sent; empty where none was."""
    return b"".join(sent.partition(b"\r\n")[0].split(b" ")[1:2]).decode("latin-1")


def as_text(fields: list[Field]) -> str:
    """The lines of these fields; cheap, for a worker does it and another process reads them."""
    return b"".join([field.line for field in fields]).decode("latin-1")
