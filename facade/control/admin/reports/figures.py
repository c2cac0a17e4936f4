"""The figures of a route as HTML: the bound on its scale, and what stands beside it."""

from html import escape
from math import floor, log10
from typing import Any

from facade.control.admin.models import RouteComparison

_LEAST = 1e-5  # the left end of the scale, as a share
_ENDS = ("0.001 %", "0.01 %", "0.1 %", "1 %", "10 %", "100 %")
_MINUTE, _HOUR = 60.0, 3600.0


def share(value: float) -> str:
    """A share in percent, with two digits that say something."""
    points = value * 100
    digits = 0 if points <= 0 else max(0, min(6, 1 - floor(log10(points))))
    text = f"{points:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if digits else text} %"


def scale(one: RouteComparison) -> str:
    """A bar up to the bound with a mark at the target, on a logarithmic scale."""
    reached = one.compared and one.upper_bound <= one.target
    kind = "good" if reached else "bad" if one.mismatched else ""
    bound = one.upper_bound if one.compared else 1.0
    ends = "".join(f"<span>{end}</span>" for end in _ENDS)
    return (
        f"<div class=scale><i class='{kind}' style='width:{_place(bound):.1f}%'></i>"
        f"<b style='left:{_place(one.target):.1f}%' title='target {share(one.target)}'></b></div>"
        f"<div class=ends>{ends}</div>"
    )


def _place(value: float) -> float:
    return min(100.0, (1 - log10(max(value, _LEAST)) / log10(_LEAST)) * 100)


def facts(one: RouteComparison) -> str:
    """Pairs, bound, time to evidence and paired latency."""
    lost = sum(sum(counts.values()) for counts in (one.failed, one.shed, one.skipped))
    always = f"however often one looks: {share(one.anytime_upper_bound)}" if one.compared else ""
    found = (
        _fact("Pairs compared", f"{one.compared:,}",
              f"{one.matched:,} equal, {one.mismatched:,} differ, {one.raced:,} raced;"
              f" {lost:,} failed, shed or skipped"),
        _fact("Differ at most, 95 %", share(one.upper_bound) if one.compared else "–", always),
        _fact("Time to evidence", _waiting(one), f"target {share(one.target)};"
              f" {one.pairs_per_second:,.1f} pairs/s"),
        _latency(one.latency),
    )  # fmt: skip
    return f"<div class=facts>{''.join(found)}</div>"


def _waiting(one: RouteComparison) -> str:
    if one.pairs_to_target == 0:
        return "now"
    return "–" if one.seconds_to_target is None else span(one.seconds_to_target)


def span(seconds: float) -> str:
    """A length of time in the unit people would use."""
    if seconds < 1.5 * _MINUTE:
        return f"{seconds:,.0f} s"
    if seconds < 1.5 * _HOUR:
        return f"{seconds / _MINUTE:,.0f} min"
    return f"{seconds / _HOUR:,.1f} h"


def _latency(summary: dict[str, Any]) -> str:
    mean, interval, ratio = (
        summary.get(name) for name in ("difference_ms", "difference_interval_ms", "ratio")
    )
    name = "Paired latency, new − legacy"
    if mean is None:
        return _fact(name, "–", "")
    low_high = f"95 %: {interval[0]:+.1f} to {interval[1]:+.1f} ms" if interval else "few pairs"
    times = "" if ratio is None else f"; {ratio:.2f} ×"
    return _fact(name, f"{mean:+.1f} ms".replace("-", "−"), f"{low_high}{times}".replace("-", "−"))


def _fact(name: str, value: str, note: str) -> str:
    return f"<div><span>{name}</span><b>{escape(value)}</b><small>{escape(note)}</small></div>"
