"""What was seen of the owners of the data: how they changed, and the end of the monolith."""

from __future__ import annotations

from dataclasses import dataclass, field

from fig.demo.judge.sample import Load


@dataclass(frozen=True)
class Handover:
    """A domain that changed its owner. `seconds`: of the whole command, of which writes waited only
    a part: `waited` of them, the longest for `worst` ms; `failed`: writes that failed meanwhile.
    `calls`: how often the command was given until it came about."""

    domain: str
    toward: str
    seconds: float
    waited: int = 0
    worst: float = 0.0
    failed: int = 0
    calls: int = 1


@dataclass(frozen=True)
class Window:
    """A domain's window as it was closed: `words` of what was compared right before."""

    domain: str
    words: str


@dataclass(frozen=True)
class Gone:
    """The monolith after its end: the steps of `fig farewell` with their seconds, and the archive.

    `load` is what shoppers had seen by then, `errors` the answers with 5xx that clients had got.
    """

    at: float
    steps: tuple[tuple[str, float, str], ...]
    archive: str
    size: int  # bytes
    tables: int
    rows: int
    load: Load = field(default_factory=Load)
    errors: int = 0


@dataclass(frozen=True)
class Without:
    """What came after the farewell, counted from the shoppers' own figures."""

    seconds: float
    requests: int
    failed: int
    apart: int  # excused, because only legacy could have answered: there is no such excuse now
    orders: int
    logins: int
    registrations: int
