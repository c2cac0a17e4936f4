"""A fault by its name: `discount-rounding`, or `time-zone@1%` for a share of the answers."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from chassis.web.app import JsonBytes
from loadtests.faults import answers, goods, lists

FAULTS: dict[str, tuple[str, Callable[[JsonBytes], JsonBytes]]] = {
    **{name: (what, goods.spoiler(bend)) for name, (what, bend) in goods.BENDS.items()},
    **{name: (what, lists.spoiler(bend)) for name, (what, bend) in lists.BENDS.items()},
    **answers.SPOILERS,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that strikes a share of the answers."""

    description: str
    spoiler: Callable[[JsonBytes], JsonBytes]
    share: float = 1.0
    random: Random = Random()  # noqa: RUF009 - one source of chance for all

    def strike(self, answer: JsonBytes) -> JsonBytes:
        """The answer, spoilt or as it was."""
        if self.share < 1.0 and self.random.random() >= self.share:
            return answer
        return self.spoiler(answer)


def fault_named(text: str, random: Random | None = None) -> Fault | None:
    """The fault of `name`, `name@0.01` or `name@1%`; None for no name.

    Raises ValueError that lists the names there are.
    """
    if not text:
        return None
    name, _, share = text.partition("@")
    if name not in FAULTS:
        known = "\n".join(f"  {known}: {what}" for known, (what, _) in FAULTS.items())
        raise ValueError(f"no fault is called {name!r}; there are\n{known}")
    return Fault(*FAULTS[name], _share(share), random or Random())


def _share(text: str) -> float:
    if not text:
        return 1.0
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0.0 < share <= 1.0:
        raise ValueError(f"expected a share such as 1% or 0.01 after the '@', not {text!r}")
    return share
