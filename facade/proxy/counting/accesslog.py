"""The access log: one JSON line per request on stdout, for a share of them, written in batches.

What the line says of a decision is also said in an answer, where the route file wants it.
"""

import os
import re
import sys
from random import random
from typing import Any, Final

import orjson

from chassis.web.headers import DECISION
from facade.proxy.request import Request
from facade.routes.config.routefile import FULL

MOST_WAITING: Final = 10_000  # lines; more are dropped and counted
LONGEST_TARGET: Final = 200
LONGEST_AGENT: Final = 80


class AccessLog:
    """Collects lines; `flush` writes them, from the worker's tick."""

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = sys.stdout.fileno() if descriptor is None else descriptor
        self.share = 0  # basis points
        self._lines: list[bytes] = []
        self.dropped = 0

    def use(self, share: int) -> None:
        """Log this share of requests from now on, in basis points."""
        self.share = share

    def wanted(self) -> bool:
        """Whether the present request is to be logged."""
        share = self.share
        return share > 0 and (share >= FULL or random() * FULL < share)

    def write(self, line: dict[str, Any]) -> None:
        """Add a line."""
        if len(self._lines) < MOST_WAITING:
            self._lines.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        else:
            self.dropped += 1

    def flush(self) -> None:
        """Write what was collected."""
        if self._lines:
            lines, self._lines = self._lines, []
            data = memoryview(b"".join(lines))
            while data:
                # Compiled, a call between the brackets would be made twice.
                written = os.write(self._descriptor, data)
                data = data[written:]


_VALUES: Final = re.compile(rb"([?&;][A-Za-z_][A-Za-z0-9_.\-]{0,40}(?:\[\w*\])*=)[^&;?]+")
_SIGNED: Final = re.compile(rb"eyJ[\w-]{6,}\.eyJ[\w-]{6,}\.[\w-]*")  # a token is known by its form
_LEFT_OUT: Final = "…".encode()
_BARE: Final = re.compile(rb"(?<=[?&])(?![A-Za-z_][A-Za-z0-9_.\-]{0,40}(?:\[\w*\])*=)[^&]+")


def without_values(target: bytes) -> str:
    """A target with the names of its parameters, those in its path included, and none of their
    values: no name says for sure which values are secret, and a log has many readers."""
    if b"eyJ" in target:
        target = _SIGNED.sub(_LEFT_OUT, target)
    if b"?" not in target and b";" not in target:
        return target.decode("utf-8", "replace")
    path, mark, query = target.partition(b"?")
    path = _VALUES.sub(rb"\1" + _LEFT_OUT, path)
    query = _BARE.sub(_LEFT_OUT, _VALUES.sub(rb"\1" + _LEFT_OUT, mark + query))
    return (path + query).decode("utf-8", "replace")


def log_line(request: Request, status: int, now: float) -> dict[str, Any]:
    """The line of a settled request; times are in milliseconds since the head was read."""
    head, decision, attempt = request.head, request.decision, request.attempt
    first = attempt.first_byte
    return {
        "request_id": request.request_id,
        "client": request.client.address_of(head),
        "method": head.method.decode("ascii"),
        "target": without_values(head.target),
        "status": status,
        "route": request.state.route.name,
        "side": attempt.side.name,
        "stage": str(request.state.route.stage),
        "reason": request.reason,
        "bucket": decision.bucket,
        "table": request.version,
        "first_byte_ms": round((first - request.started) * 1000, 3) if first else None,
        "total_ms": round((now - request.started) * 1000, 3),
        "retried": request.retried,
    }


def caller_line(request: Request) -> str:
    """A request and its client in one line for people; no values of parameters."""
    head = request.head
    agent = next((f.value for f in head.fields if f.name == b"user-agent"), b"")
    words = agent[:LONGEST_AGENT].decode("latin-1") or "no user agent"
    target = without_values(head.target[:LONGEST_TARGET])
    method = head.method.decode("ascii", "replace")
    return (
        f"{request.client.address_of(head)} ({words}): {method} {target}, id {request.request_id}"
    )


def decision_line(request: Request) -> bytes:
    """`Fig-Decision`: why this side answered."""
    return (
        f"{DECISION}: side={request.attempt.side.name}; stage={request.state.route.stage}; "
        f"bucket={request.decision.bucket}; reason={request.reason}; table={request.version}\r\n"
    ).encode()
