"""The stories of an order with callees that answer as a test says, and what they store."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from chassis.saga import Context, Saga, State
from contracts.orders import Line, Order, OrderRequest
from contracts.ownership import Stamp
from contracts.record import Customer, RecordRefused
from new_services.orders import repository, views
from new_services.orders.saga import kinds
from new_services.orders.saga import stories as saga
from new_services.orders.saga.stories import PENDING_SECONDS, Stories
from tests.rigs.shop.database import Database

NOW = 1_800_000_000.0
LEGACYS, OURS = Stamp(1, ours=False), Stamp(2, ours=True)
ANNA = Customer("a@b.c", "Anna", "sealed")
WANTED = OrderRequest({"MUG-0": 2}, "card", "PO 17")
ORDER = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number="PO 17", pay_method="card",
    lines=(Line(1, "MUG-0", "Mug", 2, "10.00"),), ship={"city": "Kiel"},
    created="2026-01-01 00:00:00", updated="2026-01-02 00:00:00", saga_id="S-1",
)  # fmt: skip
CANCELLED = replace(ORDER, status="CANCELLED")
LOGGED_OUT = RecordRefused(401, {"error": "not logged in"})
LINES = [{"sku": "MUG-0", "name": "Mug", "quantity": 2, "price": "10.00"}]


class Callee:
    """Any of those that the steps call: keeps the calls, and plays an answer for each name."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.plays: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def called(*values: Any, **named: Any) -> Any:
            self.calls.append((name, *values, *named.values()))
            played = self.plays.get(name)
            if isinstance(played, BaseException):
                raise played
            return played

        return called


class World:
    """The stories, their callees and what they stored."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database: Any = Database()
        self.record, self.inventory, self.payments = Callee(), Callee(), Callee()
        self.record.plays["stamp"] = LEGACYS
        self.watermark: Any = SimpleNamespace(micros=0)
        self.woken = 0
        self.begun: list[State] = []
        self.stored: list[tuple[Any, ...]] = []
        self.seen: dict[str, Any] = {
            "age_of_saga": PENDING_SECONDS, "orders_of_saga": [], "order_as_fed": None,
            "written_by": None,
        }  # fmt: skip
        for name in self.seen:
            monkeypatch.setattr(views, name, self._seen(name))
        monkeypatch.setattr(saga, "enqueue", self._enqueue)
        monkeypatch.setattr(repository, "write_own", self._write_own)
        partners: Any = (self.record, self.inventory, self.payments)
        self.stories = Stories(self.database, *partners, self.watermark, self._wake, lambda: NOW)
        self.sagas = self.stories.sagas()

    def _seen(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def asked(_: Any, *values: Any) -> Any:
            assert values in (("S-1",), ("SO-1", "a@b.c"))
            return self.seen[name]

        return asked

    async def _enqueue(self, _: Any, state: State) -> None:
        self.begun.append(state)

    async def _write_own(
        self, _: Any, order: Order, email: str, micros: int, event: Sequence[str]
    ) -> None:
        self.stored.append((order, email, micros, event[0], orjson.loads(event[3])["data"]))

    def _wake(self) -> None:
        self.woken += 1

    async def do(self, kind: str, step: str, how: str = "do", **fields: Any) -> Any:
        """One call of a step."""
        return await getattr(_step(self.sagas[kind], step), how)(context(**fields))


def _step(found: Saga, name: str) -> Any:
    return next(step for step in found.steps if step.name == name)


def context(**fields: Any) -> Context:
    request = {
        "customer": asdict(ANNA), "wish": asdict(WANTED), "asked": 17, "order_no": "SO-1",
        "order": ORDER.to_dict(),
    }  # fmt: skip
    given = {
        "saga_id": "S-1", "request": request | fields.pop("request", {}), "attempt": 1,
        "results": {"quote": {"amount": "20.00"}}, "tried": NOW, "age": 0.0, "until": 99.0,
    }  # fmt: skip
    return Context(**(given | fields))


PLACE, CANCEL, SETTLE, STRAY = kinds.PLACE, kinds.CANCEL, kinds.SETTLE, kinds.STRAY


def fed_until(world: World, seconds: float) -> None:
    """The feed has sent what was committed so long after the last attempt."""
    world.watermark.micros = int((NOW + seconds) * 1e6)
