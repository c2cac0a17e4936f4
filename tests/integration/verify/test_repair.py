"""What differs is mended, what agrees is not touched, and every repair has a way back."""

import asyncio

import psycopg
import pytest

from new_services.verify.repair import repair
from new_services.verify.repair import report as repair_report
from new_services.verify.repair.journal import Journal, NoSuchRepair
from new_services.verify.services import SERVICES
from new_services.verify.verification import verify

pytestmark = pytest.mark.integration

DAMAGE = [
    ("catalog", "DELETE FROM product WHERE id = 2"),
    ("catalog", "UPDATE product SET list_price = 129.96, tags = '{dry}' WHERE id = 1"),
    ("catalog", "UPDATE stock SET quantity = 3 WHERE sku = 'P-1-0'"),
    ("catalog", "INSERT INTO variant VALUES (78, 1, 'P-9', '', 'XS', 0, true, false, 1, 0)"),
    ("catalog", "DELETE FROM document WHERE product_id = 3"),
    ("orders", "UPDATE mirror SET fields = fields || '{\"total\": \"1.00\"}' WHERE key = '1'"
               " AND entity = 'order'"),
    ("orders", "UPDATE mirror SET gone = true, fields = '{}' WHERE key = '2' AND entity = 'line'"),
    ("orders", "DELETE FROM order_document WHERE order_no = 'SO-2'"),
    ("inventory", "DELETE FROM movement WHERE origin = 'SALE:SO-1:P-1-0'"),
    ("inventory", "UPDATE level SET quantity = 8, reserved = 4 WHERE sku = 'P-2-0'"),
    ("sales", "DELETE FROM sold_line WHERE id = 1"),
    ("sales", "UPDATE sold_order SET status = 'CANCELLED' WHERE id = 2"),
    ("sales", "UPDATE daily SET revenue = revenue + 0.01, pieces = 1"),
]  # fmt: skip
TABLES = {
    "catalog": ("product", "variant", "stock", "category", "document"),
    "orders": ("mirror", "order_document"),
    "inventory": ("level", "movement", "mirror", "order_mark"),
    "sales": ("sold_order", "sold_line", "daily", "mirror"),
}


def contents(shop):
    """Every row of every table, without the versions that a repair sets back."""
    rows = {}
    for service, tables in TABLES.items():
        with psycopg.connect(shop.urls[service]) as connection:
            for table in tables:
                found = connection.execute(
                    f"SELECT (to_jsonb(r) - 'lsn' - 'seq')::text FROM {table} r ORDER BY 1"
                )
                rows[service, table] = [row[0] for row in found]
    return rows


def verified(shop):
    return asyncio.run(verify(shop.settings, lambda text: None))


def mend(shop, journal):
    """Plan and apply; the outcomes."""

    async def work():
        found = await verify(shop.settings, lambda text: None)
        plans = await repair.plan(shop.settings, found)
        return [await repair.apply(shop.settings, each, journal) for each in plans]

    return asyncio.run(work())


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "repairs")


def test_everything_is_mended_and_documents_with_it(shop, journal):
    before = contents(shop)
    for service, statement in DAMAGE:
        shop.execute(service, statement)
    damaged = contents(shop)
    assert verified(shop).differences > len(DAMAGE) - 3
    outcomes = mend(shop, journal)
    assert not any(each.left_alone for each in outcomes)
    assert verified(shop).differences == 0
    mended = contents(shop)
    # What is left over stays as a tombstone; everything else is as it was.
    tombstones = mended["catalog", "variant"]
    mended["catalog", "variant"] = [row for row in tombstones if '"id": 78' not in row]
    assert len(tombstones) == len(mended["catalog", "variant"]) + 1
    assert mended == before
    for outcome in outcomes:
        asyncio.run(repair.undo(shop.settings, journal.read(outcome.id), journal))
    undone = contents(shop)
    for table in (("catalog", "product"), ("catalog", "stock"), ("orders", "mirror"),
                  ("inventory", "movement")):  # fmt: skip
        assert undone[table] == damaged[table]
    assert [each.state for each in journal.entries()] == ["undone"] * len(SERVICES)


