"""A repair and the live projection at once: the last one has seen what the other one did."""

import asyncio
import threading

import asyncpg
import psycopg
import pytest

from contracts.feed.facts import Stored
from new_services.catalog import projections as catalog
from new_services.orders import projections as orders
from new_services.verify.repair import repair
from new_services.verify.repair.journal import Journal
from new_services.verify.verification import verify

pytestmark = pytest.mark.integration

NEWER = (200, 0)
WAITS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'projector' AND wait_event_type = 'Lock'
"""
# service, the damage that is mended, what the feed tells meanwhile, and what is shown then
RACES = [
    ("catalog", "UPDATE product SET name = 'x' WHERE id = 2",
     Stored("stock", "P-2-0", {"sku": "P-2-0", "quantity": 5}, NEWER),
     "SELECT convert_from(detail, 'UTF8')::jsonb->>'name' || ' ' ||"
     " (convert_from(detail, 'UTF8')::jsonb->>'stock') FROM document WHERE product_id = 2",
     "boot 5"),
    ("orders", "UPDATE mirror SET fields = fields || '{\"total\": \"1.00\"}' WHERE key = '2'"
     " AND entity = 'order'",
     Stored("line", 2, {"name": "boots"}, NEWER),
     "SELECT (body::jsonb->>'total') || ' ' || (body::jsonb->'lines'->0->>'name')"
     " FROM order_document WHERE order_id = 2",
     "49.00 boots"),
]  # fmt: skip


class Interrupted(Journal):
    """Just before a repair's commit the projector comes, and gets as far as it can."""

    def __init__(self, folder, url, fact):
        super().__init__(folder)
        self.url, self.fact = url, fact
        self.projector = threading.Thread(target=lambda: asyncio.run(self.project()))

    def settle(self, entry, state):
        if state == "written":
            self.projector.start()
            with psycopg.connect(self.url, autocommit=True) as watching:
                while not watching.execute(WAITS).fetchone()[0]:
                    assert self.projector.is_alive()
        return super().settle(entry, state)

    async def project(self):
        connection = await asyncpg.connect(
            self.url, server_settings={"application_name": "projector"}
        )
        apply = catalog.apply if self.fact.entity == "stock" else orders.Projection().apply
        async with connection.transaction():
            await apply(connection, [self.fact])
        await connection.close()


@pytest.mark.parametrize(("service", "damage", "fact", "shown", "expected"), RACES)
def test_no_document_stays_stale(shop, tmp_path, service, damage, fact, shown, expected):
    shop.execute(service, damage)
    journal = Interrupted(tmp_path, shop.urls[service], fact)

    async def work():
        found = await verify(shop.settings, lambda text: None, only=[service])
        (plan,) = await repair.plan(shop.settings, found)
        return await repair.apply(shop.settings, plan, journal)

    assert not asyncio.run(work()).left_alone
    journal.projector.join(20)
    assert shop.one(service, shown) == expected
    found = asyncio.run(verify(shop.settings, lambda text: None, only=[service], deep=True))
    assert not any(law.breaches for law in found.laws if law.name.startswith("a document is"))
