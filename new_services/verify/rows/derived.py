"""What is derived of the rows against what would be derived of them now, and what differs in it.

    suspects, by SQL (deep: all there are) ─▶ made again by the service's own code ─▶ compared

All in the snapshot in which the rows were compared. Rows and what is derived of them are written in
one transaction, so what differs there is wrong for good, and need not be looked at again.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

import asyncpg

from chassis.readmodel.deriving import Compared
from new_services.verify.laws.laws import MOST, Breach, LawReport
from new_services.verify.services import Service

AT_ONCE = 1000  # keys
NAMED = 3  # parts that differ in one document
AROUND = 60  # characters of a part that people get to see
CANNOT = (KeyError, TypeError, ValueError, ArithmeticError)  # be made of such rows


async def check(service: Service, still: asyncpg.Connection, *, deep: bool) -> list[LawReport]:
    """As the law that it is; none where a service has no documents."""
    documents = service.documents
    if documents is None:
        return []
    report = LawReport(documents.law, service.name, documents.entity)
    compare = service.function("compared")
    async for keys in _chunks(still, documents.every if deep else documents.suspects):
        for key, made, kept in await _compared(compare, still, keys):
            if made != kept:
                report.breaches.append(Breach(key, *differing(made, kept)))
        if len(report.breaches) >= MOST:
            break
    return [report]


async def _chunks(connection: asyncpg.Connection, statement: str) -> AsyncIterator[list[str]]:
    cursor = await connection.cursor(statement)
    while rows := await cursor.fetch(AT_ONCE):
        yield [row["key"] for row in rows]


async def _compared(
    compare: Any, connection: asyncpg.Connection, keys: Sequence[str]
) -> Sequence[Compared]:
    """Rows of which nothing can be made spoil only themselves."""
    try:
        found: Sequence[Compared] = await compare(connection, keys)
        return found
    except CANNOT as error:
        if len(keys) == 1:
            return [(keys[0], {"": f"nothing can be made: {error!r}"}, {"": "whatever it is"})]
    half = len(keys) // 2
    return [
        *await _compared(compare, connection, keys[:half]),
        *await _compared(compare, connection, keys[half:]),
    ]


def differing(
    made: Mapping[str, Any] | None, kept: Mapping[str, Any] | None
) -> tuple[str | None, str | None]:
    """What was expected and what was found, in the parts that differ; None: no document."""
    if made is None or kept is None:
        return _whole(made), _whole(kept)
    one, other = _parts(made, kept), _parts(kept, made)
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    if not names:  # the same words, spelled otherwise
        one, other = dict(made), dict(kept)
        names = [name for name in made if made[name] != kept.get(name)]
    pairs = [(name, *_around(one.get(name), other.get(name))) for name in names[:NAMED]]
    more = f", and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (
        ", ".join(f"{name} {expected}" for name, expected, _ in pairs) + more,
        ", ".join(f"{name} {found}" for name, _, found in pairs) + more,
    )


def _whole(document: Mapping[str, Any] | None) -> str | None:
    return None if document is None else "a document"


def _parts(document: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    """Columns; in place of those that are JSON objects on both sides their leaves."""
    parts: dict[str, Any] = {}
    for name, value in document.items():
        opened = _opened(value)
        both = opened is not None and _opened(beside.get(name)) is not None
        parts.update(_leaves(name, opened if both else value))
    return parts


def _opened(value: Any) -> dict[str, Any] | None:
    """A JSON object, if it is one."""
    if not isinstance(value, bytes | str):
        return None
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _leaves(name: str, value: Any) -> dict[str, Any]:
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    if not inner:
        return {name: value}
    return {
        path: leaf
        for key, member in inner
        for path, leaf in _leaves(f"{name}.{key}", member).items()
    }


def _around(one: Any, other: Any) -> tuple[str, str]:
    """Both as texts, shortened to where they part."""
    first, second = _shown(one), _shown(other)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    start = max(0, sum(1 for _ in same) - AROUND // 3)
    return _cut(first, start), _cut(second, start)


def _shown(value: Any) -> str:
    return repr(value.decode(errors="replace") if isinstance(value, bytes) else value)


def _cut(text: str, start: int) -> str:
    end = start + AROUND
    return "…" * (start > 0) + text[start:end] + "…" * (end < len(text))