def test_rows_that_agree_are_not_touched(shop, journal):
    with psycopg.connect(shop.urls["catalog"]) as connection:
        untouched = "SELECT xmin::text, ctid::text FROM product WHERE id <> 1 ORDER BY id"
        stood = connection.execute(untouched).fetchall()
        connection.rollback()
        shop.execute("catalog", "UPDATE product SET name = 'Ä' WHERE id = 1")
        assert [len(each.mended) for each in mend(shop, journal)] == [1, 0, 0, 0, 0]
        assert connection.execute(untouched).fetchall() == stood


def test_a_row_that_changed_since_it_was_planned_is_left_alone(shop, journal):
    shop.execute("catalog", "UPDATE product SET list_price = 1, name = 'x' WHERE id = 1")
    plans = asyncio.run(repair.plan(shop.settings, verified(shop)))
    shop.execute("catalog", "UPDATE product SET name = 'y' WHERE id = 1")
    outcome = asyncio.run(repair.apply(shop.settings, plans[0], journal))
    assert [each.key for each in outcome.left_alone] == ["1"]
    assert shop.one("catalog", "SELECT name FROM product WHERE id = 1") == "y"


def test_later_changes_win_over_a_mended_row(shop, journal):
    """Also where the damage was a version from the future, which would have barred them."""
    shop.execute("catalog", "UPDATE product SET name = 'x', lsn = 999999 WHERE id = 1")
    mend(shop, journal)
    version = shop.one("catalog", "SELECT ROW(lsn, seq)::text FROM product WHERE id = 1")
    assert version == "(100,0)"  # of the snapshot: older than all that is streamed


def test_the_system_of_record_is_not_overwritten(shop, journal):
    shop.execute("catalog", "UPDATE product SET name = 'x' WHERE id = 1")
    settings = shop.settings.model_copy(update={"retired": ("catalog",)})
    plans = asyncio.run(repair.plan(settings, verified(shop)))
    assert plans[0].empty
    assert "system of record itself" in repair_report.plans(plans)


def test_the_plan_shows_what_would_be_written(shop):
    shop.execute("catalog", "UPDATE product SET list_price = 129.96 WHERE id = 1")
    plans = asyncio.run(repair.plan(shop.settings, verified(shop)))
    text = repair_report.plans(plans)
    assert "list_price: 129.96 -> '129.95'" in text
    assert text.endswith("nothing was written; `--apply` does it")
    assert shop.one("catalog", "SELECT list_price::text FROM product WHERE id = 1") == "129.96"


def test_an_unknown_repair_lists_those_there_are(journal):
    with pytest.raises(NoSuchRepair, match="none"):
        journal.read("20260101T000000-catalog-abcd")


def test_what_the_catalog_owns_is_not_overwritten_from_its_replica(shop, journal):
    shop.execute("catalog", "UPDATE domain_owner SET owner = 'new', window_open = true")
    shop.execute("catalog", "UPDATE product SET list_price = 130 WHERE id = 1")
    shop.execute("catalog", "UPDATE stock SET quantity = 3 WHERE sku = 'P-1-0'")
    plans = {each.service: each for each in asyncio.run(repair.plan(shop.settings, verified(shop)))}
    assert plans["catalog"].refused == ["product: catalog owns goods; legacy is its replica"]
    assert {each.entity for each in plans["catalog"].mends} == {"stock"}
    # planned before the goods changed hands: left alone
    shop.execute("catalog", "UPDATE domain_owner SET owner = 'legacy'")
    (before,) = [
        each
        for each in asyncio.run(repair.plan(shop.settings, verified(shop)))
        if each.service == "catalog"
    ]
    shop.execute("catalog", "UPDATE domain_owner SET owner = 'new', window_open = true")
    outcome = asyncio.run(repair.apply(shop.settings, before, journal))
    assert [each.entity for each in outcome.left_alone] == ["product"]
    assert shop.one("catalog", "SELECT list_price FROM product WHERE id = 1") == 130
