"""Charts as inline SVG, without a library; pure.

Colours come from the page's style sheet (classes), so light and dark need no second drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from fig.demo.judge.series import Band, Point
from fig.demo.report.frame import BOTTOM, HEIGHT, TOP, WIDTH, Frame, LogFrame, axes, decade, frame

LABEL = 7.2  # px a letter of a band's label takes


def answers(
    points: Sequence[Point],
    bands: Sequence[Band],
    gone: tuple[float, float] | None = None,
    deleted: float | None = None,
) -> str:
    """Who answered: requests per second by side, stacked, legacy below; `gone` is when legacy
    was stopped, `deleted` when it was for good."""
    grid, layers = stacked(
        points, {side: [point.rates[side] for point in points] for side in ("legacy", "new")}
    )
    return svg(
        "Requests per second answered by each side",
        axes(grid),
        stages(grid, bands),
        *layers,
        shade(grid, *gone, "legacy stopped") if gone else "",
        shade(grid, deleted, grid.ended, "no monolith") if deleted else "",
        hints(grid, points, hint_of_answers),
    )


def stacked(points: Sequence[Point], rates: Mapping[str, list[float]]) -> tuple[Frame, list[str]]:
    """Rates per second above each other, the first below; and the frame that they fill."""
    low, layers = [0.0] * len(points), []
    peak = max(map(sum, zip(*rates.values(), strict=True)))
    grid = frame(points, peak * 1.05, "/s")
    for style, values in rates.items():
        high = [below + value for below, value in zip(low, values, strict=True)]
        layers.append(area(grid, points, low, high, style))
        low = high
    return grid, layers


def latencies(points: Sequence[Point], bands: Sequence[Band]) -> str:
    """How long both sides took, on a scale of tens: p50 as a line, p95 dashed."""
    known = sorted(
        value for point in points for pair in point.latency.values() for value in pair if value
    )
    if not known:
        return ""
    lowest, highest = decade(known[0]), 10 * decade(known[-1])
    grid = LogFrame(points[0].at, points[-1].at, highest, " ms", lowest)
    lines = [
        line(grid, [(point.at, point.latency[side][index]) for point in points], style)
        for side in ("legacy", "new")
        for index, style in ((0, side), (1, f"{side} dashed"))
    ]
    return svg(
        "Time to answer, p50 and p95 of each side",
        axes(grid),
        stages(grid, bands),
        *lines,
        hints(grid, points, hint_of_latencies),
    )


def evidence(points: Sequence[Point], bands: Sequence[Band]) -> str:
    """Pairs compared per second; those that differ stand out above those that are equal."""
    compared = [n for n, point in enumerate(points) if point.equal + point.different]
    if not compared:
        return ""
    points = points[: compared[-1] + 3]  # afterwards there is nothing to compare
    kinds = ("equal", "different")
    grid, layers = stacked(
        points, {kind: [getattr(point, kind) for point in points] for kind in kinds}
    )
    return svg(
        "Pairs of answers compared per second",
        axes(grid),
        stages(grid, bands),
        *layers,
        hints(grid, points, hint_of_evidence),
    )


def svg(title: str, *parts: str) -> str:
    """The drawing, with its title for those who cannot see it."""
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )


def stages(grid: Frame, bands: Sequence[Band]) -> str:
    """A band along the top that says at which stage the routes stood."""
    parts = []
    for band in bands:
        left = grid.x(max(band.began, grid.began))
        width = round(grid.x(min(band.ended, grid.ended)) - left, 1)
        if width <= 0:
            continue
        parts.append(
            f'<rect class="stage {band.stage}" x="{left}" y="2" width="{width}" height="18">'
            f"<title>{band.label}</title></rect>"
            f'<line class="edge" x1="{left}" x2="{left}" y1="2" y2="{HEIGHT - BOTTOM}"/>'
        )
        short = f"{band.percent} %" if band.stage == "canary" else band.label
        text = next((t for t in (band.label, short) if len(t) * LABEL < width), "")
        parts.append(f'<text class="name mid" x="{left + width / 2}" y="15">{text}</text>')
    return "".join(parts)


def area(
    grid: Frame, points: Sequence[Point], low: Sequence[float], high: Sequence[float], style: str
) -> str:
    """The surface between two values over time."""
    upper = [f"{grid.x(p.at)},{grid.y(v)}" for p, v in zip(points, high, strict=True)]
    lower = [f"{grid.x(p.at)},{grid.y(v)}" for p, v in zip(points, low, strict=True)]
    return f'<polygon class="area {style}" points="{" ".join(upper + lower[::-1])}"/>'


def shade(grid: Frame, began: float, ended: float, words: str) -> str:
    """A stretch of time in which there was no legacy."""
    left, right = grid.x(began), grid.x(ended)
    width, height = max(2.0, round(right - left, 1)), HEIGHT - TOP - BOTTOM
    return (
        f'<rect class="gone" x="{left}" y="{TOP}" width="{width}" height="{height}"/>'
        f'<text class="name mid" x="{left + width / 2}" y="{TOP + 14}">{words}</text>'
    )


def line(grid: Frame, values: Sequence[tuple[float, float | None]], style: str) -> str:
    """A line that breaks where nothing was measured."""
    path, pen = [], "M"
    for at, value in values:
        if value is None:
            pen = "M"
            continue
        path.append(f"{pen}{grid.x(at)} {grid.y(value)}")
        pen = "L"
    return f'<path class="line {style}" d="{" ".join(path)}"/>' if path else ""


def hints(grid: Frame, points: Sequence[Point], text_of: Callable[[Point], str]) -> str:
    """What the pointer reads at each moment."""
    parts = []
    for point, after in zip(points, [*points[1:], points[-1]], strict=True):
        left = grid.x(point.at)
        width = max(1.0, round(grid.x(after.at) - left, 1))
        parts.append(
            f'<rect class="hint" x="{left}" y="{TOP}" width="{width}" '
            f'height="{HEIGHT - TOP - BOTTOM}"><title>{text_of(point)}</title></rect>'
        )
    return "".join(parts)


def hint_of_answers(point: Point) -> str:
    rates = point.rates
    return (
        f"{point.at:.0f} s: legacy {rates['legacy']:.0f}/s, new {rates['new']:.0f}/s "
        f"({point.share:.0%} new)"
    )


def hint_of_latencies(point: Point) -> str:
    sides = (
        f"{side} p50 {p50:.1f} ms, p95 {p95:.1f} ms"
        for side, (p50, p95) in point.latency.items()
        if p50 is not None and p95 is not None
    )
    return f"{point.at:.0f} s: " + "; ".join(sides)


def hint_of_evidence(point: Point) -> str:
    return f"{point.at:.0f} s: {point.equal:.0f} equal, {point.different:.0f} different per second"
