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
OK, OK_OR_MISSING = frozenset({200}), frozenset({200, 404})


class Away(Exception):
    """The service gave no answer that a page could be made of; the message says why."""


class Asking(Protocol):
    """What the call is made for: see new_services.storefront.visit."""

    @property
    def left(self) -> float:
        """Seconds in which the call must end; 0: it is too late."""

    @property
    def passed_on(self) -> dict[str, str]:
        """Headers of the request that every service must see."""

    def learn(self, answered: Mapping[str, str]) -> None:
        """From the headers of an answer, names in lower case."""


@dataclass(frozen=True, slots=True)
class Part:
    """A service."""

    client: ServiceClient
    token: Callable[[str], str]  # by the service's name: proves who calls

    async def get(self, asking: Asking, path: str, *, missing: bool = False) -> Answer:
        """A 200; with `missing` a 404, too. Raises Away; Problem where the read model is behind
        what the client wrote."""
        known = OK_OR_MISSING if missing else OK
        return await self._send(asking, Request("GET", path, self._headers(asking)), known)

    async def post(self, asking: Asking, path: str, body: Any) -> Answer:
        """A 200 to a JSON body. Raises the same."""
        said = {**self._headers(asking), "content-type": "application/json"}
        return await self._send(asking, Request("POST", path, said, orjson.dumps(body)), OK)

    def _headers(self, asking: Asking) -> dict[str, str]:
        return {**asking.passed_on, "authorization": f"Bearer {self.token(self.client.name)}"}

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
            raise Away(f"{name} answered {answer.status}")
        asking.learn(answer.headers)
        return answer


def _is_failure(answer: Answer) -> bool:
    return answer.status >= 500 and DECLINED not in answer.headers
