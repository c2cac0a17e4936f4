"""HTTP with the monolith's public contract; a client cannot tell us from legacy.

One path is new, for orders that are accepted and not yet placed: `/api/order-requests/{id}`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import asyncpg
import orjson
from fastapi import FastAPI, Request, Response

from chassis.readmodel.projection import Fresh, declined, fresh
from chassis.readmodel.watermark import Watermark
from chassis.saga import Phase, State
from chassis.web import headers
from chassis.web.app import JsonBytes, Problem, rendered, speak
from chassis.web.identity import Identity, KeysAway, NotIdentified, Verifier
from contracts.orders import Customer, SystemOfRecord
from new_services.orders import saga, views
from new_services.orders.handlers import Behind, Busy, Command, Handler, NotStored, OtherWish
from new_services.orders.schemas import (
    PER_PAGE,
    BadOrder,
    holds_nul,
    may_be_order_no,
    read_body,
    read_wish,
    show,
    whole_number,
)
from new_services.orders.views import Page

LARGEST_BODY = 1 << 20
LONGEST_KEY = 200


def _json(body: object, status: int = 200) -> JsonBytes:
    return JsonBytes(orjson.dumps(body), status)


class Stranger(Exception):
    """Nobody is logged in: said in legacy's words."""


async def _on_stranger(_: Request, __: Exception) -> JsonBytes:
    return _json({"error": "not logged in"}, 401)


async def _on_not_stored(request: Request, _: Exception) -> Response:
    detail = "the service stops, and nothing is known of this yet"
    return rendered(request, Problem(503, "Service Unavailable", detail, _SOON))


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the answers are made from."""

    pool: asyncpg.Pool
    watermark: Watermark
    handler: Handler
    verifier: Verifier
    record: SystemOfRecord
    away: Callable[[], bool]  # whether calls to the system of record are held back just now

    def register(self, app: FastAPI) -> None:
        """Put the routes on the application."""
        app.add_exception_handler(Stranger, _on_stranger)
        app.add_exception_handler(NotStored, _on_not_stored)
        speak(app, "/api/")
        for path, answer, methods in (
            ("/api/orders", self.place, ["POST"]),
            ("/api/orders", self.orders, ["GET", "HEAD"]),
            ("/api/orders/{order_no}", self.order, ["GET", "HEAD"]),
            ("/api/orders/{order_no}/cancel", self.cancel, ["POST"]),
            ("/api/order-requests/{saga_id}", self.order_request, ["GET"]),
        ):
            app.add_api_route(path, answer, methods=methods, response_model=None)

    async def place(self, request: Request) -> JsonBytes:
        """Place an order: 201, or 202 and a place to look when it takes longer."""
        customer = await self._customer(request)
        body = await request.body()
        if len(body) > LARGEST_BODY:
            return _json({"error": "request entity too large"}, 413)
        try:
            wish = read_wish(read_body(body, request.headers.get("content-type", "")))
        except BadOrder as error:
            return _json({"error": str(error)}, 400)
        if holds_nul(wish):
            return _json({"error": "bad input"}, 400)
        if not self.record.accepts(wish):
            raise declined(headers.UNMARKED, "the order has no room for our mark in legacy")
        key = request.headers.get(headers.IDEMPOTENCY_KEY, "")[:LONGEST_KEY]
        command = Command(customer, wish, key, request.headers.get(headers.TABLE, ""))
        try:
            state = await self.handler.place(command)
        except Busy as error:
            raise _busy() from error
        except Behind as error:
            raise declined(
                headers.BEHIND, "an article of the order is not known here yet"
            ) from error
        except OtherWish as error:
            detail = "this Idempotency-Key was used for another order"
            raise Problem(422, "Unprocessable Content", detail) from error
        return _placed(state, key)

    async def orders(self, request: Request) -> JsonBytes:
        """The customer's own, newest first."""
        identity = await self._identity(request)
        as_of = await fresh(request, self.watermark)
        asked = request.query_params
        page = Page(
            whole_number(_first(request, "page"), 1),
            whole_number(_first(request, "per_page"), PER_PAGE),
            _first(request, "po_number") if "po_number" in asked else None,
        )
        total, documents = await views.mine(self.pool, as_of.micros, identity.email, page)
        return self._dated(JsonBytes(_page_body(documents, page, total)), as_of)

    async def order(self, request: Request, order_no: str) -> JsonBytes:
        """One of the customer's own."""
        identity = await self._identity(request)
        as_of = await fresh(request, self.watermark)
        wanted = order_no.upper()
        document = await views.one(self.pool, as_of.micros, wanted, identity.email)
        if document is None:
            return _not_found(wanted)
        return self._dated(JsonBytes(document.encode()), as_of)

    def _dated(self, answer: JsonBytes, as_of: Fresh) -> JsonBytes:
        """How fresh it is; while legacy is away also for clients, in seconds (RFC 9111's Age)."""
        as_of.stamp(answer)
        if self.away():
            answer.headers["Age"] = str(max(0, int(time.time() - as_of.micros / 1e6)))
        return answer

    async def cancel(self, request: Request, order_no: str) -> JsonBytes:
        """Cancel one of the customer's own."""
        customer = await self._customer(request)
        wanted = order_no.upper()
        if not may_be_order_no(wanted):
            return _not_found(wanted)
        try:
            state = await self.handler.cancel(
                customer, wanted, request.headers.get(headers.TABLE, "")
            )
        except Busy as error:
            raise _busy() from error
        return _cancelled(state)

    async def order_request(self, request: Request, saga_id: str) -> JsonBytes:
        """What has become of an order that was accepted."""
        identity = await self._identity(request)
        state = await self.handler.look(saga_id)
        if state is None or state.request["customer"]["email"] != identity.email:
            return _json({"error": "order request not found", "id": saga_id}, 404)
        return _json(_progress(state))

    async def _identity(self, request: Request) -> Identity:
        try:
            return await self.verifier.verify(request.headers.get(headers.IDENTITY))
        except NotIdentified as error:
            raise Stranger from error
        except KeysAway as error:
            raise Problem(503, "Service Unavailable", "cannot check who is asking") from error

    async def _customer(self, request: Request) -> Customer:
        """Whoever asks for a write must also be known to legacy, by their sealed session."""
        identity = await self._identity(request)
        session = request.headers.get(headers.SESSION)
        if not session:
            raise Problem(503, "Service Unavailable", "the request came without its session")
        return Customer(identity.email, identity.name, session)


