"""One call to a service of ours, made for a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from chassis.breaker.guard import Held
from chassis.web import headers
from chassis.web.app import Problem
from chassis.web.client import Answer, NoAnswer, NotSent, Request
from chassis.web.service import ServiceClient

DECLINED = headers.DECLINED.lower()
NOTHING: Mapping[str, str] = {}
OK, OK_OR_MISSING = frozenset({200}), frozenset({200, 404})


class Away(Exception):
    """The service gave no answer that a page could be made of; the message says why. `body` is
    what it said, where it said anything."""

    def __init__(self, reason: str, body: bytes = b"") -> None:
        super().__init__(reason)
        self.body = body


class Asking(Protocol):
    """What the call is made for: see new_services.storefront.visit."""

    @property
    def left(self) -> float:
        """Seconds in which the call must end; 0: it is too late."""

    @property
    def passed_on(self) -> dict[str, str]:
        """Headers of the request that every service must see."""

    @property
    def customer(self) -> dict[str, str]:
        """Headers by which a service knows the customer; none where the facade named none."""

    def learn(self, answered: Mapping[str, str]) -> None:
        """From the headers of an answer, names in lower case."""


@dataclass(frozen=True, slots=True)
class Part:
    """A service."""

    client: ServiceClient
    token: Callable[[str], str]  # by the service's name: proves who calls

    async def get(
        self,
        asking: Asking,
        path: str,
        more: Mapping[str, str] = NOTHING,
        known: frozenset[int] = OK,
    ) -> Answer:
        """An answer with a status in `known`; `more` are headers. Raises Away; Problem where the
        read model is behind what the client wrote."""
        return await self._send(asking, Request("GET", path, self._headers(asking, more)), known)

    async def post(
        self,
        asking: Asking,
        path: str,
        body: Any,
        more: Mapping[str, str] = NOTHING,
        known: frozenset[int] = OK,
    ) -> Answer:
        """The same, to a JSON body."""
        said = {**self._headers(asking, more), "content-type": "application/json"}
        request = Request("POST", path, said, orjson.dumps(body))
        return await self._send(asking, request, known)

    def _headers(self, asking: Asking, more: Mapping[str, str]) -> dict[str, str]:
        return {
            **asking.passed_on,
            **more,
            "authorization": f"Bearer {self.token(self.client.name)}",
        }

    async def _send(self, asking: Asking, asked: Request, known: frozenset[int]) -> Answer:
        name = self.client.name
        if not asking.left:
            raise Away(f"{name}: no time is left to ask")
        timed = Request(asked.method, asked.path, asked.headers, asked.body, timeout=asking.left)
        try:
            answer = await self.client.send(timed, _is_failure)
        except (Held, NotSent, NoAnswer) as error:
            raise Away(f"{name}: {error}") from error
        if DECLINED in answer.headers:
            why = {headers.DECLINED: answer.headers[DECLINED]}
            raise Problem(503, "Service Unavailable", f"{name} is behind", why)
        if answer.status not in known:  # it fails, does not know us, or is of another version
            raise Away(f"{name} answered {answer.status}", answer.body)
        asking.learn(answer.headers)
        return answer


def _is_failure(answer: Answer) -> bool:
    return answer.status >= 500 and DECLINED not in answer.headers
