"""The real mitmproxy before a tiny monolith: it records without credentials, breaks on command."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from facade.replay.formats import flows
from facade.replay.formats.recorded import Exchange
from facade.sidecar.environment import interpreter
from facade.sidecar.proxy.recorder import series

pytestmark = pytest.mark.integration

Ask = Callable[..., Any]


def recorded(venv: Path, first: Path) -> list[Exchange]:
    found = flows.exchanges(interpreter(venv), series(first))
    return [one for one in found if isinstance(one, Exchange)]


def test_it_passes_on_records_and_keeps_no_credential(
    sidecar: Any, monolith: str, client: Ask, tmp_path: Path, mitmproxy: Path
) -> None:
    first = tmp_path / "shop.flows"
    sidecar.call("record", "--to", str(first), "--rotate-size", "4KiB", "--secret", "$.birthday")
    body = b'{"email": "a@b", "password": "sekret-pw", "birthday": "sekret-day"}'
    login = client(
        sidecar.listen, "POST", "/login?token=sekret-query", body,
        Content_Type="application/json", Authorization="Bearer sekret-auth",
        Cookie="session=sekret-cookie",
    )  # fmt: skip
    assert login.json["access_token"] == "sekret-token", "the traffic itself is not touched"
    for number in range(12):
        assert client(sidecar.listen, "GET", f"/items/{number}").status == 200
    assert client(sidecar.listen, "GET", "/x", X_Request_Id="mine").json["name"] == "mine"
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    named = client(sidecar.listen, "GET", "/x", traceparent=trace).json["name"]
    assert named == "0af7651916cd43dd8448eb211c80319c"

    events = socket.create_connection(sidecar.listen.split(":"), timeout=10)
    events.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
    seen = b""
    while b"data: 0" not in seen:
        seen += events.recv(4096)
    assert b"data: 1" not in seen, "events are passed on at once: the next waits for this one"
    assert client(monolith, "GET", "/go-on").status == 200
    while events.recv(4096):
        pass
    events.close()

    until = time.monotonic() + 20
    while (status := sidecar.status())["recording"]["flows"] != 15:
        assert time.monotonic() < until, status["recording"]
        time.sleep(0.05)
    assert status["recording"]["left_out"] == {"streamed": 1}
    assert status["shapes"]["GET /items/<id>"]["requests"] >= 12
    sidecar.call("record", "--stop")
    files = series(first)
    assert len(files) > 3
    assert b"sekret" not in b"".join(path.read_bytes() for path in files)
    found = recorded(mitmproxy, first)
    assert [one.target for one in found][:2] == ["/login?token=(secret)", "/items/0"]
    assert found[0].body == (b'{"email": "a@b", "password": "(secret)", "birthday": "(secret)"}')
    assert found[0].answer is not None
    assert found[0].answer.body == b'{"ok": "Y", "access_token": "(secret)"}'
    assert found[0].answer.header("set-cookie") == "session=(secret); Path=/"
    assert len(found) == 15


def test_faults_on_command(sidecar: Any, monolith: str, client: Ask) -> None:
    def count(path: str) -> int:
        return int(client(monolith, "GET", f"/count?of={path}").json["count"])

    # The monolith serves every test of this worker, in whatever order they come.
    before = {path: count(path) for path in ("/broken", "/gone", "/orders")}

    def asked(path: str) -> int:
        return count(path) - before[path]

    sidecar.call("fault", "GET /late", "--latency", "150ms")
    assert client(sidecar.listen, "GET", "/late").seconds > 0.15
    sidecar.call("fault", "POST /broken", "--error", "503", "--times", "2", "--name", "broken")
    assert [client(sidecar.listen, "POST", "/broken", b"x").status for _ in range(3)] == [
        503, 503, 200,
    ]  # fmt: skip
    assert asked("/broken") == 1

    sidecar.call("fault", "GET /gone", "--reset", "before")
    assert client(sidecar.listen, "GET", "/gone").broken == "ConnectionResetError"
    assert asked("/gone") == 0
    sidecar.call("fault", "POST /orders", "--reset", "after")
    assert client(sidecar.listen, "POST", "/orders", b"x").broken == "ConnectionResetError"
    assert asked("/orders") == 1, "the monolith did its work, and the answer was lost"
    sidecar.call("fault", "GET /half/{path*}", "--partial", "50%")
    assert client(sidecar.listen, "GET", "/half/a/b").broken == "IncompleteRead"

    hits = {one["name"]: one["hits"] for one in sidecar.status()["faults"]}
    assert hits == {"fault-1": 1, "broken": 2, "fault-2": 1, "fault-3": 1, "fault-4": 1}
    sidecar.call("fault", "--clear", "all")
    for path in ("/late", "/gone", "/half/a/b"):
        answers = [client(sidecar.listen, "GET", path) for _ in range(5)]
        assert {answer.status for answer in answers} == {200}
        assert min(answer.seconds for answer in answers) < 0.15  # a busy machine may be late once


def test_a_monolith_that_dies_is_not_dressed_up(sidecar: Any, client: Ask) -> None:
    answer = client(sidecar.listen, "GET", "/dies")
    assert answer.broken == "RemoteDisconnected", "not a page of mitmproxy's own"
    until = time.monotonic() + 20
    while sidecar.status()["shapes"].get("GET /dies", {}).get("errors") != 1:
        assert time.monotonic() < until, sidecar.status()["shapes"]
        time.sleep(0.05)


def test_a_bad_plan_changes_nothing(sidecar: Any, client: Ask) -> None:
    sidecar.call("fault", "GET /x", "--error", "418")
    sidecar.handle.folder.plan.write_text('{"faults": [{"match": "GET /x"}]}')
    deadline = time.monotonic() + 5
    while not sidecar.status()["plan_errors"]:
        assert time.monotonic() < deadline
    assert client(sidecar.listen, "GET", "/x").status == 418
    sidecar.call("fault", "GET /y", "--error", "418", code=2)


def test_a_command_given_while_it_is_off_counts_when_it_comes(make_sidecar: Any) -> None:
    off = make_sidecar("127.0.0.1:1")
    assert off.call("fault", "GET /x", "--error", "500")["on"] is False
    assert off.call("fault")["faults"] == [{"name": "fault-1", "match": "GET /x", "hits": 0}]
    assert off.call("status", code=1) == {"on": False, "status": None}
    assert off.call("off")["ran"] is False
    assert off.call("fault")["faults"] == []


def test_its_status_counts_what_was_answered_before_it_was_asked(sidecar: Any, client: Ask) -> None:
    for number in range(1, 4):
        assert client(sidecar.listen, "GET", "/counted-at-once").status == 200
        shapes = sidecar.call("status")["status"]["shapes"]
        assert shapes["GET /counted-at-once"]["requests"] == number
