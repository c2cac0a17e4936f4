"""What must hold between the parts of a route file; each rule is a function, listed at the foot."""

from collections.abc import Callable
from datetime import date

from facade.routes.config.routefile import (
    LEGACY,
    SAFE_METHODS,
    Promote,
    RouteConfig,
    RouteFile,
    Tolerance,
)
from facade.routes.config.walkfile import STEP_NEW
from facade.routes.file.allowing import check_machines
from facade.routes.file.composing import check_composed
from facade.routes.file.ended import check_ended
from facade.routes.file.limiting import check_limits
from facade.routes.file.matching import Match, collides, parameters
from facade.routes.file.owners import check_domains, check_ways_past, check_windows
from facade.routes.file.places import Path, Reading, readable
from facade.routes.file.problems import unknown
from facade.routes.matching.conditions import tied
from facade.routes.matching.spelling import Spelling
from facade.routes.stages import Stage


def check(file: RouteFile, reading: Reading, today: date) -> None:
    """Report every broken rule to `reading`; a rule is skipped where its values were unreadable."""
    for rule in RULES:
        rule(file, reading)
    _expected_differences(file, reading, today)


def _upstreams(file: RouteFile, reading: Reading) -> None:
    for name, upstream in file.upstreams.items():
        path = ("upstreams", name)
        written = [key for key in ("url", "urls", "service") if (*path, key) in reading.marks]
        if reading.is_good(*path) and len(written) != 1:
            found = f"found {' and '.join(written)}" if written else "found none"
            reading.report(path, f"expected exactly one of url, urls, service ({found})")
        prefix = (*path, "prefix")
        said = [key for key in ("strip", "add") if (*prefix, key) in reading.marks]
        if prefix in reading.marks and reading.is_good(*prefix) and not said:
            reading.report(prefix, "expected strip, add or both")
        if len(set(upstream.urls)) != len(upstream.urls):
            reading.report((*path, "urls"), "an address is named twice")


def _names(file: RouteFile, reading: Reading) -> None:
    first: dict[str, int] = {}
    for index, route in enumerate(file.routes):
        if not reading.is_good("routes", index, "name"):
            continue
        if route.name in first:
            line = reading.place(("routes", first[route.name], "name"))[0]
            message = f"duplicate route '{route.name}' (first in line {line})"
            reading.report(("routes", index, "name"), message)
        first.setdefault(route.name, index)


def _collisions(file: RouteFile, reading: Reading) -> None:
    spelling = Spelling(not file.facade.match_case, file.facade.trailing_slash == "ignore")
    earlier: list[tuple[int, RouteConfig, Match]] = []
    for index, route in readable(file, reading, "match", "host", "when"):
        mine = Match(route.methods, spelling.of(route.template))
        for at, other, match in earlier:
            shared = collides(mine, match)
            if shared and (hosts := tied(route, other)):
                line = reading.place(("routes", at, "match"))[0]
                rest = f"'{other.name}' (line {line})"
                path = ("routes", index, "match")
                reading.report(path, _collision("|".join(shared), hosts, route, other, rest))
        earlier.append((index, route, mine))


def _collision(
    methods: str, hosts: list[str | None], route: RouteConfig, other: RouteConfig, rest: str
) -> str:
    if not (route.when or other.when or route.host or other.host):
        return f"duplicate match: {methods} on the same paths as {rest}"
    where = f" of {hosts[0]}" if hosts[0] is not None else ""
    return (
        f"ambiguous match: a request can meet this and {rest} with equal right, {methods} on the"
        f" same paths{where}; give one of them a further condition under 'when'"
    )


def _testers(file: RouteFile, reading: Reading) -> None:
    for index, route in readable(file, reading, "testers", "new"):
        if route.testers and route.new is None:
            message = "'new' is missing: testers are answered by the new side"
            reading.report(("routes", index, "testers"), message)


