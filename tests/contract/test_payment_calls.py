"""What orders sends to payments is what payments reads, also from the version before."""

from typing import Any

import pytest

from chassis.web.client import Answer, Request
from new_services.orders.saga.partners import Partner, Payments
from new_services.payments.domain import Operation
from new_services.payments.endpoints import Endpoints
from new_services.payments.handlers import Command
from new_services.payments.schemas import document
from new_services.payments.simulator import Mood


class Handler:
    """Keeps what it is asked for; there never is such a payment."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    async def handle(self, command: Command) -> None:
        self.commands.append(command)


class Client:
    """From one service to the other, without a network."""

    def __init__(self, handler: Any) -> None:
        nothing: Any = None
        self.calls = Endpoints(nothing, handler, Mood()).calls()

    name = "payments"

    async def send(self, request: Request, _: Any) -> Answer:
        _, first, payment_id, operation = request.path.split("/")
        status, body = await self.calls[request.method, first, operation](payment_id, request.body)
        assert body == document(payment_id, None)
        return Answer(status, {}, b'{"status": "none", "amount": "0.00"}')


@pytest.fixture
def handler() -> Handler:
    return Handler()


async def test_the_order_is_named_with_its_money(handler: Handler) -> None:
    client: Any = Client(handler)
    payments = Payments(Partner(client, lambda: ""))
    await payments.capture("S-1", "SO-1", "9.50")
    assert await payments.refund("S-1", "SO-1") == "0.00"
    capture, refund = handler.commands
    assert (capture.operation, capture.order_no) == (Operation.CAPTURE, "SO-1")
    assert str(capture.amount) == "9.50"
    assert (refund.operation, refund.order_no) == (Operation.REFUND, "SO-1")


async def test_a_version_that_names_no_order_is_understood(handler: Handler) -> None:
    calls = Client(handler).calls
    await calls["POST", "payments", "capture"]("S-1", b'{"amount": "9.50"}')
    await calls["POST", "payments", "refund"]("S-1", b"")
    assert [command.order_no for command in handler.commands] == ["", ""]
