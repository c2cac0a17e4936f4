"""One HTML page that needs nothing else: no script, no font, no picture from anywhere."""

from datetime import UTC, datetime
from html import escape

from facade.control.models import ClusterView, Comparison, RouteComparison, SampleView
from facade.control.reports.beside import beside
from facade.control.reports.style import STYLE

_HEAD = ("route", "stage", "compared", "matched", "differ", "raced", "failed", "shed",
         "differ at most (95 %)", "target")  # fmt: skip
PERCENT = 100
_MOST_CLASSES = 40


def page(found: Comparison) -> str:
    """The whole document."""
    differ = sum(one.mismatched for one in found.routes)
    compared = sum(one.compared for one in found.routes)
    title = f"{differ:,} of {compared:,} pairs differ"
    parts = [
        f"<h1>{title}</h1>",
        f"<p>What the old and the new side answered to the same requests, until {_at(found.now)}."
        f" {found.waiting:,} pairs were not judged yet.</p>",
        _table(_HEAD, [_row(one) for one in found.routes]),
        *(_route(one) for one in found.routes),
    ]
    return (
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _row(one: RouteComparison) -> list[str]:
    percent = "" if one.percent is None else f" {one.percent:g} %"
    bound = f"{one.upper_bound:.3%}" if one.compared else "–"
    counts = (one.compared, one.matched, one.mismatched, one.raced,
              sum(one.failed.values()), sum(one.shed.values()))  # fmt: skip
    name = f"<a href='#{escape(one.route)}'>{escape(one.route)}</a>"
    numbers = [f"{count:,}" for count in counts]
    return [name, escape((one.stage or "gone") + percent), *numbers, bound, f"{one.target:.3%}"]


def _route(one: RouteComparison) -> str:
    parts = [f"<section><h2 id='{escape(one.route)}'>{escape(one.route)}</h2>",
             f"<p><code>{escape(one.match or 'not in the table any more')}</code>,"
             f" since {_at(one.since)}. {escape(_outlook(one))}</p>"]  # fmt: skip
    clusters = {cluster.id: cluster for cluster in one.clusters}
    for number, cause in enumerate(one.causes, 1):
        parts.append(f"<h3>Cause {number}: {escape(cause.title)}, {cause.pairs:,} pairs</h3>")
        parts += [_cluster(clusters[name]) for name in cause.clusters if name in clusters]
    if not one.causes and one.compared:
        parts.append("<p class=good>No difference.</p>")
    return "\n".join([*parts, *_rest(one), "</section>"])


def _outlook(one: RouteComparison) -> str:
    """How far the evidence is from the bound it is to reach."""
    if one.pairs_to_target is None:
        return "More pairs will not help: it differs more often than it may."
    if one.pairs_to_target == 0:
        return "The bound is reached."
    words = f"{one.pairs_to_target:,} pairs without a difference to the bound"
    if one.seconds_to_target is None:
        return f"{words}."
    return f"{words}, {one.seconds_to_target / 60:,.0f} min at this pace."


def _cluster(cluster: ClusterView) -> str:
    late = " <strong>was expected, its day is past</strong>" if cluster.overdue else ""
    what = f"{escape(cluster.relation or cluster.kind)}, {cluster.count:,} times{late}"
    head = (
        f"<h4><code>{escape(cluster.path)}</code> {what}</h4>"
        f"<p class=small>{_at(cluster.first)} to {_at(cluster.last)}; a test of it:"
        f" <code>fig compare --export-test {cluster.id}</code></p>"
    )
    sample = cluster.smallest or cluster.sample
    return head + (_sample(sample) if sample else "")


def _sample(sample: SampleView) -> str:
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


def _rest(one: RouteComparison) -> list[str]:
    parts = []
    if one.expected:
        rows = [[f"<code>{escape(known.path)}</code>", escape(known.why), escape(known.owner),
                 known.until + (" (past)" if known.overdue else ""),
                 f"{known.seen:,}" if known.seen else "never"]
                for known in one.expected]  # fmt: skip
        parts += ["<h3>Expected differences</h3>",
                  _table(("path", "why", "owner", "until", "seen"), rows)]  # fmt: skip
    if one.classes:
        rows = [[escape(kind.name), f"{kind.counts.matched:,}", f"{kind.counts.mismatched:,}"]
                for kind in one.classes[:_MOST_CLASSES]]  # fmt: skip
        parts += ["<h3>Kinds of input</h3>", _table(("kind", "matched", "differ"), rows)]
    if one.never_seen:
        parts.append(f"<p>Never seen: {escape('; '.join(one.never_seen))}.</p>")
    if one.noise:
        rows = [[f"<code>{escape(place.path)}</code>", f"{place.confidence:.0%}",
                 escape(", ".join(place.shapes))] for place in one.noise]  # fmt: skip
        parts += ["<h3>Noise: compared by shape</h3>",
                  _table(("path", "legacy differs from itself", "shapes"), rows)]  # fmt: skip
    parts += [f"<p class=bad>{escape(error)}</p>" for error in one.rule_errors]
    parts += [f"<p class=bad>Promoted to {escape(step.stage)} on {_at(step.at)} against the"
              f" evidence ({escape(step.against)}): {escape(step.reason)}</p>"
              for step in one.forced]  # fmt: skip
    return parts


def _table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    """A table; the cells are HTML already."""
    names = "".join(f"<th>{name}</th>" for name in head)
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table><tr>{names}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
