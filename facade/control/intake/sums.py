"""Add up counters that came as JSON: numbers, lists of numbers, and objects of them."""

import operator
from typing import Any


def add(total: dict[str, Any], part: dict[str, Any]) -> None:
    """Add every number of `part` to `total`, in place; what is not a number is left out."""
    for name, value in part.items():
        if isinstance(value, dict):
            inner = total.setdefault(name, {})
            if isinstance(inner, dict):
                add(inner, value)
        elif isinstance(value, list):
            total[name] = _lists(total.get(name, []), value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            total[name] = total.get(name, 0) + value


def _lists(total: list[Any], part: list[Any]) -> list[Any]:
    if len(total) < len(part):
        total = total + [0] * (len(part) - len(total))
    return [*map(operator.add, total, part), *total[len(part) :]]


def growth(later: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """What was counted since an earlier snapshot, of numbers and objects of numbers."""
    grown: dict[str, Any] = {}
    for name, value in later.items():
        before = earlier.get(name)
        if isinstance(value, dict):
            grown[name] = growth(value, before if isinstance(before, dict) else {})
        elif isinstance(value, (int, float)):
            grown[name] = value - (before if isinstance(before, (int, float)) else 0)
    return grown
