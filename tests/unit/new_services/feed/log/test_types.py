"""What a domain stands for, and what kind of value a type has."""

from typing import Any

from new_services.feed.log.types import Types

INT4, BYTEA, DOMAIN, MOOD = 23, 17, 16400, 16500


class Catalogue:
    """A connection that knows a domain over int4, bytea and an enum, and counts questions."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    async def execute(self, _: str, values: list[list[int]]) -> "Catalogue":
        self.asked += values
        return self

    async def fetchall(self) -> list[tuple[int, int, str]]:
        known = {
            DOMAIN: (DOMAIN, INT4, "integer"),
            BYTEA: (BYTEA, BYTEA, "bytea"),
            MOOD: (MOOD, MOOD, "public.mood"),
        }
        return [known[oid] for oid in self.asked[-1] if oid in known]


async def test_types_are_asked_for_once() -> None:
    types, catalogue = Types(), Catalogue()
    connection: Any = catalogue
    await types.learn(connection, [INT4, DOMAIN, BYTEA])
    await types.learn(connection, [DOMAIN, MOOD])
    await types.learn(connection, [DOMAIN, MOOD])
    assert catalogue.asked == [[DOMAIN, BYTEA], [MOOD]]
    assert (types.base(DOMAIN), types.kind(DOMAIN)) == (INT4, "integer")
    assert (types.base(BYTEA), types.kind(BYTEA)) == (BYTEA, "bytea")
    assert types.kind(MOOD) == "public.mood"


async def test_a_type_that_is_dropped_by_now_is_itself() -> None:
    types = Types()
    connection: Any = Catalogue()
    await types.learn(connection, [99999])
    assert (types.base(99999), types.kind(99999)) == (99999, "type 99999")
