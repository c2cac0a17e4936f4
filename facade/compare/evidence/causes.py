"""Clusters that have one cause: places that go wrong in the same pairs, in the same way."""

from collections.abc import Iterable
from itertools import combinations

from facade.compare.differences import Kind
from facade.compare.evidence.clusters import Cluster, Clusters

_NEARLY_ALWAYS = 0.9
_OFTEN = 0.5  # share of all pairs above which meeting in one pair says nothing
_LEAST_MEETINGS = 3
# At one place a wrong number shows itself in any of these ways.
_WRONG_NUMBER = frozenset({"rounding", "off by one", "another number", "sign"})


def group(clusters: Clusters, compared: int) -> list[list[Cluster]]:
    """The causes, the most frequent first; in each the most frequent cluster first.

    `compared` is the number of pairs all clusters were found in. Two faults that are both in
    nearly every pair cannot be separated by meeting: they stay apart unless they look alike.
    """
    parent = {name: name for name in clusters.by_id}
    for one, other in combinations(clusters.by_id.values(), 2):
        if _have_one_cause(one, other, clusters, compared):
            parent[_top(parent, one.id)] = _top(parent, other.id)
    groups: dict[str, list[Cluster]] = {}
    for cluster in clusters.by_id.values():
        groups.setdefault(_top(parent, cluster.id), []).append(cluster)
    for members in groups.values():
        members.sort(key=_telling)
    return sorted(groups.values(), key=lambda members: (-pairs_of(members), members[0].first))


def pairs_of(members: Iterable[Cluster]) -> int:
    """At least this many pairs show the cause."""
    return max(cluster.count for cluster in members)


def _top(parent: dict[str, str], name: str) -> str:
    while parent[name] != name:
        parent[name] = parent[parent[name]]
        name = parent[name]
    return name


def _telling(cluster: Cluster) -> tuple[int, int, str]:
    return -cluster.count, len(cluster.path), cluster.path


def _have_one_cause(one: Cluster, other: Cluster, clusters: Clusters, compared: int) -> bool:
    if one.path == other.path and {one.relation, other.relation} <= _WRONG_NUMBER:
        return True
    met = clusters.met(one.id, other.id)
    rare, frequent = sorted((one.count, other.count))
    if met < _NEARLY_ALWAYS * rare:
        return False
    if _look_alike(one, other) or _is_exchanged(one, other, met >= _NEARLY_ALWAYS * frequent):
        return True
    return met >= _LEAST_MEETINGS and frequent <= _OFTEN * compared


def _look_alike(one: Cluster, other: Cluster) -> bool:
    """The same member, wrong in the same way, at two places; or one member under another name."""
    if {one.kind, other.kind} == {Kind.MISSING, Kind.EXTRA}:
        return _is_renamed(*((one, other) if one.kind is Kind.MISSING else (other, one)))
    leaves = (cluster.path.rpartition(".")[2] for cluster in (one, other))
    return one.kind == other.kind and one.relation == other.relation and len(set(leaves)) == 1


def _is_exchanged(one: Cluster, other: Cluster, always: bool) -> bool:
    """Whether at one place elements are lost and others come, never the one without the other."""
    return (
        always and one.path == other.path and {one.kind, other.kind} == {Kind.MISSING, Kind.EXTRA}
    )


def _is_renamed(missing: Cluster, extra: Cluster) -> bool:
    """Whether what is lost under one name comes under another one beside it."""
    if missing.latest is None or extra.latest is None or missing.path == extra.path:
        return False
    parents = (cluster.path.rpartition(".")[0] for cluster in (missing, extra))
    same_pair = missing.latest.request_id == extra.latest.request_id
    value = missing.latest.control["value"]
    return same_pair and len(set(parents)) == 1 and bool(value == extra.latest.candidate["value"])
