"""What differs: a kind, a path that stays the same over many pairs, and both values, masked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from facade.routes.config.routefile import Expected

ABSENT = "(absent)"


class Kind(StrEnum):
    """How the candidate differs from the control."""

    MISSING = "missing"  # the control has it, the candidate has not
    EXTRA = "extra"
    TYPE = "type"
    VALUE = "value"
    ORDER = "order"  # the same elements in another order
    LENGTH = "length"  # one is empty, or both are too long to be aligned


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of a pair. `control` and `candidate` are safe to store and to show."""

    kind: Kind
    path: str  # $.variants[*].price: the same for every element and every pair
    spot: str  # $.variants[sku=B-1].price: this very place
    control: Any
    candidate: Any
    relation: str = ""  # how the two values are related, such as "rounding" or "letter case"
    expected: Expected | None = None  # the operator knows of it
    overdue: bool = False  # and wanted it gone by now

    def __str__(self) -> str:
        label = f" ({self.relation})" if self.relation else ""
        return f"{self.path}: {self.kind}{label}: {self.control!r} -> {self.candidate!r}"
