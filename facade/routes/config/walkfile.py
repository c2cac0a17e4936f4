"""What the route file says of walks: `plans`, and `facade.hooks`; units as in `routefile`."""

from dataclasses import dataclass

STEP_NEW = -1  # in `Plan.approve`: the step from the last canary to stage `new`


@dataclass(frozen=True, slots=True)
class Plan:
    """How `fig migrate` walks: one entry under `plans`."""

    name: str = ""
    steps: tuple[int, ...] = (100, 500, 2_500, 5_000, 10_000)  # basis points in canary
    time: float = 60.0  # seconds at each step, at least
    pairs: int = 300  # compared at each step, at least
    bound: int = 100  # basis points: surely no more of the pairs differ
    approve: tuple[int, ...] = ()  # steps that wait for a person's word; see STEP_NEW


@dataclass(frozen=True, slots=True)
class Hooks:
    """The URLs that are called for automatic moves; `timeout` in seconds."""

    command: tuple[str, ...] = ()
    webhook: str | None = None
    timeout: float = 10.0
