"""Orders, both ways: what goes out comes back."""

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.mark import ROOM, new_saga_id, split
from contracts.orders import Line, Order, OrderRequest
from legacy_monolith.api.order_request import read_order_request
from new_services.anticorruption.orders import (
    NotAnOrder,
    order_from_legacy,
    order_request_to_legacy,
)
from new_services.orders.schemas import show

skus = st.text("ABC-0", min_size=1, max_size=6)
names = st.text(min_size=1, max_size=10)
prices = st.decimals(0, 9999, places=2).map(str)
notes = st.one_of(st.none(), st.text(min_size=1, max_size=ROOM))
places = st.fixed_dictionaries(dict.fromkeys(("name", "street", "zip", "city"), names))

requests = st.builds(
    OrderRequest,
    lines=st.dictionaries(skus, st.integers(1, 99), min_size=1, max_size=5),
    pay_method=st.sampled_from(["card", "invoice"]),
    po_number=notes,
    ship=st.fixed_dictionaries(
        {part: names.map(str.strip) for part in ("name", "street", "zip", "city")}
    ),
)
orders = st.builds(
    Order,
    order_no=st.just("SO-2026-000123"),
    status=st.sampled_from(["NEW", "PAID", "SHIPPED", "CANCELLED"]),
    total=prices,
    po_number=notes,
    pay_method=st.sampled_from(["card", "invoice"]),
    lines=st.lists(
        st.builds(Line, st.integers(1, 50), skus, names, st.integers(1, 99), prices)
    ).map(tuple),
    ship=places,
    created=st.just("2026-06-30 18:00:00"),
    updated=st.just("2026-06-30 18:00:01"),
)


@given(requests)
def test_legacy_reads_the_request_as_it_was_meant(wanted: OrderRequest) -> None:
    saga_id = new_saga_id()
    read = read_order_request(order_request_to_legacy(wanted, saga_id))
    meant = {sku.strip(): pieces for sku, pieces in wanted.lines.items()}
    assert (read.lines, read.pay_method, read.ship) == (meant, wanted.pay_method, wanted.ship)
    assert split(read.po_number) == (wanted.po_number, saga_id)


@given(orders)
def test_what_legacy_shows_is_what_we_show(order: Order) -> None:
    assert order_from_legacy(show(order)) == order
    assert Order.from_dict(order.to_dict()) == order


@given(orders, notes)
def test_our_mark_is_read_and_not_shown(order: Order, note: str | None) -> None:
    saga_id = new_saga_id()
    wanted = OrderRequest({"A": 1}, po_number=note)
    shown = show(order) | {"po_number": order_request_to_legacy(wanted, saga_id)["po_number"]}
    read = order_from_legacy(shown)
    assert (read.po_number, read.saga_id) == (note, saga_id)
    assert show(read) == show(replace(order, po_number=note))


@pytest.mark.parametrize("body", [None, [], {}, {"order_no": "x"}, {"error": "not logged in"}])
def test_what_is_no_order_is_not_taken_for_one(body: Any) -> None:
    with pytest.raises(NotAnOrder):
        order_from_legacy(body)


def test_a_request_survives_storing() -> None:
    wanted = OrderRequest({"A": 1}, "card", None, {"zip": "6020"})
    assert OrderRequest.from_dict(asdict(wanted)) == wanted
