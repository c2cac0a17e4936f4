"""The shop's rows into each service's tables: as facts, by the code that its projection has."""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import asyncpg

from contracts.feed import entities
from contracts.feed.facts import Cleared, Fact, Stored
from new_services.seed import owning, shop
from new_services.seed.settings import SeedSettings

GOODS = (entities.PRODUCT, entities.VARIANT)
ORDERS = (entities.ORDER, entities.LINE)
# Of what each service keeps rows; these are whole from the start.
TAKES: Mapping[str, Sequence[str]] = {
    "catalog": (entities.CATEGORY, *GOODS, entities.STOCK),
    "inventory": (entities.STOCK, entities.MOVEMENT, entities.ORDER, *GOODS),
    "orders": (*ORDERS, entities.PAYMENT, entities.CUSTOMER, *GOODS),
    "sales": (*ORDERS, *GOODS, entities.CATEGORY, entities.CUSTOMER),
    "accounts": (entities.CUSTOMER,),
}
KEYS = {entities.CATEGORY: "code", entities.STOCK: "sku"}  # all others: id
# Of what a service keeps fewer fields than there are, in columns of its own.
FIELDS = {("catalog", entities.STOCK): ("sku", "quantity")}
KEYED = (entities.CATEGORY, entities.STOCK, *GOODS, entities.MOVEMENT)  # name it among their fields
VERSION = (owning.SINCE, 0)
_FILLED = "SELECT EXISTS (SELECT FROM {})"
_FLOORS = {"catalog": "projection_floor"}  # else: mirror_floor


async def fill(settings: SeedSettings) -> list[str]:
    """Every database that holds no shop yet; the services in whose it was filled.

    Raises OSError, TimeoutError, and what asyncpg does.
    """
    rows = shop.rows()
    return [name for name in TAKES if await _fill(name, settings.url(name), rows)]


def facts(service: str, rows: Mapping[str, Sequence[shop.Row]]) -> list[Fact]:
    """The facts that its projection applies."""
    return [
        fact
        for entity in TAKES[service]
        for fact in _facts(entity, rows[entity], FIELDS.get((service, entity), ()))
    ]


def _facts(entity: str, rows: Iterable[shop.Row], only: Sequence[str]) -> Iterable[Fact]:
    yield Cleared(entity, VERSION)
    key = KEYS.get(entity, "id")
    for row in rows:
        names = only or [name for name in row if entity in KEYED or name != key]
        yield Stored(entity, row[key], {name: row[name] for name in names}, VERSION)


async def _fill(service: str, url: str, rows: Mapping[str, Sequence[shop.Row]]) -> bool:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        async with connection.transaction():
            floors = _FLOORS.get(service, "mirror_floor")
            if await connection.fetchval(_FILLED.format(floors)):
                return False
            await _apply(service, connection, facts(service, rows))
            if service == "accounts":
                await owning.open_accounts(connection, rows[entities.CUSTOMER], _hashes())
            await owning.own(connection, service)
        await connection.execute("ANALYZE")
        return True
    finally:
        await connection.close(timeout=2)


async def _apply(service: str, connection: asyncpg.Connection, facts: Sequence[Fact]) -> None:
    projections: Any = importlib.import_module(f"new_services.{service}.projections")
    apply = projections.Projection().apply if service == "orders" else projections.apply
    await apply(connection, facts)


def _hashes() -> Mapping[bool, str]:
    """One for all customers: they share a password."""
    passwords: Any = importlib.import_module("new_services.accounts.passwords")
    return {
        True: passwords.hashed_today(shop.ADMIN_PASSWORD),
        False: passwords.hashed_today(shop.PASSWORD),
    }
