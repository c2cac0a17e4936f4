"""HTTP for the sagas of other services. A payment's id is the id of the saga it belongs to.

200 done (also: done before) · 402 declined · 409 not possible · 503 not reached, no effect ·
504 effect unknown: ask again, or the same operation again
"""

from dataclasses import dataclass

import asyncpg
from fastapi import FastAPI

from chassis.web.app import JsonBytes, in_json
from chassis.web.internal import Calls, Reply
from new_services.payments import repository
from new_services.payments.domain import Operation
from new_services.payments.handlers import Command, Handler, NotPossible
from new_services.payments.provider import Declined, ProviderAway, ProviderSilent
from new_services.payments.schemas import Authorise, Capture, Refund, document
from new_services.payments.simulator import Behaviour, Mood


@dataclass(frozen=True, slots=True)
class Endpoints:
    pool: asyncpg.Pool
    handler: Handler
    mood: Mood

    def calls(self) -> Calls:
        """The operations, for the sagas of other services."""
        return {
            ("POST", "payments", Operation.AUTHORISE): self.authorise,
            ("POST", "payments", Operation.CAPTURE): self.capture,
            ("POST", "payments", Operation.VOID): self.void,
            ("POST", "payments", Operation.REFUND): self.refund,
        }

    async def authorise(self, payment_id: str, body: bytes) -> Reply:
        """An amount, by a method."""
        wanted = Authorise.model_validate_json(body)
        command = Command(Operation.AUTHORISE, payment_id, wanted.amount, wanted.method)
        return await self._carry_out(command)

    async def capture(self, payment_id: str, body: bytes) -> Reply:
        """An amount, which may differ from what was authorised: by much where a person approved."""
        wanted = Capture.model_validate_json(body)
        command = Command(
            Operation.CAPTURE,
            payment_id,
            wanted.amount,
            order_no=wanted.order_no,
            approved=wanted.approved,
        )
        return await self._carry_out(command)

    async def void(self, payment_id: str, _: bytes) -> Reply:
        """Nothing is to be authorised any more."""
        return await self._carry_out(Command(Operation.VOID, payment_id))

    async def refund(self, payment_id: str, body: bytes) -> Reply:
        """Of what was captured, for the order that is named where one is; what is merely
        authorised is voided."""
        order_no = Refund.model_validate_json(body or b"{}").order_no
        return await self._carry_out(Command(Operation.REFUND, payment_id, order_no=order_no))

    def register(self, app: FastAPI) -> None:
        """Put the questions on the application."""

        @app.get("/payments/{payment_id}")
        async def payment(payment_id: str) -> JsonBytes:
            async with self.pool.acquire() as connection, connection.transaction():
                return in_json(document(payment_id, await repository.find(connection, payment_id)))

        @app.get("/payments")
        async def totals() -> JsonBytes:
            async with self.pool.acquire() as connection:
                found = await repository.totals(connection)
            return in_json({status: {"count": n, "total": t} for status, (n, t) in found.items()})

        @app.put("/simulator")
        async def command_simulator(behaviour: Behaviour) -> JsonBytes:
            self.mood.command(behaviour)
            return in_force()

        @app.get("/simulator")
        async def simulator() -> JsonBytes:
            return in_force()

        def in_force() -> JsonBytes:
            """What is in force, and what it came to so far."""
            return in_json({**self.mood.behaviour.model_dump(), "struck": dict(self.mood.struck)})

    async def _carry_out(self, command: Command) -> Reply:
        try:
            payment = await self.handler.handle(command)
        except Declined as error:
            return 402, {"error": "declined", "reason": str(error)}
        except NotPossible as error:
            return 409, {"error": str(error)}
        except ProviderAway as error:
            return 503, {"error": str(error)}
        except ProviderSilent as error:
            return 504, {"error": str(error)}
        return 200, document(command.payment_id, payment)
