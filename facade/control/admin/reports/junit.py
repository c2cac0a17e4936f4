"""The evidence as JUnit XML: a test case per route, a failure per cause."""

from facade.compare.junit import Case, Suite, document
from facade.control.admin.models.evidence import ClusterView, Comparison, RouteComparison


def junit(found: Comparison) -> str:
    """The document. A route that compared nothing is skipped; a rule that cannot be read fails."""
    return document(
        Suite("comparison of both sides", "compare", [_case(one) for one in found.routes])
    )


def _case(one: RouteComparison) -> Case:
    overdue = [known for known in one.expected if known.overdue]
    reasons = [f"{one.mismatched:,} of {one.compared:,} pairs differ"] if one.mismatched else []
    reasons += [f"{known.path} was expected until {known.until}" for known in overdue]
    reasons += one.rule_errors
    clusters = {cluster.id: cluster for cluster in one.clusters}
    causes = [_cause(cause.title, cause.pairs, clusters.get(cause.id)) for cause in one.causes]
    return Case(
        one.route,
        failure="; ".join(reasons) or None,
        causes="\n".join(causes),
        skipped="" if one.compared else "nothing was compared",
        said=_numbers(one),
    )


def _cause(title: str, pairs: int, cluster: ClusterView | None) -> str:
    sample = (cluster.smallest or cluster.sample) if cluster else None
    if cluster is None or sample is None:
        return f"{title}, {pairs:,} pairs"
    return (
        f"[{cluster.id}] {title}, {pairs:,} pairs: {sample.method} {sample.target}\n"
        f"    legacy {sample.control.get('status')}: {sample.control.get('value')!r}\n"
        f"    new    {sample.candidate.get('status')}: {sample.candidate.get('value')!r}"
    )


def _numbers(one: RouteComparison) -> str:
    bound = f"differ at most {one.told.bound} (95 %)" if one.compared else "no bound"
    unseen = f"; never seen: {', '.join(one.never_seen)}" if one.never_seen else ""
    return (
        f"{one.matched:,} matched, {one.mismatched:,} differ, {one.raced:,} raced; {bound}{unseen}"
    )
