"""Behind a closed window the present state of what changed is published, the newest last."""

from typing import Any

import orjson
import pytest

from chassis.events import outbox
from chassis.ownership.closed.publisher import WINDOW, StatePublisher
from chassis.ownership.record import Owner, Record
from chassis.ownership.sides import Pending
from contracts.events.owned import GoodsClosed, StockChanged

RECORD = Record("goods", Owner.NEW, epoch=4, since_lsn=70)
ROWS = {"stock": {"A": {"sku": "A", "pieces": 3}, "gone": None}, "other": {"x": {"sku": "x"}}}


class Bus:
    """Keeps what was published."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str, Any]] = []

    def jetstream(self, **_: Any) -> "Bus":
        return self

    async def publish(self, subject: str, body: bytes, headers: dict[str, str]) -> None:
        self.published.append((subject, headers["Nats-Msg-Id"], orjson.loads(body)["data"]))


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Bus:
    async def there(_: Any) -> None:
        return None

    monkeypatch.setattr(outbox, "ensure_event_streams", there)
    return Bus()


def stock(fields: Any, version: tuple[int, int]) -> StockChanged:
    return StockChanged(fields["sku"], fields["pieces"], *version)


async def test_the_end_of_the_window_and_each_state_are_published(bus: Bus) -> None:
    publisher = StatePublisher(bus, GoodsClosed, {"stock": stock}, lambda: 0.0)  # type: ignore[arg-type]
    pending = [Pending(1, WINDOW, "goods"), Pending(2, "stock", "A"), Pending(3, "other", "x")]
    await publisher.publish(RECORD, pending, ROWS, 9)
    assert bus.published == [
        ("events.catalog.window-closed", "catalog:window-closed:goods:4:9",
         {"epoch": 4, "lsn": 70}),
        ("events.inventory.stock-changed", "inventory:stock-changed:A:4:9",
         {"sku": "A", "pieces": 3, "lsn": 70, "seq": 9}),
    ]  # fmt: skip


async def test_who_does_not_own_the_window_does_not_end_it(bus: Bus) -> None:
    publisher = StatePublisher(bus, None, {})  # type: ignore[arg-type]
    await publisher.publish(RECORD, [Pending(1, WINDOW, "goods")], ROWS, 9)
    assert bus.published == []
