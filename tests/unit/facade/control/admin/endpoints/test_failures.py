"""A failed request is found by the id that its client was given."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from facade.control.admin.endpoints.failures import SHOWN, failures_router
from facade.control.reporting.failures import Failures

WORDS = dict.fromkeys(("method", "target", "route", "side", "upstream", "phase", "why"), "x")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?request_id=3", ["3"]),
        ("?request_id=unknown", []),
        ("", [str(number) for number in range(SHOWN + 4, 4, -1)]),
    ],
)
def test_by_its_id_or_the_last_ones(query: str, found: list[str]) -> None:
    failures = Failures()
    failures.take(
        {
            "requests": [
                {"at": 1.0, "request_id": str(number), "status": 502, **WORDS}
                for number in range(SHOWN + 5)
            ],
            "more": 0,
        },
        1.0,
    )
    app = FastAPI()
    app.include_router(failures_router(failures))
    answer = TestClient(app).get(f"/api/failures{query}").json()
    assert [one["request_id"] for one in answer] == found
