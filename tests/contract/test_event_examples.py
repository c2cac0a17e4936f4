"""Every consumer reads every example of what it listens to, of every version ever published."""

import importlib
import itertools
import pkgutil
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

import contracts.events
import new_services
from contracts.events.envelope import Envelope, read, subject


def _events() -> Iterator[type[Any]]:
    for module in pkgutil.iter_modules(contracts.events.__path__, "contracts.events."):
        found = vars(importlib.import_module(module.name)).values()
        yield from (
            one
            for one in found
            if isinstance(one, type) and hasattr(one, "OWNER") and hasattr(one, "TYPE")
        )


EVENTS = {(kind.OWNER, kind.TYPE): kind for kind in _events()}


def _consumers() -> Iterator[tuple[str, Any]]:
    """Each service with a table of handlers, and what it does with which event."""
    for service in pkgutil.iter_modules(new_services.__path__):
        name = f"new_services.{service.name}.handlers"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name not in (name, f"new_services.{service.name}"):
                raise
            continue
        if hasattr(module, "handlers"):
            yield service.name, module.handlers(lambda: None)
        elif hasattr(module, "HANDLERS"):
            yield service.name, module.HANDLERS


CONSUMERS = dict(_consumers())
CASES = [
    pytest.param(handler, kind, version, id=f"{consumer}-{kind.TYPE}-v{version}")
    for consumer, handlers in CONSUMERS.items()
    for kind, handler in handlers.items()
    for version in kind.EXAMPLES
]


class Written:
    """Takes every statement of a handler."""

    def __init__(self) -> None:
        self.statements: list[tuple[Any, ...]] = []

    async def execute(self, *statement: Any) -> None:
        self.statements.append(statement)

    async def fetchval(self, *statement: Any) -> None:
        """There is nothing in any table."""
        self.statements.append(statement)

    async def fetch(self, *statement: Any) -> list[Any]:
        """Likewise."""
        self.statements.append(statement)
        return []


def _envelope(kind: type[Any], version: int) -> Envelope:
    at = "2026-01-02T03:04:05.000000+00:00"
    return Envelope("e1", kind.OWNER, kind.TYPE, version, "k", at, kind.EXAMPLES[version])


def test_there_are_events_and_consumers() -> None:
    assert len(EVENTS) >= 3
    assert {"notifications", "sales"} <= set(CONSUMERS), "two subscribers of one topic"


def test_every_event_has_a_subscriber() -> None:
    taken = {kind for handlers in CONSUMERS.values() for kind in handlers}
    assert set(EVENTS.values()) <= taken


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: f"{kind.OWNER}.{kind.TYPE}")
def test_an_owner_gives_an_example_of_every_version_and_reads_them_all(kind: type[Any]) -> None:
    assert sorted(kind.EXAMPLES) == list(range(1, kind.VERSION + 1))
    for version in kind.EXAMPLES:
        event = read(kind, _envelope(kind, version))
        assert event.key
        assert _envelope(kind, version).subject == subject(kind.OWNER, kind.TYPE)


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: f"{kind.OWNER}.{kind.TYPE}")
def test_versions_only_add_fields(kind: type[Any]) -> None:
    versions = [set(kind.EXAMPLES[version]) for version in sorted(kind.EXAMPLES)]
    for older, newer in itertools.pairwise(versions):
        assert older < newer


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: f"{kind.OWNER}.{kind.TYPE}")
def test_the_newest_example_has_every_field_that_is_published(kind: type[Any]) -> None:
    assert set(kind.EXAMPLES[kind.VERSION]) == {field.name for field in fields(kind)}


def test_consumers_are_tried_with_a_previous_version() -> None:
    older = {
        consumer
        for consumer, handlers in CONSUMERS.items()
        if any(kind.VERSION > 1 for kind in handlers)
    }
    assert {"notifications", "sales"} <= older


@pytest.mark.parametrize(("handler", "kind", "version"), CASES)
async def test_a_consumer_handles_it(handler: Any, kind: type[Any], version: int) -> None:
    envelope, written = _envelope(kind, version), Written()
    await handler(written, read(kind, envelope), envelope)
    assert written.statements
