"""The window of the orders ends, and customers shop on: nothing asks the monolith's tables.

What they were answered is compared with the owner's own rows and the inventory's ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loadtests.chaos import balance, journal
from loadtests.chaos.balance import Order
from loadtests.chaos.running import say
from loadtests.chaos.stack import ChaosFailed, Stack
from loadtests.cutover.moves import BOUND, moved

STOCK = "SELECT sku, ledger FROM level WHERE updated <> ''"
NEWEST = "SELECT coalesce(max(order_id), 0) FROM owned_order"
_OWNED = """
SELECT order_no, content::jsonb->>'po_number', saga_id, content::jsonb->>'status',
       (content::jsonb->>'total')::numeric,
       (SELECT jsonb_object_agg(line->>'sku', (line->>'quantity')::int)
        FROM jsonb_array_elements(content::jsonb->'lines') line)
FROM owned_order WHERE placed AND order_id > %s
"""


def close(stack: Stack) -> None:
    """By `fig cutover orders --close`, once the new side owns them. Raises ChaosFailed."""
    if not (there := moved(stack, "new")).good:
        raise ChaosFailed(f"the orders do not come to new: {there.line}")
    done = stack.fig("cutover", "orders", "--close", "--yes", *BOUND)
    say(done.stdout.strip())
    if done.returncode:
        raise ChaosFailed(f"the window does not close: {done.stderr.strip()}")


def found(
    databases: Mapping[str, Any],
    purchases: Mapping[str, journal.Purchase],
    before: tuple[int, balance.Stock],
) -> list[str]:
    """What must not be. `before`: the newest order's id and the stock before these purchases."""
    newest, start = before
    orders = [Order(*row) for row in databases["orders"].execute(_OWNED, [newest])]
    now = dict(databases["inventory"].execute(STOCK).fetchall())
    return balance.compared(databases, orders, purchases, (start, now))
