"""Whether the services that keep copies of a domain know that its window is closed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fig.clients import services
from fig.errors import FigError
from fig.settings import Home

SECONDS = 120.0
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Heard:
    """The services of a running stack that keep copies of this domain."""

    home: Home
    domain: str
    copies: Sequence[str]
    pause: Callable[[float], None] = time.sleep

    def wait(self, seconds: float = SECONDS) -> list[str]:
        """The names of those that still do not know it after so many seconds."""
        until = time.monotonic() + seconds
        while (missing := [name for name in self.copies if not self._has(name)]) and (
            time.monotonic() < until
        ):
            self.pause(POLL_SECONDS)
        return missing

    def _has(self, name: str) -> bool:
        try:
            state = services.ask("GET", services.address(self.home, name, None), "/readyz")
        except FigError:
            return False  # away, or not ready: asked again
        return self.domain in (state.get("closed") or ())
