"""The control process as it runs: frames in, evidence and numbers out."""

import json
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.integration

Wait = Callable[..., Any]
EQUAL = {"sku": "A", "price": "1.00", "stock": 5}


def test_it_is_ready_when_every_worker_has_a_table(control: Any, worker: Any, wait: Wait) -> None:
    assert control.status_of("/readyz") == 503
    worker().counters()
    wait("ready", lambda: control.status_of("/readyz") == 200)


def test_pairs_are_judged_and_counted(control: Any, legacy: Any, worker: Any, wait: Wait) -> None:
    legacy.answers["/api/products/A"] = EQUAL
    one = worker()
    for _ in range(30):
        one.pair(EQUAL, EQUAL | {"stock": 5})
    for _ in range(3):
        one.pair(EQUAL, EQUAL | {"price": "1.01"}, "/api/products/A")
    one.counters()
    route = wait(
        "all counted",
        lambda: (
            (now := control.route())["matched"] + now["mismatched"] == now["dispatched"] == 33
            and now
        ),
    )
    assert (route["matched"], route["mismatched"]) == (30, 3)
    (cluster,) = route["clusters"]
    assert (cluster["path"], cluster["relation"], cluster["count"]) == ("$.price", "rounding", 3)
    assert cluster["sample"]["control"]["value"] == "1.00"
    assert cluster["sample"]["candidate"]["value"] == "1.01"
    assert route["latency"]["control"]["p50"] > route["latency"]["candidate"]["p50"]
    assert route["upper_bound"] > 3 / 33


def test_a_moving_value_is_raced_and_a_wrong_one_is_not(
    control: Any, legacy: Any, worker: Any, wait: Wait
) -> None:
    legacy.answers["/api/products/A"] = EQUAL | {"stock": 4}  # sold meanwhile
    legacy.answers["/api/products/B"] = EQUAL
    one = worker()
    one.pair(EQUAL, EQUAL | {"stock": 4}, "/api/products/A")
    one.pair(EQUAL, EQUAL | {"stock": 4}, "/api/products/B")
    one.pair(EQUAL, EQUAL | {"stock": 4, "price": "9.00"}, "/api/products/A")
    route = wait(
        "all counted", lambda: (now := control.route())["raced"] + now["mismatched"] == 3 and now
    )
    assert (route["raced"], route["mismatched"]) == (1, 2)
    assert {cluster["path"]: cluster["count"] for cluster in route["clusters"]} == {
        "$.stock": 1,
        "$.price": 1,
    }
    asked = dict(legacy.asked)
    assert asked["/api/products/A"]["Host"] == "shop.example"


def test_evidence_and_counts_survive_kill(
    control: Any, legacy: Any, worker: Any, wait: Wait
) -> None:
    one = worker(pid=1)
    for _ in range(5):
        one.pair(EQUAL, EQUAL)
    one.counters()
    wait("counted", lambda: control.route()["matched"] == 5)
    database = control.runtime / "evidence.sqlite"

    def flushed() -> bool:
        with sqlite3.connect(database) as db:
            rows = db.execute("SELECT content FROM evidence").fetchall()
        return any(
            json.loads(content)["total"]["matched"] == 5
            and json.loads(content)["asked"]["dispatched"] == 5
            for (content,) in rows
        )

    wait("flushed", flushed)
    control.kill(signal.SIGKILL)
    control.start()
    assert control.route()["matched"] == 5
    again = worker(pid=1)  # the same worker: its counts go on from where they were
    again.shadow, again.requests = one.shadow, one.requests
    again.pair(EQUAL, EQUAL)
    again.counters()
    route = wait("goes on", lambda: (now := control.route())["dispatched"] == 6 and now)
    wait("counted", lambda: control.route()["matched"] == 6)
    assert route["completed"] == 6
    again.close()
    fresh = worker(pid=2)
    fresh.pair(EQUAL, EQUAL)
    fresh.counters()

    def living() -> tuple[int, list[int]]:
        status = control.get("/api/status")
        return status["totals"]["requests"]["legacy"], [one["pid"] for one in status["workers"]]

    wait("sums over the dead and the living", lambda: living() == (7, [2]))


def test_secrets_are_never_stored(control: Any, legacy: Any, worker: Any, wait: Wait) -> None:
    hidden = "hunter2-hunter2"
    legacy.answers["/api/products/A?token=" + hidden] = EQUAL
    one = worker()
    one.pair(
        EQUAL | {"password": hidden, "note": hidden, "user": {"session_id": hidden}},
        EQUAL | {"price": "2.00", "password": "x", "note": "y"},
        "/api/products/A?token=" + hidden,
        request_headers=f"Cookie: session={hidden}\r\nAuthorization: Bearer {hidden}\r\n",
    )
    one.counters()
    wait("counted", lambda: control.route()["mismatched"] == 1)
    control.kill(signal.SIGTERM)
    stored = b"".join(path.read_bytes() for path in control.runtime.glob("evidence.sqlite*"))
    assert b"$.price" in stored
    assert hidden.encode() not in stored


