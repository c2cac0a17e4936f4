"""An inbox without database and broker: its table, its bus, and events for it."""

import contextlib
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import orjson
from prometheus_client import CollectorRegistry

from chassis.events.inbox import Inbox, Limits
from chassis.readmodel.follower import Position
from contracts.events import envelope as events
from contracts.events.envelope import Envelope
from contracts.events.payments import PaymentCaptured, PaymentRefunded
from tests.rigs.shop.database import Database

AT_ONCE = Limits(singly=0)
CAPTURED = "events.payments.payment-captured"


class Table(Database):
    """The inbox's table: ids that are known, and forgotten where a transaction is rolled back."""

    def __init__(self, *known: str, begun: int = 1) -> None:
        super().__init__()
        self.known, self.begun, self.cleaned = set(known), begun, 0

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        before = set(self.known)
        try:
            async with super().transaction():
                yield
        except BaseException:
            self.known = before
            raise

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        await super().fetch(statement, *values)
        if "INSERT INTO inbox" in statement:
            new = dict.fromkeys(one for one in values[1] if one not in self.known)
            self.known |= new.keys()
            return [{"event_id": one, 0: one} for one in new]
        if "begun = reader_position.begun + 1" in statement:
            return [(self.begun,)]
        return []

    @property
    def stored(self) -> list[int]:
        """The positions that were stored."""
        return [values[2] for values in self.values("SET stream = $2")]


class Bus:
    """Keeps what is published, and at which position the table stood then."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.published: list[tuple[str, bytes, dict[str, str]]] = []
        self.stored_before: list[list[int]] = []

    def jetstream(self, timeout: float = 5) -> "Bus":
        return self

    async def publish(self, subject: str, data: bytes, headers: dict[str, str]) -> None:
        self.stored_before.append(list(self._table.stored))
        self.published.append((subject, data, headers))

    async def stream_info(self, name: str) -> Any:
        assert name == events.STREAM
        return SimpleNamespace(state=SimpleNamespace(first_seq=41))


class World:
    """An inbox with a table, a bus, and what its handler was given."""

    def __init__(self, table: Table | None = None, limits: Limits = AT_ONCE) -> None:
        self.table = table or Table()
        self.bus: Any = Bus(self.table)
        self.metrics = CollectorRegistry()
        self.handled: list[str] = []
        self.fails: dict[str, list[Exception]] = {}  # by payment
        handlers = {PaymentCaptured: self._handle, PaymentRefunded: self._handle}
        self.inbox = Inbox("postgresql://nowhere", self.bus, "mail", handlers, self.metrics, limits)
        self.position = Position("mail", "s", 10)

    async def _handle(self, connection: Table, event: PaymentCaptured, envelope: Envelope) -> None:
        assert connection.transactions[-1] == "open"
        assert envelope.data["payment_id"] == event.payment_id
        failures = self.fails.get(event.payment_id, [])
        if failures:
            raise failures.pop(0)
        self.handled.append(event.payment_id)

    async def deliver(self, *messages: Any) -> None:
        connection: Any = self.table
        await self.inbox._deliver(connection, messages, self.position)

    def count(self, outcome: str) -> float:
        labels = {"consumer": "mail", "outcome": outcome}
        return self.metrics.get_sample_value("inbox_events_total", labels) or 0.0


def message(number: int, payment: str = "", event_id: str = "", data: bytes | None = None) -> Any:
    """The event of a payment, at this place of the stream."""
    payment = payment or f"S-{number}"
    event = PaymentCaptured(payment, "1.00", "card")
    envelope = events.wrap(event, event_id or f"{payment}:capture", 0.0)
    return SimpleNamespace(
        subject=CAPTURED,
        headers=None,
        data=orjson.dumps(envelope.to_dict()) if data is None else data,
        metadata=SimpleNamespace(sequence=SimpleNamespace(stream=number)),
    )
