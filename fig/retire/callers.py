"""Clients of the monolith that do not come through the facade, by the lines of its log."""

import re
from collections.abc import Iterable
from datetime import datetime

from fig.retire.seen import Need

_LINE = re.compile(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\] \[\d+\] \[[A-Z]+\] (.*)")
_CALLER = re.compile(r"past the facade: (.*?): ([A-Z]+ .*)")


def callers(lines: Iterable[str]) -> tuple[float | None, list[Need]]:
    """The moment of the first line (None: there is none), and a need for each caller.

    Each line stands for one request or more: a busy caller is written once in a while.
    """
    since: float | None = None
    found: dict[str, Need] = {}
    for line in lines:
        begin = _LINE.match(line)
        if begin is None:
            continue
        at = datetime.strptime(begin[1], "%Y-%m-%d %H:%M:%S %z").timestamp()
        since = at if since is None else since
        said = _CALLER.match(begin[2])
        if said is not None:
            number = found[said[1]].number + 1 if said[1] in found else 1
            found[said[1]] = Need("connection", said[1], at, number, said[2])
    return since, [*found.values()]
