"""Orders that are accepted and not placed yet, as their customer sees them: in the list, under the
saga's id in the place of an order number, with what will happen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import asyncpg
import orjson

from chassis.saga import Phase, State
from contracts.orders import OrderRequest
from new_services.orders.saga import kinds, pricing
from new_services.orders.saga.pricing import Price
from new_services.orders.schemas import SHIP_FIELDS, show
from new_services.orders.views import Wanted

WAITED_SECONDS = 1.5  # younger ones are being placed: their clients still wait for the answer
MOST = 100  # of one customer's
STAMP = "%Y-%m-%d %H:%M:%S"

# One that has written its order is shown as what it wrote, until that order has a document.
_PENDING = """
SELECT state::text AS state, created FROM saga
WHERE kind = 'place-order' AND phase IN ('forward', 'backward', 'parked')
  AND state->'request'->'customer'->>'email' = $1
  AND created < extract(epoch FROM clock_timestamp()) - $2
  AND NOT EXISTS (SELECT FROM order_document
                  WHERE order_no = state->'results'->'write'->'order'->>'order_no')
ORDER BY created DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Pending:
    """One of them; `created` in unix seconds."""

    state: State
    created: float

    @property
    def po_number(self) -> str | None:
        """What the customer wrote."""
        found: str | None = self.state.request["wish"]["po_number"]
        return found


async def of_customer(pool: asyncpg.Pool, email: str, wanted: Wanted | None) -> list[Pending]:
    """The customer's, newest first; only the wanted ones, where a number is given."""
    rows = await pool.fetch(_PENDING, email, WAITED_SECONDS, MOST)
    found = [Pending(State.from_dict(orjson.loads(row["state"])), row["created"]) for row in rows]
    return [
        each
        for each in found
        if wanted is None or wanted.matches(each.po_number, each.state.saga_id)
    ]


async def shown(pool: asyncpg.Pool, some: list[Pending], zone: ZoneInfo) -> list[str]:
    """As JSON, like orders; `zone` is the shop's."""
    skus = {sku for each in some for sku in each.state.request["wish"]["lines"]}
    prices = await pricing.prices(pool, sorted(skus)) if skus else {}
    return [orjson.dumps(document(each, prices, zone)).decode() for each in some]


def document(pending: Pending, prices: Mapping[str, Price], zone: ZoneInfo) -> dict[str, Any]:
    """Like an order's, with `pending`: where to look, how to cancel it, what will happen."""
    state = pending.state
    order = kinds.outcome(state.results)
    if order is not None:
        return show(order)
    wanted = OrderRequest.from_dict(state.request["wish"])
    created = datetime.fromtimestamp(pending.created, zone).strftime(STAMP)
    return {
        "order_no": state.saga_id,
        "status": status(state),
        "total": state.request.get("amount", ""),
        "po_number": wanted.po_number,
        "pay_method": wanted.pay_method,
        "lines": [
            {
                "line_no": number,
                "sku": sku,
                "name": sku,
                "qty": pieces,
                "price": f"{prices[sku].effective:.2f}" if sku in prices else "",
            }
            for number, (sku, pieces) in enumerate(sorted(wanted.lines.items()), start=1)
        ],
        "ship": {name: (wanted.ship or {}).get(name, "") for name in SHIP_FIELDS},
        "created": created,
        "updated": created,
        "pending": links(state),
    }


def status(state: State) -> str:
    """In one word, of one that has not ended."""
    return "CANCELLING" if state.unwanted or state.phase is Phase.BACKWARD else "PENDING"


def links(state: State) -> dict[str, str]:
    """Where to look, how to cancel it, and what will happen."""
    path = f"/api/order-requests/{quote(state.saga_id, safe=':')}"
    return {"request": path, "cancel": f"{path}/cancel", "what": what_will_happen(state)}


def what_will_happen(state: State) -> str:
    """In a sentence or two, for the customer."""
    if state.phase is Phase.BACKWARD:
        return "The order is not placed. Nothing is charged."
    if state.recalled:
        return (
            "You have cancelled this order. It is not placed any more; should it have been placed"
            " before, it is cancelled and what was charged comes back."
        )
    if state.given_up:
        return (
            "The shop cannot place this order, and no longer tries to; should it have been placed"
            " before, it is cancelled and what was charged comes back."
        )
    if state.phase is Phase.PARKED:
        return "Someone of the shop looks after this order. You can cancel it until it is placed."
    return (
        "The order is accepted, and placed as soon as the shop's order system takes it. Nothing is"
        " charged before that. You can cancel it until then."
    )
