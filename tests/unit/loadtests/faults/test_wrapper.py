"""The wrapper bends what clients get, and leaves alone what is for operators or no answer."""

from typing import Any

import orjson
import pytest

from loadtests.faults.named import fault_named
from loadtests.faults.wrapper import Faulty

PRODUCT = {"sku": "P-1", "price": "110.46"}
STAMPED = [
    (b"content-length", b"32"),
    (b"content-type", b"application/json"),
    (b"fig-as-of", b"17"),
]


class Service:
    """An application that gives one answer, in two pieces."""

    def __init__(self, status: int = 200) -> None:
        self.status = status

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = orjson.dumps(PRODUCT)
        await send({"type": "http.response.start", "status": self.status, "headers": STAMPED})
        await send({"type": "http.response.body", "body": body[:9], "more_body": True})
        await send({"type": "http.response.body", "body": body[9:]})


async def asked(fault: str, path: str = "/api/products/P-1", status: int = 200) -> Any:
    """Status, headers and body as the server gets them."""
    spoiler = fault_named(fault)
    assert spoiler is not None
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    await Faulty(Service(status), spoiler)({"type": "http", "path": path}, None, send)  # type: ignore[arg-type]
    start, *pieces = said
    body = b"".join(piece["body"] for piece in pieces)
    return start["status"], dict(start["headers"]), body


async def test_the_body_is_bent_and_what_the_service_said_of_it_stays() -> None:
    status, headers, body = await asked("price-number")
    assert (status, orjson.loads(body)) == (200, PRODUCT | {"price": 110.46})
    assert headers[b"fig-as-of"] == b"17"
    assert headers[b"content-length"] == b"%d" % len(body)


async def test_a_header_takes_the_place_of_the_services_own() -> None:
    _, headers, _ = await asked("content-type")
    assert headers[b"content-type"] == b"text/html"


@pytest.mark.parametrize(
    ("path", "status"), [("/readyz", 200), ("/metrics", 200), ("/api/products/P-1", 503)]
)
async def test_what_is_no_answer_of_the_contract_stays(path: str, status: int) -> None:
    right = (status, dict(STAMPED), orjson.dumps(PRODUCT))
    assert await asked("status-500", path, status) == right


async def test_an_answer_that_the_fault_does_not_strike_stays() -> None:
    assert await asked("page-total") == (200, dict(STAMPED), orjson.dumps(PRODUCT))


async def test_what_is_no_request_goes_through() -> None:
    seen: list[str] = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    fault = fault_named("status-500")
    assert fault is not None
    await Faulty(behind, fault)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
    assert seen == ["lifespan"]
