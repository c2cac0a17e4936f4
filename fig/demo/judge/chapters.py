"""What each act of the demo came to, as a few figures; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fig.demo.judge.record import ActRecord, Record
from fig.demo.script.conditions import total
from fig.demo.script.pace import COMPARED


@dataclass(frozen=True)
class Figure:
    """A number with what it counts. `good` False: it must be zero and is not; None: neither."""

    value: str
    words: str
    good: bool | None = None


@dataclass(frozen=True)
class Chapter:
    """One act for a reader: its record, the one figure that says what happened, and all of them."""

    act: ActRecord
    headline: Figure
    figures: tuple[Figure, ...]

    @property
    def seconds(self) -> float:
        return (self.act.ended or self.act.began) - self.act.began


def chapters(record: Record) -> list[Chapter]:
    """In order, those that began."""
    return [chapter(record, act) for act in record.acts]


def chapter(record: Record, act: ActRecord) -> Chapter:
    """Where an act has not come to its own figures, its requests are its headline."""
    words, own = OUTCOMES[act.number](record)
    asked, failed = _shopping(act)
    headline = Figure(asked.value, f"requests, {failed.value} failed")
    if own and words and act.reached:
        headline = Figure(own[0].value, words)
    return Chapter(act, headline, (*own, asked, failed))


def _shopping(act: ActRecord) -> tuple[Figure, Figure]:
    """What every act has: how much was asked meanwhile, and what failed."""
    asked = act.after.requests - act.load.requests
    failed = act.after.failures - act.load.failures
    return Figure(f"{asked:,}", "requests in this act"), none(failed, "of them failed")


def none(count: int, words: str) -> Figure:
    """Something of which there must be none."""
    return Figure(f"{count:,}", words, count == 0)


def _front(record: Record) -> Outcome:
    moved = next((act for act in record.acts if act.number == 2), None)
    until = moved.began if moved else float("inf")
    seen = [sample for sample in record.samples if sample.at <= until]
    new = seen[-1].answered("new") - seen[0].answered("new") if seen else 0
    return "", (none(new, "answered by the new side"),)


def _goods(record: Record) -> Outcome:
    caught = record.caught
    words, found = "", list[Figure]()
    if caught is not None:
        words = f"pairs differed: the fault is caught, {caught.clients} clients had met it"
        found += [
            Figure(f"{caught.mismatched} of {caught.pairs}", "pairs differed: the fault is caught"),
            none(caught.clients, "clients had met it"),
        ]
    if record.forgotten is not None and record.last is not None:
        pairs = total(record.last, COMPARED)
        found.append(Figure(f"{pairs.completed:,}", "pairs compared since it was mended"))
        found.append(none(pairs.mismatched, "of them differed"))
    return words, found


def _orders(record: Record) -> Outcome:
    outage = record.outage
    if outage is None:
        return "", ()
    harm = max(0, sum(outage.harmed.values()) - record.load.strangers)
    return f"without the monolith, and {outage.taken} orders were taken", (
        Figure(f"{outage.ready - outage.began:.0f} s", "without the monolith"),
        Figure(f"{outage.taken}", f"orders taken meanwhile, {outage.pending} of them as pending"),
        none(harm, "errors on routes that had moved"),
    )


def _cutover(record: Record) -> Outcome:
    moves = record.handovers
    longest = max((one.worst for one in moves), default=0.0)
    waited, failed = sum(one.waited for one in moves), sum(one.failed for one in moves)
    return f"times a domain changed its owner, {failed} writes failed", (
        Figure(f"{len(moves)}", "times a domain changed its owner, under load"),
        none(failed, "writes failed by it"),
        Figure(f"{waited}", f"writes had to wait, {longest:.0f} ms at most"),
    )


def _end(record: Record) -> Outcome:
    alone, gone = record.without, record.gone
    if alone is None or gone is None:
        return "", ()
    return f"requests after the farewell, {alone.failed} failed", (
        Figure(f"{alone.requests:,}", "requests after the farewell"),
        none(alone.failed, "of these failed"),
        none(alone.apart, "counted apart"),
        Figure(f"{alone.orders}", "orders without the monolith"),
        Figure(f"{alone.logins}", "logins"),
        Figure(f"{alone.registrations}", "new accounts"),
        Figure(f"{gone.rows:,}", "rows of the monolith archived, the archive tested"),
    )


Outcome = tuple[str, Sequence[Figure]]  # what the first figure means as a headline; all figures
OUTCOMES: Mapping[int, Callable[[Record], Outcome]] = {
    1: _front, 2: _goods, 3: _orders, 4: _cutover, 5: _end,
}  # fmt: skip
