"""The station of composed routes: all parts are asked at once, in place of a side.

parts ─┬─ all there, or only optional ones missing ─▶ 200, what is missing and why
       ├─ a required one is missing ────────────────▶ its status at once, the others are dropped
       └─ no time is left ──────────────────────────▶ what is not there yet is missing

A part is a request of its own and passes all stations by its own route, which is none of these.
"""

from collections.abc import Callable
from typing import Any, Final

import orjson

from chassis.breaker.circuit import Outcome
from facade.http1.refusal import Refused
from facade.http1.responses import ResponseHead
from facade.proxy.composing.caching import cache_lines
from facade.proxy.composing.found import THERE, Found
from facade.proxy.composing.part import PartRequest, part_head
from facade.proxy.exchange import Exchange, answer_head, settle
from facade.proxy.observer import Uninterested
from facade.routes.config.composefile import MISSING

_JSON: Final = b"Content-Type: application/json\r\n"


class Composition(Uninterested):
    """One such request."""

    def __init__(self, exchange: Exchange, ask: Callable[[Exchange], None]) -> None:
        """`ask` takes a part's exchange through the stations."""
        self._exchange = exchange
        self._ask = ask
        self._parts: list[PartRequest] = []
        self._waits = False  # for parts; else they end while none may be judged
        self._over = False

    def start(self) -> None:
        """Ask for all parts. Raises Refused."""
        exchange = self._exchange
        request = exchange.request
        if request.part:  # the check of the file has missed it
            raise Refused(508, "a part leads to a composed route")
        exchange.pair = exchange.keyed = self
        head = part_head(request.head, request.trace)
        timeout = request.state.route.timeout
        for part in request.state.route.parts:
            one = PartRequest(part, exchange, head, self._judge)
            self._parts.append(one)
            one.start(self._ask, timeout)
            if one.fails:
                break
        self._waits = True
        self._judge()

    # called by the exchange

    def late(self) -> bool:
        """No time is left: what is not there is missing."""
        self._waits = False
        for one in self._parts:
            if one.found is None:
                one.overdue()
        self._waits = True
        self._judge()
        return True

    def live_gone(self) -> None:
        """The client left."""
        self._drop()

    def given_up(self) -> None:
        self._drop()

    # steps

    def _drop(self) -> None:
        self._over = True
        for one in self._parts:
            one.drop()

    def _judge(self) -> None:
        """Answer, where nothing can change the answer any more."""
        if self._over or not self._waits:
            return
        failed = next((one for one in self._parts if one.fails), None)
        if failed is None:
            found = [one.found for one in self._parts]
            if None in found:
                return
            if all(one is not None and one.reason != THERE for one in found):
                failed = self._parts[0]  # all of it is missing
        self._drop()
        self._count()
        if failed is not None and failed.found is not None:
            self._refuse(failed.part.name, failed.found)
        else:
            self._answer()

    def _found(self) -> dict[str, Found]:
        return {one.part.name: one.found for one in self._parts if one.found is not None}

    def _missing(self) -> dict[str, Any]:
        return {name: one.words() for name, one in self._found().items() if one.reason != THERE}

    def _count(self) -> None:
        counts = self._exchange.request.state.counts.of_parts()
        for name, one in self._found().items():
            counts.part(name, one.reason)

    def _refuse(self, name: str, found: Found) -> None:
        exchange = self._exchange
        status, missing = found.final, self._missing()
        self._settle(status)
        text = f"The part '{name}' is missing. {found.detail}"
        members = {"part": name, MISSING: missing}
        exchange.client.explain(exchange.request, status, text, found.lines, members)

    def _answer(self) -> None:
        exchange = self._exchange
        found, missing = self._found(), self._missing()
        body = orjson.dumps(
            {name: orjson.Fragment(one.body) if one.body else None for name, one in found.items()}
            | {MISSING: missing}
        )
        answers = [one.fields for one in found.values() if one.reason == THERE]
        given = [field for fields in answers for field in fields if field.name == b"set-cookie"]
        head = ResponseHead(200, b"OK", True, [])
        head.lines = [_JSON, *cache_lines(answers, whole=not missing)]
        head.lines += dict.fromkeys(field.line for field in given)
        head.length = len(body)
        data, _chunked, keep = answer_head(exchange.request, head, exchange.worker)
        if missing:
            exchange.request.state.counts.of_parts().partial += 1
        self._settle(200)
        exchange.client.write(data if exchange.method == b"HEAD" else data + body)
        exchange.client.done(keep)

    def _settle(self, status: int) -> None:
        exchange = self._exchange
        exchange.spare()
        settle(exchange.request, status, Outcome.CANCELLED, exchange.worker)
