"""The answer to a write says whose the domain is by then."""

from typing import Any

import httpx2
import pytest

from chassis.ownership.record import Owner, Phase, Record
from chassis.ownership.stated import StatesOwner
from tests.rigs.ownership.protocol import MemoryRecords


class Away(MemoryRecords):
    async def look(self, connection: Any = None) -> Record:
        raise ConnectionRefusedError("no database")


def answering(status: int) -> Any:
    async def app(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"x"})

    return app


async def said(
    record: Record, status: int = 200, method: str = "POST", path: str = "/articles/1"
) -> str | None:
    app = StatesOwner(answering(status), MemoryRecords(stored=record), "/articles/")
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://catalog")
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["a"], answer.text) == (status, "b", "x")
    return answer.headers.get("fig-owner")


MOVING = Record("goods", phase=Phase.MOVING, toward=Owner.NEW)


@pytest.mark.parametrize("status", [200, 201, 303])
@pytest.mark.parametrize(
    ("record", "owner"),
    [(Record("goods"), "legacy"), (Record("goods", owner=Owner.NEW), "new"), (MOVING, "legacy")],
)
async def test_a_write_says_it(record: Record, owner: str, status: int) -> None:
    assert await said(record, status) == f"goods={owner}"


@pytest.mark.parametrize(("record", "owner"), [(Record("goods"), "legacy"), (MOVING, "new")])
async def test_what_is_done_later_may_be_done_by_the_next_owner(record, owner) -> None:
    assert await said(record, 202) == f"goods={owner}"


@pytest.mark.parametrize(
    ("status", "method", "path"),
    [(200, "GET", "/articles/1"), (409, "POST", "/articles/1"), (200, "POST", "/sagas/1")],
)
async def test_nothing_else_does(status: int, method: str, path: str) -> None:
    assert await said(Record("goods", owner=Owner.NEW), status, method, path) is None


async def test_without_the_record_it_is_not_said() -> None:
    app = StatesOwner(answering(200), Away(), "/")
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://catalog")
    answer = await client.post("/articles/1")
    assert (answer.status_code, "fig-owner" in answer.headers) == (200, False)
