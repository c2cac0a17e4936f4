"""The messages of a stream after a position, in order, none twice and none left out.

The position belongs to the code that applies the messages (it is stored in the transaction that
applies them), so the consumer on the server is disposable: no acknowledgements, made again at the
position after any doubt. Messages are asked for ahead, up to a window, so memory is bounded.
"""

import asyncio
import json
import math
import time
from collections import deque
from collections.abc import Sequence

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from chassis.process.pace import came

WINDOW = 1000  # messages asked for ahead
HEARTBEAT_SECONDS = 2.0
REQUEST_SECONDS = 30.0


class ReaderLost(ConnectionError):
    """The server's side of the reader is gone or skipped a message; open a new one."""


class StreamReader:
    """An async context manager over one disposable consumer."""

    def __init__(self, nats: Client, stream: str, subjects: Sequence[str], after: int) -> None:
        self._nats = nats
        self._stream = stream
        self._config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=after + 1,
            ack_policy=AckPolicy.NONE,
            filter_subjects=list(subjects),
            inactive_threshold=60.0,
            mem_storage=True,
            num_replicas=1,
        )
        self._ready: deque[Msg] = deque()
        self._arrived = asyncio.Event()
        self._wanted = 1  # so many are worth waking up for
        self._asked = 0  # messages asked for and not yet delivered
        self._next = 1  # the consumer's own numbering has no holes, unlike the stream's
        self._heard = 0.0  # when the server last said something, or was asked
        self._lost: str | None = None
        self._subscription: Subscription | None = None
        self._consumer = ""
        self._request_subject = ""
        self._inbox = ""

    async def __aenter__(self) -> "StreamReader":
        info = await self._nats.jetstream().add_consumer(self._stream, self._config)
        self._consumer = info.name
        self._request_subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{info.name}"
        self._inbox = self._nats.new_inbox()
        self._heard = time.monotonic()
        self._subscription = await self._nats.subscribe(self._inbox, cb=self._on_message)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._subscription is not None and not self._nats.is_closed:
            await self._subscription.unsubscribe()

    async def batch(self, limit: int, patience: float = math.inf) -> list[Msg]:
        """The next messages, at most `limit`; none where none come for about `patience` seconds.
        Raises ReaderLost."""
        await self._ask()
        until = time.monotonic() + patience
        while not self._ready:
            if time.monotonic() >= until:
                return []
            if self._lost:
                raise ReaderLost(self._lost)
            # Counted from what it said last: `hurry` may wake us up again and again meanwhile.
            left = self._heard + 3 * HEARTBEAT_SECONDS - time.monotonic()
            if left <= 0:
                raise ReaderLost("no heartbeat from the server")
            await self._arrival(1, left)
            await self._ask()
        return self._taken(limit)

    async def more(self, limit: int, seconds: float) -> list[Msg]:
        """What comes within so many seconds, at most `limit`; `hurry` or enough end the wait."""
        if len(self._ready) < limit:
            await self._arrival(limit, seconds)
        return self._taken(limit)

    async def drained(self) -> bool:
        """Whether all that the stream has for us by now was given out."""
        info = await self._nats.jetstream().consumer_info(self._stream, self._consumer)
        given = info.delivered.consumer_seq if info.delivered else 0
        return not info.num_pending and given == self._next - 1 and not self._ready

    def hurry(self) -> None:
        """End the wait in `more`."""
        self._arrived.set()

    def _taken(self, limit: int) -> list[Msg]:
        return [self._ready.popleft() for _ in range(min(limit, len(self._ready)))]

    async def _arrival(self, wanted: int, seconds: float) -> None:
        """Until so many are there, something else is to be looked at, or the time is over."""
        self._wanted = wanted
        self._arrived.clear()
        await came(self._arrived, seconds)

    async def _ask(self) -> None:
        """Keep the server's credit above half of the window."""
        room = WINDOW - self._asked - len(self._ready)
        if self._lost or room < WINDOW // 2:
            return
        self._asked += room
        self._heard = time.monotonic()
        request = {
            "batch": room,
            "expires": int(REQUEST_SECONDS * 1e9),
            "idle_heartbeat": int(HEARTBEAT_SECONDS * 1e9),
        }
        await self._nats.publish(self._request_subject, json.dumps(request).encode(), self._inbox)

    async def _on_message(self, message: Msg) -> None:
        self._heard = time.monotonic()
        if message.headers and "Status" in message.headers:
            self._on_status(message.headers)
            self._arrived.set()
        elif self._lost is None:
            self._asked -= 1
            if message.metadata.sequence.consumer == self._next:
                self._next += 1
                self._ready.append(message)
            else:
                self._lost = f"message {self._next} of the consumer was lost on the way"
            if self._lost or len(self._ready) >= self._wanted:
                self._arrived.set()

    def _on_status(self, headers: dict[str, str]) -> None:
        status = headers["Status"]
        if status == "100":  # a heartbeat: still there, nothing to deliver
            return
        if status == "408":  # a request ran out; its undelivered part is to be asked for again
            self._asked -= int(headers.get("Nats-Pending-Messages", "0"))
        else:
            self._lost = f"the server ended the request: {status} {headers.get('Description', '')}"
