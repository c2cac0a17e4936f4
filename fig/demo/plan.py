"""The script of the demo as data: what is done, what it waits for, and the sentence people read.

To let the demo go further, add steps here; the runner knows actions and conditions, no story.
"""

from __future__ import annotations

from dataclasses import dataclass

from fig.demo.conditions import Caught, Clean, Condition, Left, Moved, Shoppers

PRODUCT_ROUTES = ("product-list", "product-detail", "category-list")
FAULT = "discount-rounding"


@dataclass(frozen=True)
class BringUp:
    """Start the stack on a copy of the route file with everything in `legacy`."""

    fault: str = ""


@dataclass(frozen=True)
class LetIn:
    """Start the shoppers."""

    users: int


@dataclass(frozen=True)
class Flip:
    """Move routes to a stage, one `fig flip` each."""

    routes: tuple[str, ...]
    stage: str
    percent: int | None = None


@dataclass(frozen=True)
class AskForRefusal:
    """Ask for a promotion that `fig flip` has to refuse, because the evidence speaks against it."""

    route: str
    stage: str
    percent: int | None = None


@dataclass(frozen=True)
class Mend:
    """Restart the catalog with this fault, "" for none."""

    fault: str = ""


@dataclass(frozen=True)
class Forget:
    """Start the evidence of the routes anew."""

    routes: tuple[str, ...]


@dataclass(frozen=True)
class EditPrices:
    """Change prices in the monolith's admin page and watch the new side."""

    times: int


@dataclass(frozen=True)
class SendHome:
    """Let the shoppers finish and leave."""


Action = BringUp | LetIn | Flip | AskForRefusal | Mend | Forget | EditPrices | SendHome


@dataclass(frozen=True)
class Step:
    """Do something, stay at least `hold` seconds, until the condition holds, at most `within`."""

    name: str
    title: str
    say: str
    do: Action | None = None
    until: Condition | None = None
    hold: float = 0.0
    within: float = 60.0


@dataclass(frozen=True)
class Pace:
    """How long the same story takes. Times in seconds, `pairs` per route."""

    name: str
    users: int
    spawn_rate: float
    think: str
    baseline: float
    pairs: int
    canary: float
    new: float
    back: float
    price_edits: int


NORMAL = Pace("normal", 40, 10, "0.3-1.2", 20, 400, 20, 20, 10, 6)
FAST = Pace("fast", 24, 24, "0.25-0.9", 3, 50, 2.5, 2.5, 2.5, 4)


def plan(pace: Pace) -> tuple[Step, ...]:
    """The whole story, in order."""
    return (*_before(pace), *_fault(pace), *_promotion(pace), *_way_back(pace), *_end())


def _before(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "up",
            "The shop opens",
            "starting PostgreSQL, NATS, the monolith, the change feed, the catalog and the facade",
            BringUp(FAULT),
            within=120,
        ),
        Step(
            "baseline",
            "Business as usual",
            "shoppers come in; the monolith answers everything",
            LetIn(pace.users),
            Shoppers(pace.users),
            hold=pace.baseline,
        ),
    )


def _fault(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "shadow",
            "Into the shadow",
            "the new side gets a copy of every request; clients still get the monolith's answers",
            Flip(PRODUCT_ROUTES, "shadow"),
            Moved(PRODUCT_ROUTES, "shadow"),
            within=40,
        ),
        Step(
            "catch",
            "The comparison finds a fault",
            "comparing the answers of both sides; the catalog carries a fault nobody told it about",
            until=Caught(PRODUCT_ROUTES, pairs=50),
            within=45,
        ),
        Step(
            "refuse",
            "A promotion is refused",
            "asking for canary 5 % all the same; the evidence speaks against it",
            AskForRefusal("product-list", "canary", 5),
        ),
        Step(
            "mend",
            "The fault is mended",
            "restarting the catalog without it",
            Mend(),
            within=60,
        ),
        Step(
            "clean",
            "Evidence from nothing",
            "the old evidence is forgotten; collecting clean pairs until the bound is reached",
            Forget(PRODUCT_ROUTES),
            Clean(PRODUCT_ROUTES, pace.pairs),
            within=max(90, pace.pairs / 4),
        ),
    )


def _promotion(pace: Pace) -> tuple[Step, ...]:
    canaries = tuple(_canary(percent, pace.canary, f"canary-{percent}") for percent in (5, 25, 50))
    return (
        *canaries,
        Step(
            "new",
            "The new side answers",
            "everybody is answered by the catalog now; legacy is the fallback only",
            Flip(PRODUCT_ROUTES, "new"),
            Moved(PRODUCT_ROUTES, "new"),
            hold=pace.new,
            within=pace.new + 60,
        ),
        Step(
            "price",
            "A price changes in the old admin page",
            "an editor changes prices in the monolith; the new side has to show them",
            EditPrices(pace.price_edits),
        ),
    )


def _way_back(pace: Pace) -> tuple[Step, ...]:
    return (
        _canary(
            50, pace.back, "back", "One step back", "the way back is open: half of them return"
        ),
        Step(
            "forward",
            "And forward again",
            "nothing was lost on the way; forward again",
            Flip(PRODUCT_ROUTES, "new"),
            Moved(PRODUCT_ROUTES, "new"),
            hold=pace.back,
            within=pace.back + 60,
        ),
    )


def _end() -> tuple[Step, ...]:
    return (
        Step(
            "home",
            "Closing time",
            "the last shoppers leave",
            SendHome(),
            until=Left(),
            within=30,
        ),
    )


def _canary(percent: int, hold: float, name: str, title: str = "", say: str = "") -> Step:
    return Step(
        name,
        title or f"Canary {percent} %",
        say or f"{percent} % of the shoppers are answered by the new side, always the same ones",
        Flip(PRODUCT_ROUTES, "canary", percent),
        Moved(PRODUCT_ROUTES, "canary"),
        hold=hold,
        within=hold + 60,
    )
