"""Read a plan: text in, a checked Plan out, or every error at once with its place."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from facade.sidecar.plan.plan import AFTER, BEFORE, KEEP, ROTATE_BYTES, Fault, Plan, Recording

_MATCH = re.compile(r"(\*|[A-Z]+(\|[A-Z]+)*) (/\S*)")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}")


class BadPlan(ValueError):
    """A plan that cannot be used; `errors` lists each with its place."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def parse_plan(text: str | bytes) -> Plan:
    """The plan in a document. Raises BadPlan."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadPlan([f"not JSON: {error}"]) from None
    errors: list[str] = []
    if not isinstance(document, dict):
        raise BadPlan(["expected an object with 'record' and 'faults'"])
    errors += _unknown(document, ("record", "faults"), "")
    recording = _recording(document.get("record"), errors)
    faults = _faults(document.get("faults", []), errors)
    if errors:
        raise BadPlan(errors)
    return Plan(recording, faults)


def _recording(given: Any, errors: list[str]) -> Recording | None:
    if given is None:
        return None
    entry = _Entry(given, "record", [field.name for field in fields(Recording)], errors)
    return Recording(
        file=entry.text("file"),
        rotate_bytes=int(entry.number("rotate_bytes", 4096, 2**40, ROTATE_BYTES, whole=True)),
        keep=int(entry.number("keep", 1, 10_000, KEEP, whole=True)),
        scrub=entry.flag("scrub", default=True),
        secrets=entry.texts("secrets"),
    )


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
    entry = _Entry(given, place, [field.name for field in fields(Fault)], errors)
    fault = Fault(
        name=entry.text("name", _NAME, "letters, digits, '.', '_', '-'"),
        match=entry.text("match", _MATCH, "'METHOD[|METHOD] /path/{parameter}'"),
        share=entry.number("share", 0, 1, 1.0),
        latency_ms=entry.number("latency_ms", 0, 600_000, 0.0),
        jitter_ms=entry.number("jitter_ms", 0, 600_000, 0.0),
        status=entry.whole_or_none("status", 400, 599),
        reset=entry.word_or_none("reset", (BEFORE, AFTER)),
        partial=entry.number_or_none("partial", 0, 0.999),
        until=entry.number_or_none("until", 0, 1e12),
        times=entry.whole_or_none("times", 1, 10**9),
    )
    effects = [one for one in (fault.status, fault.reset, fault.partial) if one is not None]
    if not effects and not fault.latency_ms and not fault.jitter_ms:
        errors.append(f"{place}: does nothing; give latency_ms, status, reset or partial")
    if len(effects) > 1:
        errors.append(f"{place}: only one of status, reset and partial")
    return fault


def _unknown(given: Mapping[str, Any], known: tuple[str, ...] | list[str], place: str) -> list[str]:
    where = f"{place}." if place else ""
    return [
        f"{where}{name}: unknown key (expected one of {', '.join(known)})"
        for name in given
        if name not in known
    ]


class _Entry:
    """One object of the document; wrong values are noted, and a harmless one is returned."""

    def __init__(self, given: Any, place: str, known: list[str], errors: list[str]) -> None:
        self._place, self._errors = place, errors
        self._given: dict[str, Any] = given if isinstance(given, dict) else {}
        if not isinstance(given, dict):
            errors.append(f"{place}: expected an object")
        errors += _unknown(self._given, known, place)

    def text(self, name: str, form: re.Pattern[str] | None = None, words: str = "a text") -> str:
        value = self._given.get(name)
        if isinstance(value, str) and value and (form is None or form.fullmatch(value)):
            return value
        self._wrong(name, f"expected {words}")
        return ""

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._given.get(name, [])
        if isinstance(value, list) and all(isinstance(one, str) and one for one in value):
            return tuple(value)
        self._wrong(name, "expected a list of texts")
        return ()

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._given.get(name, default)
        if not isinstance(value, bool):
            self._wrong(name, "expected true or false")
            return default
        return value

    def number(
        self, name: str, least: float, most: float, default: float, *, whole: bool = False
    ) -> float:
        value = self._given.get(name, default)
        kinds = int if whole else (int, float)
        if isinstance(value, kinds) and not isinstance(value, bool) and least <= value <= most:
            return value
        kind = "a whole number" if whole else "a number"
        self._wrong(name, f"expected {kind} from {least:g} to {most:g}")
        return default

    def number_or_none(self, name: str, least: float, most: float) -> float | None:
        return None if self._given.get(name) is None else self.number(name, least, most, least)

    def whole_or_none(self, name: str, least: int, most: int) -> int | None:
        if self._given.get(name) is None:
            return None
        return int(self.number(name, least, most, least, whole=True))

    def word_or_none(self, name: str, words: tuple[str, ...]) -> str | None:
        value = self._given.get(name)
        if value is None or value in words:
            return value
        self._wrong(name, f"expected one of {', '.join(words)}")
        return None

    def _wrong(self, name: str, expected: str) -> None:
        if name in self._given:
            expected += f", not {json.dumps(self._given[name])}"
        self._errors.append(f"{self._place}.{name}: {expected}")
