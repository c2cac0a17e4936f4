"""inverse ∘ mapping is the same meaning, and only columns whose meaning differs are written."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from new_services.anticorruption.reverse.goods import INVERSE

prices = st.sampled_from(["49", "49.0", "49.00", " 49 ", "129.95", "", "0"])
percents = st.sampled_from([None, "", "15", " 15", "05"])
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
rows = st.fixed_dictionaries({
    "id": st.just(1),
    "sku": st.just("A"),
    **dict.fromkeys(("name", "descr", "cat_code", "colour", "tags", "img"), texts),
    "price": prices,
    "disc_pct": percents,
    "active": st.sampled_from("YN"),
    "discontinued": st.sampled_from("YN"),
    "weight_g": st.none() | st.integers(0, 9999),
    "created": st.just("2026-01-01 10:00:00"),
    "updated": st.sampled_from(["2026-01-01 10:00:00", "2026-01-02 10:00:00"]),
})  # fmt: skip


@given(rows, rows)
def test_the_row_comes_to_mean_what_is_wanted(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    wanted = INVERSE.mapping.translate(after)
    changed = INVERSE.differing(before, wanted)
    assert INVERSE.differing({**before, **changed}, wanted) == {}
    columns = {field.column for field in INVERSE.fields}
    assert changed.keys() <= columns


@given(rows)
def test_nothing_is_written_where_the_meaning_is_the_same(row: dict[str, Any]) -> None:
    assert INVERSE.differing(row, INVERSE.mapping.translate(row)) == {}


def test_an_edit_of_a_name_keeps_the_text_of_the_price() -> None:
    row = dict.fromkeys(("sku", "name", "descr", "cat_code", "colour", "tags", "img"), "")
    row |= {"id": 1, "price": "49", "disc_pct": None, "active": "Y", "discontinued": "N"}
    row |= {"weight_g": None, "created": "2026-01-01", "updated": "2026-01-01"}
    wanted = {**INVERSE.mapping.translate(row), "name": "Zelt", "list_price": "49.00"}
    assert INVERSE.differing(row, wanted) == {"name": "Zelt"}
    wanted["list_price"] = wanted["price_text"] = "50.00"
    assert INVERSE.differing(row, wanted) == {"name": "Zelt", "price": "50.00"}
    assert INVERSE.differing(row, {**wanted, "active": False})["active"] == "N"
