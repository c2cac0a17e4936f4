"""Inventory and payments, as the steps of the sagas call them.

Both are idempotent by the saga's id and remember what they refused, so a step may call again
whenever it does not know. What they say is translated into what a step may say (chassis/saga).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from chassis.saga import NotYet, Refused
from chassis.web.client import Answer, HttpClient, NotSent, Request


class PartnerFailed(Exception):
    """It answered, and not what it should: nobody knows what it did."""


@dataclass(frozen=True, slots=True)
class Partner:
    """Another service of ours."""

    name: str
    client: HttpClient

    async def call(self, method: str, path: str, body: Any = None) -> Answer:
        """One call. Raises NotYet where it did nothing, and what means "unknown" otherwise."""
        headers = {"content-type": "application/json"} if body is not None else {}
        raw = b"" if body is None else orjson.dumps(body)
        try:
            answer = await self.client.send(Request(method, path, headers, raw, timeout=3.0))
        except NotSent as error:
            raise NotYet(f"{self.name} is away: {error}") from error
        if answer.status == 503:
            raise NotYet(f"{self.name}: {_error(answer)}")
        if answer.status >= 500:
            raise PartnerFailed(f"{self.name} answered {answer.status}: {_error(answer)}")
        return answer


class Inventory:
    """Reservations and movements."""

    def __init__(self, client: HttpClient) -> None:
        self._partner = Partner("inventory", client)

    async def reserve(self, saga_id: str, pieces: Mapping[str, int], asked: int) -> None:
        """Refused with what legacy would say; `asked` in unix microseconds."""
        body = {"pieces": dict(pieces), "after": asked}
        answer = await self._partner.call("PUT", f"/reservations/{saga_id}", body)
        if answer.status != 200:
            found = orjson.loads(answer.body)
            raise Refused(str(found.get("error")), {"status": answer.status, "body": found})

    async def release(self, saga_id: str) -> None:
        """Nothing is held for it any more, now or later."""
        _done(await self._partner.call("DELETE", f"/reservations/{saga_id}"))

    async def sell(self, saga_id: str, order_no: str, created: str) -> None:
        """Legacy has taken what was reserved."""
        body = {"order_no": order_no, "created": created}
        _done(await self._partner.call("POST", f"/reservations/{saga_id}/sell", body))

    async def put_back(self, order_no: str, pieces: Mapping[str, int], created: str) -> None:
        """Legacy has put them back."""
        body = {"pieces": dict(pieces), "created": created}
        _done(await self._partner.call("PUT", f"/returns/{order_no}", body))


class Payments:
    """Money."""

    def __init__(self, client: HttpClient) -> None:
        self._partner = Partner("payments", client)

    async def authorise(self, saga_id: str, amount: str, method: str) -> None:
        """Refused when it is declined."""
        body = {"amount": amount, "method": method}
        answer = await self._partner.call("POST", f"/payments/{saga_id}/authorise", body)
        if answer.status == 402:
            shown = {"error": "payment declined"}
            raise Refused(f"declined: {_reason(answer)}", {"status": 402, "body": shown})
        _done(answer)

    async def void(self, saga_id: str) -> None:
        """Nothing is authorised any more, now or later."""
        _done(await self._partner.call("POST", f"/payments/{saga_id}/void"))

    async def capture(self, saga_id: str, order_no: str, amount: str) -> None:
        """Take this amount, for this order."""
        body = {"amount": amount, "order_no": order_no}
        _done(await self._partner.call("POST", f"/payments/{saga_id}/capture", body))

    async def refund(self, saga_id: str, order_no: str) -> str:
        """Give back what was taken for this order, or held; the amount taken. Not yet, while it is
        being taken."""
        body = {"order_no": order_no}
        answer = await self._partner.call("POST", f"/payments/{saga_id}/refund", body)
        if answer.status == 409:
            raise NotYet(_error(answer), 0.2)
        _done(answer)
        found = orjson.loads(answer.body)
        return str(found["amount"]) if found["status"] == "refunded" else "0.00"


def _done(answer: Answer) -> None:
    if answer.status != 200:
        raise Refused(f"{answer.status}: {_error(answer)}")


def _error(answer: Answer) -> str:
    try:
        body = orjson.loads(answer.body)
        return str(body.get("error") or body.get("detail") or body)
    except (orjson.JSONDecodeError, AttributeError):
        return answer.body[:100].decode(errors="replace")


def _reason(answer: Answer) -> str:
    return str(orjson.loads(answer.body).get("reason", ""))
