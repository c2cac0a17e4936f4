"""The record of a domain at its owning service, and the orders to move it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from contracts.cutover import path
from fig.clients import services
from fig.clients.services import ServiceAway
from fig.errors import BadSetting, FigError

SETTLED = "settled"
LEGACY, NEW = "legacy", "new"
POLL_SECONDS = 0.05
AWAY_SECONDS = 60.0  # a service that was killed is back by then


@dataclass(frozen=True, slots=True)
class Standing:
    """See contracts.cutover; `raw` is all of it."""

    owner: str
    epoch: int
    window: str
    phase: str
    operator: str
    words: str
    raw: Mapping[str, Any]

    @property
    def settled(self) -> bool:
        """Whether no attempt is under way."""
        return self.phase == SETTLED

    @property
    def in_file(self) -> tuple[str, str]:
        """Owner and window, as the route file is to say it."""
        if not self.settled:
            return "moving", "open"
        return self.owner, self.window if self.owner == NEW else "open"


def read(answer: Mapping[str, Any]) -> Standing:
    """What a service answered. Raises FigError where it is no standing."""
    try:
        return Standing(
            str(answer["owner"]), int(answer["epoch"]), str(answer["window"]), str(answer["phase"]),
            str(answer["operator"]), str(answer["words"]), answer,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise FigError(f"the service's answer is no standing of a domain: {error!r}") from None


class OwningService(Protocol):
    """What a cutover needs of the owning service; see Owning."""

    @property
    def domain(self) -> str:
        """The domain's name."""

    def standing(self) -> Standing:
        """The record of the domain now."""

    def begin(self, toward: str, operator: str) -> Standing:
        """Order a move."""

    def withdraw(self) -> Standing:
        """The record, once no earlier order can begin a move any more."""

    def close(self) -> Standing:
        """End the window."""

    def until_settled(self, seen: Callable[[Standing], None]) -> Standing:
        """Follow an attempt to its end."""


class Owning:
    """The owning service of one domain, at its own port."""

    def __init__(self, base: str, domain: str) -> None:
        self._base, self.domain = base, domain

    def standing(self) -> Standing:
        """Raises ServiceAway, FigError."""
        try:
            return read(services.ask("GET", self._base, path(self.domain)))
        except BadSetting:
            raise FigError(
                f"the service at {self._base} does not move '{self.domain}': it was not given"
                " legacy's database, or is older than this command"
            ) from None

    def begin(self, toward: str, operator: str) -> Standing:
        """Order a move; it goes on by itself. Raises ServiceRefused with the reason; ServiceAway
        where it may have been begun all the same, or be begun later: see withdraw."""
        seen = self.standing().raw.get("attempt")
        body = {"toward": toward, "operator": operator, "attempt": seen}
        return read(services.ask("POST", self._base, path(self.domain), body=body))

    def withdraw(self) -> Standing:
        """Where it stands; no order that was given before this begins anything after it. Raises
        ServiceAway, FigError."""
        now = self.standing()
        body = {"attempt": now.raw.get("attempt")}
        way = f"{path(self.domain)}/withdraw"
        return read(services.ask("POST", self._base, way, body=body)) if now.settled else now

    def close(self) -> Standing:
        """End the window. Raises ServiceRefused."""
        return read(services.ask("POST", self._base, f"{path(self.domain)}/close"))

    def until_settled(self, seen: Callable[[Standing], None]) -> Standing:
        """Follow an attempt to its end; a service that is away meanwhile is waited for.

        Raises ServiceAway.
        """
        away_since: float | None = None
        while True:
            try:
                now = self.standing()
            except ServiceAway:
                away_since = away_since or time.monotonic()
                if time.monotonic() - away_since > AWAY_SECONDS:
                    raise
            else:
                away_since = None
                seen(now)
                if now.settled:
                    return now
            time.sleep(POLL_SECONDS)
