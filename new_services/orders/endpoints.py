"""HTTP with the monolith's public contract; a client sees no difference from legacy.

One path is new, for orders that are accepted and not yet placed: `/api/order-requests/{id}`.
"""

import logging
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import asyncpg
from fastapi import FastAPI, Request, Response

from chassis.readmodel.projection import declined, fresh
from chassis.readmodel.watermark import Watermark
from chassis.saga import State
from chassis.saga.starting import Busy, NotStored
from chassis.web import headers
from chassis.web.app import JsonBytes, Problem, in_json, rendered, speak
from chassis.web.identity import Identity, KeysAway, NotIdentified, Verifier
from chassis.web.reading import whole_number
from contracts.orders import OrderRequest
from contracts.record import Customer
from new_services.orders.customer import answers, history
from new_services.orders.handlers import Behind, Command, Handler, OtherRequest
from new_services.orders.owner.seam import Owned
from new_services.orders.schemas import (
    PER_PAGE,
    BadOrder,
    holds_nul,
    may_be_order_no,
    read_body,
    read_order_request,
)
from new_services.orders.views import Page, Wanted

log = logging.getLogger("orders")

LARGEST_BODY = 1 << 20
LONGEST_KEY = 200
FRESH_SECONDS = 1.0  # for prices as of the customer's last write: legacy cannot take the order


class NotLoggedIn(Exception):
    """The request names no customer who is logged in; answered in legacy's words."""


async def _on_not_logged_in(_: Request, __: Exception) -> JsonBytes:
    return in_json({"error": "not logged in"}, 401)


async def _on_busy(request: Request, _: Exception) -> Response:
    problem = Problem(503, "Service Unavailable", "too many orders at once", answers.SOON)
    return rendered(request, problem)


async def _on_not_stored(request: Request, _: Exception) -> Response:
    detail = "the service stops, and nothing is known of this yet"
    return rendered(request, Problem(503, "Service Unavailable", detail, answers.SOON))


