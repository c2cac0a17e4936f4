"""The orders change hands between two rounds: ordered at the orders service, which does it."""

import asyncio
import time

import orjson

from chassis.web.client import HttpClient, Request
from contracts.cutover import path

JSON = {"content-type": "application/json"}
PATIENCE_SECONDS = 60.0
HERE = path("orders")


class NotMoved(Exception):
    """The orders stay where they are; says why."""


async def move(client: HttpClient, toward: str) -> None:
    """To this owner; what is under way may hold it up, so it is ordered again. Raises NotMoved."""
    until, body = time.monotonic() + PATIENCE_SECONDS, orjson.dumps({"toward": toward})
    while True:
        await client.send(Request("POST", HERE, JSON, body, timeout=10))
        now = await _settled(client)
        if now["owner"] == toward:
            return
        if time.monotonic() > until:
            raise NotMoved(str(now["words"]))
        await asyncio.sleep(0.5)


async def close(client: HttpClient) -> None:
    """End the window. Raises NotMoved."""
    answer = await client.send(Request("POST", f"{HERE}/close", JSON, b"", timeout=10))
    if answer.status != 200:
        raise NotMoved(answer.body.decode())


async def _settled(client: HttpClient) -> dict[str, object]:
    while True:
        answer = await client.send(Request("GET", HERE, timeout=10))
        now: dict[str, object] = orjson.loads(answer.body)
        if now["phase"] == "settled":
            return now
        await asyncio.sleep(0.05)
