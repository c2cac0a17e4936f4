"""The frame of a chart: where a moment and a value lie on the drawing, and its rules; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fig.demo.judge.series import Point

WIDTH, HEIGHT = 960.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 26.0, 26.0


@dataclass(frozen=True)
class Frame:
    """Where a second and a value lie on the drawing."""

    began: float
    ended: float
    highest: float
    unit: str

    def x(self, at: float) -> float:
        span = max(self.ended - self.began, 0.001)
        return round(LEFT + (at - self.began) / span * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - self.share(value) * (HEIGHT - TOP - BOTTOM), 1)

    def share(self, value: float) -> float:
        """How far up a value lies, 0 to 1."""
        return min(value, self.highest) / self.highest

    def marks(self) -> list[float]:
        """The values with a rule."""
        return [self.highest * quarter / 4 for quarter in range(5)]


@dataclass(frozen=True)
class LogFrame(Frame):
    """Every rule is ten times the one below: for values that differ by orders of magnitude."""

    lowest: float = 1.0

    def share(self, value: float) -> float:
        value = min(max(value, self.lowest), self.highest)
        return math.log(value / self.lowest) / math.log(self.highest / self.lowest)

    def marks(self) -> list[float]:
        decades = round(math.log10(self.highest / self.lowest))
        return [self.lowest * 10.0**power for power in range(decades + 1)]


def frame(points: Sequence[Point], highest: float, unit: str) -> Frame:
    """A frame over these points whose top is a round number."""
    return Frame(points[0].at, points[-1].at, round_up(highest), unit)


def round_up(value: float) -> float:
    """The next of 1, 2, 2.5, 5, 10 times a power of ten, so that axis labels are round."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * 0.999)


def decade(value: float) -> float:
    """The power of ten at or below a value."""
    return 10.0 ** math.floor(math.log10(value))


def axes(grid: Frame) -> str:
    """Rules with their values, and the time every so often."""
    parts = []
    for value in grid.marks():
        y = grid.y(value)
        parts.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        text = f"{value:g}{grid.unit}"
        parts.append(f'<text class="tick end" x="{LEFT - 6}" y="{y + 4}">{text}</text>')
    step = next(s for s in (5, 10, 15, 30, 60, 120, 600) if (grid.ended - grid.began) / s <= 12)
    at = math.ceil(grid.began / step) * step
    while at <= grid.ended:
        text = f"{at // 60}:{at % 60:02d}"
        parts.append(f'<text class="tick mid" x="{grid.x(at)}" y="{HEIGHT - 8}">{text}</text>')
        at += step
    return "".join(parts)