@dataclass(frozen=True, slots=True)
class Endpoints:
    pool: asyncpg.Pool
    watermark: Watermark
    handler: Handler
    verifier: Verifier
    record: Owned
    zone: ZoneInfo  # of the shop's clock

    def register(self, app: FastAPI) -> None:
        app.add_exception_handler(NotLoggedIn, _on_not_logged_in)
        app.add_exception_handler(Busy, _on_busy)
        app.add_exception_handler(NotStored, _on_not_stored)
        speak(app, "/api/")
        for path, answer, methods in (
            ("/api/orders", self.place, ["POST"]),
            ("/api/orders", self.orders, ["GET", "HEAD"]),
            ("/api/orders/{order_no}", self.order, ["GET", "HEAD"]),
            ("/api/orders/{order_no}/cancel", self.cancel, ["POST"]),
            ("/api/order-requests/{saga_id}", self.order_request, ["GET"]),
            ("/api/order-requests/{saga_id}/cancel", self.recall, ["POST"]),
        ):
            app.add_api_route(path, answer, methods=methods, response_model=None)
        history.History(self.pool, self.watermark, self.zone, self.identity).register(app)

    async def place(self, request: Request) -> JsonBytes:
        """Place an order: 201, or 202 and a place to look when it takes longer."""
        customer = await self._customer(request)
        body = await request.body()
        if len(body) > LARGEST_BODY:
            return in_json({"error": "request entity too large"}, 413)
        try:
            wanted = read_order_request(read_body(body, request.headers.get("content-type", "")))
        except BadOrder as error:
            return in_json({"error": str(error)}, 400)
        if holds_nul(wanted):
            return in_json({"error": "bad input"}, 400)
        await self._admit(wanted, request.headers.get(headers.AFTER, ""))
        key = request.headers.get(headers.IDEMPOTENCY_KEY, "")
        if len(key) > LONGEST_KEY:
            problem = f"Idempotency-Key: expected at most {LONGEST_KEY} characters"
            return in_json({"error": problem}, 400)
        command = Command(customer, wanted, key, request.headers.get(headers.TABLE, ""))
        try:
            state = await self.handler.place(command)
        except Behind as error:
            raise declined(
                headers.BEHIND, "an article of the order is not known here yet"
            ) from error
        except OtherRequest as error:
            detail = "this Idempotency-Key was used for another order"
            raise Problem(422, "Unprocessable Content", detail) from error
        return answers.placed(state, key)

    async def _admit(self, wanted: OrderRequest, after: str) -> None:
        """Where the monolith owns the orders, it must have room for our mark; where we do, prices
        must be as fresh as the customer's last write. Raises Problem: declined."""
        if not (await self.record.stamp()).ours:
            if not self.record.legacy.accepts(wanted) and not await self.record.is_ours():
                raise declined(headers.UNMARKED, "the order has no room for our mark in legacy")
        elif after.isdecimal() and not await self.watermark.reached(int(after), FRESH_SECONDS):
            raise declined(headers.BEHIND, "the prices are older than what was asked for")

    async def orders(self, request: Request) -> JsonBytes:
        """The customer's own, newest first."""
        identity = await self.identity(request)
        as_of = await fresh(request, self.watermark)
        asked = request.query_params
        page = Page(
            whole_number(_first(request, "page"), 1),
            whole_number(_first(request, "per_page"), PER_PAGE),
            Wanted(_first(request, "po_number") or "") if "po_number" in asked else None,
        )
        documents, total = await history.page(self.pool, self.zone, identity.email, page, as_of)
        return as_of.stamp(JsonBytes(answers.page_body(documents, page, total)))

    async def order(self, request: Request, order_no: str) -> JsonBytes:
        """One of the customer's own; a pending one by its saga's id."""
        identity = await self.identity(request)
        as_of = await fresh(request, self.watermark)
        wanted = order_no.upper()
        document = await history.one(self.pool, self.zone, identity.email, wanted, as_of)
        if document is None:
            return answers.not_found(wanted)
        return as_of.stamp(JsonBytes(document.encode()))

    async def cancel(self, request: Request, order_no: str) -> JsonBytes:
        """Cancel one of the customer's own."""
        customer = await self._customer(request)
        wanted = order_no.upper()
        if not may_be_order_no(wanted):
            return answers.not_found(wanted)
        recalled = await self.handler.recall(customer, wanted)
        if isinstance(recalled, State):
            return answers.recalled(recalled)
        return await self._cancelled(request, customer, recalled or wanted)

    async def recall(self, request: Request, saga_id: str) -> JsonBytes:
        """Cancel an order that was accepted, whether it is placed by now or not."""
        customer = await self._customer(request)
        recalled = await self.handler.recall(customer, saga_id)
        if recalled is None:
            return _no_request(saga_id)
        if isinstance(recalled, State):
            return answers.recalled(recalled)
        return await self._cancelled(request, customer, recalled)

    async def _cancelled(self, request: Request, customer: Customer, order_no: str) -> JsonBytes:
        table = request.headers.get(headers.TABLE, "")
        return answers.cancelled(await self.handler.cancel(customer, order_no, table))

    async def order_request(self, request: Request, saga_id: str) -> JsonBytes:
        """What has become of an order that was accepted."""
        identity = await self.identity(request)
        state = await self.handler.look(saga_id)
        if state is None or state.request["customer"]["email"] != identity.email:
            return _no_request(saga_id)
        return in_json(answers.progress(state))

    async def identity(self, request: Request) -> Identity:
        """Who is asking; the log names the machine that asks for a customer. Raises NotLoggedIn,
        Problem."""
        try:
            machine = await self.verifier.machine(request.headers.get(headers.MACHINE))
            found = await self.verifier.verify(request.headers.get(headers.IDENTITY))
            if machine is not None:
                log.info("%s %s by machine %s", request.method, request.url.path, machine.name)
            return found
        except NotIdentified as error:
            raise NotLoggedIn from error
        except KeysAway as error:
            raise Problem(503, "Service Unavailable", "cannot check who is asking") from error

    async def _customer(self, request: Request) -> Customer:
        """A write also needs the customer's sealed session: legacy must know the customer too."""
        identity = await self.identity(request)
        session = request.headers.get(headers.SESSION)
        if not session:
            raise Problem(503, "Service Unavailable", "the request came without its session")
        return Customer(identity.email, identity.name, session)


def _first(request: Request, name: str) -> str | None:
    """Of a repeated query parameter the first value, as legacy takes it."""
    values = request.query_params.getlist(name)
    return values[0] if values else None


def _no_request(saga_id: str) -> JsonBytes:
    return in_json({"error": "order request not found", "id": saga_id}, 404)
