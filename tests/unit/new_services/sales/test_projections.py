"""Facts sorted into what becomes of them: of each row the newest state, whole."""

from contracts.feed.facts import Cleared, Gone, Stored
from new_services.sales.projections import Batch


def test_a_newer_state_keeps_what_it_does_not_name() -> None:
    first = Stored("line", 7, {"order_id": 1, "sku": "A", "quantity": 1, "price": "1"}, (5, 1))
    second = Stored("line", 7, {"quantity": 2}, (6, 1))
    for facts in ([first, second], [first, second, first]):
        (kept,) = Batch.of(facts).rows["line"].values()
        assert isinstance(kept, Stored)
        assert kept.version == (6, 1)
        assert kept.fields == {**first.fields, "quantity": 2}


def test_what_is_gone_stays_gone_for_whatever_is_older() -> None:
    gone = Gone("order", 1, (6, 1))
    assert Batch.of([gone, Stored("order", 1, {"status": "NEW"}, (5, 1))]).rows["order"] == {
        1: gone
    }


def test_orders_and_lines_have_tables_and_everything_else_is_mirrored() -> None:
    facts = [
        Stored("variant", 3, {"sku": "A"}, (1, 0)),
        Gone("product", 4, (1, 0)),
        Cleared("order", (1, 0)),
        Cleared("category", (1, 0)),
    ]
    batch = Batch.of(facts)
    assert batch.keys("variant") == ["3"]
    assert batch.keys("product") == ["4"]
    assert batch.cleared == [facts[2]]
    assert batch.mirrored == facts, "the mirror keeps the floors of all"
