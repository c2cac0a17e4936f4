"""The dead letters on the bus, by their number: list, replay, drop."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import nats
from nats.aio.client import Client
from nats.errors import NoServersError
from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg, StreamState
from nats.js.errors import APIError, NotFoundError

from contracts.events import envelope as events
from fig.errors import BadSetting, FigError

SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that a consumer could not handle."""

    number: int
    consumer: str
    subject: str  # it was published under
    attempts: int
    error: str
    sequence: int  # in the stream of events
    body: bytes

    def to_dict(self) -> dict[str, Any]:
        """For `--json`; the body as JSON where it is valid."""
        return asdict(self) | {"body": self.content}

    @property
    def content(self) -> Any:
        """Parsed, or as text where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return self.body.decode(errors="replace")


class DeadLetters:
    """The stream of dead letters."""

    def __init__(self, jetstream: JetStreamContext) -> None:
        self._jetstream = jetstream

    async def count(self) -> int:
        """How many there are."""
        state = await self._state()
        return state.messages if state else 0

    async def each(self) -> AsyncIterator[DeadLetter]:
        """The oldest first, up to the newest one now: a replayed event may come back as another."""
        state = await self._state()
        numbers = range(state.first_seq, state.last_seq + 1) if state and state.messages else ()
        for number in numbers:
            try:
                dead = await self.one(number)
            except BadSetting:
                continue  # dropped, or expired, before or meanwhile
            yield dead

    async def _state(self) -> StreamState | None:
        try:
            return (await self._jetstream.stream_info(events.DEAD_STREAM)).state
        except NotFoundError:
            return None  # no event has been published yet

    async def one(self, number: int) -> DeadLetter:
        """Raises BadSetting where there is none of this number."""
        try:
            message = await self._jetstream.get_msg(events.DEAD_STREAM, number)
        except NotFoundError as error:
            raise BadSetting(f"there is no dead letter {number}") from error
        return _dead_letter(message)

    async def replay(self, number: int) -> DeadLetter:
        """Publish it again, then drop it here; a consumer that has handled it skips it."""
        dead = await self.one(number)
        fresh = f"replay:{dead.number}:{dead.consumer}"
        await self._jetstream.publish(dead.subject, dead.body, headers={"Nats-Msg-Id": fresh})
        await self.drop(number)
        return dead

    async def drop(self, number: int) -> None:
        """Delete it. Raises BadSetting where there is none of this number."""
        try:
            await self._jetstream.delete_msg(events.DEAD_STREAM, number)
        except APIError as error:
            raise BadSetting(f"there is no dead letter {number}") from error


def _dead_letter(message: RawStreamMsg) -> DeadLetter:
    headers: Mapping[str, str] = message.headers or {}
    return DeadLetter(
        message.seq or 0,
        headers.get(events.DEAD_CONSUMER, ""),
        headers.get(events.DEAD_SUBJECT, ""),
        int(headers.get(events.DEAD_ATTEMPTS, "0")),
        headers.get(events.DEAD_ERROR, ""),
        int(headers.get(events.DEAD_SEQUENCE, "0")),
        message.data or b"",
    )


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[DeadLetters]:
    """The stream, on a connection of its own. Raises FigError when the bus does not answer."""
    async with connected(url) as client:
        yield DeadLetters(client.jetstream(timeout=SECONDS))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Client]:
    """A connection to the bus. Raises FigError when the bus does not answer."""

    async def silent(_: Exception) -> None:
        return None

    try:
        async with asyncio.timeout(SECONDS):  # by itself the client tries for ever
            client = await nats.connect(
                url, allow_reconnect=False, connect_timeout=2, error_cb=silent, name="fig"
            )
    except (NoServersError, OSError, TimeoutError, nats.errors.Error) as error:
        said = str(error) or type(error).__name__
        raise FigError(f"the bus does not answer: {said}; `fig status` shows what runs") from error
    try:
        yield client
    finally:
        await client.close()
