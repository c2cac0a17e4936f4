"""Where a route stands, as one comparable value, in the words of the command line."""

from dataclasses import dataclass

from facade.routes.config.routefile import FULL, RouteConfig
from facade.routes.file.kinds.quantities import written_share
from facade.routes.stages import ORDER, Stage


@dataclass(frozen=True, slots=True)
class Position:
    """A stage, in canary with its percentage in basis points."""

    stage: Stage
    percent: int | None = None

    def __str__(self) -> str:
        return self.stage.value + (
            f" {written_share(self.percent)}" if self.percent is not None else ""
        )

    @property
    def rank(self) -> tuple[int, int]:
        """Further towards the new side is greater."""
        return ORDER.index(self.stage), self.percent or 0

    @property
    def share(self) -> float:
        """Of clients that the new side answers, 0..1."""
        if self.stage is Stage.CANARY:
            return (self.percent or 0) / FULL
        return float(self.stage in (Stage.NEW, Stage.RETIRED))


def of(config: RouteConfig) -> Position:
    """Where the table says a route stands."""
    return Position(config.stage, config.percent)


def parse(text: str) -> Position:
    """`canary 25%`, as `str` writes it. Raises ValueError."""
    stage, _, percent = text.partition(" ")
    if not percent:
        return Position(Stage(stage))
    return Position(Stage(stage), round(float(percent.removesuffix("%")) * 100))
