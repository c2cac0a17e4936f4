"""The whole verification, in order: each service's entities and the laws that bind it; at last the
books, which bind several services together.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import asyncpg

from contracts.cutover import ENTITIES
from contracts.feed.entities import STOCK
from new_services.verify.books import books
from new_services.verify.books.books import BOOKS, Sums
from new_services.verify.laws import laws
from new_services.verify.laws.accounts import ACCOUNT_LAWS
from new_services.verify.laws.laws import LAWS, LEGACY, Law, LawReport
from new_services.verify.laws.orders import ORDER_LAWS
from new_services.verify.laws.sales import SALES_LAWS
from new_services.verify.rows import derived
from new_services.verify.rows.entities import compare
from new_services.verify.rows.entity import Entity, EntityReport
from new_services.verify.services import SERVICES, Service
from new_services.verify.settings import VerifySettings
from new_services.verify.sides import Bench, alone, bench

EVERY_LAW = (*LAWS, *ORDER_LAWS, *SALES_LAWS, *ACCOUNT_LAWS)
Say = Callable[[str], None]
# Rows that the owner itself changes, and the copies of them. Of its orders the service compares the
# feed's rows, which end with the window on both sides; the stock is changed where those stand.
OWN_ROWS = {"goods": ENTITIES["goods"], "orders": (STOCK,), "accounts": ENTITIES["accounts"]}
COPIED_ROWS = {"sales": {"orders": ENTITIES["orders"]}}  # besides, at one service
_OURS = "SELECT domain, window_open FROM domain_owner WHERE owner = 'new'"


class NothingToVerify(Exception):
    """No service's database was named."""


@dataclass(slots=True)
class Report:
    """All of it. `taken`: service to its consistent point, in unix microseconds."""

    deep: bool
    alone: bool = False  # without the monolith: no row was compared
    taken: dict[str, int] = field(default_factory=dict)
    entities: list[EntityReport] = field(default_factory=list)
    laws: list[LawReport] = field(default_factory=list)
    sums: Sums | None = None  # of the books, if they were checked
    seconds: float = 0.0

    @property
    def differences(self) -> int:
        """Rows and laws that are not as they should be, as far as they were looked into."""
        rows = sum(len(each.differences) + each.not_looked_into for each in self.entities)
        return rows + sum(len(law.breaches) for law in self.laws)

    @property
    def unsettled(self) -> int:
        """Rows of which nothing can be said."""
        return sum(len(each.unsettled) for each in self.entities)


def configured(
    settings: VerifySettings, only: Sequence[str] = (), names: Sequence[str] = books.NAMES
) -> list[Service]:
    """The services to verify; the books need the databases of these `names`. Raises
    NothingToVerify."""
    found = [
        each for each in SERVICES if settings.url(each.name) and (not only or each.name in only)
    ]
    if not found and not has_books(settings, only, names):
        variables = ", ".join(f"VERIFY_{each.name.upper()}_URL" for each in SERVICES)
        raise NothingToVerify(f"name at least one service's database, by {variables}")
    return found


def has_books(
    settings: VerifySettings, only: Sequence[str] = (), names: Sequence[str] = books.NAMES
) -> bool:
    """Whether the books are wanted, and everything they need was named."""
    named = all(settings.url(name) for name in names)
    return named and (not only or BOOKS in only)


async def verify(
    settings: VerifySettings, say: Say, *, deep: bool = False, only: Sequence[str] = ()
) -> Report:
    """Compare everything; `only` these services, or `books`.

    Raises NothingToVerify, NotFresh, Incomparable, and what asyncpg does.
    """
    report = Report(deep)
    started = time.monotonic()
    for place, service in enumerate(configured(settings, only)):
        url = settings.url(service.name)
        assert url is not None
        async with bench(service.name, service.reader, settings.monolith, url) as at:
            report.taken[service.name] = at.taken
            await _entities(service, at, report, say)
            # Legacy's own laws once, beside the first service.
            bound = [law for law in EVERY_LAW if law.database == service.name]
            bound += await _laws_of_legacy(settings, say) if place == 0 else []
            began = time.monotonic()
            report.laws += await laws.check(bound, at)
            say(f"{service.name}: {len(bound)} laws in {time.monotonic() - began:.1f} s")
            await _derived(service, at.still.store, report, say)
    if has_books(settings, only):
        await _books(settings, report, say)
    report.seconds = time.monotonic() - started
    return report


