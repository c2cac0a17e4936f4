"""What an observer beside the facade saw of legacy, as `fig retire --seen` takes it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from fig.supervise.logs import path_of


@dataclass(frozen=True, slots=True)
class Need:
    """Something that legacy was needed for; `at` in unix seconds, the last time."""

    kind: str
    name: str
    at: float
    number: int = 1
    caller: str = ""


def document(source: str, since: float | None, needs: Iterable[Need], now: float) -> str:
    """The JSON of a file; `since` in unix seconds, None: the source has seen nothing yet."""
    begins = now if since is None else since
    seen = [asdict(need) for need in needs]
    return json.dumps({"source": source, "since": begins, "gap": "it begins then", "needs": seen})


def lines(folder: Path, name: str) -> Iterator[str]:
    """The log of a process in this folder, with the file before it."""
    path = path_of(folder, name)
    for part in (path.with_name(path.name + ".1"), path):
        try:
            with part.open(errors="replace") as file:
                yield from file
        except FileNotFoundError:
            continue
