"""The admin API as the demo asks it."""

from __future__ import annotations

import httpx2
import pytest

from fig.demo.stage.admin import Admin
from fig.demo.stage.world import DemoFailed


def admin_that_says(*answers: httpx2.Response | Exception) -> Admin:
    left = list(answers)

    def answer(_: httpx2.Request) -> httpx2.Response:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return httpx2.Response(found.status_code, content=found.content)

    return Admin("http://admin", httpx2.MockTransport(answer))


def status(*versions: str) -> httpx2.Response:
    return httpx2.Response(200, json={"workers": [{"version": one} for one in versions]})


async def test_waits_until_the_last_worker_has_it() -> None:
    admin = admin_that_says(status("old", "old"), status("new", "old"), status("new", "new"))
    assert await admin.reached("new", within=5.0) is not None


async def test_a_worker_that_never_has_it() -> None:
    assert await admin_that_says(status("new", "old")).reached("new", within=0.05) is None


async def test_nobody_answers() -> None:
    assert await admin_that_says(httpx2.ConnectError("refused")).status() is None


async def test_a_refusal_is_said() -> None:
    with pytest.raises(DemoFailed, match="POST /api/compare/reset"):
        await admin_that_says(httpx2.Response(404)).reset("product-list")


async def test_an_answer_that_does_not_come_is_named_and_waited_for_longer_than_a_look() -> None:
    patience: list[float] = []

    def silent(request: httpx2.Request) -> httpx2.Response:
        patience.append(request.extensions["timeout"]["read"])
        raise httpx2.ReadTimeout("")

    admin = Admin("http://admin", httpx2.MockTransport(silent))
    with pytest.raises(DemoFailed, match="GET /api/journal: ReadTimeout"):
        await admin.read("/api/journal")
    assert await admin.status() is None
    assert patience[0] > patience[1]
    await admin.close()
