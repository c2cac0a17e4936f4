"""A composed route through a real facade: one part slow, one failing, one refused by a limit."""

import json
import time
from typing import Any

import pytest
from click.testing import CliRunner

from chassis.cli.calls import call, call_object
from facade.commands.cli import main

pytestmark = pytest.mark.integration

SLOW = 30.0  # seconds; nobody waits for it
ROUTES = """
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{url: "{fresh}"}}
limits:
  few: {{rate: 1/h, burst: 1, key: [client], mode: enforce}}
routes:
  - name: start
    match: GET /start
    timeout: 1s
    compose:
      goods: GET /goods?page=1
      slow: {{get: /slow, optional: true}}
      broken: {{get: /broken, optional: true}}
      few: {{get: /few, optional: true}}
  - {{name: strict, match: GET /strict, compose: {{goods: GET /goods, broken: GET /broken}}}}
  - {{name: goods, match: GET /goods, new: fresh, stage: shadow, compare: {{sample: 100%}}}}
  - {{name: broken, match: GET /broken, new: fresh, stage: new, fallback: false}}
  - {{name: few, match: GET /few, stage: legacy, limits: few}}
"""


def answering(scripts: Any) -> Any:
    """Answers JSON that says what was asked; `/slow` late, `/broken` with 500."""

    def script(sock: Any) -> None:
        while True:
            head, _ = scripts.head(sock)
            if not head:
                return
            target = head.split(b" ")[1].decode()
            status = b"500 Broken" if target == "/broken" else b"200 OK"
            if target == "/slow":
                sock.settimeout(SLOW)
                if not sock.recv(1):
                    return  # nobody wants it any more
            cookie = next((one for one in head.split(b"\r\n") if one[:7] == b"Cookie:"), b"")
            body = json.dumps({"asked": target, "cookie": cookie[8:].decode()}).encode()
            head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\n" % status
            sock.sendall(head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    return script


@pytest.fixture
def facade(start: Any, serve: Any, scripts: Any) -> Any:
    legacy, fresh = serve(answering(scripts)), serve(answering(scripts))
    running = start(ROUTES.format(legacy=legacy.url, fresh=fresh.url), workers=2)
    scripts.eventually("the admin port is there", running.readiness)
    return running


def view(facade: Any, name: str) -> Any:
    found = call_object(f"http://127.0.0.1:{facade.admin}/api/status")
    return next(one for one in found["composed"] if one["name"] == name)


def test_one_part_slow_one_failing_one_refused(facade: Any, scripts: Any) -> None:
    assert facade.get("/few")[0] == 200, "the only one that the limit lets through"
    began = time.monotonic()
    status, headers, body = facade.get("/start", Cookie="session=s1")
    took = time.monotonic() - began
    said = json.loads(body)
    assert status == 200
    assert 0.9 <= took < 10.0, "the deadline, not the slow part, ends it"  # timers round down
    assert said["goods"] == {"asked": "/goods?page=1", "cookie": "session=s1"}
    assert (said["slow"], said["broken"], said["few"]) == (None, None, None)
    missing = {name: (one["reason"], one["status"]) for name, one in said["missing"].items()}
    assert missing == {"slow": ("late", 504), "broken": ("status", 500), "few": ("limited", 429)}
    assert said["missing"]["broken"]["detail"] == "It was answered 500 Internal Server Error."
    assert 0 < said["missing"]["few"]["retry_after"] <= 3600
    assert headers["Cache-Control"] == "no-store"

    status, headers, body = facade.get("/strict")
    said = json.loads(body)
    assert (status, said["part"]) == (502, "broken")
    assert said["detail"] == (
        "The part 'broken' is missing. It was answered 500 Internal Server Error."
    )
    assert headers["Content-Type"] == "application/problem+json"

    scripts.eventually("both are counted", lambda: [
        view(facade, name)["requests"] for name in ("start", "strict")] == [1, 1])  # fmt: skip
    start = view(facade, "start")
    assert (start["requests"], start["status"], start["partial"]) == (1, {"2xx": 1}, 1)
    outcomes = {part["name"]: (part["there"], part["missing"]) for part in start["parts"]}
    assert outcomes == {
        "goods": (1, {}), "slow": (0, {"late": 1}), "broken": (0, {"status": 1}),
        "few": (0, {"limited": 1}),
    }  # fmt: skip
    metrics = call(f"http://127.0.0.1:{facade.admin}/metrics").decode()
    assert 'facade_composed_parts_total{outcome="late",part="slow",route="start"} 1.0' in metrics
    assert 'facade_requests_total{route="start",side="composed",status="2xx"} 1.0' in metrics

    def compared() -> bool:
        # pairs are shed until the comparing process listens: one more each time
        assert facade.get("/start")[0] == 200
        status = call_object(f"http://127.0.0.1:{facade.admin}/api/status")
        goods = next(one for one in status["routes"] if one["name"] == "goods")
        return bool(goods["compare"]["matched"] >= 1)

    scripts.eventually("a part is compared as its route says", compared)
    command = ["explain", "GET", "/start", "--routes", str(facade.routes)]
    text = CliRunner().invoke(main, command, catch_exceptions=False).output
    assert "part few  GET /few, optional (few, stage legacy, legacy)" in text


def test_a_circle_is_refused_and_the_last_good_file_stays(facade: Any, scripts: Any) -> None:
    text = facade.routes.read_text()
    facade.save(text.replace("get: /slow", "get: /strict"))
    verdict = facade.folder / "runtime" / "reload.json"
    scripts.eventually("it is refused", lambda: not json.loads(verdict.read_text())["ok"])
    (said,) = json.loads(verdict.read_text())["errors"]
    assert "'strict' is composed itself, and no part may be" in said
    assert json.loads(facade.get("/start")[2])["missing"]["slow"]["reason"] == "late"
