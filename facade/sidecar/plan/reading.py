"""Read a plan: text in, a checked Plan out, or every error at once with its place."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from facade.sidecar.plan.plan import AFTER, BEFORE, Fault, Plan, Recording

T = TypeVar("T", Recording, Fault)
Form = tuple[Callable[[Any], bool], str]  # whether a value has it, and what was expected


class BadPlan(ValueError):
    """A plan that cannot be used; `errors` lists each with its place."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _matching(pattern: str, expected: str) -> Form:
    return lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value)), expected


def _number(least: float, most: float, *, whole: bool = False) -> Form:
    def fits(value: Any) -> bool:
        kind = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        return kind and least <= value <= most

    return fits, f"{'a whole number' if whole else 'a number'} from {least:g} to {most:g}"


_RECORDING: dict[str, Form] = {
    "file": (_is_text, "a text"),
    "rotate_bytes": _number(4096, 2**40, whole=True),
    "keep": _number(1, 10_000, whole=True),
    "scrub": (lambda value: isinstance(value, bool), "true or false"),
    "secrets": (
        lambda value: isinstance(value, list) and all(map(_is_text, value)),
        "a list of texts",
    ),
}
_FAULT: dict[str, Form] = {
    "name": _matching(r"[A-Za-z0-9._-]{1,60}", "letters, digits, '.', '_', '-'"),
    "match": _matching(r"(\*|[A-Z]+(\|[A-Z]+)*) (/\S*)", "'METHOD[|METHOD] /path/{parameter}'"),
    "share": _number(0, 1),
    "latency_ms": _number(0, 600_000),
    "jitter_ms": _number(0, 600_000),
    "status": _number(400, 599, whole=True),
    "reset": (lambda value: value in (BEFORE, AFTER), f"one of {BEFORE}, {AFTER}"),
    "partial": _number(0, 0.999),
    "until": _number(0, 1e12),
    "times": _number(1, 10**9, whole=True),
}


def parse_plan(text: str | bytes) -> Plan:
    """The plan in a document. Raises BadPlan."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadPlan([f"not JSON: {error}"]) from None
    if not isinstance(document, dict):
        raise BadPlan(["expected an object with 'record' and 'faults'"])
    errors = _unknown(document, ("record", "faults"), "")
    record = document.get("record")
    recording = None if record is None else _read(Recording, _RECORDING, record, "record", errors)
    faults = _faults(document.get("faults", []), errors)
    if errors:
        raise BadPlan(errors)
    return Plan(recording, faults)


def _faults(given: Any, errors: list[str]) -> tuple[Fault, ...]:
    if not isinstance(given, list):
        errors.append("faults: expected a list")
        return ()
    found = tuple(_fault(one, f"faults[{at}]", errors) for at, one in enumerate(given))
    names = [fault.name for fault in found if fault.name]
    for name in sorted({name for name in names if names.count(name) > 1}):
        errors.append(f"faults: two are called '{name}'")
    return found


def _fault(given: Any, place: str, errors: list[str]) -> Fault:
    fault = _read(Fault, _FAULT, given, place, errors)
    effects = [one for one in (fault.status, fault.reset, fault.partial) if one is not None]
    if not effects and not fault.latency_ms and not fault.jitter_ms:
        errors.append(f"{place}: does nothing; give latency_ms, status, reset or partial")
    if len(effects) > 1:
        errors.append(f"{place}: only one of status, reset and partial")
    return fault


def _unknown(given: Mapping[str, Any], known: Iterable[str], place: str) -> list[str]:
    where = f"{place}." if place else ""
    return [
        f"{where}{name}: unknown key (expected one of {', '.join(known)})"
        for name in given
        if name not in known
    ]


def _read(kind: type[T], forms: Mapping[str, Form], given: Any, place: str, errors: list[str]) -> T:
    """One object of the document; wrong values are named in `errors`."""
    found: dict[str, Any] = given if isinstance(given, dict) else {}
    if not isinstance(given, dict):
        errors.append(f"{place}: expected an object")
    errors += _unknown(found, forms, place)
    values: dict[str, Any] = {}
    for one in fields(kind):
        name, default = one.name, one.default
        value = found.get(name, default)
        fits, expected = forms[name]
        if value is default and default is not MISSING:
            continue
        fitting = name in found and fits(value)
        if not fitting:
            instead = f", not {json.dumps(value)}" if name in found else ""
            errors.append(f"{place}.{name}: expected {expected}{instead}")
        if fitting or default is None:  # an effect that is wrong is still one
            values[name] = tuple(value) if isinstance(value, list) else value
        elif default is MISSING:
            values[name] = ""
    return kind(**values)
