"""A count: refused by itself, or a saga that knows the ledger as of the moment it was made."""

from typing import Any

import orjson
import pytest

from chassis.readmodel.watermark import Watermark
from chassis.saga import Phase, State
from new_services.inventory import counting, counts
from new_services.inventory.counting import Counting

PERSON = {"email": "a@b.c", "name": "A", "session": "sealed"}
NOW = 1_800_000_000.0
PROBLEM = {"problem": "The stock must be a number from 0 to 100000."}


class Starting:
    """Keeps what was started, and calls it done."""

    def __init__(self) -> None:
        self.states: list[State] = []

    async def run(self, state: State) -> State:
        self.states.append(state)
        return state.changed(phase=Phase.DONE)


@pytest.fixture(autouse=True)
def ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last movement is number 17; nobody waits for it."""

    async def last(_: object, sku: str) -> int:
        assert sku == "TENT-0"
        return 17

    monkeypatch.setattr(counts, "last", last)
    monkeypatch.setattr(counting, "PATIENCE_SECONDS", 0.0)


async def count(
    pieces: str, variant: str = "TENT-0", *, known: float = NOW
) -> tuple[tuple[int, object], list[State]]:
    starter: Any = Starting()
    nothing: Any = None
    watermark = Watermark(lambda: NOW)
    watermark.advance(int(known * 1e6))
    made = Counting(nothing, watermark, starter, lambda: NOW)
    body = {"person": PERSON, "sku": "tent", "variant": variant, "pieces": pieces}
    return await made.count("k", orjson.dumps(body)), starter.states


@pytest.mark.parametrize(("typed", "pieces"), [("0", 0), (" 7 ", 7), ("٧", 7), ("100000", 100_000)])
async def test_a_count_becomes_a_saga_that_knows_the_ledger(typed: str, pieces: int) -> None:
    reply, (state,) = await count(typed)
    assert reply == (200, {"id": "count-stock:k", "status": "DONE"})
    counted = {"sku": "TENT", "variant": "TENT-0", "pieces": pieces}
    assert state.request == {"customer": PERSON, "count": counted, "last": 17}


@pytest.mark.parametrize("typed", ["", " ", "-1", "+1", "1.0", "1e2", "²", "100001", "0000001"])
async def test_what_is_no_number_of_pieces_needs_no_monolith(typed: str) -> None:
    assert await count(typed) == ((400, PROBLEM), [])


async def test_a_variant_that_no_database_holds_does_not_exist() -> None:
    assert await count("1", "A\0") == ((404, {"error": "There is no such article."}), [])


async def test_while_the_ledger_is_behind_nothing_is_begun() -> None:
    reply, begun = await count("1", known=NOW - 1.0)
    assert (reply[0], begun) == (409, [])
    assert isinstance(reply[1], dict) and reply[1]["declined"] == "behind"
