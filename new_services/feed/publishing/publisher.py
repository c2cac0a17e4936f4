"""Changes -> JetStream: in order, without a gap, from one writer only.

Every message says which sequence number the stream must have reached before it. So when one is
lost on the way, or another feed writes, the server refuses all that follow instead of storing
them out of order, and the session starts again from what the stream really holds.
"""

import asyncio
import logging
import time
from collections import deque
from dataclasses import dataclass, replace

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import StorageType, StreamConfig
from nats.js.errors import NotFoundError

from chassis.events.bus import ensure_stream
from chassis.process.pace import came
from contracts.feed.change import Change, Op, Row, Version
from contracts.feed.rows import SnapshotRows, changes_of
from contracts.subjects import (
    LEGACY_STREAM,
    LEGACY_SUBJECTS,
    WATERMARK_TABLE,
    legacy_subject,
    shape_subject,
)

log = logging.getLogger("feed.publisher")

WINDOW = 2000  # messages on their way
WINDOW_BYTES = 8_000_000
HEADERS_BYTES = 1000  # of a message, at most
ACK_SECONDS = 5.0  # a message unanswered for so long is lost
NOTHING: Version = (0, 0)
REACHED = "Fig-Reached"  # header: version of the newest change, where the message has an older one


class PublishFailed(ConnectionError):
    """A message was refused or not answered; what follows it was not stored either."""


@dataclass(slots=True)
class _Sent:
    number: int  # of the message; its answer comes to a subject that ends in it
    size: int
    at: float  # monotonic seconds
    confirms: int  # a position of the log that is safe once this is answered, or 0


class Publisher:
    """The one writer of the stream; serves one session after another."""

    def __init__(self, nats: Client) -> None:
        self._nats = nats
        self._jetstream: JetStreamContext = nats.jetstream()
        self._inbox = ""
        self._sent: deque[_Sent] = deque()
        self._bytes = 0
        self._sequence = 0
        self._moved = asyncio.Event()
        self._refused = ""
        self._number = 0
        self.stream = ""  # which stream: when it was created
        self.last: Version = NOTHING  # version of the newest change in the stream
        self.safe = 0  # every change before this position of the log is stored
        self.broken: dict[str, tuple[Row, int]] = {}  # see Shapes
        self.sent = 0  # messages, since the process started
        self.published = 0  # of those: answered

    async def open(self) -> None:
        """Forget what an earlier session left on its way, and find out where the stream stands."""
        if not self._inbox:
            self._inbox = self._nats.new_inbox()
            await self._nats.subscribe(f"{self._inbox}.*", cb=self._on_answer)
        self._sent.clear()
        self._bytes, self.safe, self.sent, self._refused = 0, 0, self.published, ""
        await ensure_stream(
            self._jetstream,
            StreamConfig(
                name=LEGACY_STREAM,
                subjects=[LEGACY_SUBJECTS],
                storage=StorageType.FILE,
                duplicate_window=120.0,
                allow_rollup_hdrs=True,  # only the newest watermark and shapes are kept
                allow_direct=True,
            ),
        )
        info = await self._jetstream.stream_info(LEGACY_STREAM)
        state, self.stream = info.state, str(info.created)
        self._sequence = state.last_seq
        self.last = await self._version_of(state.last_seq) if state.messages else NOTHING

    async def _version_of(self, sequence: int) -> Version:
        try:
            message = await self._jetstream.get_msg(LEGACY_STREAM, sequence)
        except NotFoundError:
            return NOTHING
        assert message.data is not None
        if message.headers and REACHED in message.headers:
            lsn, seq = message.headers[REACHED].split(":")
            return int(lsn), int(seq)
        return changes_of(orjson.loads(message.data))[0].version

    async def publish(self, change: Change | SnapshotRows) -> None:
        """Send one message; waits while too much is on its way. Raises PublishFailed."""
        body = orjson.dumps(change.to_dict())
        if len(body) > self._nats.max_payload - HEADERS_BYTES:
            change = self._too_large(change, len(body))
            body = orjson.dumps(change.to_dict())
        while len(self._sent) >= WINDOW or self._bytes > WINDOW_BYTES:
            await self._wait_for_answer()
        headers = {
            "Nats-Msg-Id": change.message_id,
            "Nats-Expected-Last-Sequence": str(self._sequence),
        }
        subject = legacy_subject(change.table)
        if change.table == WATERMARK_TABLE or change.op is Op.SHAPE:
            headers["Nats-Rollup"] = "sub"
            subject = shape_subject(change.table) if change.op is Op.SHAPE else subject
        if change.version < self.last:  # the end of a snapshot speaks of its beginning
            headers[REACHED] = f"{self.last[0]}:{self.last[1]}"
        self._number += 1  # not one of an earlier session, whose answers may still come
        self._sequence += 1
        self.sent += 1
        self.last = max(self.last, change.version)
        self._bytes += len(body)
        self._sent.append(_Sent(self._number, len(body), time.monotonic(), 0))
        await self._nats.publish(subject, body, f"{self._inbox}.{self._number}", headers)

    def _too_large(self, change: Change | SnapshotRows, size: int) -> Change:
        """Published instead: that the table is not whole. It stops the readers of this table."""
        (one,) = changes_of(change.to_dict())
        log.error(
            "the row %s of %s is not published: %d bytes, and the broker takes %d",
            dict(one.key), one.table, size, self._nats.max_payload,
        )  # fmt: skip
        self.broken[one.table] = (one.key, one.lsn)
        shape = dict.fromkeys(one.after or {})
        return replace(one, op=Op.SHAPE, before=None, after=shape)

    def confirm(self, position: int) -> None:
        """The log up to `position` has been handed over: safe once all of it is answered."""
        if self._sent:
            self._sent[-1].confirms = position
        else:
            self.safe = max(self.safe, position)

    async def stored(self, count: int) -> None:
        """Wait until that many messages of this process are stored. Raises PublishFailed."""
        while self.published < count:
            await self._wait_for_answer()

    def check(self) -> None:
        """Raises PublishFailed when the oldest message on its way was refused or is overdue."""
        if not self._sent:
            return
        if self._refused:
            raise PublishFailed(f"JetStream refused a change: {self._refused}")
        if time.monotonic() - self._sent[0].at > ACK_SECONDS:
            raise PublishFailed(f"JetStream has not answered for {ACK_SECONDS:.0f} s")

    async def _wait_for_answer(self) -> None:
        self.check()
        self._moved.clear()
        if not await came(self._moved, 1.0):
            self.check()

    async def _on_answer(self, message: Msg) -> None:
        """Forget what is stored. An answer speaks for all before it: it had to come after them."""
        number = int(message.subject.rpartition(".")[2])
        if not self._sent or number < self._sent[0].number:
            return  # of an earlier session
        if (refusal := _refusal(message)) is not None:
            self._refused = self._refused or refusal
        elif not self._refused:
            while self._sent and self._sent[0].number <= number:
                sent = self._sent.popleft()
                self._bytes -= sent.size
                self.published += 1
                self.safe = max(self.safe, sent.confirms)
        self._moved.set()


def _refusal(message: Msg) -> str | None:
    """What JetStream has against a message, or None where it is stored."""
    if message.headers and "Status" in message.headers:
        return "no stream takes it"
    if b'"error"' not in message.data:
        return None
    error = orjson.loads(message.data).get("error")
    return None if error is None else str(error.get("description", error))
