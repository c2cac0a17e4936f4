"""What the sagas of other services are answered, and the public stock."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from prometheus_client import CollectorRegistry
from pydantic import ValidationError

from chassis.readmodel.watermark import Watermark
from chassis.web.app import build_app
from contracts.ownership import Stamp
from new_services.inventory import views
from new_services.inventory.endpoints import Endpoints
from new_services.inventory.handlers import Barred, Reservation, Short
from new_services.inventory.owner.epochs import Stale

NONE = Stamp(0, ours=False)  # of a call that names no epoch
SHORT = {"error": "out of stock", "sku": "MUG-0", "available": 1}
STOCK = {"sku": "MUG-0", "stock": 3}


class Handler:
    """Keeps what it is asked for; raises what it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.asked = error, list[tuple[Any, ...]]()

    async def _say(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.error:
            raise self.error

    async def reserve(self, wanted: Reservation, stamp: Stamp) -> None:
        await self._say("reserve", wanted, stamp)

    async def release(self, saga_id: str) -> None:
        await self._say("release", saga_id)

    async def sell(self, saga_id: str, order_no: str, created: str, stamp: Stamp) -> None:
        await self._say("sell", saga_id, order_no, created, stamp)

    async def put_back(
        self, order_no: str, pieces: Mapping[str, int], created: str, stamp: Stamp
    ) -> None:
        await self._say("put back", order_no, pieces, created, stamp)


def endpoints(handler: Handler, watermark: Watermark | None = None) -> Endpoints:
    known: Any = handler
    nothing: Any = None
    return Endpoints(nothing, watermark or Watermark(), known)


CALLS = [
    (
        ("PUT", "reservations", ""),
        b'{"pieces": {"MUG-0": 2}, "after": 17, "epoch": 7, "ours": true}',
        ("reserve", Reservation("S-1", {"MUG-0": 2}, 17), Stamp(7, ours=True)),
        "held",
    ),
    (("DELETE", "reservations", ""), b"", ("release", "S-1"), "released"),
    (
        ("POST", "reservations", "sell"),
        b'{"order_no": "SO-1", "created": "then"}',
        ("sell", "S-1", "SO-1", "then", NONE),
        "sold",
    ),
    (
        ("PUT", "returns", ""),
        b'{"pieces": {"MUG-0": 2}, "created": "then"}',
        ("put back", "S-1", {"MUG-0": 2}, "then", NONE),
        "put back",
    ),
]


@pytest.mark.parametrize(("call", "body", "asked", "status"), CALLS)
async def test_each_call_is_carried_out(
    call: tuple[str, str, str], body: bytes, asked: tuple[Any, ...], status: str
) -> None:
    handler = Handler()
    assert await endpoints(handler).calls()[call]("S-1", body) == (200, {"status": status})
    assert handler.asked == [asked]


async def test_a_reservation_without_a_moment_is_of_any_time() -> None:
    handler = Handler()
    call = endpoints(handler).calls()["PUT", "reservations", ""]
    await call("S-1", b'{"pieces": {"MUG-0": 1}}')
    assert handler.asked == [("reserve", Reservation("S-1", {"MUG-0": 1}, 0), NONE)]


@pytest.mark.parametrize(("call", "body", "asked", "status"), CALLS[:3])
async def test_a_reservation_that_ended_otherwise_is_a_conflict(
    call: tuple[str, str, str], body: bytes, asked: object, status: str
) -> None:
    made = endpoints(Handler(Barred("released")))
    expected = (409, {"error": "the reservation was released before"})
    assert await made.calls()[call]("S-1", body) == expected


@pytest.mark.parametrize("call", [each[0] for each in CALLS if each[2][0] != "release"])
async def test_a_call_of_an_epoch_that_is_over_is_refused(call: tuple[str, str, str]) -> None:
    made = endpoints(Handler(Stale("epoch 1 is over")))
    body = b'{"pieces": {"MUG-0": 2}, "order_no": "SO-1", "created": "then"}'
    assert await made.calls()[call]("S-1", body) == (412, {"error": "epoch 1 is over"})


async def test_a_shortage_is_answered_in_legacys_words() -> None:
    call = endpoints(Handler(Short(SHORT))).calls()["PUT", "reservations", ""]
    assert await call("S-1", b'{"pieces": {"MUG-0": 2}}') == (409, SHORT)


@pytest.mark.parametrize("body", [b'{"pieces": {}}', b'{"pieces": {"MUG-0": 0}}', b"{}"])
async def test_a_reservation_of_nothing_is_refused(body: bytes) -> None:
    handler = Handler()
    with pytest.raises(ValidationError):
        await endpoints(handler).calls()["PUT", "reservations", ""]("S-1", body)
    assert handler.asked == []


@pytest.fixture
async def http(monkeypatch: pytest.MonkeyPatch) -> Any:
    async def stock(_: object, sku: str) -> dict[str, Any] | None:
        return STOCK if sku == "MUG-0" else None

    async def state(_: object) -> dict[str, int]:
        return {"skus": 7}

    async def ready() -> None:
        return None

    monkeypatch.setattr(views, "stock", stock)
    monkeypatch.setattr(views, "state", state)
    watermark = Watermark(lambda: 1_000.0, lambda: 5.0)
    watermark.advance(999_500_000)
    app = build_app("inventory", ready, CollectorRegistry())
    endpoints(Handler(), watermark).register(app)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://inventory") as client:
        yield client


async def test_the_stock_is_answered_with_how_fresh_it_is(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/api/stock/mug-0")
    assert (answer.status_code, answer.json()) == (200, STOCK)
    assert answer.headers["fig-watermark"] == "999500000"


async def test_an_unknown_sku_is_answered_as_by_legacy(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/api/stock/no/such")
    assert (answer.status_code, answer.json()) == (404, {"error": "unknown sku", "sku": "NO/SUCH"})


async def test_the_stock_has_a_head_and_is_not_written(http: httpx2.AsyncClient) -> None:
    assert (await http.head("/api/stock/mug-0")).status_code == 200
    assert (await http.post("/api/stock/mug-0")).status_code == 405


async def test_trouble_is_answered_in_the_words_of_the_public_contract(
    http: httpx2.AsyncClient,
) -> None:
    answer = await http.post("/api/stock/mug-0")
    assert answer.headers["content-type"] == "application/json"
    assert "error" in answer.json()


async def test_sums_are_for_the_verification(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/state")
    assert (answer.status_code, answer.json()) == (200, {"skus": 7})
