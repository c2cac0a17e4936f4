"""The server of our processes sleeps between its ticks, and ends when it is told to."""

import asyncio

import pytest
import uvicorn

from chassis.process import service


async def test_it_ends_at_once_however_long_it_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "DATE_SECONDS", 3600.0)
    server = service._Server(uvicorn.Config(lambda: None))
    running = asyncio.create_task(server.main_loop())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not running.done()
    server.leave()
    await asyncio.wait_for(running, 10)


async def test_the_date_of_answers_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "DATE_SECONDS", 0.0)
    config = uvicorn.Config(lambda: None)
    config.load()
    server = service._Server(config)
    running = asyncio.create_task(server.main_loop())
    async with asyncio.timeout(10):
        for _ in range(2):
            server.server_state.default_headers = []
            while not server.server_state.default_headers:  # noqa: ASYNC110 - it sets no event
                await asyncio.sleep(0)
    assert dict(server.server_state.default_headers)[b"date"].endswith(b"GMT")
    server.leave()
    await running
