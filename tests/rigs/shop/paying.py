"""The handler of payments with one row in memory, and a provider that answers as a test says."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest

from new_services.payments import handlers
from new_services.payments.domain import CANCELLED, Operation, Payment, Status
from new_services.payments.handlers import Command, Handler
from tests.rigs.shop.database import Database

NOW = 1_800_000_000.0
HUNDRED = Decimal("100.00")
AUTHORISED = Payment("S-1", "card", HUNDRED, Status.AUTHORISED)
AUTHORISE = Command(Operation.AUTHORISE, "S-1", HUNDRED, "card")
CAPTURE = Command(Operation.CAPTURE, "S-1", Decimal("90.00"), order_no="SO-1")
VOID = Command(Operation.VOID, "S-1")
REFUND = Command(Operation.REFUND, "S-1", order_no="SO-1")
GIVING_BACK = replace(AUTHORISED, status=Status.VOIDING, reason=CANCELLED)
CAPTURED = replace(AUTHORISED, status=Status.CAPTURED, amount=Decimal("90.00"), order_no="SO-1")


class Rows:
    """The repository, in memory: one row."""

    def __init__(self, payment: Payment | None) -> None:
        self.payment = payment
        self.saved: list[Status] = []  # in a transaction, before the provider is asked
        self.published: list[Sequence[str]] = []
        self.meanwhile: Callable[[], None] = lambda: None  # happens just before a row is moved

    async def look(self, _: Any, payment_id: str) -> Payment | None:
        assert payment_id == "S-1"
        return self.payment

    find = look

    async def begin(self, _: Any, payment: Payment) -> bool:
        if self.payment is None:
            self.payment = payment
            return True
        return False

    async def save(self, connection: Database, payment: Payment) -> None:
        assert connection.transactions[-1] == "open"
        self.payment = payment
        self.saved.append(payment.status)

    async def move(
        self, _: Any, payment: Payment, before: Sequence[Status], event: Sequence[str]
    ) -> bool:
        self.meanwhile()
        if self.payment is None or self.payment.status not in before:
            return False
        self.payment = payment
        self.published += [event] if event else []
        return True


class Provider:
    """Says what is next for each kind of call; "yes" when nothing is left."""

    def __init__(self) -> None:
        self.asks: list[Exception] = []
        self.remembered: list[bool | Exception] = []
        self.calls: list[tuple[Any, ...]] = []

    async def ask(self, key: str, operation: Operation, reference: str, amount: Decimal) -> None:
        self.calls.append((key, operation, reference, amount))
        if self.asks:
            raise self.asks.pop(0)

    async def remembers(self, key: str) -> bool:
        self.calls.append(("remembers", key))
        answer = self.remembered.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class World:
    """A handler with one row and a provider."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, payment: Payment | None) -> None:
        self.rows, self.provider, self.woken = Rows(payment), Provider(), 0
        monkeypatch.setattr(handlers, "repository", self.rows)
        self.database: Any = Database()
        self.handler = Handler(self.database, self.provider, self._wake, lambda: NOW)

    def _wake(self) -> None:
        self.woken += 1

    async def do(self, command: Command) -> Payment | None:
        return await self.handler.handle(command)

    def events(self) -> list[tuple[str, str, dict[str, Any]]]:
        return [
            (event_id, subject, orjson.loads(body)["data"])
            for event_id, _, subject, body in self.rows.published
        ]
