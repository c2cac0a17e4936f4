"""What the proxy does: what to record, which faults to inject. One JSON document:

    {"record": {"file": "/data/shop.flows", "rotate_bytes": 67108864, "keep": 16, "scrub": true,
                "secrets": ["iban", "$.customer.birthday"]},
     "faults": [{"name": "slow-detail", "match": "GET /api/products/{sku}", "share": 0.1,
                 "latency_ms": 250, "until": 1790000000.0}]}

Numbers carry their unit in their name; `until` is in unix seconds, shares are 0 to 1.
`reading.py` reads it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

ROTATE_BYTES = 64 * 1024**2
KEEP = 16
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, slots=True)
class Recording:
    """Which file traffic goes to. A file beyond `rotate_bytes` is followed by the next one."""

    file: str
    rotate_bytes: int = ROTATE_BYTES
    keep: int = KEEP  # files; the oldest goes first
    scrub: bool = True
    secrets: tuple[str, ...] = ()  # further names of fields, or paths such as $.customer.iban


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with a share of the requests of one route; at least one of the effects."""

    name: str
    match: str  # "GET|POST /api/orders/{order_no}", "* /{path*}"
    share: float = 1.0
    latency_ms: float = 0.0
    jitter_ms: float = 0.0  # up to this much more
    status: int | None = None  # answer so, the monolith is not asked
    reset: str | None = None  # the connection: before the monolith is asked, or after it answered
    partial: float | None = None  # the answer ends early, after this share of its body
    until: float | None = None
    times: int | None = None  # then it is over

    @property
    def methods(self) -> tuple[str, ...]:
        """Upper case; ("*",) is every method."""
        return tuple(self.match.partition(" ")[0].split("|"))

    @property
    def template(self) -> str:
        """The path, as in the route file."""
        return self.match.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything at once: a new plan takes the place of the one before."""

    record: Recording | None = None
    faults: tuple[Fault, ...] = ()


def plan_text(plan: Plan) -> str:
    """The document of a plan; what is not set is left out."""
    record = asdict(plan.record) if plan.record else None
    faults = [_without_nones(asdict(fault)) for fault in plan.faults]
    return json.dumps({"record": record, "faults": faults}, indent=1) + "\n"


def _without_nones(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not None}