def _new_side(file: RouteFile, reading: Reading) -> None:
    for index, route in readable(file, reading, "new"):
        path = ("routes", index, "new")
        if route.new == LEGACY:
            reading.report(path, "the new side cannot be 'legacy'")
        elif route.new is not None and route.new not in file.upstreams:
            reading.report(path, unknown("upstream", route.new, file.upstreams))
        elif route.new is None and route.stage is not Stage.LEGACY:
            reading.report(path, f"'new' is missing: stage {route.stage} needs the other side")


def _percent(file: RouteFile, reading: Reading) -> None:
    for index, route in readable(file, reading, "percent", "stage"):
        path = ("routes", index, "percent")
        if route.stage is Stage.CANARY and route.percent is None:
            reading.report(path, "'percent' is missing: stage canary needs it")
        elif route.stage is not Stage.CANARY and route.percent is not None:
            message = f"only stage canary has a percent, not {route.stage}; remove it"
            reading.report(path, message)


def _samples(file: RouteFile, reading: Reading) -> None:
    for index, route in readable(file, reading, "compare", "stage"):
        path = ("routes", index, "compare")
        if not reading.is_good(*path, "sample"):
            continue
        if route.stage is Stage.SHADOW and route.compare is None:
            message = "'compare.sample' is missing: a mirror's share is never implied"
            reading.report(path, message + "; write compare: {sample: 10%}")
        elif route.stage is Stage.SHADOW and route.compare and route.compare.sample == 0:
            reading.report((*path, "sample"), "0% compares nothing", severity="warning")


def _rules_exist(file: RouteFile, reading: Reading) -> None:
    for index, route in enumerate(file.routes):
        rules = route.compare.rules if route.compare else None
        path = ("routes", index, "compare", "rules")
        if rules is not None and reading.is_good(*path) and rules not in file.compare_rules:
            reading.report(path, unknown("rules", rules, file.compare_rules))


def _keys(file: RouteFile, reading: Reading) -> None:
    for index, route in readable(file, reading, "key", "match"):
        for at, source in enumerate(route.key):
            if source.kind == "path" and source.name not in parameters(route.template):
                message = f"'{route.template}' has no parameter '{{{source.name}}}'"
                reading.report(("routes", index, "key", at), message)


def _guards(file: RouteFile, reading: Reading) -> None:
    for index, route in readable(file, reading, "guard", "compare"):
        if route.guard is None:
            continue
        path = ("routes", index, "guard")
        if route.guard.on_breach is Stage.SHADOW and route.compare is None:
            reading.report((*path, "on_breach"), "stage shadow needs 'compare.sample'")
        if route.guard.max_mismatch is not None and route.compare is None:
            reading.report((*path, "max_mismatch"), "no pairs without 'compare.sample'")


def _promotions(file: RouteFile, reading: Reading) -> None:
    places: list[tuple[Path, Promote]] = [(("facade", "promote"), file.facade.promote)]
    places += [
        (("routes", index, "promote"), route.promote) for index, route in enumerate(file.routes)
    ]
    for path, promote in places:
        for key, share in (("canary", promote.canary), ("new", promote.new)):
            if share == 0 and reading.is_good(*path, key):
                message = "no number of pairs shows that 0% are wrong; 100% asks for no evidence"
                reading.report((*path, key), message)


def _plans(file: RouteFile, reading: Reading) -> None:
    for index, route in readable(file, reading, "plan"):
        if route.plan is not None and route.plan not in file.plans:
            reading.report(("routes", index, "plan"), unknown("plan", route.plan, file.plans))
    used = {route.plan for route in file.routes}
    for name, plan in file.plans.items():
        path = ("plans", name)
        if name not in used:
            reading.report(path, "no route uses this plan", severity="warning")
        if reading.is_good(*path) and list(plan.steps) != sorted(set(plan.steps)):
            reading.report((*path, "steps"), "each step must be greater than the one before it")
        for at, step in enumerate(plan.approve):
            if reading.is_good(*path) and step != STEP_NEW and step not in plan.steps:
                reading.report((*path, "approve", at), "is none of the plan's steps, nor 'new'")


