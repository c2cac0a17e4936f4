"""`python -m new_services.orders.rebuild`: what the feed makes of orders, rebuilt and swapped in.

Sagas, events, clients' names of their order requests stay as they are. A document has two sources:
the feed makes its side again; what our sagas left in it is carried over. The fresh projection
begins the sagas that follow from what it finds, each once, as the service does after a start:
what it has applied when it takes the live one's place is not applied again.

Settings: ORDERS_DATABASE_URL, ORDERS_NATS_URL. Exit codes: 0 done, 1 it did not catch up or
something is away.
"""

from functools import partial

from chassis.ownership.closed.followed import NOT_LEGACYS
from chassis.readmodel.feed_model import FeedModel
from chassis.readmodel.swap import Part
from migrations import runner
from new_services.orders.app import legacy_model
from new_services.orders.repository import FOR_GOOD

# Whatever a saga writes from here on carries a later time: an hour is more than a write may take,
# and more than the clocks of two instances are apart. So the exchange need not compare all.
_SINCE = f"""
CREATE TABLE fresh.since AS
SELECT coalesce(max(own_at) FILTER (WHERE own_at < {FOR_GOOD}), 0) - 3600000000 AS micros
FROM public.order_document
"""
_LATE = "own_at > (SELECT micros FROM fresh.since)"
_OWN = """
INSERT INTO fresh.order_document (order_no, order_id, email, po_number, saga_id, status, own_body,
                                  own_at)
SELECT order_no, CASE WHEN body IS NULL THEN order_id END, email, po_number, saga_id, status,
       own_body, own_at
FROM public.order_document WHERE own_body IS NOT NULL
"""
# An order that the live one has from the feed, and not the fresh one, which has read more, is gone
# from legacy; and so it is when it is gone here. Where neither has it from the feed, it is our word
# alone, and kept.
_GONE = """
DELETE FROM fresh.order_document fresh WHERE body IS NULL AND NOT EXISTS (
    SELECT FROM public.order_document live
    WHERE live.order_no = fresh.order_no AND (live.order_id IS NULL OR live.body IS NULL))
"""
_NEWER = f"""
UPDATE fresh.order_document fresh SET own_body = live.own_body, own_at = live.own_at
FROM public.order_document live
WHERE live.order_no = ANY (ARRAY(SELECT order_no FROM public.order_document WHERE {_LATE}))
AND live.order_no = fresh.order_no AND live.own_at <> fresh.own_at
"""
# An order as it was placed carries no time (`repository.FIRST`).
_NOT_FED = f"{_OWN} AND (order_id IS NULL OR body IS NULL) ON CONFLICT (order_no) DO NOTHING"

PART = Part(
    tables=("order_document", "mirror", "mirror_floor"),
    shared=("saga", "written_order", "unjudged_order", "owned_order"),
    seed=(_SINCE, _OWN),
    carry=(_GONE, _NEWER, _NOT_FED),
    unless=NOT_LEGACYS,
)


def model() -> FeedModel:
    """Legacy's rows, and what is made of them."""
    return FeedModel("orders", legacy_model(), partial(runner.upgrade, "orders"), PART)


if __name__ == "__main__":
    model().command("the orders are")
