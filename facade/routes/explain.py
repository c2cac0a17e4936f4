"""Say where a request would go and why, by the same functions that decide it in the data plane."""

from dataclasses import asdict, dataclass, replace
from typing import Final

from facade.routes.composing import Part
from facade.routes.decision import Key, bucket_of, decide, identify
from facade.routes.file.kinds.quantities import written_share
from facade.routes.keys import Headers
from facade.routes.limits.explained import LimitStand, Standing, stand
from facade.routes.limits.limit import API_KEY as BY_KEY
from facade.routes.limits.limit import MACHINE, PERSON, Arrival, Found, Limit, Named
from facade.routes.machines.allow import API_KEY, AWAY, Checked, Machine, Unproven
from facade.routes.machines.explained import AllowStand, Proof, stand_of
from facade.routes.matching.conditions import Asked, host_of
from facade.routes.matching.paths import TargetRefused
from facade.routes.ownership import held
from facade.routes.route import (
    COMPOSED,
    NO_KEY,
    PERCENT,
    TESTER,
    UNAVAILABLE,
    UNMATCHED,
    Decision,
    Route,
)
from facade.routes.sessions import names_of
from facade.routes.stages import Stage
from facade.routes.table import UNMATCHED_NAME, RouteTable

# Stands for the chance of a request without a key: the middle bucket.
_MIDDLE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """A request as far as a decision looks at it; header names in any case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    client: str = "127.0.0.1"
    user: str | None = None  # the value of the session cookie
    new_available: bool = True
    host: str = ""
    person: str = ""  # the owner of the session, for limits


@dataclass(frozen=True, slots=True)
class PartStand:
    """A part of a composed route, and where its own route sends it; `stage` as of that route."""

    name: str
    target: str
    optional: bool
    route: str | None
    stage: str
    side: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where the request goes and why; `bucket` is None where the request has no key."""

    method: str
    path: str
    route: str | None
    match: str | None
    stage: str
    percent: str | None
    side: str
    upstream: str
    bucket: int | None
    reason: str
    sentence: str
    sticky: bool
    key: str | None
    key_source: str | None
    keys_tried: tuple[str, ...]
    seed: str
    compared: str
    pinned: str | None  # why legacy is never asked; None: it may be
    identity_from: (
        str | None
    )  # the upstream that names the customer; None: the route does not need it
    allow: AllowStand | None  # None: the route asks for no credential
    limits: tuple[LimitStand, ...]
    parts: tuple[PartStand, ...]  # where the route is composed
    version: str

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return asdict(self)


def nothing_known(_limit: Limit, key: Found) -> tuple[str, Arrival | None]:
    """The Standing where no worker counts."""
    return " ".join(key), None


def nothing_proven(_headers: Headers) -> Checked:
    """The Proof where no machine is known."""
    return Unproven(AWAY)


def explain(
    table: RouteTable,
    question: Question,
    standing: Standing = nothing_known,
    proof: Proof = nothing_proven,
) -> Explanation:
    """Decide as a worker with this table would; raises TargetRefused for a target it refuses.

    `standing` says what the keys of limits have left, `proof` which machine a request's headers
    prove to be.
    """
    method = question.method.upper()
    target, headers = question.target.encode("utf-8"), _headers(table, question)
    located = table.locate(method, target)
    others: tuple[str, ...] = ()
    if located.cases is not None:
        others = tuple(dict.fromkeys(one.name for one in located.routes))
        located = located.of(Asked(host_of(_host(question)), headers, target))
    route, path = located.route, located.path
    key = identify(route.keys, headers, path, question.client)
    decision = decide(route, key, new_available=question.new_available, draw=_MIDDLE)
    matched = decision.reason != UNMATCHED
    missed = located.missed
    guarded = missed if not matched and missed is not None and missed.guarded else route
    checked = proof(headers) if guarded.checks else Unproven(AWAY)
    asked = headers, path, question.client, _named(question, checked)
    composed = bool(route.parts)
    return Explanation(
        method=method,
        path=path,
        route=route.name if matched else None,
        match=route.match if matched else None,
        stage=COMPOSED if composed else route.stage.value,
        percent=None if route.percent is None else written_share(route.percent),
        side=COMPOSED if composed else decision.side,
        upstream="" if composed else decision.upstream,
        bucket=bucket_of(route.seed, key.value) if key and matched and not composed else None,
        reason=decision.reason,
        sentence=_sentence(route, located.missed, key, decision) + _conditions(route, others),
        sticky=decision.sticky,
        key=key.value if key and not composed else None,
        key_source=key.source if key and not composed else None,
        keys_tried=() if composed else tuple(source for source, _ in route.keys),
        seed=route.seed if matched and not composed else "",
        compared=written_share(route.sample),
        pinned=_pinned(table, route),
        identity_from=table.asked if route.needs else None,
        allow=_allow(table, guarded, checked),
        limits=tuple(
            stand(limit, table.file.limits[limit.name], asked, standing) for limit in route.limits
        ),
        parts=tuple(_part(table, question, part, path) for part in route.parts),
        version=table.version,
    )


