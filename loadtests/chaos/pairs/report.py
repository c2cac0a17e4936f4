"""What came of it, in words, and what must not be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from loadtests.chaos.pairs.crowd import Read, Seen, Write
from loadtests.chaos.pairs.hits import Hit

MOST_NAMED: Final = 5
TICK_SECONDS: Final = 2.0  # a deadline is noticed a little late, more so on a busy machine
HELD_SECONDS: Final = 2.0  # a write that took longer waited for a process that stood still


def text(hits: Sequence[Hit], seen: Seen, deadline: float) -> str:
    """The figures. `deadline` is that of a write, in seconds."""
    frozen = [hit for hit in hits if hit.frozen]
    took = sorted(read.took for read in seen.reads)
    answers = Counter(write.status for write in seen.writes)
    held = [write for write in seen.writes if write.took > HELD_SECONDS]
    lines = [
        f"{len(hits)} hits: {len(hits) - len(frozen)} killed, {len(frozen)} frozen for"
        f" {sum(hit.frozen for hit in frozen):.0f} s in all",
        f"{len(took)} reads, {len(failed(seen))} failed; p50 {at(took, 0.5):.3f} s,"
        f" p99 {at(took, 0.99):.3f} s, slowest {at(took, 1.0):.1f} s",
        f"{len(seen.writes)} writes: "
        + ", ".join(f"{number} {status or 'no answer'}" for status, number in answers.items()),
        f"{len(held)} of them waited longer than {HELD_SECONDS:g} s: "
        + ", ".join(f"{number} {status}" for status, number in Counter(
            write.status for write in held).items())
        + f"; slowest {max((write.took for write in seen.writes), default=0.0):.1f} s"
        f" of {deadline:g} s",
    ]  # fmt: skip
    return "\n".join(lines)


def objections(seen: Seen, deadline: float, done: Mapping[str, int]) -> list[str]:
    """What must not be; `done` says how often each write was done, by its text."""
    found = [
        f"a read failed: {read.path} with {read.status} after {read.took:.1f} s {read.why}"
        for read in failed(seen)[:MOST_NAMED]
    ]
    more = len(failed(seen)) - MOST_NAMED
    found += [f"and {more} more"] if more > 0 else []
    for write in seen.writes:
        found += _wrong(write, deadline, done.get(write.text, 0))
    return found


def failed(seen: Seen) -> list[Read]:
    """Reads without an answer of use."""
    return [read for read in seen.reads if read.failed]


def at(took: Sequence[float], share: float) -> float:
    """A percentile of sorted seconds."""
    return took[min(len(took) - 1, int(share * len(took)))] if took else 0.0


def _wrong(write: Write, deadline: float, times: int) -> list[str]:
    found = []
    if times > 1:
        found.append(f"{write.text} was done {times} times")
    if write.status == 201 and not times:
        found.append(f"{write.text} was confirmed and is not there")
    if write.status in (400, 402) and times:
        found.append(f"{write.text} was refused with {write.status} and is there")
    if not write.status or write.took > deadline + TICK_SECONDS:
        found.append(f"{write.text} was answered {write.status} after {write.took:.1f} s")
    return found
