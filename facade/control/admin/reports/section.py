"""One route's part of the page: how sure, what differs, what was asked and what never was."""

from datetime import UTC, datetime
from html import escape

from facade.compare.evidence.clusters import Sample
from facade.control.admin.models.evidence import ClusterView, RouteComparison
from facade.control.admin.reports.beside import beside
from facade.control.admin.reports.figures import facts, scale

_MOST_CLASSES = 40


def section(one: RouteComparison) -> str:
    """The whole part."""
    wording = one.told
    parts = [
        f"<section id='{escape(one.route)}'><div class=head><h2>{escape(one.route)}</h2>"
        f"<span class=stage>{escape(wording.stage)}</span>"
        f"<code>{escape(one.match or 'not in the table any more')}</code>"
        f"<strong class='{wording.mood}'>{escape(wording.outlook)}</strong></div>",
        scale(one),
        facts(one),
    ]
    clusters = {cluster.id: cluster for cluster in one.clusters}
    for number, cause in enumerate(one.causes, 1):
        inside = [_cluster(clusters[name]) for name in cause.clusters if name in clusters]
        parts.append(
            f"<div class=cause><h3>Cause {number}: {escape(cause.title)}, {cause.pairs:,} pairs"
            f"</h3>{''.join(inside)}</div>"
        )
    return "\n".join([*parts, *_kinds(one), *_expected(one), *_noise(one), *_objections(one),
                      f"<p class=small>Evidence since {at(one.since)}.</p></section>"])  # fmt: skip


def _cluster(cluster: ClusterView) -> str:
    late = " <strong>was expected, its day is past</strong>" if cluster.overdue else ""
    what = f"{escape(cluster.relation or cluster.kind)}, {cluster.count:,} times{late}"
    head = (
        f"<h4><code>{escape(cluster.path)}</code> {what}</h4>"
        f"<p class=small>{at(cluster.first)} to {at(cluster.last)}; a test of it:"
        f" <code>fig compare --export-test {cluster.id}</code></p>"
    )
    sample = cluster.smallest or cluster.sample
    return head + (_sample(sample) if sample else "")


def _sample(sample: Sample) -> str:
    left, right = beside(sample.control.get("value"), sample.candidate.get("value"))
    others = "".join(f"<li>{escape(other)}</li>" for other in sample.others)
    more = f"<details><summary>also in this pair</summary><ul>{others}</ul></details>"
    return (
        f"<p><code>{escape(sample.method)} {escape(sample.target)}</code>"
        f" at <code>{escape(sample.spot)}</code></p><table class=beside><tr>"
        f"<th>legacy, {sample.control.get('status')}</th>"
        f"<th>new, {sample.candidate.get('status')}</th></tr>"
        f"<tr><td><pre>{left}</pre></td><td><pre>{right}</pre></td></tr></table>"
        + (more if sample.others else "")
    )


def _kinds(one: RouteComparison) -> list[str]:
    parts = []
    if one.classes:
        rows = [[escape(kind.name), f"{kind.counts.matched:,}", f"{kind.counts.mismatched:,}"]
                for kind in one.classes[:_MOST_CLASSES]]  # fmt: skip
        parts += ["<h3>Kinds of input</h3>", table(("kind", "matched", "differ"), rows, 1)]
    if one.never_seen:
        chips = "".join(f"<li>{escape(name)}</li>" for name in one.never_seen)
        parts.append(f"<h3>Never seen: no number of pairs says anything about these</h3>"
                     f"<ul class=chips>{chips}</ul>")  # fmt: skip
    return parts


def _expected(one: RouteComparison) -> list[str]:
    if not one.expected:
        return []
    rows = [[f"<code>{escape(known.path)}</code>", escape(known.why), escape(known.owner),
             known.until + (" (past)" if known.overdue else ""),
             f"{known.seen:,}" if known.seen else "never"]
            for known in one.expected]  # fmt: skip
    head = ("path", "why", "owner", "until", "seen")
    return ["<h3>Expected differences</h3>", table(head, rows)]


def _noise(one: RouteComparison) -> list[str]:
    if not one.noise:
        return []
    rows = [[f"<code>{escape(place.path)}</code>", f"{place.confidence:.0%}",
             escape(", ".join(place.shapes))] for place in one.noise]  # fmt: skip
    head = ("path", "legacy differs from itself", "shapes")
    return ["<h3>Noise: compared by shape</h3>", table(head, rows)]


def _objections(one: RouteComparison) -> list[str]:
    return [
        f"<p class=bad>{escape(note.about)}: {escape(note.words)}</p>"
        for note in one.told.objections
    ]


def table(head: tuple[str, ...], rows: list[list[str]], numbers: int = 99) -> str:
    """A table; the cells are HTML already. From column `numbers` on they are numbers."""
    kinds = ["" if column < numbers else " class=n" for column in range(len(head))]
    names = "".join(f"<th{kind}>{name}</th>" for kind, name in zip(kinds, head, strict=True))
    lines = (
        "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True))
        for row in rows
    )
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<div class=wide><table><tr>{names}</tr>{body}</table></div>"


def at(seconds: float) -> str:
    """A point in time."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