async def verify_alone(
    settings: VerifySettings, say: Say, *, deep: bool = False, only: Sequence[str] = ()
) -> Report:
    """What binds the services where there is no monolith: the laws of each, its documents by the
    rows that they are made of, and the books. Raises NothingToVerify, and what asyncpg does."""
    report = Report(deep, alone=True)
    started = time.monotonic()
    for service in configured(settings, only, books.ALONE):
        url = settings.url(service.name)
        assert url is not None
        async with alone(url) as at:
            bound = [law for law in EVERY_LAW if law.database == service.name]
            report.laws += await laws.check_alone(bound, at)
            say(f"{service.name}: {len(bound)} laws")
            await _derived(service, at.still, report, say)
    if has_books(settings, only, books.ALONE):
        await _books(settings, report, say, books.ALONE)
    report.seconds = time.monotonic() - started
    return report


async def _derived(service: Service, still: asyncpg.Connection, report: Report, say: Say) -> None:
    began = time.monotonic()
    found = await derived.check(service, still, deep=report.deep)
    report.laws += found
    if found:
        say(f"{service.name}: documents in {time.monotonic() - began:.1f} s")


async def _books(
    settings: VerifySettings, report: Report, say: Say, names: Sequence[str] = books.NAMES
) -> None:
    began = time.monotonic()
    urls = {name: url for name in names if (url := settings.url(name))}
    found = await books.check(urls, settings.patience)
    report.laws += found.laws
    report.sums = found.sums
    say(f"books: {found.sums.orders:,} orders in {time.monotonic() - began:.1f} s")


async def _owned(service: asyncpg.Connection) -> Mapping[str, bool]:
    """Domains that the new side owns, by a service's own record, and whether the window is open."""
    if not await service.fetchval("SELECT to_regclass('domain_owner') IS NOT NULL"):
        return {}
    return {row["domain"]: row["window_open"] for row in await service.fetch(_OURS)}


def _closed(owned: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(domain for domain, window_open in owned.items() if not window_open)


async def _held_alone(name: str, service: asyncpg.Connection) -> frozenset[str]:
    """Entities that legacy is not given any more: ours, behind a closed window."""
    closed = _closed(await _owned(service))
    tables = (OWN_ROWS, COPIED_ROWS.get(name, {}))
    return frozenset(each for domain in closed for rows in tables for each in rows.get(domain, ()))


async def _laws_of_legacy(settings: VerifySettings, say: Say) -> list[Law]:
    """Legacy's own laws, but for those that ended with the window of the orders. While it is open,
    legacy is given an order and its pieces by two reverse feeds, one of which may be late."""
    url = settings.url("orders")
    owned: Mapping[str, bool] = {}
    if url is not None:
        async with alone(url) as at:
            owned = await _owned(at.still)
    closed = _closed(owned)
    theirs = [law for law in EVERY_LAW if law.database == LEGACY]
    for law in theirs:
        if law.while_open in closed:
            say(f"legacy: '{law.name}' is not checked, the window of {law.while_open} is closed")
    return [
        replace(law, patience=settings.patience if law.while_open in owned else 0.0)
        for law in theirs
        if law.while_open not in closed
    ]


async def _entities(service: Service, at: Bench, report: Report, say: Say) -> None:
    alone_here = await _held_alone(service.name, at.still.store)
    for mapping in service.mappings:
        if mapping.entity in alone_here:
            say(f"{service.name} {mapping.entity}: not compared, its window is closed")
            continue
        started = time.monotonic()
        entity = await Entity.of(mapping, service.store(mapping), at.live.legacy)
        found = EntityReport(service.name, mapping.entity, mapping.table)
        await compare(entity, at, found, deep=report.deep)
        report.entities.append(found)
        took = time.monotonic() - started
        say(f"{service.name} {mapping.entity}: {found.legacy_rows:,} rows in {took:.1f} s")
