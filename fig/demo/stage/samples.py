"""The admin API's answers and the shoppers' lines as `record` values; pure, and forgiving.

A field that is missing counts as nothing: an older facade must not end the demo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from fig.demo.judge.record import Difference, Evidence
from fig.demo.judge.sample import SIDES, Failure, Latency, Load, Orders, Pairs, RouteSample, Sample

Json = Mapping[str, Any]
NOBODY = Load()


def sample_of(status: Json, load: Load = NOBODY) -> Sample:
    """`GET /api/status` at this moment, with what the shoppers last said."""
    routes = [route_of(entry) for entry in status.get("routes", [])]
    return Sample(
        at=0.0,
        version=str(status.get("version", "")),
        workers=tuple(str(worker.get("version")) for worker in status.get("workers", [])),
        routes={route.name: route for route in routes},
        load=load,
        server_errors=server_errors(status),
        held_back=held_back(status),
    )


def route_of(entry: Json) -> RouteSample:
    latency = entry.get("latency") or {}
    requests = entry.get("requests") or {}
    return RouteSample(
        name=str(entry["name"]),
        stage=str(entry["stage"]),
        percent=whole(entry.get("percent")),
        requests={side: int(requests.get(side) or 0) for side in SIDES},
        latency={side: latency_of(latency.get(side) or {}) for side in SIDES},
        pairs=pairs_of(entry.get("compare") or {}),
        fallbacks=int(entry.get("fallbacks") or 0),
        errors=sum(int(by.get("5xx") or 0) for by in (entry.get("status") or {}).values()),
        match=str(entry.get("match", "")),
    )


def whole(percent: Any) -> int | None:
    """Percent as a person writes it."""
    return None if percent is None else round(float(percent))


def latency_of(entry: Json) -> Latency:
    """Nothing was measured when nothing was counted."""
    if not entry.get("count", 1):
        return Latency()
    return Latency(entry.get("p50"), entry.get("p95"))


def pairs_of(entry: Json) -> Pairs:
    """The evidence of a route. Pairs still waiting for their verdict do not count yet."""
    shed = entry.get("shed") or 0
    return Pairs(
        completed=int(entry.get("compared") or 0),
        matched=int(entry.get("matched") or 0),
        mismatched=int(entry.get("mismatched") or 0),
        raced=int(entry.get("raced") or 0),
        failed=int(entry.get("failed") or 0),
        shed=sum(shed.values()) if isinstance(shed, Mapping) else int(shed),
    )


def server_errors(status: Json) -> int:
    """Answers with a status of 500 and above that clients got, since the facade started."""
    return int((status.get("totals") or {}).get("server_errors") or 0)


def held_back(status: Json) -> tuple[str, ...]:
    """Kinds of requests whose breaker toward legacy is not closed, with its state."""
    legacy = (status.get("upstreams") or {}).get("legacy") or {}
    breakers: Json = legacy.get("breaker") or {}
    states = {kind: facts["state"] for kind, facts in breakers.items()}
    return tuple(f"{kind} {state}" for kind, state in states.items() if state != "closed")


def load_of(line: Json) -> Load:
    names = line.get("names") or {}
    p50, p95 = (typical(names.values(), key) for key in ("p50", "p95"))
    return Load(
        users=int(line["users"]),
        rps=float(line["rps"]),
        requests=int(line["requests"]),
        failures=int(line["failures"]),
        latency=Latency(p50, p95),
        reasons=tuple(
            Failure(str(each["name"]), str(each["reason"]), int(each["count"]))
            for each in line.get("reasons") or []
        ),
        excused={str(name): int(count) for name, count in (line.get("excused") or {}).items()},
        orders=orders_of(line.get("orders") or {}),
        time=float(line.get("time") or 0.0),
    )


def orders_of(entry: Json) -> Orders:
    """What shoppers were answered about their orders."""
    names = [one.name for one in fields(Orders) if one.name != "oldest"]
    counts = {name: int(entry.get(name) or 0) for name in names}
    return Orders(oldest=entry.get("oldest"), **counts)


def typical(entries: Iterable[Json], key: str) -> float | None:
    """The middle of what the names say, weighted by how often each was asked."""
    known = [(float(entry[key]), float(entry["rps"])) for entry in entries if entry.get(key)]
    weight = sum(rps for _, rps in known)
    return sum(value * rps for value, rps in known) / weight if weight else None


def differences_of(compare: Json, route: str) -> tuple[Difference, ...]:
    """The clusters of one route in `GET /api/compare`, the most frequent first."""
    entry = _entry(compare, route) or {}
    clusters = sorted(entry.get("clusters") or [], key=lambda each: -int(each.get("count") or 0))
    return tuple(difference_of(cluster, route) for cluster in clusters)


def evidence_of(compare: Json, route: str) -> Evidence | None:
    """The bound, the causes and the gaps of one route in `GET /api/compare`."""
    entry = _entry(compare, route)
    if entry is None:
        return None
    return Evidence(
        route=route,
        compared=int(entry.get("compared") or 0),
        bound=str((entry.get("told") or {}).get("bound", "–")),
        causes=tuple(str(each.get("title", "")) for each in entry.get("causes") or []),
        unseen=tuple(str(each) for each in entry.get("never_seen") or []),
    )


def _entry(compare: Json, route: str) -> Json | None:
    entries: list[Json] = compare.get("routes") or []
    return next((each for each in entries if each.get("route") == route), None)


def difference_of(cluster: Json, route: str) -> Difference:
    sample = cluster.get("sample") or {}
    control, candidate = (sample.get(side) or {} for side in ("control", "candidate"))
    return Difference(
        route=route,
        path=str(cluster.get("path", "")),
        kind=str(cluster.get("kind", "")),
        count=int(cluster.get("count") or 0),
        target=f"{sample.get('method', 'GET')} {sample.get('target', '')}",
        legacy=str(control.get("value", "")),
        new=str(candidate.get("value", "")),
        relation=str(cluster.get("relation") or ""),
    )
