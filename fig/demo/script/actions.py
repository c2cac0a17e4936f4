"""What a step of the demo may do, as data; the runner says how."""

from __future__ import annotations

from dataclasses import dataclass


class Action:
    """What all of them are."""


@dataclass(frozen=True)
class BringUp(Action):
    """Start the stack on a copy of the route file with everything in `legacy`."""

    fault: str = ""


@dataclass(frozen=True)
class LetIn(Action):
    """Start the shoppers."""

    users: int


@dataclass(frozen=True)
class Flip(Action):
    """Move routes to a stage by one `fig flip`; `walk`: over all stages in between."""

    routes: tuple[str, ...]
    stage: str
    percent: int | None = None
    walk: bool = False


@dataclass(frozen=True)
class Edit(Flip):
    """Move routes to a stage by one edit of the route file, as a person with an editor does."""


@dataclass(frozen=True)
class Migrate(Action):
    """Let `fig migrate` walk routes to the new side by these percentages; wait for its first step.

    `hold` is the least time of a step in seconds, `bound` in percent; the last step, to `new`,
    waits for a person's word.
    """

    routes: tuple[str, ...]
    steps: tuple[int, ...]
    hold: float
    bound: int


@dataclass(frozen=True)
class SeeItStop(Action):
    """Wait until the walk says that the guard of one of its routes keeps it where it is."""

    routes: tuple[str, ...]


@dataclass(frozen=True)
class Follow(Action):
    """Wait until the walk has brought the routes to this share in canary."""

    routes: tuple[str, ...]
    percent: int


@dataclass(frozen=True)
class Approve(Action):
    """Give the word that the walk waits for before `new`, and wait for that step."""

    routes: tuple[str, ...]


@dataclass(frozen=True)
class AskForRefusal(Action):
    """Ask for a promotion that `fig flip` has to refuse, because the evidence speaks against it."""

    route: str
    stage: str
    percent: int | None = None


@dataclass(frozen=True)
class AskToRetire(Action):
    """Ask `fig flip` to retire a route, which it has to refuse: legacy owns the data behind it."""

    route: str


@dataclass(frozen=True)
class Mend(Action):
    """Restart the catalog with this fault, "" for none."""

    fault: str = ""


@dataclass(frozen=True)
class Forget(Action):
    """Delete the evidence of the routes, and start again."""

    routes: tuple[str, ...]


@dataclass(frozen=True)
class EditPrices(Action):
    """Change prices in the monolith's admin page and watch the new side."""

    times: int


@dataclass(frozen=True)
class StopLegacy(Action):
    """Stop the monolith for so many seconds, then start it; ends when it is ready again."""

    seconds: float


@dataclass(frozen=True)
class LegacyIsBack(Action):
    """From here on nothing is excused by the monolith's absence."""


@dataclass(frozen=True)
class ReadOrders(Action):
    """Read orders that the new side took, as their customers, answered by this side."""

    side: str


@dataclass(frozen=True)
class CutOver(Action):
    """Make the new side the owner of a domain by `fig cutover`, legacy again, and the new side
    again; `bound`, in percent, as its option."""

    domain: str
    bound: int


@dataclass(frozen=True)
class CloseWindow(Action):
    """End the time in which legacy is kept current, and the way back open, of a domain."""

    domain: str


@dataclass(frozen=True)
class Retire(Action):
    """Retire all routes, as soon as nothing has needed legacy for so many seconds."""

    horizon: float


@dataclass(frozen=True)
class Farewell(Action):
    """Stop the monolith for good, archive its database, try the archive, drop the database."""


@dataclass(frozen=True)
class SendHome(Action):
    """Let the shoppers finish and leave."""


@dataclass(frozen=True)
class Verify(Action):
    """Compare both sides by `fig verify`, look for stuck sagas, and hold the books against it."""
