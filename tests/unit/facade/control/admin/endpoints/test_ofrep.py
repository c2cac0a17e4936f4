"""Flags over HTTP, in the words of the OFREP document."""

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from facade.control.admin.endpoints.ofrep import LARGEST, ofrep_router
from facade.routes.file.reading import load
from facade.routes.table import RouteTable, compile_table

FILE = """
upstreams: {legacy: {url: http://h}, fresh: {url: http://n}}
routes:
  - {name: old, match: GET /old, stage: legacy}
  - {name: split, match: GET /split, new: fresh, stage: canary, percent: %d}
"""
ALL = "/ofrep/v1/evaluate/flags"


class Asked:
    def __init__(self) -> None:
        self.table: RouteTable | None = None
        self.use(30)
        app = FastAPI()
        app.include_router(ofrep_router(lambda: self.table))
        self.client = TestClient(app)

    def use(self, percent: int) -> None:
        self.table = compile_table(load((FILE % percent).encode()).file)

    def post(self, path: str, **how: Any) -> tuple[int, Any]:
        answer = self.client.post(path, **how)
        return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def asked() -> Asked:
    return Asked()


def context(**found: Any) -> dict[str, Any]:
    return {"json": {"context": found}}


def test_one_flag(asked: Asked) -> None:
    assert asked.table is not None
    status, found = asked.post(f"{ALL}/split", **context(targetingKey="user-1"))
    bucket = found["metadata"].pop("bucket")
    assert (status, found) == (
        200,
        {
            "key": "split",
            "value": bucket < 3000,
            "variant": "new" if bucket < 3000 else "legacy",
            "reason": "SPLIT",
            "metadata": {"stage": "canary", "version": asked.table.version},
        },
    )
    assert asked.post(f"{ALL}/old")[1]["reason"] == "STATIC", "a request needs no body"
    assert asked.post(f"{ALL}/old", json={})[0] == 200


@pytest.mark.parametrize(
    ("path", "how", "status", "code"),
    [
        ("/gone", context(), 404, "FLAG_NOT_FOUND"),
        ("/split", context(), 400, "TARGETING_KEY_MISSING"),
        ("/split", context(targetingKey=[1]), 400, "INVALID_CONTEXT"),
        ("/split", {"json": {"context": "me"}}, 400, "INVALID_CONTEXT"),
        ("/split", {"json": [1]}, 400, "INVALID_CONTEXT"),
        ("/split", {"content": b"{no"}, 400, "PARSE_ERROR"),
        ("/split", {"content": b" " * (LARGEST + 1)}, 400, "PARSE_ERROR"),
        ("", {"json": {"context": 7}}, 400, "INVALID_CONTEXT"),
        ("", {"content": b"\xff"}, 400, "PARSE_ERROR"),
    ],
)
def test_errors(asked: Asked, path: str, how: dict[str, Any], status: int, code: str) -> None:
    found_status, found = asked.post(ALL + path, **how)
    assert (found_status, found["errorCode"]) == (status, code)
    assert found["errorDetails"]
    assert found.get("key") == (path[1:] or None)


def test_all_flags_with_a_tag(asked: Asked) -> None:
    how = context(targetingKey="user-1")
    answer = asked.client.post(ALL, **how)
    assert [one["key"] for one in answer.json()["flags"]] == ["old", "split"]
    tag = answer.headers["etag"]
    for known in (tag, f'"x", W/{tag}', "*"):
        again = asked.client.post(ALL, headers={"If-None-Match": known}, **how)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = asked.client.post(ALL, headers={"If-None-Match": tag}, **context(targetingKey="b"))
    assert other.status_code == 200
    asked.use(40)
    assert asked.client.post(ALL, headers={"If-None-Match": tag}, **how).status_code == 200


def test_one_flag_that_fails_among_all(asked: Asked) -> None:
    status, found = asked.post(ALL, **context())
    assert (status, found["flags"][0]["value"]) == (200, False)
    assert found["flags"][1]["errorCode"] == "TARGETING_KEY_MISSING"
    assert found["flags"][1]["key"] == "split"


def test_before_a_table_is_there(asked: Asked) -> None:
    asked.table = None
    assert asked.post(ALL) == asked.post(f"{ALL}/old") == (
        503, {"errorDetails": "no table is published yet"},
    )  # fmt: skip
