"""HTTP for the sagas of other services. A payment's id is the id of the saga it belongs to.

200 done (also: done before) · 402 declined · 409 not possible · 503 not reached, no effect ·
504 nobody knows: ask again, or the same operation again
"""

from dataclasses import dataclass

import asyncpg
import orjson
from fastapi import FastAPI

from chassis.web import JsonBytes
from new_services.payments import repository
from new_services.payments.domain import Operation
from new_services.payments.handlers import Command, Handler, NotPossible
from new_services.payments.provider import Declined, ProviderAway, ProviderSilent
from new_services.payments.schemas import Authorise, Capture, document
from new_services.payments.simulator import Behaviour, Mood


def _json(body: object, status: int = 200) -> JsonBytes:
    return JsonBytes(orjson.dumps(body), status)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the answers are made from."""

    pool: asyncpg.Pool
    handler: Handler
    mood: Mood

    def register(self, app: FastAPI) -> None:
        """Put the routes on the application."""

        @app.post("/payments/{payment_id}/authorise")
        async def authorise(payment_id: str, body: Authorise) -> JsonBytes:
            command = Command(Operation.AUTHORISE, payment_id, body.amount, body.method)
            return await self._carry_out(command)

        @app.post("/payments/{payment_id}/capture")
        async def capture(payment_id: str, body: Capture) -> JsonBytes:
            return await self._carry_out(Command(Operation.CAPTURE, payment_id, body.amount))

        @app.post("/payments/{payment_id}/void")
        async def void(payment_id: str) -> JsonBytes:
            return await self._carry_out(Command(Operation.VOID, payment_id))

        @app.post("/payments/{payment_id}/refund")
        async def refund(payment_id: str) -> JsonBytes:
            return await self._carry_out(Command(Operation.REFUND, payment_id))

        self._register_questions(app)

    def _register_questions(self, app: FastAPI) -> None:
        @app.get("/payments/{payment_id}")
        async def payment(payment_id: str) -> JsonBytes:
            async with self.pool.acquire() as connection, connection.transaction():
                return _json(document(payment_id, await repository.find(connection, payment_id)))

        @app.get("/payments")
        async def totals() -> JsonBytes:
            async with self.pool.acquire() as connection:
                found = await repository.totals(connection)
            return _json({status: {"count": n, "total": t} for status, (n, t) in found.items()})

        @app.put("/simulator")
        async def command_simulator(behaviour: Behaviour) -> JsonBytes:
            self.mood.command(behaviour)
            return _json(behaviour.model_dump())

    async def _carry_out(self, command: Command) -> JsonBytes:
        try:
            payment = await self.handler.handle(command)
        except Declined as error:
            return _json({"error": "declined", "reason": str(error)}, 402)
        except NotPossible as error:
            return _json({"error": str(error)}, 409)
        except ProviderAway as error:
            return _json({"error": str(error)}, 503)
        except ProviderSilent as error:
            return _json({"error": str(error)}, 504)
        return _json(document(command.payment_id, payment))