def _first(request: Request, name: str) -> str | None:
    """Of a repeated query parameter the first value, as legacy takes it."""
    values = request.query_params.getlist(name)
    return values[0] if values else None


def _not_found(order_no: str) -> JsonBytes:
    return _json({"error": "order not found", "order_no": order_no}, 404)


def _busy() -> Problem:
    return Problem(503, "Service Unavailable", "too many orders at once", {"Retry-After": "1"})


def _placed(state: State, key: str) -> JsonBytes:
    order = saga.outcome(state.results)
    if state.phase is Phase.DONE and order is not None:
        return _json(show(order), 201)
    return _unfinished(state, key)


def _cancelled(state: State) -> JsonBytes:
    order = saga.outcome(state.results)
    if state.phase is Phase.DONE and order is not None:
        return _json(show(order))
    return _unfinished(state)


def _unfinished(state: State, key: str = "") -> JsonBytes:
    """Refused, in the words of whoever refused; or accepted, and not done yet.

    A key stays with its saga: one that came to nothing will not end otherwise when asked again.
    """
    if state.phase in (Phase.UNDONE, Phase.BACKWARD):
        if state.answer is not None:
            return _json(state.answer["body"], state.answer["status"])
        detail = "it could not be done, and nothing of it was"
        if key:
            raise Problem(503, "Service Unavailable", f"{detail}: {_SPENT}")
        raise Problem(503, "Service Unavailable", detail, _SOON)
    answer = _json(_progress(state), 202)
    answer.headers["Location"] = f"/api/order-requests/{quote(state.saga_id, safe=':')}"
    answer.headers["Retry-After"] = "1"
    return answer


_SOON = {"Retry-After": "1"}
_SPENT = "to ask again, send a new Idempotency-Key"


def _progress(state: State) -> dict[str, Any]:
    """`pending` until it has ended one way or the other."""
    order = saga.outcome(state.results)
    progress: dict[str, Any] = {"id": state.saga_id, "status": "PENDING"}
    if state.phase is Phase.UNDONE:
        progress["status"] = "REFUSED"
        body = (state.answer or {}).get("body") or {"error": "it could not be done"}
        progress["reason"] = body
    elif state.phase is Phase.DONE and order is not None:
        progress["status"] = "DONE"
    if order is not None:
        progress["order_no"] = order.order_no
        progress["order"] = show(order)
    return progress


def _page_body(documents: list[str], page: Page, total: int) -> bytes:
    pages = -(-total // page.limit)
    rest = f'"page":{page.number},"per_page":{page.limit},"total":{total},"pages":{pages}'
    return f'{{"orders":[{",".join(documents)}],{rest}}}'.encode()
