"""How far back a page may be: as far as the oldest of the read models that pages are made of.

The facade asks `/readyz` for it before it gives the storefront more of the requests (`max_lag`).
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

from chassis.breaker.guard import Held
from chassis.web.client import NoAnswer, NotSent, Request
from chassis.web.service import ServiceClient

EVERY_SECONDS = 0.5  # asked at most so often
TIMEOUT_SECONDS = 0.5


@dataclass(slots=True)
class Freshness:
    """`services`: those whose read models pages are made of, by their names."""

    services: Mapping[str, ServiceClient]
    clock: Callable[[], float] = time.monotonic
    _watermarks: dict[str, int] = field(default_factory=dict)  # 0: it does not say
    _looked: float | None = None

    async def look(self) -> None:
        """Ask all of them, unless that was done a moment ago."""
        now = self.clock()
        if self._looked is not None and now - self._looked < EVERY_SECONDS:
            return
        self._looked = now
        found = await asyncio.gather(*(_watermark(each) for each in self.services.values()))
        self._watermarks = dict(zip(self.services, found, strict=True))

    def details(self) -> Mapping[str, object]:
        """For `/readyz`: `watermark` in unix microseconds; 0, and why, where it is not known."""
        silent = [name for name in self.services if not self._watermarks.get(name)]
        if silent:
            reason = f"{', '.join(silent)}: does not say how fresh it is"
            return {"watermark": 0, "reason": reason}
        return {"watermark": min(self._watermarks.values())}


async def _watermark(service: ServiceClient) -> int:
    try:
        asked = Request("GET", "/readyz", timeout=TIMEOUT_SECONDS)
        answer = await service.send(asked, lambda _: False)
        said = orjson.loads(answer.body).get("watermark")
    except (Held, NotSent, NoAnswer, ValueError):
        return 0
    return said if isinstance(said, int) else 0
