"""What kind of difference it is, so that a report says what happened and not only where. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

Texts = Mapping[str, str | None]  # field to canonical text


class Kind(StrEnum):
    """How the two sides differ in one row."""

    MISSING = "missing"  # legacy has it, the read model does not have it
    DELETED = "deleted"  # legacy has it, the read model took it away
    LEFT_OVER = "left over"  # legacy has it no more
    DOUBLED = "doubled"  # left over, and the same as another row
    STALE = "stale"  # as it once was: an update did not arrive
    TRUNCATED = "truncated"  # the text ends too early
    AMOUNT = "wrong amount"  # one number, and by how much
    DIFFERENT = "different"
    UNTRANSLATABLE = "untranslatable"  # legacy's value has no meaning on the new side


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field on both sides, canonically written."""

    name: str
    legacy: str | None
    here: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One row. `detail` is for people."""

    kind: Kind
    key: str
    fields: tuple[FieldDifference, ...] = ()
    detail: str = ""


def name(key: str, legacy: Texts | None, here: Texts | None, *, tombstone: bool) -> Difference:
    """Of a row that differs; None: that side has no such row."""
    if legacy is None:
        return Difference(Kind.LEFT_OVER, key)
    if here is None:
        return Difference(Kind.DELETED if tombstone else Kind.MISSING, key)
    fields = tuple(
        FieldDifference(field, legacy[field], here.get(field))
        for field in legacy
        if legacy[field] != here.get(field)
    )
    kind, detail = _what(fields, legacy, here)
    return Difference(kind, key, fields, detail)


def _what(fields: tuple[FieldDifference, ...], legacy: Texts, here: Texts) -> tuple[Kind, str]:
    now, then = legacy.get("updated"), here.get("updated")
    if now is not None and then is not None and then < now:
        return Kind.STALE, f"as of {then}, legacy is at {now}"
    if all(_is_cut(field) for field in fields):
        return Kind.TRUNCATED, ", ".join(f"{field.name} ends too early" for field in fields)
    if len(fields) == 1 and (off := _off(fields[0])) is not None:
        return Kind.AMOUNT, f"{fields[0].name} is off by {off}"
    return Kind.DIFFERENT, ", ".join(field.name for field in fields)


def _is_cut(field: FieldDifference) -> bool:
    if field.legacy is None or not field.here or _off(field) is not None:
        return False
    return field.legacy.startswith(field.here)


def _off(field: FieldDifference) -> str | None:
    try:
        off = Decimal(field.here or "") - Decimal(field.legacy or "")
    except InvalidOperation:
        return None
    return f"{off:+f}" if off.is_finite() else None