def test_reset_opens_a_new_window_and_keeps_the_old_one(
    control: Any, legacy: Any, worker: Any, wait: Wait
) -> None:
    one = worker()
    one.pair(EQUAL, EQUAL)
    wait("counted", lambda: control.route()["matched"] == 1)
    assert control.get("/api/compare/reset?route=product", "POST")["routes"] == ["product"]
    assert control.route()["matched"] == 0
    history = wait("in the history", lambda: control.route()["history"])
    assert history[0]["matched"] == 1
    assert control.status_of("/api/compare?route=nobody") == 404


def test_a_pair_that_cannot_be_compared_costs_only_itself(
    control: Any, legacy: Any, worker: Any, wait: Wait
) -> None:
    one = worker()
    one.send(1, {"route": "product"})  # no pair at all
    one.pair(EQUAL, EQUAL, method=None)
    one.pair(EQUAL, EQUAL)
    wait("the good one is counted", lambda: control.route()["matched"] >= 1)


def test_noise_is_learned_from_legacy(control: Any, legacy: Any, worker: Any, wait: Wait) -> None:
    numbers = iter(range(10**6))
    legacy.answers["/api/products/A"] = lambda: EQUAL | {"hit": next(numbers)}
    one = worker()

    def learned() -> Any:
        one.pair(EQUAL | {"hit": next(numbers)}, EQUAL | {"hit": next(numbers)})
        return control.route()["noise"]

    (place,) = wait("learned", learned, 60.0)
    assert (place["path"], place["kind"]) == ("$.hit", "value")
    assert place["confidence"] >= 0.1
    control.get("/api/compare/reset", "POST")
    one.pair(EQUAL | {"hit": next(numbers)}, EQUAL | {"hit": next(numbers)})
    wait("masked", lambda: control.route()["matched"] == 1)
    one.pair(EQUAL | {"hit": next(numbers)}, EQUAL | {"hit": None})
    route = wait("null still shows", lambda: (now := control.route())["mismatched"] and now)
    assert [cluster["path"] for cluster in route["clusters"]] == ["$.hit"]


def test_explain_metrics_and_the_page(control: Any, worker: Any, wait: Wait) -> None:
    one = worker()
    one.pair(EQUAL, EQUAL)
    one.counters()
    wait("counted", lambda: control.route()["matched"] == 1)
    explained = control.get("/api/explain?path=/api/products/A&cookie=session=u42")
    assert (explained["route"], explained["side"], explained["reason"]) == (
        "product",
        "legacy",
        "stage",
    )
    assert control.status_of("/api/explain?path=nonsense") == 400
    assert [route["name"] for route in control.get("/api/routes")] == ["product", "orders"]
    wanted = (
        'facade_requests_total{route="product",side="legacy",status="2xx"} 1.0',
        'facade_compare_pairs{outcome="matched",route="product"} 1.0',
        'facade_breaker_state_seconds{of="read",upstream="legacy"} 1.5',
    )
    for line in wanted:
        wait(line, lambda line=line: line in control.raw("/metrics")[1].decode())
    (breaker,) = control.get("/api/status")["upstreams"]["legacy"]["breaker"].values()
    assert (breaker["state"], breaker["for"], breaker["next_probe_in"]) == ("open", 1.5, 3.5)
    page = control.raw("/")[1].decode()
    for asset in ("/dashboard.css", "/dashboard.js"):
        assert asset in page
    scripts = ("/domains.js", "/evidence.js", "/making.js", "/moves.js", "/trouble.js")
    for asset in ("/dashboard.css", "/dashboard.js", *scripts):
        assert control.status_of(asset) == 200
    assert control.status_of("/other.js") in (404, 422)


def test_the_comparison_process_ends_with_its_parent(
    control: Any, legacy: Any, worker: Any, wait: Wait
) -> None:
    one = worker()
    one.pair(EQUAL, EQUAL)
    wait("counted", lambda: control.route()["matched"] == 1)
    children = _children(control.process.pid)
    assert children
    control.kill(signal.SIGKILL)
    wait("no orphan is left", lambda: not any(_alive(child) for child in children))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_reports_and_a_test_of_one_difference(
    control: Any, legacy: Any, worker: Any, wait: Wait
) -> None:
    legacy.answers["/api/products/A"] = EQUAL
    worker().pair(EQUAL, EQUAL | {"price": "1.01"})
    (cluster,) = wait("counted", lambda: control.route()["clusters"])
    page = control.raw("/api/compare/report?form=html")[1].decode()
    assert "1 of 1 pairs differ" in page and "$.price" in page
    assert b"<testsuites>" in control.raw("/api/compare/report?form=junit")[1]
    assert control.get("/api/compare/report?form=json")["routes"]
    written = control.raw(f"/api/compare/test?cluster={cluster['id']}")[1].decode()
    compile(written, "exported", "exec")
    assert "TARGET = '/api/products/A'" in written
    assert control.status_of("/api/compare/test?cluster=nobody") == 404
    asked = "/api/compare/forced?route=product&stage=canary&reason="
    assert control.raw(asked + "%20", "POST")[0] == 400
    control.get(asked + "known", "POST")
    assert control.route()["forced"][0]["reason"] == "known"
