"""What the limits of a route would make of one request, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from facade.routes.config.limitfile import LimitConfig
from facade.routes.keys import Headers
from facade.routes.limits.limit import Arrival, Found, Limit, Named, written_rate

_SECOND: Final = 1_000_000_000  # in nanoseconds

# (limit, key) -> the key as it may be shown, and what it meets; None: nothing is known of it.
Standing = Callable[[Limit, Found], tuple[str, Arrival | None]]
Asked = tuple[
    Headers, str, str, Named
]  # headers, path, the client's address, the known persons and machines


@dataclass(frozen=True, slots=True)
class LimitStand:
    """One limit of the request's route; `left` and `wait` (seconds) None: not known."""

    name: str
    mode: str
    rate: str
    burst: int
    keys_tried: tuple[str, ...]
    key: str | None  # as it may be shown; None: the request has no key of the limit
    left: int | None  # with this request
    wait: float | None  # until one more is left
    sentence: str


def stand(limit: Limit, config: LimitConfig, asked: Asked, standing: Standing) -> LimitStand:
    """The state of each limit for one request."""
    found = limit.key(*asked)
    key, arrival = (None, None) if found is None else standing(limit, found)
    return LimitStand(
        name=limit.name,
        mode=config.mode,
        rate=written_rate(config.rate),
        burst=limit.burst,
        keys_tried=tuple(source for source, _ in limit.keys),
        key=key,
        left=None if arrival is None else max(0, arrival.left),
        wait=None if arrival is None else round(arrival.wait / _SECOND, 3),
        sentence=_sentence(limit, key, arrival),
    )


def _sentence(limit: Limit, key: str | None, arrival: Arrival | None) -> str:
    if key is None:
        return "the request has none of its keys, and is not counted"
    if arrival is None:
        return "no facade runs by this file here, so what is left is not known"
    if not arrival.refused:
        return f"let through, {arrival.left} of {limit.burst} left with it"
    wait = f"{arrival.wait / _SECOND:.1f} s"
    if limit.enforced:
        return f"refused with 429, for {wait} more"
    return f"would be refused for {wait} more, and is let through: it only counts"
