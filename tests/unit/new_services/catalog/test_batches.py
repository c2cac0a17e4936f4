"""Facts in any order, repeated and cut into any batches, end in the same rows."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.feed.change import Version
from contracts.feed.facts import Cleared, Fact, Gone, Reached, Stored
from new_services.catalog.batches import RowState, fold

Rows = dict[tuple[str, object], RowState]


class Store:
    """Tables that keep the newer of two rows, as the repository's statements do."""

    def __init__(self) -> None:
        self.rows: Rows = {}
        self.floors: dict[str, Version] = {}

    def apply(self, facts: list[Fact]) -> None:
        batch = fold(facts, self.floors)
        self.floors |= batch.floors
        for entity, rows in batch.rows.items():
            for key, row in rows.items():
                stored = self.rows.get((entity, key))
                if stored is None or stored.version < row.version:
                    self.rows[entity, key] = row

    @property
    def alive(self) -> dict[tuple[str, object], object]:
        return {
            (entity, key): row.fields
            for (entity, key), row in self.rows.items()
            if row.fields is not None and row.version >= self.floors.get(entity, (0, 0))
        }


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """What happened, in the order it happened: every version once."""
    facts: list[Fact] = []
    for number in range(draw(st.integers(1, 25))):
        entity, key = draw(st.sampled_from(["product", "stock"])), draw(st.integers(1, 3))
        version = (number // 3 + 1, number % 3)
        kind = draw(st.sampled_from(["stored", "stored", "stored", "gone", "cleared"]))
        if kind == "stored":
            facts.append(Stored(entity, key, {"value": number}, version))
        elif kind == "gone":
            facts.append(Gone(entity, key, version))
        else:
            facts.append(Cleared(entity, version))
    return facts


@given(histories(), st.data())
def test_any_order_and_repetition_converges(history, data):
    straight = Store()
    for fact in history:
        straight.apply([fact])
    sent = data.draw(st.permutations(history + data.draw(st.lists(st.sampled_from(history)))))
    bent = Store()
    while sent:
        size = data.draw(st.integers(1, len(sent)))
        bent.apply(sent[:size])
        sent = sent[size:]
    assert bent.alive == straight.alive


def test_fields_that_are_not_named_stay():
    facts: list[Fact] = [
        Stored("product", 1, {"name": "a", "description": "long"}, (1, 1)),
        Stored("product", 1, {"name": "b"}, (2, 1)),
    ]
    (row,) = fold(facts, {}).rows["product"].values()
    assert row == RowState({"name": "b", "description": "long"}, (2, 1))


def test_a_row_that_comes_back_does_not_inherit():
    facts: list[Fact] = [
        Stored("product", 1, {"name": "a", "description": "long"}, (1, 1)),
        Gone("product", 1, (2, 1)),
        Stored("product", 1, {"name": "b"}, (3, 1)),
    ]
    (row,) = fold(facts, {}).rows["product"].values()
    assert row.fields == {"name": "b"}


def test_watermarks_touch_no_row():
    assert fold([Reached(5)], {}).empty
    assert not fold([Cleared("product", (1, 0))], {}).empty


def test_an_old_clearing_is_no_news():
    assert fold([Cleared("product", (1, 0))], {"product": (2, 0)}).empty
