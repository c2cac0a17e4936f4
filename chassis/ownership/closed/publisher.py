"""The present state of what the owner changed, as events: the reverse feed's other end.

    a write's transaction ─▶ owned_change ─▶ present state of those keys ─▶ EVENTS, acknowledged
It is read and published by one instance at a time, in order, and a state has a higher number than
each that was read before it. Publishing twice does no harm: a copy keeps the newest.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nats.aio.client import Client

from chassis.events import outbox
from chassis.ownership.record import Record
from chassis.ownership.sides import Pending, Rows
from contracts.events.envelope import Event
from contracts.events.owned import WindowClosed

WINDOW = "window"  # in owned_change: the window of the domain has been closed
ACKNOWLEDGED_SECONDS = 2.0
AT_ONCE = 50  # events under way
# The fields of an entity as the owner reads it for legacy, and its version (lsn, seq).
Make: TypeAlias = Callable[[Mapping[str, Any], tuple[int, int]], Event]


@dataclass(slots=True)
class StatePublisher:
    """Publishes for one domain. `closed` is the event of its window's end, None where another
    service publishes that. `make` is by entity; no other service keeps what is not in it."""

    nats: Client
    closed: type[WindowClosed] | None
    make: Mapping[str, Make]
    now: Callable[[], float] = time.time
    _ready: bool = field(default=False)

    async def publish(
        self, record: Record, pending: Sequence[Pending], rows: Rows, seq: int
    ) -> None:
        """Publish it all; `seq` is higher than with each call before. Raises BusErrors."""
        events = list(self._events(record, pending, rows, seq))
        if not events:
            return
        if not self._ready:
            await outbox.ensure_event_streams(self.nats)
            self._ready = True
        jetstream = self.nats.jetstream(timeout=ACKNOWLEDGED_SECONDS)
        for start in range(0, len(events), AT_ONCE):
            part = events[start : start + AT_ONCE]
            await asyncio.gather(*(outbox.publish(jetstream, *each) for each in part))

    def _events(
        self, record: Record, pending: Sequence[Pending], rows: Rows, seq: int
    ) -> Sequence[tuple[str, str, str]]:
        """Subject, id and body of each."""
        events: list[Event] = []
        if self.closed is not None and any(each.entity == WINDOW for each in pending):
            events.append(self.closed(record.epoch, record.since_lsn))
        for entity, make in self.make.items():
            for fields in rows.get(entity, {}).values():
                if fields is not None:
                    events.append(make(fields, (record.since_lsn, seq)))
        return [self._wrapped(event, f"{record.epoch}:{seq}") for event in events]

    def _wrapped(self, event: Event, version: str) -> tuple[str, str, str]:
        name = f"{event.OWNER}:{event.TYPE}:{event.key}:{version}"
        event_id, _, subject, body = outbox.values(event, name, self.now())
        return subject, event_id, body
