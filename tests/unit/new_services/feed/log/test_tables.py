"""What PostgreSQL says of a table becomes a fed table, or a refusal that says what to do."""

from collections.abc import Sequence
from typing import Any

import pytest

from new_services.feed.log.identity import NotPublished
from new_services.feed.log.tables import Table, describe
from new_services.feed.log.types import Types

INT4, TEXT = 23, 25


def column(name: str, oid: int, generated: bool = False, bytewise: bool | None = None) -> Any:
    return {"name": name, "oid": oid, "generated": generated, "bytewise": bytewise}


def identity(table: str, **more: Any) -> dict[str, Any]:
    plain = {"table": table, "replica": "d", "immediate": True, "primary": ["id"], "index": None}
    return plain | more


def row(name: str = "stock", **more: Any) -> dict[str, Any]:
    plain = {
        "name": name,
        "oid": 77,
        "kind": "r",
        "stored": "p",
        "secured": False,
        "inherited": False,
        "identities": [identity(name)],
        "content": "as of today",
        "described": [column("id", INT4), column("v", TEXT, bytewise=True)],
    }
    return plain | more


class Legacy:
    """A connection whose catalogue has these rows."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self._rows = rows

    def cursor(self, **_: Any) -> "Legacy":
        return self

    async def execute(self, *_: Any) -> "Legacy":
        return self

    async def fetchall(self) -> Sequence[dict[str, Any]]:
        return self._rows


async def described(names: Sequence[str], *rows: dict[str, Any]) -> tuple[Table, ...]:
    connection: Any = Legacy(rows)
    return await describe(connection, names, Types())


async def test_a_table_with_its_key_and_its_kinds() -> None:
    (table,) = await described(["stock"], row())
    assert (table.key, table.sorted, table.key_types) == (("id",), {"id"}, (INT4,))
    assert table.shape == {"id": "integer", "v": "text"}
    assert table.identity == '77 ["id"]'
    assert table.content == "as of today"


async def test_generated_and_withheld_columns_are_left_out() -> None:
    columns = [column("id", INT4), column("twice", INT4, True), column("pw_hash", TEXT)]
    (table,) = await described(["customer"], row("customer", described=columns))
    assert list(table.shape) == ["id"]


@pytest.mark.parametrize(("bytewise", "alike"), [(True, {"v"}), (None, set())])
async def test_a_text_sorts_alike_by_its_bytes_alone(
    bytewise: bool | None, alike: set[str]
) -> None:
    columns = [column("id", INT4), column("v", TEXT, bytewise=bytewise)]
    made = row(described=columns, identities=[identity("stock", primary=["v"])])
    (table,) = await described(["stock"], made)
    assert table.sorted == alike


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (row(kind="v"), "a view"),
        (row(kind="S"), "a sequence"),
        (row(stored="u"), "not logged"),
        (row(secured=True), "BYPASSRLS"),
        (row(inherited=True), "inherit"),
        (row(described=[column("id", INT4, True)]), "generated column id"),
        (row(identities=[identity("stock", replica="n")]), "NOTHING"),
    ],
)
async def test_what_is_refused(made: dict[str, Any], words: str) -> None:
    with pytest.raises(NotPublished, match=words):
        await described(["stock"], made)


async def test_every_table_that_is_refused_is_named_and_the_unusable_ones_are_marked() -> None:
    nothing = row("nothing", identities=[identity("nothing", replica="n")])
    with pytest.raises(NotPublished) as refused:
        await described(
            ["stock", "nothing", "nowhere", "watermark"], row(), nothing, row("watermark")
        )
    words = str(refused.value)
    assert "nothing has" in words and "public.nowhere" in words and "'watermark'" in words
    assert "stock" not in words
    assert refused.value.unusable == {"nothing"}
