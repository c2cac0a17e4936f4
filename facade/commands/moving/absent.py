"""What stands against retiring routes: their stages and domains, and whatever needed legacy lately.

Pure. Times are seconds; a horizon is how long nothing may have needed legacy, watched whole.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from facade.routes.config.domainfile import Domain
from facade.routes.config.routefile import LEGACY, RouteConfig, RouteFile
from facade.routes.ownership import not_yet
from facade.routes.stages import Stage
from facade.routes.table import compile_table

_WORDS = {
    "route": "{name}: legacy answered",
    "unmatched": "{name}: no route names it, so legacy answers",
    "identity": "{name} was asked who a client is",
}

NO_SIDE = "give it one (new: SERVICE), or take it out of the file if no client asks for it any more"


class NoEvidence(ValueError):
    """What was given as evidence is none; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that legacy was needed for: for which client, how often, and how long ago."""

    kind: str  # route, unmatched or identity; in a file, any other word
    name: str
    quiet: float
    number: int
    caller: str

    @property
    def words(self) -> str:
        """In a line."""
        what = _WORDS.get(self.kind, f"{self.kind} {{name}}").format(name=self.name)
        caller = f", the last of them {self.caller}" if self.caller else ""
        often = "once" if self.number == 1 else f"{self.number:,} times"
        return f"{what}: {often}, {clock(self.quiet)} ago{caller}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one observer: what it saw in the time that it watched without a gap."""

    source: str
    watched: float
    gap: str  # why that time is not longer
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason, and what can be done about it."""

    kind: str  # stage, domain, identity, gap, or the kind of a need
    about: str
    words: str
    remedy: str


def of_facade(answer: Mapping[str, Any]) -> Evidence:
    """From `GET /api/absence`."""
    needs = tuple(
        Need(one["kind"], one["name"], one["quiet"], one["number"], one["caller"])
        for one in answer["needs"]
    )
    return Evidence("the facade", answer["watched"], answer["gap"], needs)


def of_file(text: str, now: float) -> Evidence:
    """From a file of another observer, with unix seconds in place of durations:

    `{"source": "cron", "since": 1.0, "gap": "", "needs": [{"kind", "name", "at", "number",
    "caller"}]}`. Raises NoEvidence.
    """
    try:
        found = json.loads(text)
        needs = tuple(
            Need(str(one["kind"]), str(one["name"]), now - float(one["at"]),
                 int(one.get("number", 1)), str(one.get("caller", "")))
            for one in found["needs"]
        )  # fmt: skip
        watched = now - float(found["since"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoEvidence(
            'expected {"source": NAME, "since": UNIX_SECONDS, "needs": [{"kind", "name", "at"}]},'
            f" but: {type(error).__name__} {error}"
        ) from None
    source = str(found.get("source", "a file"))
    return Evidence(source, watched, str(found.get("gap") or "its record begins then"), needs)


def chosen(file: RouteFile, target: str | None) -> tuple[RouteConfig, ...]:
    """The routes of this name or domain, all for None; empty: nothing is called so.

    A composed route has no stage: all are without it.
    """
    if target is None:
        return tuple(route for route in file.routes if not route.compose)
    named = tuple(route for route in file.routes if route.name == target)
    return named or tuple(route for route in file.routes if route.domain == target)


def against(
    file: RouteFile,
    routes: Sequence[RouteConfig],
    evidence: Sequence[Evidence],
    horizon: float,
    *,
    whole: bool,
) -> list[Objection]:
    """All that stands against retiring these routes; `whole` for a domain, or all there is.

    One route of its own is held against what concerns it; a domain and all there is against
    whatever else needed legacy, for it may have read or written the same data.
    """
    found = [*_of_file(file, routes)]
    names = {route.name for route in routes}
    asks = any(route.needs for route in routes)
    for one in evidence:
        if one.watched < horizon:
            found.append(_gap(one, horizon))
        for need in one.needs:
            mine = need.name in names if need.kind == "route" else whole
            if need.kind == "identity":
                mine = need.name == LEGACY and (whole or asks)
            if mine and need.quiet < horizon:
                found.append(Objection(need.kind, need.name, need.words, _remedy(need, horizon)))
    return found


def _of_file(file: RouteFile, routes: Sequence[RouteConfig]) -> Iterator[Objection]:
    for route in routes:
        name = route.name
        if route.stage is Stage.RETIRED:
            continue
        if route.compose:
            words = f"'{name}' is composed and has no stage"
            yield Objection("stage", name, words, "retire the routes of its parts")
        elif route.new is None:
            yield Objection("stage", name, f"'{name}' has no new side", NO_SIDE)
        elif route.stage is not Stage.NEW:
            words = f"'{name}' is at {route.stage}: legacy answers its clients, or some of them"
            yield Objection("stage", name, words, f"fig flip {name} new --walk")
        else:
            words = not_yet(replace(route, stage=Stage.RETIRED), file) or ""
            if words:
                yield Objection("domain", name, words, _to_close(file, route))
    asked = compile_table(file).asked
    asking = [route.name for route in routes if route.needs and route.stage is Stage.NEW]
    if asking and asked == LEGACY and file.facade.identity is not None:
        words = f"legacy is asked who a client is, and {', '.join(asking)} must know"
        remedy = f"lead the route of {file.facade.identity.ask} to new"
        yield Objection("identity", asked, words, remedy)


def _to_close(file: RouteFile, route: RouteConfig) -> str:
    domain = file.domains.get(route.domain or "", Domain(route.domain or ""))
    close = " --close" if domain.owner == "new" else ""
    return f"fig cutover {domain.name}{close}"


def _gap(one: Evidence, horizon: float) -> Objection:
    watched = f"{one.source} has watched for {clock(max(one.watched, 0.0))} without a gap"
    remedy = f"wait {clock(horizon - one.watched)}, or name a shorter --horizon"
    return Objection("gap", one.source, f"{watched} ({one.gap}), not for {clock(horizon)}", remedy)


def _remedy(need: Need, horizon: float) -> str:
    wait = f"then wait {clock(horizon)}"
    if need.kind == "route":
        return f"see why: fig status and fig explain; {wait}"
    if need.kind == "unmatched":
        return f"write a route for it, or lead its caller away; {wait}"
    if need.kind == "identity":
        return f"move who says it to the new side (facade.identity.ask); {wait}"
    return f"lead the caller away; {wait}"


def clock(seconds: float) -> str:
    """`45 s`, `2 min 10 s`, `3 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
