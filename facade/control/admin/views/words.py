"""A route's evidence in words and on a scale: once, for the dashboard, the report and `fig`."""

from math import log10
from typing import Any

from facade.compare.evidence.written import bound, share, span
from facade.control.admin.models.evidence import Fact, Note, RouteComparison, Wording

_LEAST = 1e-5  # the left end of the scale, as a share


def wording(one: RouteComparison) -> Wording:
    """All that a page or a terminal shows of how sure the evidence is."""
    outlook, mood = _outlook(one)
    count = "one cause" if len(one.causes) == 1 else f"{len(one.causes)} causes"
    return Wording(
        stage=(one.stage or "gone") + ("" if one.percent is None else f" {one.percent:g} %"),
        outlook=outlook,
        mood=mood,
        bound=bound(one.proven) if one.compared else "–",
        target=share(one.target),
        bound_at=_place(one.proven),
        target_at=_place(one.target),
        facts=_facts(one),
        differing=f"{one.mismatched:,} pairs differ, {count}",
        known=_known(one),
        objections=_objections(one),
    )


def _place(value: float) -> float:
    """Where a share stands on a logarithmic scale, 0.001 % to 100 %, in percent of its width."""
    return round(min(100.0, (1 - log10(max(value, _LEAST)) / log10(_LEAST)) * 100), 1)


def _bound(one: RouteComparison) -> str:
    return bound(one.upper_bound) if one.compared else "–"


def _outlook(one: RouteComparison) -> tuple[str, str]:
    """How far the evidence is from the bound it is to reach; whether that is good or bad."""
    target = share(one.target)
    if not one.compared:
        return "no evidence yet", ""
    if one.pairs_to_target is None:
        return f"differs more often than {target}: more pairs will not help", "bad"
    if one.pairs_to_target == 0:
        return f"surely below {target}", "good"
    pace = "" if one.seconds_to_target is None else f", {span(one.seconds_to_target)} at this pace"
    return f"{one.pairs_to_target:,} equal pairs to be sure of {target}{pace}", ""


def _facts(one: RouteComparison) -> list[Fact]:
    lost = sum(sum(counts.values()) for counts in (one.failed, one.shed, one.skipped))
    always = f"however often one looks: {bound(one.anytime_upper_bound)}" if one.compared else ""
    return [
        Fact(
            name="Pairs compared",
            value=f"{one.compared:,}",
            note=f"{one.matched:,} equal, {one.mismatched:,} differ, {one.raced:,} raced,"
            f" {one.declined:,} declined;"
            f" {lost:,} failed, shed or skipped",
        ),
        Fact(name="Differ at most, 95 %", value=_bound(one), note=always),
        Fact(
            name="Time to evidence",
            value=_waiting(one),
            note=f"target {share(one.target)}; {one.pairs_per_second:,.1f} pairs/s",
        ),
        _latency(one.latency),
    ]


def _waiting(one: RouteComparison) -> str:
    if one.compared and one.pairs_to_target == 0:
        return "now"
    return "–" if one.seconds_to_target is None else span(one.seconds_to_target)


def _latency(summary: dict[str, Any]) -> Fact:
    mean, interval, ratio = (
        summary.get(name) for name in ("difference_ms", "difference_interval_ms", "ratio")
    )
    name = "Paired latency, new − legacy"
    if mean is None:
        return Fact(name=name, value="–")
    notes = [f"95 %: {interval[0]:+.1f} to {interval[1]:+.1f} ms" if interval else "few pairs"]
    notes += [] if ratio is None else [f"{ratio:.2f} ×"]
    sides = [summary.get(side, {}).get("p50") for side in ("control", "candidate")]
    if None not in sides:
        notes.append("legacy {:.1f}, new {:.1f} ms (p50)".format(*sides))
    return Fact(name=name, value=_signed(f"{mean:+.1f} ms"), note=_signed("; ".join(notes)))


def _signed(text: str) -> str:
    return text.replace("-", "−")


def _known(one: RouteComparison) -> list[Note]:
    """Differences that the operator expects, and what is noise."""
    expected = [
        Note(about=known.path, bad=True, words=f"expected until {known.until}: overdue")
        if known.overdue
        else Note(
            about=known.path,
            words=f"expected, {f'seen {known.seen:,} times' if known.seen else 'never seen'}:"
            f" {known.why} ({known.owner})",
        )
        for known in one.expected
    ]
    noise = [
        Note(about=place.path, words="noise: legacy differs from itself in"
             f" {share(place.confidence)} or more")
        for place in one.noise
    ]  # fmt: skip
    return [*expected, *noise]


def _objections(one: RouteComparison) -> list[Note]:
    """Rules that cannot be read, steps against the evidence, pairs that could not be judged."""
    rules = [Note(about="rule", words=error, bad=True) for error in one.rule_errors]
    forced = [
        Note(about=f"to {step.stage}", words=f"against the evidence ({step.against}):"
             f" {step.reason}", bad=True)
        for step in one.forced
    ]  # fmt: skip
    parked = [
        Note(about=pair.request_id, words=f"not judged: {pair.method} {pair.target}:"
             f" {pair.cause}", bad=True)
        for pair in one.parked
    ]  # fmt: skip
    return [*rules, *forced, *parked]
