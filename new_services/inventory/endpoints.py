"""HTTP: the public stock as legacy answers it, and reservations for the sagas of other services.

200 done (also: done before) · 409 out of stock, or the reservation has ended otherwise before
412 the call's epoch is over: the orders have changed their owner
"""

from dataclasses import dataclass

import asyncpg
from fastapi import FastAPI, Request

from chassis.readmodel.projection import fresh
from chassis.readmodel.watermark import Watermark
from chassis.web.app import JsonBytes, in_json, speak
from chassis.web.internal import Calls, Reply
from new_services.inventory import views
from new_services.inventory.handlers import Barred, Handler, Reservation, Short
from new_services.inventory.owner.epochs import Stale
from new_services.inventory.schemas import PutBack, Reserve, Sell


def _barred(error: Barred) -> Reply:
    return 409, {"error": f"the reservation was {error} before"}


def _stale(error: Stale) -> Reply:
    return 412, {"error": str(error)}


@dataclass(frozen=True, slots=True)
class Endpoints:
    pool: asyncpg.Pool
    watermark: Watermark
    handler: Handler

    def register(self, app: FastAPI) -> None:
        speak(app, "/api/")
        app.add_api_route("/api/stock/{sku:path}", self.stock, methods=["GET", "HEAD"])
        app.add_api_route("/internal/shelves/{sku:path}", self.shelf, methods=["GET"])
        app.add_api_route("/internal/pieces", self.pieces, methods=["GET"])
        app.add_api_route("/state", self.state, methods=["GET"])

    def calls(self) -> Calls:
        """For the sagas of other services."""
        return {
            ("PUT", "reservations", ""): self.reserve,
            ("DELETE", "reservations", ""): self.release,
            ("POST", "reservations", "sell"): self.sell,
            ("PUT", "returns", ""): self.put_back,
        }

    async def stock(self, request: Request, sku: str) -> JsonBytes:
        """How much is left of a variant or a product."""
        as_of = await fresh(request, self.watermark)
        wanted = sku.upper()
        found = await views.stock(self.pool, wanted)
        return as_of.stamp(
            in_json(found or {"error": "unknown sku", "sku": wanted}, 200 if found else 404)
        )

    async def pieces(self, request: Request) -> JsonBytes:
        """For pages: how many are left of each variant that is named (`sku`, repeated), or of each
        of one `product`."""
        as_of = await fresh(request, self.watermark)
        named = request.query_params
        product = named.get("product")
        if product is None:
            found = await views.pieces_of(self.pool, named.getlist("sku"))
        else:
            found = await views.pieces_of_product(self.pool, product)
        return as_of.stamp(in_json({"pieces": found}))

    async def reserve(self, saga_id: str, body: bytes) -> Reply:
        """Hold pieces for a saga."""
        wanted = Reserve.model_validate_json(body)
        try:
            reservation = Reservation(saga_id, wanted.pieces, wanted.after)
            await self.handler.reserve(reservation, wanted.stamp)
        except Stale as error:
            return _stale(error)
        except Short as error:
            return 409, error.answer
        except Barred as error:
            return _barred(error)
        return 200, {"status": "held"}

    async def release(self, saga_id: str, _: bytes) -> Reply:
        """Hold nothing for it any more."""
        try:
            await self.handler.release(saga_id)
        except Barred as error:
            return _barred(error)
        return 200, {"status": "released"}

    async def sell(self, saga_id: str, body: bytes) -> Reply:
        """Legacy has taken them."""
        wanted = Sell.model_validate_json(body)
        try:
            await self.handler.sell(saga_id, wanted.order_no, wanted.created, wanted.stamp)
        except Stale as error:
            return _stale(error)
        except Barred as error:
            return _barred(error)
        return 200, {"status": "sold"}

    async def put_back(self, order_no: str, body: bytes) -> Reply:
        """Legacy has put them back."""
        wanted = PutBack.model_validate_json(body)
        try:
            await self.handler.put_back(order_no, wanted.pieces, wanted.created, wanted.stamp)
        except Stale as error:
            return _stale(error)
        return 200, {"status": "put back"}

    async def shelf(self, request: Request, sku: str) -> JsonBytes:
        """For the back office: a product's stock by variant, and its newest movements."""
        as_of = await fresh(request, self.watermark)
        return as_of.stamp(in_json(await views.shelf(self.pool, sku.replace("\0", ""))))

    async def state(self) -> JsonBytes:
        """Sums, for `fig verify`."""
        return in_json(await views.state(self.pool))