def _part(table: RouteTable, question: Question, part: Part, path: str) -> PartStand:
    target = part.target(path).decode("ascii")
    try:
        found = explain(table, replace(question, method="GET", target=target))
    except TargetRefused as error:
        said = f"refused with 400: {error}"
        return PartStand(part.name, target, part.optional, None, "", "refused", said)
    return PartStand(
        part.name, target, part.optional, found.route, found.stage, found.side, found.sentence
    )


def _named(question: Question, checked: Checked) -> Named:
    """The person or machine that limits count by."""
    named = {PERSON: question.person}
    if isinstance(checked, Machine):
        named[MACHINE] = checked.full_name
        if checked.kind == API_KEY:
            named[BY_KEY] = checked.name
    return named


def _allow(table: RouteTable, route: Route, checked: Checked) -> AllowStand | None:
    """Whether the route lets the machine in; None: it does not check machines."""
    config = next((one for one in table.routes if one.name == route.name), None)
    if config is None or config.allow is None or route.allow is None:
        return None
    return stand_of(config.allow, route.allow, checked)


def _pinned(table: RouteTable, route: Route) -> str | None:
    """Why requests of this route and kind of method are never sent to legacy."""
    config = next((one for one in table.routes if one.name == route.name), None)
    return held(config, table.file, writes=not route.safe) if config else None


def _host(question: Question) -> bytes:
    named = (value for name, value in question.headers if name.lower() == "host")
    return (question.host or next(named, "")).encode("utf-8")


def _conditions(route: Route, others: tuple[str, ...]) -> str:
    """The routes of this method and path that host or conditions decide between."""
    rest = [name for name in others if name not in (route.name, UNMATCHED_NAME)]
    if not rest:
        return ""
    return f"; by host or conditions it is not of {', '.join(map(repr, rest))}"


def _headers(table: RouteTable, question: Question) -> list[tuple[bytes, bytes]]:
    cookies = list(question.cookies)
    if question.user is not None:
        cookies.insert(0, (names_of(table.options)[0].replace("*", ""), question.user))
    headers = [(name.lower().encode(), value.encode()) for name, value in question.headers]
    if cookies:
        line = "; ".join(f"{name}={value}" for name, value in cookies)
        headers.insert(0, (b"cookie", line.encode()))
    return headers


def _sentence(route: Route, near: Route | None, key: Key | None, decision: Decision) -> str:
    reason = decision.reason
    if reason == UNMATCHED:
        missed = "" if near is None else f"; it misses '{near.name}' by its spelling alone"
        then = "there is no legacy: 404" if route.nowhere else "unknown paths go to legacy"
        return f"no route names this path, and {then}{missed}"
    if reason == COMPOSED:
        return "the route is composed: each part is asked by its own route, all of them at once"
    if reason == TESTER:
        return "the request is one of the route's testers: the new side answers"
    if reason == UNAVAILABLE:
        return f"the new side '{route.new}' cannot be asked now, and legacy may answer instead"
    if reason == NO_KEY:
        tried = ", ".join(source for source, _ in route.keys)
        return f"the request has none of its keys ({tried}): decided at random each time"
    share = written_share(route.percent or 0)
    if reason == PERCENT and route.settled is not None:
        who = "every client" if decision.side == "new" else "no client"
        return f"the route is in canary at {share}: {who} goes to the new side"
    if reason == PERCENT and key:
        bucket = bucket_of(route.seed, key.value)
        sign = "below" if bucket < route.threshold else "not below"
        return f"bucket {bucket} is {sign} {route.threshold} ({share} of 10000)"
    return _STAGE_SENTENCES[route.stage]


_STAGE_SENTENCES: Final = {
    Stage.LEGACY: "the route is in stage legacy: legacy answers all of it",
    Stage.SHADOW: "the route is in stage shadow: legacy answers, the new side is asked too",
    Stage.CANARY: "the route is in stage canary",
    Stage.NEW: "the route is in stage new: the new side answers all of it",
    Stage.RETIRED: "the route is retired: the new side answers, without fallback",
}