def _tolerances(file: RouteFile, reading: Reading) -> None:
    for name, rules in file.compare_rules.items():
        at: Path = ("compare_rules", name)
        for tolerance in rules.tolerate:
            _tolerance(tolerance, (*at, "tolerate", tolerance.path), reading)
        for index, expected in enumerate(rules.expect):
            if expected.within is not None:
                _tolerance(expected.within, (*at, "expect", index, "within"), reading)


def _tolerance(tolerance: Tolerance, path: Path, reading: Reading) -> None:
    given = [tolerance.decimal, tolerance.seconds, tolerance.strip, tolerance.shape or None]
    if reading.is_good(*path) and sum(value is not None for value in given) != 1:
        reading.report(path, "expected exactly one of decimal, seconds, strip")


def _unused(file: RouteFile, reading: Reading) -> None:
    used_upstreams = {LEGACY, *(route.new for route in file.routes)}
    used_domains = {route.domain for route in file.routes}
    used_rules = {route.compare.rules for route in file.routes if route.compare}
    for name in file.upstreams:
        if name not in used_upstreams:
            reading.report(("upstreams", name), "no route uses this upstream", severity="warning")
    for name in file.domains:
        if name not in used_domains:
            reading.report(("domains", name), "no route names this domain", severity="warning")
    for name in file.compare_rules:
        if name not in used_rules:
            reading.report(("compare_rules", name), "no route uses these rules", severity="warning")


def _identity(file: RouteFile, reading: Reading) -> None:
    options = file.facade.identity
    for index, route in enumerate(file.routes):
        path = ("routes", index, "needs")
        readable = all(reading.is_good(*path, at) for at in range(len(route.needs)))
        if route.needs and options is None and readable and reading.is_good("facade", "identity"):
            message = "'facade.identity' is missing: it says which side knows who is asking"
            reading.report(path, message)
    _cookie_rules(file, reading)
    names = [route.name for route in file.routes]
    for at, name in enumerate(options.forget_on if options else ()):
        at_name = ("facade", "identity", "forget_on", at)
        if reading.is_good(*at_name) and name not in names:
            reading.report(at_name, unknown("route", name, names))


def _attempts(file: RouteFile, reading: Reading) -> None:
    for index, route in readable(file, reading, "attempts", "match", "safe"):
        reads = SAFE_METHODS.issuperset(route.methods) if route.safe is None else route.safe
        if route.attempts is not None and reads:
            message = "no method of this route writes: a login is a POST; remove this key"
            reading.report(("routes", index, "attempts"), message)


def _cookie_rules(file: RouteFile, reading: Reading) -> None:
    for name, upstream in file.upstreams.items():
        path = ("upstreams", name, "session_cookie")
        if path not in reading.marks or not reading.is_good(*path):
            continue
        if name == LEGACY:
            reading.report(path, "legacy always sees its own cookie; remove this key")
        elif file.facade.identity is None and reading.is_good("facade", "identity"):
            message = f"'{upstream.session_cookie}' without 'facade.identity': then every side"
            reading.report(path, f"{message} sees every cookie; remove this key, or say identity")


def _expected_differences(file: RouteFile, reading: Reading, today: date) -> None:
    for name, rules in file.compare_rules.items():
        for index, expected in enumerate(rules.expect):
            if expected.until < today:
                path = ("compare_rules", name, "expect", index, "until")
                message = f"expired on {expected.until}: the difference counts as a mismatch again"
                reading.report(path, message, severity="warning")


RULES: tuple[Callable[[RouteFile, Reading], None], ...] = (
    _upstreams,
    _names,
    _collisions,
    _testers,
    _new_side,
    _percent,
    _samples,
    _rules_exist,
    _keys,
    _guards,
    _promotions,
    _plans,
    _tolerances,
    _identity,
    _attempts,
    check_limits,
    check_composed,
    check_machines,
    check_domains,
    check_windows,
    check_ways_past,
    check_ended,
    _unused,
)
