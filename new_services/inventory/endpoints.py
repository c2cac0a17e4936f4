"""HTTP: the public stock as legacy answers it, and reservations for the sagas of other services.

200 done (also: done before) · 409 out of stock, or the saga's wish has ended otherwise before
"""

from dataclasses import dataclass

import asyncpg
import orjson
from fastapi import FastAPI, Request

from chassis.projection import fresh
from chassis.watermark import Watermark
from chassis.web import JsonBytes
from contracts import headers
from new_services.inventory import views
from new_services.inventory.handlers import Barred, Handler, Short, Wish
from new_services.inventory.schemas import PutBack, Reserve, Sell


def _json(body: object, status: int = 200) -> JsonBytes:
    return JsonBytes(orjson.dumps(body), status)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the answers are made from."""

    pool: asyncpg.Pool
    watermark: Watermark
    handler: Handler

    def register(self, app: FastAPI) -> None:
        """Put the routes on the application."""
        app.add_api_route("/api/stock/{sku:path}", self.stock, methods=["GET", "HEAD"])
        app.add_api_route("/reservations/{saga_id}", self.reserve, methods=["PUT"])
        app.add_api_route("/reservations/{saga_id}", self.release, methods=["DELETE"])
        app.add_api_route("/reservations/{saga_id}/sell", self.sell, methods=["POST"])
        app.add_api_route("/returns/{order_no}", self.put_back, methods=["PUT"])
        app.add_api_route("/state", self.state, methods=["GET"])

    async def stock(self, request: Request, sku: str) -> JsonBytes:
        """How much is left of a variant or a product."""
        micros = await fresh(request, self.watermark)
        wanted = sku.upper()
        found = await views.stock(self.pool, wanted)
        answer = _json(found or {"error": "unknown sku", "sku": wanted}, 200 if found else 404)
        answer.headers[headers.WATERMARK] = str(micros)
        return answer

    async def reserve(self, saga_id: str, body: Reserve) -> JsonBytes:
        """Hold pieces for a saga."""
        try:
            await self.handler.reserve(Wish(saga_id, body.pieces, body.after))
        except Short as error:
            return _json(error.answer, 409)
        except Barred as error:
            return _json({"error": f"the wish was {error} before"}, 409)
        return _json({"status": "held"})

    async def release(self, saga_id: str) -> JsonBytes:
        """Hold nothing for it any more."""
        try:
            await self.handler.release(saga_id)
        except Barred as error:
            return _json({"error": f"the wish was {error} before"}, 409)
        return _json({"status": "released"})

    async def sell(self, saga_id: str, body: Sell) -> JsonBytes:
        """Legacy has taken them."""
        try:
            await self.handler.sell(saga_id, body.order_no, body.created)
        except Barred as error:
            return _json({"error": f"the wish was {error} before"}, 409)
        return _json({"status": "sold"})

    async def put_back(self, order_no: str, body: PutBack) -> JsonBytes:
        """Legacy has put them back."""
        await self.handler.put_back(order_no, body.pieces, body.created)
        return _json({"status": "put back"})

    async def state(self) -> JsonBytes:
        """Sums for whoever verifies."""
        return _json(await views.state(self.pool))
