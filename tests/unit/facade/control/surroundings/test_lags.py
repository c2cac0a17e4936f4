"""How far the new sides are behind, by their own account."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from facade.control.surroundings import lags as measuring
from facade.control.surroundings.lags import Lags
from facade.control.surroundings.tables import Tables
from facade.runtime.lags import OUTDATED_SECONDS, read_lags

NOW = 1000.0
FILE = b"""
upstreams:
  legacy: {url: "http://127.0.0.1:1"}
  catalog: {urls: ["http://one", "http://two"]}
  orders: {service: orders}
routes:
  - {name: detail, match: GET /a, new: catalog, stage: legacy}
  - {name: other, match: GET /b, new: orders, stage: legacy}
"""


def lags(tmp_path: Path, answers: dict[str, Any]) -> Lags:
    def answer(request: httpx2.Request) -> httpx2.Response:
        found = answers[request.url.host]
        if found is None:
            raise httpx2.ConnectError("refused")
        return httpx2.Response(200 if found.get("ready", True) else 503, json=found)

    tables = Tables(tmp_path, {})
    tables.take(FILE)
    return Lags(tables, tmp_path, lambda: NOW, httpx2.MockTransport(answer))


@pytest.mark.parametrize(
    ("one", "two", "seconds", "reason"),
    [
        ({"watermark": 999_500_000}, {"watermark": 997_000_000}, 3.0, ""),
        ({"watermark": 999_500_000}, None, 0.5, ""),
        ({"watermark": 1_000_100_000}, {"watermark": 1_000_100_000}, 0.0, ""),
        (None, None, None, "http://one does not answer (ConnectError)"),
        ({"watermark": 0, "ready": False, "reason": "snapshot"}, None, None, "snapshot"),
    ],
)
async def test_the_furthest_behind_counts(
    tmp_path: Path, one: Any, two: Any, seconds: float | None, reason: str
) -> None:
    measured = lags(tmp_path, {"one": one, "two": two})
    await measured.measure()
    lag = read_lags(tmp_path)["catalog"]
    assert (lag.seconds, lag.reason, lag.at) == (seconds, reason, NOW)
    assert list(measured.history["catalog"]) == [seconds]


async def test_who_speaks_of_no_watermark_has_no_lag(tmp_path: Path) -> None:
    measured = lags(tmp_path, {"one": {"ready": True}, "two": {"ready": True}})
    await measured.measure()
    assert json.loads((tmp_path / "lag.json").read_text()).keys() == {"orders"}
    assert measured.now["orders"].reason == "no instance is registered"


async def test_a_new_instance_is_asked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "EVERY_SECONDS", 3600.0)
    answers: dict[str, Any] = {"one": None, "two": None}
    measured = lags(tmp_path, answers)
    running = asyncio.create_task(measured.run())
    async with asyncio.timeout(20):
        while "catalog" not in read_lags(tmp_path):  # noqa: ASYNC110 - a file sets no event
            await asyncio.sleep(0)
        answers["one"] = answers["two"] = {"watermark": 999_000_000}
        measured.look()
        while read_lags(tmp_path)["catalog"].seconds is None:  # noqa: ASYNC110
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_while_it_is_quiet_it_is_measured_less_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert measuring.QUIET_SECONDS + measuring.TIMEOUT_SECONDS < OUTDATED_SECONDS
    monkeypatch.setattr(measuring, "QUIET_SECONDS", 3600.0)
    monkeypatch.setattr(measuring, "EVERY_SECONDS", 0.0)
    quiet, measured, times = [False], lags(tmp_path, {"one": None, "two": None}), [0]
    measured._quiet = lambda: quiet[0]
    measure = measured.measure

    async def counted() -> None:
        times[0] += 1
        await measure()

    monkeypatch.setattr(measured, "measure", counted)
    running = asyncio.create_task(measured.run())
    async with asyncio.timeout(20):
        while times[0] < 3:  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0)
    quiet[0] = True
    await asyncio.sleep(0.1)
    rested = times[0]
    await asyncio.sleep(0.05)
    assert times[0] == rested
    measured.look()
    async with asyncio.timeout(20):
        while times[0] == rested:  # noqa: ASYNC110
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_history_is_of_seconds_however_often_it_is_measured(tmp_path: Path) -> None:
    now, measured = [NOW], lags(tmp_path, {"one": None, "two": None})
    measured._clock = lambda: now[0]
    await measured.measure()
    now[0] += 3.2
    await measured.measure()
    assert len(measured.history["orders"]) == 4
    now[0] += 3600.0
    await measured.measure()
    assert len(measured.history["orders"]) == measuring.KEPT
