"""What each projection gets of the small shop: as its own read model asks for it."""

import importlib

import pytest

from contracts.feed import entities
from contracts.feed.facts import Cleared, Stored
from new_services.catalog import projections as catalog
from new_services.seed import filling, owning, shop
from new_services.seed.settings import SeedSettings

ROWS = shop.rows()


@pytest.mark.parametrize("service", [name for name in filling.TAKES if name != "catalog"])
def test_each_is_whole_by_what_its_projection_asks_for(service: str) -> None:
    wanted = importlib.import_module(f"new_services.{service}.projections").ENTITIES
    assert set(filling.TAKES[service]) == set(wanted)


def test_the_catalog_is_whole_too() -> None:
    assert set(filling.TAKES["catalog"]) == set(catalog.GOODS)


def test_every_kind_is_cleared_before_its_rows_and_no_row_is_older() -> None:
    facts = filling.facts("orders", ROWS)
    cleared = [fact for fact in facts if isinstance(fact, Cleared)]
    assert [fact.entity for fact in cleared] == [*filling.TAKES["orders"]]
    assert all(fact.whole for fact in cleared)
    stored = [fact for fact in facts if isinstance(fact, Stored)]
    assert {fact.version for fact in stored} == {fact.version for fact in cleared}
    assert len([fact for fact in stored if fact.entity == entities.CUSTOMER]) == 501


def test_a_customers_key_is_no_field_and_a_products_is() -> None:
    facts = {
        fact.entity: fact for fact in filling.facts("orders", ROWS) if isinstance(fact, Stored)
    }
    assert "id" not in facts[entities.CUSTOMER].fields
    assert facts[entities.PRODUCT].fields["id"] == facts[entities.PRODUCT].key


def test_the_catalog_keeps_of_the_stock_what_it_has_columns_for() -> None:
    facts = [f for f in filling.facts("catalog", ROWS) if isinstance(f, Stored)]
    stock = next(fact for fact in facts if fact.entity == entities.STOCK)
    assert set(stock.fields) == {"sku", "quantity"}


def test_each_service_that_is_filled_has_a_database_of_its_own() -> None:
    urls = {f"{name}_url": f"postgresql://u@localhost/{name}" for name in filling.TAKES}
    settings = SeedSettings(**urls)
    assert {settings.url(name) for name in filling.TAKES} == set(urls.values())
    assert set(owning.DOMAINS) < set(filling.TAKES)
