"""Which requests a fault strikes, and how. Pure: the clock and the dice are arguments."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from facade.routes.matching.paths import TargetRefused, forms, path_of
from facade.routes.matching.segments import SegmentTree
from facade.sidecar.plan.plan import Fault

Dice = Callable[[], float]  # 0 <= x < 1


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to one request; delays of several faults add up, of the rest the first holds."""

    delay: float = 0.0  # seconds, before the monolith is asked
    status: int | None = None
    reset: str | None = None
    partial: float | None = None
    names: tuple[str, ...] = ()

    @property
    def ends_it(self) -> bool:
        """Whether the client gets another answer than the monolith's whole one."""
        return self.status is not None or self.reset is not None or self.partial is not None


NOTHING = Effect()


class Faults:
    """The faults of one plan. `hits` outlives it where a fault stays the same."""

    def __init__(self, faults: Iterable[Fault], hits: "dict[Fault, int] | None" = None) -> None:
        self.faults = tuple(faults)
        known = hits or {}
        self.hits: dict[Fault, int] = {fault: known.get(fault, 0) for fault in self.faults}
        self._trees: list[tuple[Fault, SegmentTree[bool]]] = []
        for fault in self.faults:
            tree: SegmentTree[bool] = SegmentTree()
            for method in fault.methods:
                tree.add(method, fault.template, True)
            self._trees.append((fault, tree))

    def meet(self, method: str, target: str, now: float, dice: Dice) -> Effect:
        """What a request that comes at unix second `now` meets."""
        if not self._trees:
            return NOTHING
        path = resolved(target)
        effect = NOTHING
        for fault, tree in self._trees:
            if not self._is_over(fault, now) and tree.find(method, path) and dice() < fault.share:
                self.hits[fault] += 1
                effect = _and(effect, fault, dice)
        return effect

    def _is_over(self, fault: Fault, now: float) -> bool:
        if fault.until is not None and now >= fault.until:
            return True
        return fault.times is not None and self.hits[fault] >= fault.times


def resolved(target: str) -> str:
    """The path an application sees; as written where that is not known."""
    try:
        return forms(path_of(target.encode("latin-1", "replace")))[0]
    except TargetRefused:
        return target.partition("?")[0]


def _and(effect: Effect, fault: Fault, dice: Dice) -> Effect:
    jitter = fault.jitter_ms * dice() if fault.jitter_ms else 0.0
    ended = effect.ends_it
    return Effect(
        delay=effect.delay + (fault.latency_ms + jitter) / 1000,
        status=effect.status if ended else fault.status,
        reset=effect.reset if ended else fault.reset,
        partial=effect.partial if ended else fault.partial,
        names=(*effect.names, fault.name),
    )
