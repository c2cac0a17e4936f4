"""What the sagas of other services are answered, and what a person asks."""

from decimal import Decimal
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from new_services.payments.domain import Operation, Payment, Status
from new_services.payments.endpoints import Endpoints
from new_services.payments.handlers import Command, NotPossible
from new_services.payments.provider import Declined, ProviderAway, ProviderSilent
from new_services.payments.simulator import Mood
from tests.rigs.shop.database import Database, Row

PAYMENT = Payment("S-1", "card", Decimal("9.5"), Status.CAPTURED, "", "SO-1")
SHOWN = {
    "payment_id": "S-1",
    "status": "captured",
    "amount": "9.50",
    "method": "card",
    "reason": "",
}
ROW = Row(id="S-1", method="card", amount=Decimal("9.5"), status="captured", reason="", no="SO-1")


class Handler:
    """Keeps the commands; says what it is told to."""

    def __init__(self, says: Payment | Exception | None = PAYMENT) -> None:
        self.says, self.commands = says, list[Command]()

    async def handle(self, command: Command) -> Payment | None:
        self.commands.append(command)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def endpoints(handler: Handler, database: Database | None = None) -> Endpoints:
    known: Any = handler
    pool: Any = database or Database()
    return Endpoints(pool, known, Mood())


@pytest.mark.parametrize(
    ("operation", "body", "command"),
    [
        (
            "authorise",
            b'{"amount": "9.50", "method": "card"}',
            Command(Operation.AUTHORISE, "S-1", Decimal("9.50"), "card"),
        ),
        (
            "capture",
            b'{"amount": "9.50", "order_no": "SO-1"}',
            Command(Operation.CAPTURE, "S-1", Decimal("9.50"), order_no="SO-1"),
        ),
        (
            "capture",
            b'{"amount": "9.50", "order_no": "SO-1", "approved": true}',
            Command(Operation.CAPTURE, "S-1", Decimal("9.50"), order_no="SO-1", approved=True),
        ),
        ("void", b"", Command(Operation.VOID, "S-1")),
        ("refund", b'{"order_no": "SO-1"}', Command(Operation.REFUND, "S-1", order_no="SO-1")),
        ("refund", b"", Command(Operation.REFUND, "S-1")),
    ],
)
async def test_each_call_is_its_command(operation: str, body: bytes, command: Command) -> None:
    handler = Handler()
    call = endpoints(handler).calls()["POST", "payments", operation]
    assert await call("S-1", body) == (200, SHOWN)
    assert handler.commands == [command]


async def test_a_payment_that_never_was_is_answered_as_none() -> None:
    call = endpoints(Handler(None)).calls()["POST", "payments", "refund"]
    none = {"payment_id": "S-1", "status": "none", "amount": "0.00"}
    assert await call("S-1", b"{}") == (200, none)


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (Declined("no money"), (402, {"error": "declined", "reason": "no money"})),
        (NotPossible("it is voided"), (409, {"error": "it is voided"})),
        (ProviderAway("refused"), (503, {"error": "refused"})),
        (ProviderSilent("lost"), (504, {"error": "lost"})),
    ],
)
async def test_each_failure_has_its_status(error: Exception, answer: Any) -> None:
    call = endpoints(Handler(error)).calls()["POST", "payments", "void"]
    assert await call("S-1", b"") == answer


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("authorise", b'{"amount": "-0.01", "method": "card"}'),
        ("authorise", b'{"amount": "1.001", "method": "card"}'),
        ("authorise", b'{"amount": "12345678901.00", "method": "card"}'),
        ("authorise", b'{"amount": "1.00", "method": "' + b"x" * 21 + b'"}'),
        ("authorise", b'{"amount": "1.00"}'),
        ("capture", b'{"amount": "1.00", "order_no": "' + b"x" * 51 + b'"}'),
        ("refund", b'{"order_no": "' + b"x" * 51 + b'"}'),
    ],
)
async def test_what_is_out_of_bounds_is_no_command(operation: str, body: bytes) -> None:
    handler = Handler()
    with pytest.raises(ValidationError):
        await endpoints(handler).calls()["POST", "payments", operation]("S-1", body)
    assert handler.commands == []


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("authorise", b'{"amount": "0.00", "method": "' + b"x" * 20 + b'"}'),
        ("authorise", b'{"amount": "1234567890.12", "method": "card"}'),
        ("capture", b'{"amount": "1.00", "order_no": "' + b"x" * 50 + b'"}'),
    ],
)
async def test_what_is_just_within_bounds_is_one(operation: str, body: bytes) -> None:
    status, _ = await endpoints(Handler()).calls()["POST", "payments", operation]("S-1", body)
    assert status == 200


async def test_a_person_sees_a_payment_the_sums_and_commands_the_simulator() -> None:
    database = Database(
        {
            "GROUP BY": [Row(status="captured", n=2, total=Decimal("19"))],
            "FROM payment WHERE id": [ROW],
        }
    )
    made = endpoints(Handler(), database)
    app = FastAPI()
    made.register(app)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://payments") as http:
        answer = await http.get("/payments/S-1")
        assert (answer.status_code, answer.json()) == (200, SHOWN)
        assert database.asked[-1][1] == ("S-1",)
        totals = (await http.get("/payments")).json()
        assert totals == {"captured": {"count": 2, "total": "19.00"}}
        answer = await http.put("/simulator", json={"next": ["lost"], "declined": 1.0})
        assert (answer.json()["next"], answer.json()["declined"]) == (["lost"], 1.0)
        assert [made.mood.draw(), made.mood.draw()] == ["lost", "declined"]
        assert (await http.put("/simulator", json={"delay": 0.5})).status_code == 200
        assert (await http.put("/simulator", json={"declined": 1.1})).status_code == 422
        assert (await http.put("/simulator", json={"delay": 10.5})).status_code == 422
        assert (await http.put("/simulator", json={"luck": 1})).status_code == 422
