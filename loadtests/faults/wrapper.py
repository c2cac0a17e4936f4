"""An application around a service's own: it lets a fault strike what clients get as JSON.

Only what the service answers for the public contract is bent: `/readyz` stays true, and so does an
answer by which the service declines (5xx).
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from chassis.process.service import Application
from chassis.web.app import JsonBytes
from loadtests.faults.named import Fault

Message = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]

PUBLIC = "/api/"
DECLINED = 500


class Faulty:
    """ASGI around ASGI. Answers are collected whole: those of the contract are a few kilobytes."""

    def __init__(self, behind: Application, fault: Fault) -> None:
        self._behind = behind
        self._fault = fault

    async def __call__(
        self,
        scope: Any,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PUBLIC):
            await self._behind(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send(send, start, bytes(body))

        await self._behind(scope, receive, collect)

    async def _send(
        self, send: Callable[[Message], Awaitable[None]], start: Message, body: bytes
    ) -> None:
        right = JsonBytes(body, start["status"])
        spoilt = right if start["status"] >= DECLINED else self._fault.strike(right)
        if spoilt is not right:
            headers = replaced(list(start["headers"]), spoilt.raw_headers)
            start.update(status=spoilt.status_code, headers=headers)
        await send(start)
        await send({"type": "http.response.body", "body": bytes(spoilt.body)})


def replaced(headers: Headers, others: Headers) -> Headers:
    """The headers with those of `others` in the place of the same names."""
    names = {name.lower() for name, _ in others}
    return [pair for pair in headers if pair[0].lower() not in names] + others
