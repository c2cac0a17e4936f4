"""The same as `live`, for a pipe or a log: a line when something happens, and one now and then."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap

from fig.demo.judge.record import StepRecord
from fig.demo.judge.sample import Sample
from fig.demo.script.conditions import total
from fig.demo.script.pace import COMPARED
from fig.demo.script.step import Act

EVERY = 5.0  # seconds between two lines of figures
WIDTH = 100  # characters of a paragraph


class PlainView:
    """A `world.Watch` that prints lines."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.write = write
        self.words = ""
        self.written = float("-inf")

    def open(self, act: Act) -> None:
        for line in ("", f"Act {act.number}: {act.title}", *wrap(act.say, WIDTH), ""):
            self.write(line)

    def begin(self, title: str, say: str) -> None:
        self.words = ""
        self.write(f"==> {title}: {say}")

    def progress(self, words: str) -> None:
        self.words = words

    def see(self, sample: Sample) -> None:
        if sample.at - self.written >= EVERY and sample.load.requests:
            self.written = sample.at
            self.write(f"    {figures(sample)}; {self.words}".rstrip("; "))

    def event(self, words: str) -> None:
        self.write(f"    {words}")

    def end(self, step: StepRecord) -> None:
        mark = "ok" if step.reached else "FAILED"
        self.write(f"    {mark} after {step.ended - step.began:.1f} s  {step.sentence}".rstrip())


def figures(sample: Sample) -> str:
    """One line of where everything stands."""
    pairs, load = total(sample, COMPARED), sample.load
    new, legacy = sample.answered("new"), sample.answered("legacy")
    return (
        f"{sample.at:.0f} s: {load.users} shoppers, {load.rps:.0f} requests/s, "
        f"{load.failures} failed; answered by legacy {legacy}, new {new}; "
        f"{pairs.completed} pairs, {pairs.mismatched} differ; {load.orders.taken} orders"
    )
