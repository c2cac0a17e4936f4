"""Inventory and payments, as the steps of the sagas call them.

Both are idempotent by the saga's id and remember what they refused, so a step may call again
whenever it does not know. What they say is translated into what a step may say (chassis/saga).
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from chassis.breaker.guard import Held
from chassis.saga import BadAnswer, NotYet, Refused, Silent
from chassis.web.client import Answer, NoAnswer, NotSent, Request
from chassis.web.service import ServiceClient
from contracts.ownership import Stamp


@dataclass(frozen=True, slots=True)
class Partner:
    """Another service of ours."""

    client: ServiceClient
    token: Callable[[], str]  # proves who calls

    async def call(self, method: str, path: str, body: Any = None) -> Answer:
        """One call. Raises what a step may say: NotYet where it did nothing, Silent and BadAnswer
        where its effect is unknown."""
        name = self.client.name
        headers = {"authorization": f"Bearer {self.token()}"}
        if body is not None:
            headers["content-type"] = "application/json"
        raw = b"" if body is None else orjson.dumps(body)
        request = Request(method, path, headers, raw, timeout=CALL_SECONDS)
        try:
            answer = await self.client.send(request, _is_failure)
        except Held as error:
            raise NotYet(str(error), error.after, name) from error
        except NotSent as error:
            raise NotYet(f"{name} is away: {error}", callee=name) from error
        except NoAnswer as error:
            raise Silent(str(error)) from error
        said = f"{name} answered {answer.status}: {_error(answer)}"
        if answer.status in AWAY:
            raise NotYet(said, callee=name)
        if answer.status == SILENT:
            raise Silent(said)
        if answer.status == STALE:
            raise NotYet(said, STALE_SECONDS)
        if answer.status in NOT_NOW:
            raise NotYet(said, answered=True)
        if answer.status >= 500:
            raise BadAnswer(said)
        return answer


CALL_SECONDS = 3.0
# It does nothing now for any caller: what is behind it is away, or we are not known there.
AWAY = frozenset({401, 403, 503})
SILENT = 504  # what is behind it did not answer: its effect is unknown
NOT_NOW = frozenset({408, 425, 429})
# The owner of the orders has changed since the call's stamp was made; the next one carries another.
STALE, STALE_SECONDS = 412, 0.05


def _is_failure(answer: Answer) -> bool:
    return answer.status >= 500 and answer.status not in (503, SILENT)


class Inventory:
    """Reservations and movements."""

    def __init__(self, partner: Partner) -> None:
        self._partner = partner

    async def reserve(
        self, saga_id: str, pieces: Mapping[str, int], asked: int, stamp: Stamp
    ) -> None:
        """Refused with what legacy would say; `asked` in unix microseconds."""
        body = {"pieces": dict(pieces), "after": asked, **asdict(stamp)}
        answer = await self._partner.call("PUT", f"/reservations/{saga_id}", body)
        if answer.status != 200:
            found = orjson.loads(answer.body)
            raise Refused(str(found.get("error")), {"status": answer.status, "body": found})

    async def gate(self, saga_id: str, pieces: Mapping[str, int], stamp: Stamp) -> None:
        """What is held for it, or is to be, gated in this epoch of ours. Refused as above."""
        await self.reserve(saga_id, pieces, 0, stamp)

    async def release(self, saga_id: str) -> None:
        """Nothing is held for it any more, now or later."""
        _done(await self._partner.call("DELETE", f"/reservations/{saga_id}"))

    async def sell(self, saga_id: str, order_no: str, created: str, stamp: Stamp) -> None:
        """What was reserved went with this order."""
        body = {"order_no": order_no, "created": created, **asdict(stamp)}
        _done(await self._partner.call("POST", f"/reservations/{saga_id}/sell", body))

    async def put_back(
        self, order_no: str, pieces: Mapping[str, int], created: str, stamp: Stamp
    ) -> None:
        """The order is cancelled, and they are back."""
        body = {"pieces": dict(pieces), "created": created, **asdict(stamp)}
        _done(await self._partner.call("PUT", f"/returns/{order_no}", body))

    async def standing(self) -> Mapping[str, Any]:
        """What the cutover of the orders asks it; see owner.side. Raises TimeoutError."""
        answer = await self._of_cutover("GET")
        found: Mapping[str, Any] = orjson.loads(answer.body)
        return found

    async def legacys(self, epoch: int) -> None:
        """It must know that legacy owns the orders from this epoch on, before legacy writes: or it
        would take what legacy writes for rogue writes. Raises TimeoutError."""
        await self.owned(Stamp(epoch, ours=False))

    async def owned(self, stamp: Stamp) -> None:
        """Who owns the orders now. Raises TimeoutError."""
        await self._of_cutover("PUT", asdict(stamp))

    async def _of_cutover(self, method: str, body: Any = None) -> Answer:
        try:
            answer = await self._partner.call(method, "/cutover/stock", body)
            _done(answer)
        except (NotYet, Silent, BadAnswer, Refused) as error:
            raise TimeoutError(f"the inventory: {error}") from error
        return answer


class Payments:
    """Money."""

    def __init__(self, partner: Partner) -> None:
        self._partner = partner

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

    async def capture(
        self, saga_id: str, order_no: str, amount: str, *, approved: bool = False
    ) -> None:
        """Take this amount, for this order. Refused where it is much more than was authorised and
        no person has approved it."""
        body = {"amount": amount, "order_no": order_no, "approved": approved}
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
