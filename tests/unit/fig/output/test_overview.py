"""What `fig status` shows of a running stack."""

import pytest

from fig.output.overview import as_json, text
from fig.supervise import readiness
from fig.supervise.state import ProcessState, StackState


@pytest.fixture
def found():
    processes = (
        ProcessState("postgres", "service", "ready", 0, 0, 2, 0.0, 0.5, None, ""),
        ProcessState("databases", "oneshot", "done", 0, 0, 0, 0.0, 0.5, 0, ""),
    )
    return StackState(
        pid=42,
        pid_started=1,
        since=0.0,
        ready=True,
        order={},
        ports={"postgres": 8010, "facade": 8000},
        urls={"admin": "http://127.0.0.1:8001"},
        routes="/r.yaml",
        processes=processes,
    )


PROBING = {"state": "half-open", "for": 60.0, "next_probe_in": None, "why": "a probe failed"}
SAID = {
    "orders": {"breakers": {"write": PROBING}},
    "feed": {"alarms": {"slot": "the slot holds back 600 MiB"}},
}


def _route(name: str, new: str | None, **more):
    return {
        "name": name,
        "stage": "legacy",
        "percent": None,
        "new": new,
        "requests": {"legacy": 30, "new": 10},
        "rates": {"legacy": 3.0, "new": 1.0},
        "failures": {"new.timeout": 1},
        "fallback_share": None,
        "compare": {"completed": 7, "mismatched": 2},
    } | more


@pytest.fixture
def facade():
    routes = [
        _route("product-detail", "catalog", stage="canary", percent=25.0, fallback_share=0.025),
        _route("login", None),
        _route("logout", None),
    ]
    table = {"file": "/r.yaml", "version": "abc", "reload": {"ok": True}, "routes": routes}
    return table | {"unmatched": unmatched(12)}


def unmatched(shapes: int):
    sums = {"requests": 5, "status": {"2xx": 4, "5xx": 1}, "failures": {"legacy.connect": 2}}
    sums |= {"rate": 0.5, "latency": {"p50": 3.0, "p95": 9.0}}
    return sums | {"shapes": [sums | {"method": "GET", "shape": f"/{i}x"} for i in range(shapes)]}


def test_processes_with_port_and_restarts(found, facade):
    lines = text(found, facade, "", False).splitlines()
    assert lines[0].startswith("everything is up, for ")
    assert next(line for line in lines if line.startswith("postgres")).split()[:3] == [
        *("postgres", "ready", "8010"),
    ]
    assert next(line for line in lines if line.startswith("databases")).split() == [
        *("databases", "done", "–"),
    ]


def test_routes_with_stage_share_and_evidence_and_the_rest_in_one_row(found, facade):
    shown = text(found, facade, "", False)
    row = next(line for line in shown.splitlines() if line.startswith("product-detail"))
    assert row.split() == [
        *("product-detail", "canary", "25", "%", "25%", "of", "traffic"),
        *("40", "4.0", "1", "2.5", "7", "2"),
    ]
    assert "and 2 more" in shown
    assert "logout" not in shown
    assert "logout" in text(found, facade, "", True)


def test_paths_of_no_route_have_a_row_and_a_table(found, facade):
    lines = text(found, facade, "", False).splitlines()
    row = next(line for line in lines if line.startswith("(no route)"))
    assert row.split() == ["(no", "route)", "legacy", "5", "0.5", "2", "–", "–", "–"]
    shape = next(line for line in lines if line.startswith("GET /9x"))
    assert shape.split() == ["GET", "/9x", "5", "0.5", "3.0", "9.0", "1", "2"]
    assert lines[-1].startswith("and 2 more")
    facade["unmatched"] = unmatched(0)
    assert "path of no route" not in text(found, facade, "", False)


def test_breakers_of_the_facade_and_of_orders_are_shown(found, facade, monkeypatch):
    closed = {"state": "closed", "for": None, "next_probe_in": None, "why": ""}
    opened = {"state": "open", "for": 3.0, "next_probe_in": 1.5, "why": "20 of 20 calls failed"}
    facade["upstreams"] = {"legacy": {"breaker": {"read": closed}}}
    facade["upstreams"]["catalog"] = {"breaker": {"read": opened}}
    monkeypatch.setattr(readiness, "of", lambda _, who: SAID.get(who, {}))
    shown = text(found, facade, "", False)
    assert (
        "orders toward legacy: write half-open for 60 s,"
        " the next calls are probes: a probe failed\n"
        "facade toward catalog: read open for 3 s, next probe in 1.5 s: 20 of 20 calls failed\n"
    ) in shown


def test_alarms_of_the_feed_are_shown(found, facade, monkeypatch):
    monkeypatch.setattr(readiness, "of", lambda _, who: SAID.get(who, {}))
    assert "ALARM of the feed: the slot holds back 600 MiB" in text(found, facade, "", False)
    assert as_json(found, facade, "")["alarms"] == {"slot": "the slot holds back 600 MiB"}


def test_a_refused_edit_is_shown(found, facade):
    facade["reload"] = {"ok": False, "errors": ["routes.yaml:12:7: stage: unknown stage"]}
    shown = text(found, facade, "", False)
    assert "the last edit was refused:\nroutes.yaml:12:7: stage: unknown stage" in shown


def test_without_the_facade_the_processes_still_show(found):
    shown = text(found, None, "the admin API does not answer", False)
    assert "postgres" in shown
    assert shown.endswith("the admin API does not answer")


def test_a_sidecar_beside_the_monolith_is_shown_with_what_it_breaks(found, facade):
    sidecar = {
        "listen": "127.0.0.1:7001", "upstream": "http://127.0.0.1:5000", "recording": None,
        "faults": [{"name": "slow-detail", "hits": 12}],
    }  # fmt: skip
    shown = text(found, facade, "", False, sidecar)
    assert (
        "sidecar: on 127.0.0.1:7001 before http://127.0.0.1:5000, records nothing,"
        " FAULTS: slow-detail (12 times)"
    ) in shown
    assert "sidecar" not in text(found, facade, "", False)
