"""Of a domain whose window is closed nothing comes from legacy's log any more."""

import asyncio
from typing import Any

import pytest

from chassis.ownership.closed import followed as module
from chassis.ownership.closed.followed import Followed, closed
from chassis.readmodel.watermark import Watermark
from contracts.events.envelope import Envelope
from contracts.events.owned import AccountsClosed
from contracts.feed.change import Change, Op
from contracts.feed.facts import Cleared, Fact, Gone, Reached, Stored

COPIES = {"accounts": frozenset({"customer"}), "goods": frozenset({"product"})}


class Connection:
    """A database in which these domains are closed."""

    def __init__(self, *domains: str) -> None:
        self.domains = list(domains)
        self.written: list[tuple[Any, ...]] = []

    async def fetch(self, _: str) -> list[dict[str, str]]:
        return [{"domain": each} for each in self.domains]

    async def execute(self, statement: str, *values: Any) -> None:
        self.written.append((statement.split()[2], *values))


def published(*facts: Fact) -> tuple[Change, tuple[Fact, ...]]:
    return Change("table", Op.UPDATE, {"id": 1}, None, {}, 5, 1, 9, ""), facts


ALL = (
    published(Stored("customer", 1, {}, (5, 1)), Gone("product", 2, (5, 2))),
    published(Reached(7), Stored("order", 3, {}, (5, 3))),
    published(Cleared("customer", (6, 0)), Cleared("customer", (6, 0), 1, 2)),
)


async def sifted(*domains: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    connection: Any = Connection(*domains)
    kept = await Followed(connection, COPIES, frozenset()).sift(connection, ALL)
    return [type(f).__name__ + getattr(f, "entity", "") for _, facts in kept for f in facts], (
        connection.written
    )


async def test_while_all_is_open_everything_counts() -> None:
    names, written = await sifted("orders")
    assert (len(names), written) == (6, [])


async def test_of_a_closed_domain_nothing_counts_and_it_is_whole() -> None:
    """The floor is lower than anything that the owner publishes."""
    names, written = await sifted("accounts")
    assert names == ["Goneproduct", "Reached", "Storedorder"]
    assert written == [("mirror_floor", "customer")]


async def test_the_owners_word_is_kept() -> None:
    connection: Any = Connection()
    envelope = Envelope("1", "accounts", "window-closed", 1, "accounts", "", {})
    await closed(connection, AccountsClosed(3, 70), envelope)
    assert connection.written == [("domain_owner", "accounts", 3, 70)]


async def test_once_all_are_closed_nobody_waits_for_the_feed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)
    pool: Any = Connection("accounts")
    watermark = Watermark()
    waiting = asyncio.create_task(watermark.reached(2**62, 60.0))
    looking = asyncio.create_task(
        Followed(pool, COPIES, frozenset({"accounts", "goods"})).free(watermark)
    )
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert watermark.fed and watermark.micros == 0
    pool.domains.append("goods")
    assert await waiting
    assert not watermark.fed and not watermark.stale and watermark.micros > 0
    looking.cancel()
