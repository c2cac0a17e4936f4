"""What the demo may do to the stack and ask of it; the runner knows nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fig.demo.judge.ownership import Gone, Handover, Window
from fig.demo.judge.record import Difference, Evidence, PriceEdit, Reading, StepRecord, Verified
from fig.demo.judge.record import Flip as FlipRecord
from fig.demo.judge.sample import Sample
from fig.demo.script.actions import Flip, Migrate
from fig.demo.script.step import Act


class DemoFailed(Exception):
    """Something the demo needs does not work; the message says what, and what to do about it."""


@dataclass(frozen=True)
class Retired:
    """The routes that were retired, and why this was refused at first; empty: it was not."""

    routes: tuple[str, ...]
    refused: str


class World(Protocol):
    """All times in milliseconds unless named otherwise; all failures are DemoFailed."""

    async def bring_up(self, fault: str) -> None:
        """Start the stack with this fault in the catalog, every route in `legacy`."""

    async def let_in(self, users: int) -> None:
        """Start the shoppers."""

    async def flip(self, action: Flip) -> Sequence[FlipRecord]:
        """Move routes: each step with the route file's version after it, and the ms until every
        worker decided by it (None: not within seconds)."""

    async def migrate(self, action: Migrate) -> Sequence[FlipRecord]:
        """Begin a walk; its first step, to shadow, as `flip` returns it."""

    async def stopped(self, routes: Sequence[str]) -> str:
        """Wait until the walk of these routes says that a guard stops it; its words."""

    async def walked(self, routes: Sequence[str], percent: int) -> Sequence[FlipRecord]:
        """Wait until the walk has been at this share in canary; that step, as `flip` returns it."""

    async def approve(self, routes: Sequence[str]) -> Sequence[FlipRecord]:
        """Wait until the walk asks for a word, give it; the step to new, as `flip` returns it."""

    async def refusal(self, route: str, stage: str, percent: int | None) -> str | None:
        """Ask for a flip: why it was refused; None when it was done, which is undone at once."""

    async def restart_catalog(self, fault: str) -> None:
        """Restart the catalog with this fault ("" for none) and wait until it is ready."""

    async def forget(self, route: str) -> None:
        """Start a route's evidence again."""

    async def differences(self, routes: Sequence[str]) -> tuple[Difference, ...]:
        """The clusters of mismatches of these routes, the most frequent first."""

    async def evidence(self, routes: Sequence[str]) -> tuple[Evidence, ...]:
        """What is known of these routes since their evidence was started again."""

    async def edit_price(self, nth: int) -> PriceEdit:
        """Change a price in the monolith's admin page and wait for the new side to show it."""

    async def stop_legacy(self, seconds: float) -> None:
        """Stop the monolith, leave it down for so long, start it, wait until it is ready.

        From now on shoppers count apart what only it could have answered.
        """

    async def legacy_is_back(self) -> None:
        """From now on nothing is excused."""

    async def read_orders(self, side: str) -> Reading:
        """Read some orders that the new side took, as their customers, answered by this side."""

    async def cut_over(self, domain: str, toward: str, bound: int) -> Handover:
        """Make this side the owner of a domain."""

    async def close_window(self, domain: str) -> Window:
        """End a domain's window."""

    async def retire(self, horizon: float) -> Retired:
        """Retire all routes once nothing needed legacy for this long, in seconds."""

    async def farewell(self) -> Gone:
        """Delete the monolith."""

    async def verify(self) -> Verified:
        """Whether both sides hold the same, and what shoppers were answered is true."""

    async def send_home(self) -> None:
        """Stop the shoppers; their last figures show in the next sample."""

    async def sample(self) -> Sample | None:
        """Everything at this moment; None when the admin API does not answer."""

    async def close(self) -> None:
        """Leave nothing running that the demo started."""


class Watch(Protocol):
    """What shows the run to a person."""

    def open(self, act: Act) -> None:
        """An act begins."""

    def begin(self, title: str, say: str) -> None:
        """A step begins."""

    def progress(self, words: str) -> None:
        """How the step's condition stands."""

    def see(self, sample: Sample) -> None:
        """A new sample."""

    def event(self, words: str) -> None:
        """Something worth a line of its own."""

    def end(self, step: StepRecord) -> None:
        """A step is over."""
