"""A proxy between the orders service and legacy, which answers badly on purpose.

    refused   500, and legacy was never asked            later  429, likewise
    spoilt    500, and legacy has done what was asked    lost   the connection is cut, likewise
    late      the answer comes after the caller has given up

Some orders are unlucky: each of their attempts gets a 500, and legacy never reads them, until they
are healed. Else it passes bytes on as they come, and neither side waits for it: where the caller
has gone, so has its connection to legacy.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from loadtests.chaos.journal import PREFIX

LARGEST_HEAD = 64 * 1024
LATE_SECONDS = 6.0  # longer than the orders service waits for an answer to a write
BEFORE = {"refused": 500, "later": 429}
AFTER = ("spoilt", "lost", "late")
_TEXT = re.compile(rf"{PREFIX}[0-9a-f]+".encode())
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ENDED = b" 401 "

Result = TypeVar("Result")


class CallerGone(Exception):
    """The caller has closed its connection."""


HUNG_UP = (OSError, EOFError, CallerGone)


@dataclass
class Side:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def head(self) -> bytes:
        return await self.reader.readuntil(b"\r\n\r\n")


class Between:
    """From `with` to its end, in a thread of its own. `port` is where it listens, `upstream` is
    legacy's, reported once that is known."""

    def __init__(self, seed: int, most_unlucky: int, chance: float = 0.2) -> None:
        # settings
        self.upstream = 0
        self._dice = random.Random(seed)
        self._most_unlucky, self._chance = most_unlucky, chance
        # run
        self.port = 0
        self.shares: Mapping[str, float] = {}  # of requests, by what is done to them
        self.struck: Counter[str] = Counter()
        self.unlucky: Counter[str] = Counter()  # orders by their text: attempts that got a 500
        self._lucky: set[str] = set()
        self._healed = False
        self._ready = threading.Event()
        self._end_it: Callable[[], object] = object  # once it listens
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True)

    def __enter__(self) -> Between:
        self._thread.start()
        if not self._ready.wait(10):
            raise OSError("the proxy before legacy did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._end_it()
        self._thread.join(10)

    def heal(self) -> None:
        """From now on every order is as lucky as any."""
        self._healed, self.shares = True, {}

    async def _listen(self) -> None:
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        self._end_it = lambda: loop.call_soon_threadsafe(stopping.set)
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LARGEST_HEAD)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await stopping.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request for each connection, as legacy's own server has it."""
        caller = Side(reader, writer)
        # The last of them comes at the very end: asyncio's own callback cannot do with it.
        with suppress(*HUNG_UP, asyncio.LimitOverrunError, asyncio.CancelledError):
            head = await caller.head()
            fate = self._draw()
            if fate in BEFORE:
                self._answer(caller, BEFORE[fate], fate)
                await writer.drain()
                writer.close()
                return
            await self._pass_on(caller, head, fate)
        writer.transport.abort()

    async def _pass_on(self, caller: Side, head: bytes, fate: str) -> None:
        legacy = Side(*await asyncio.open_connection("127.0.0.1", self.upstream))
        try:
            legacy.writer.write(head.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
            if b"100-continue" in head:
                first = await _unless_gone(caller, legacy.head())
                caller.writer.write(first)
                if not first.startswith(b"HTTP/1.1 100"):
                    await self._end(caller, legacy, "")
                    return
            body = await caller.reader.readexactly(_length(head))
            if self._is_unlucky(body):
                self._answer(caller, 500, "unlucky")
                await caller.writer.drain()
                caller.writer.close()
                await caller.writer.wait_closed()
                return
            legacy.writer.write(body)
            await self._end(caller, legacy, fate)
        finally:
            legacy.writer.transport.abort()

    async def _end(self, caller: Side, legacy: Side, fate: str) -> None:
        """The answer, or what becomes of it."""
        answer = await _unless_gone(caller, legacy.reader.read(-1))
        self.struck["session ended"] += _ENDED in answer.partition(b"\r\n")[0]
        if fate == "lost":
            self.struck[fate] += 1
            return
        if fate == "late":
            self.struck[fate] += 1
            await _unless_gone(caller, asyncio.sleep(LATE_SECONDS))
        if fate == "spoilt":
            self._answer(caller, 500, fate)
        else:
            caller.writer.write(answer)
        await caller.writer.drain()
        caller.writer.close()
        await caller.writer.wait_closed()

    def _draw(self) -> str:
        value = self._dice.random()
        for name, share in self.shares.items():
            value -= share
            if value < 0:
                return name
        return ""

    def _is_unlucky(self, body: bytes) -> bool:
        found = _TEXT.search(body)
        if self._healed or found is None:
            return False
        text = found[0].decode()
        if text not in self.unlucky and text not in self._lucky:
            drawn = len(self.unlucky) < self._most_unlucky and self._dice.random() < self._chance
            if not drawn:
                self._lucky.add(text)
        if text in self._lucky:
            return False
        self.unlucky[text] += 1
        return True

    def _answer(self, caller: Side, status: int, fate: str) -> None:
        self.struck[fate] += 1
        body = b'{"error": "chaos says so"}'
        lines = (
            f"HTTP/1.1 {status} Chaos",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "connection: close",
        )
        caller.writer.write("\r\n".join((*lines, "", "")).encode() + body)


def _length(head: bytes) -> int:
    found = _LENGTH.search(head)
    return int(found[1]) if found else 0


async def _unless_gone(caller: Side, work: Coroutine[Any, Any, Result]) -> Result:
    """What the work comes to. Raises CallerGone where the caller hangs up before."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(caller.reader.read(1))
    try:
        done, _ = await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if task not in done:
            raise CallerGone
        return task.result()
    finally:
        for each in (task, gone):
            each.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)
