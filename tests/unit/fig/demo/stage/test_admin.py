"""The admin API as the demo asks it."""

from __future__ import annotations

import httpx
import pytest

from fig.demo.stage.admin import Admin
from fig.demo.stage.world import DemoFailed


def admin_that_says(*answers: httpx.Response | Exception) -> Admin:
    left = list(answers)

    def answer(_: httpx.Request) -> httpx.Response:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found.status_code, content=found.content)

    return Admin("http://admin", httpx.MockTransport(answer))


def status(*versions: str) -> httpx.Response:
    return httpx.Response(200, json={"workers": [{"version": one} for one in versions]})


async def test_waits_until_the_last_worker_has_it() -> None:
    admin = admin_that_says(status("old", "old"), status("new", "old"), status("new", "new"))
    assert await admin.reached("new", within=5.0) is not None


async def test_a_worker_that_never_has_it() -> None:
    assert await admin_that_says(status("new", "old")).reached("new", within=0.05) is None


async def test_nobody_answers() -> None:
    assert await admin_that_says(httpx.ConnectError("refused")).status() is None


async def test_a_refusal_is_said() -> None:
    with pytest.raises(DemoFailed, match="POST /api/compare/reset"):
        await admin_that_says(httpx.Response(404)).reset("product-list")
