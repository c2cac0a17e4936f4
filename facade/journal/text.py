"""Entries as people read them: one line what happened, one line why."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from facade.journal.entry import Event

_BY = {"file": "by hand in the file", "guard": "by the guard", "walk": "by fig migrate"}


def lines(entries: Iterable[Mapping[str, Any]]) -> str:
    """The text of entries in JSON, as `GET /api/journal` gives them."""
    return "\n".join(_entry(one) for one in entries)


def _entry(one: Mapping[str, Any]) -> str:
    at = datetime.fromtimestamp(float(one["at"]), UTC).strftime("%Y-%m-%d %H:%M:%S")
    head = f"{one['n']:>5}  {at}  {_what(one)}"
    rows = [f"       {_who(one)}{': ' if one['why'] else ''}{one['why']}"]
    numbers = _numbers(one["evidence"])
    if numbers:
        rows.append(f"       {numbers}")
    return "\n".join([head, *rows])


def _what(one: Mapping[str, Any]) -> str:
    event = one["event"]
    if event in (Event.MOVE, Event.FOUND):
        table = f"   (table {one['table']})" if one["table"] else ""
        found = "   found at the start" if event == Event.FOUND else ""
        before, after = one["before"] or "not there", one["after"] or "gone"
        return f"{one['route']}: {before} → {after}{table}{found}"
    return f"{event}{' ' + one['route'] if one['route'] else ''}"


def _who(one: Mapping[str, Any]) -> str:
    how = _BY.get(one["by"], "")
    approved = f", approved by {one['approver']}" if one["approver"] else ""
    return " ".join(filter(None, (one["who"], how, f"({one['source']})"))) + approved


def _numbers(evidence: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in evidence.items() if value is not None)
