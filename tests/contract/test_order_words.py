"""Both sides read an order alike: the same request, or the same words of refusal."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.web import reading
from legacy_monolith.api import order_request as legacy
from new_services.orders import schemas as new

odd = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 120), st.floats(allow_nan=False), st.text(max_size=5)
)
lines = st.lists(
    st.one_of(
        odd,
        st.fixed_dictionaries(
            {},
            optional={
                "sku": st.one_of(odd, st.sampled_from(["a-0", " A-0 ", "b-1", "straße"])),
                "qty": st.one_of(odd, st.integers(1, 60)),
            },
        ),
    ),
    max_size=4,
)
ships = st.fixed_dictionaries(
    {},
    optional={
        name: st.one_of(odd, st.text(max_size=longest + 1))
        for name, longest in (("name", 100), ("zip", 20), ("city", 100), ("other", 5))
    },
)
bodies = st.one_of(
    odd,
    st.lists(odd, max_size=2),
    st.fixed_dictionaries(
        {},
        optional={
            "lines": st.one_of(odd, lines, st.just([{"sku": "x", "qty": 1}] * 51)),
            "pay_method": st.one_of(odd, st.sampled_from(["card", "invoice"])),
            "po_number": st.one_of(odd, st.text(max_size=101), st.just("x" * 101)),
            "ship": st.one_of(odd, ships),
        },
    ),
)


def _legacy(body: Any) -> Any:
    try:
        wanted = legacy.read_order_request(body)
    except legacy.BadOrder as error:
        return str(error)
    return wanted.lines, wanted.pay_method, wanted.po_number, wanted.ship


def _new(body: Any) -> Any:
    try:
        wanted = new.read_order_request(body)
    except new.BadOrder as error:
        return str(error)
    return wanted.lines, wanted.pay_method, wanted.po_number, wanted.ship


@settings(max_examples=600, deadline=None)
@given(bodies)
def test_an_order_is_read_alike(body: Any) -> None:
    assert _new(body) == _legacy(body)


@settings(max_examples=200)
@given(st.one_of(st.none(), st.text(max_size=6), st.integers().map(str)))
def test_a_page_number_is_read_alike(value: str | None) -> None:
    from legacy_monolith.shop.texts import whole_number

    assert reading.whole_number(value, 7) == whole_number(value, 7)
