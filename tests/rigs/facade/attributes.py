"""The attributes of a slotted class, on both builds."""

from typing import Any


def attributes(kind: type[Any]) -> tuple[str, ...]:
    """Their names. A compiled class has no `__slots__`, and its own list of what they were."""
    found = getattr(kind, "__mypyc_attrs__", None) or getattr(kind, "__slots__", ())
    return tuple(found)
