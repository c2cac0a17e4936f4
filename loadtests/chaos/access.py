"""Legacy's requests by the second, from the access log that gunicorn writes."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

_MOMENT = re.compile(r"\[(\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]")


def per_second(lines: Iterable[str]) -> Mapping[int, int]:
    """Unix second to the requests that were answered in it."""
    found: Counter[int] = Counter()
    for line in lines:
        if moment := _MOMENT.search(line):
            found[int(datetime.strptime(moment[1], "%d/%b/%Y:%H:%M:%S %z").timestamp())] += 1
    return found


def row(counts: Mapping[int, int], since: float, seconds: int) -> list[int]:
    """The counts of so many whole seconds from a unix time on."""
    first = int(since)
    return [counts.get(second, 0) for second in range(first, first + seconds)]
