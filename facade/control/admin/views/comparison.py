"""`/api/compare`: the evidence of each route, with its bounds, causes and gaps."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from facade.compare.evidence import causes, classes
from facade.compare.evidence.bounds import anytime_upper_bound, upper_bound
from facade.compare.evidence.clusters import Cluster
from facade.compare.evidence.evidence import Evidence
from facade.compare.evidence.promotion import CANARY, limit_of, proof_of
from facade.compare.noise.noise import NoisyPlace, RouteNoise
from facade.compare.rules import compile_rules, is_overdue
from facade.control.admin.models.evidence import (
    CauseView,
    ClassView,
    ClusterView,
    ExpectedView,
    NoiseView,
    RouteComparison,
    VersionView,
    WindowView,
)
from facade.control.admin.views.status import POINTS, Sources, percent_of
from facade.control.admin.views.words import wording
from facade.control.evidence_store.ledger import EVIDENCE
from facade.routes.config.routefile import CompareRules, FacadeOptions, RouteConfig
from facade.routes.stages import Stage

METHODS_THAT_READ = ("GET", "HEAD")


def route_comparison(
    evidence: Evidence, config: RouteConfig | None, sources: Sources, history: Sequence[bytes]
) -> RouteComparison:
    """Everything about one route; `config` is None when the table no longer has it."""
    counts, asked, now = evidence.total, evidence.asked, time.time()
    compared, mismatched = counts.compared, counts.mismatched
    in_doubt = sources.in_doubt.get(evidence.route, 0)
    outcomes = {**asdict(counts), "failed": counts.failures, "declined": counts.declined}
    seen = {**outcomes, "compared": compared, "in_doubt": in_doubt}
    proof = proof_of(seen, _target(config, sources.tables.options()))
    missing = proof.missing
    pace = evidence.pace.per_second(now)
    rules = sources.tables.rules_of(config) if config else None
    noise = sources.noise.routes.get(evidence.route, RouteNoise())
    found = RouteComparison(
        route=evidence.route,
        match=config.match if config else None,
        stage=config.stage.value if config else None,
        percent=percent_of(config) if config else None,
        since=evidence.since,
        last=evidence.last or None,
        dispatched=asked.dispatched,
        completed=asked.completed,
        compared=compared,
        in_doubt=in_doubt,
        shed=asked.shed,
        mismatch_rate=mismatched / compared if compared else None,
        upper_bound=upper_bound(mismatched, compared),
        anytime_upper_bound=anytime_upper_bound(mismatched, compared),
        target=proof.limit,
        proven=proof.bound,
        pairs_to_target=missing,
        seconds_to_target=None if missing is None or not pace else round(missing / pace, 1),
        pairs_per_second=round(pace, 3),
        latency=evidence.latency.summary(),
        causes=[_cause(members) for members in causes.group(evidence.clusters, compared)],
        clusters=[ClusterView(**asdict(one)) for one in _frequent_first(evidence)],
        classes=_classes(evidence),
        never_seen=_never_seen(evidence, config),
        versions=_versions(evidence),
        expected=_expected(evidence, rules),
        noise=[_noise(noise, place) for place in noise.noisy(now)],
        noise_asked=noise.asked,
        rule_errors=list(compile_rules(rules).broken),
        forced=list(evidence.forced),
        parked=list(evidence.parked),
        parked_count=evidence.parked_count,
        history=[window_view(content) for content in history],
        **outcomes,
    )
    found.told = wording(found)
    return found


def window_view(content: bytes) -> WindowView:
    """A closed window, as it was written."""
    evidence = EVIDENCE.validate_json(content)
    counts = evidence.total
    return WindowView(
        since=evidence.since,
        until=max(evidence.last, evidence.since),
        compared=counts.compared,
        matched=counts.matched,
        mismatched=counts.mismatched,
        raced=counts.raced,
        upper_bound=upper_bound(counts.mismatched, counts.compared),
    )


def _target(config: RouteConfig | None, options: FacadeOptions) -> float:
    """What the route's next promotion asks for."""
    if config is None:
        return CANARY
    beyond = config.stage in (Stage.CANARY, Stage.NEW, Stage.RETIRED)
    return limit_of(config, options, Stage.NEW if beyond else Stage.CANARY)


def _frequent_first(evidence: Evidence) -> list[Cluster]:
    clusters = evidence.clusters.by_id.values()
    return sorted(clusters, key=lambda cluster: (-cluster.count, cluster.first))


def _cause(members: list[Cluster]) -> CauseView:
    first = members[0]
    more = f" and {len(members) - 1} more places" if len(members) > 1 else ""
    return CauseView(
        id=first.id,
        title=f"{first.path}: {first.relation or first.kind.value}{more}",
        pairs=causes.pairs_of(members),
        first=min(cluster.first for cluster in members),
        last=max(cluster.last for cluster in members),
        clusters=[cluster.id for cluster in members],
    )


def _noise(noise: RouteNoise, place: NoisyPlace) -> NoiseView:
    return NoiseView(
        path=place.path,
        kind=place.kind,
        confidence=round(noise.confidence(place), 4),
        differed=place.differed,
        asked=noise.asked,
        shapes=place.shapes,
        spread=place.spread,
        last=place.last,
    )


def _classes(evidence: Evidence) -> list[ClassView]:
    named = [ClassView(name=name, counts=one.counts) for name, one in evidence.classes.items()]
    return sorted(named, key=lambda one: -(one.counts.matched + one.counts.mismatched))


def _never_seen(evidence: Evidence, config: RouteConfig | None) -> list[str]:
    methods = set(config.methods if config else METHODS_THAT_READ)
    copied = methods if config and config.safe else methods & set(METHODS_THAT_READ)
    wanted = METHODS_THAT_READ if "*" in methods else sorted(copied)
    return classes.never_seen(evidence.seen(), wanted)


def _versions(evidence: Evidence) -> list[VersionView]:
    return [
        VersionView(
            version=version,
            stage=one.stage,
            percent=None if one.percent is None else one.percent / POINTS,
            since=one.since,
            counts=one.counts,
        )
        for version, one in evidence.versions.items()
    ]


def _expected(evidence: Evidence, rules: CompareRules | None) -> list[ExpectedView]:
    today = date.today()  # noqa: DTZ011 - end dates are days on the wall
    return [
        ExpectedView(
            path=known.path,
            why=known.why,
            owner=known.owner,
            until=known.until.isoformat(),
            seen=evidence.expected_seen.get(known.path, 0),
            overdue=is_overdue(known, today),
        )
        for known in (rules.expect if rules else ())
    ]
