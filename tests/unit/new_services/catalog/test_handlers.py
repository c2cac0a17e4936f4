"""A form of the staff: refused by itself, or a saga under the key it came with."""

from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from chassis.saga import Phase, State
from new_services.catalog import handlers

PERSON = {"email": "a@b.c", "name": "A", "session": "sealed"}


class Starting:
    """Keeps what was started, and calls it done."""

    def __init__(self) -> None:
        self.states: list[State] = []

    async def run(self, state: State) -> State:
        self.states.append(state)
        return state.changed(phase=Phase.DONE)


async def save(form: dict[str, Any], sku: str = "tent") -> tuple[tuple[int, object], list[State]]:
    starter: Any = Starting()
    body = orjson.dumps({"person": PERSON, "sku": sku, "form": form})
    return await handlers.save(starter, "k", body), starter.states


async def test_a_form_becomes_a_saga_under_its_key() -> None:
    reply, (state,) = await save({"price": "9,9", "active": True, "name": " Zelt "}, "te\0nt")
    assert reply == (200, {"id": "save-article:k", "status": "DONE"})
    assert state.request["customer"] == PERSON
    assert state.request["article"] == {
        "sku": "TENT", "name": "Zelt", "price": "9.90", "discount": "", "active": True,
        "discontinued": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"price": ""}, {"problem": "The price must be an amount such as 129.00."}),
        ({"price": "1", "name": "a\0"}, {"error": "bad input"}),
    ],
)
async def test_what_is_wrong_with_it_needs_no_monolith(
    form: dict[str, Any], expected: object
) -> None:
    assert await save(form) == ((400, expected), [])


async def test_what_is_no_form_is_refused() -> None:
    with pytest.raises(ValidationError):
        await save({"price": 9})
