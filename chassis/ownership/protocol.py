"""How a domain changes hands: each change of the two rows, pure. At no time has it two owners.

    to new       settled ─begin▶ moving ─claim, close▶ fenced ──────switch──▶ settled (new)
    to legacy    settled ─begin▶ moving ─claim───────▶ fenced ─switch▶ opening ─open▶ settled
    lease over   moving, fenced ─take over▶ ─(open)▶ settled, the owner as before
                 opening        ─take over▶ ─ open ▶ settled (legacy)

`claim`, `close` and `open` change the row in legacy's database, everything else the record here. A
change holds only under the attempt that it was begun under, and each takeover raises the attempt
first. So a process that wakes up late changes nothing, in either database. A function returns the
row after the change, or None where it does not hold.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum

from chassis.ownership.record import Fence, Owner, Phase, Record

BEYOND = 1 << 40  # bytes of legacy's log: more than it writes until the last copies have the end


def begin(record: Record, toward: Owner, operator: str) -> Record | None:
    """A new attempt, with a lease."""
    if record.phase is not Phase.SETTLED or record.owner is toward:
        return None
    return replace(
        record,
        phase=Phase.MOVING,
        toward=toward,
        attempt=record.attempt + 1,
        operator=operator,
        held=True,
        reached_lsn=0,
        words="",
    )


def withdraw(record: Record, attempt: int) -> Record | None:
    """No attempt is begun by an order that was given under this number and is still on its way."""
    if record.phase is not Phase.SETTLED or record.attempt != attempt:
        return None
    return replace(record, attempt=attempt + 1)


def fenced(record: Record, attempt: int, numbers: Mapping[str, int]) -> Record | None:
    """The owner can commit nothing any more; these numbers are handed over with the domain."""
    if not _ours(record, attempt) or record.phase is not Phase.MOVING:
        return None
    return replace(record, phase=Phase.FENCED, numbers={**record.numbers, **numbers})


def switch(record: Record, attempt: int, since_lsn: int) -> Record | None:
    """The other side is the owner from here on."""
    if not _ours(record, attempt) or record.phase is not Phase.FENCED or record.toward is None:
        return None
    to_new = record.toward is Owner.NEW
    return replace(
        record,
        owner=record.toward,
        epoch=record.epoch + 1,
        phase=Phase.SETTLED if to_new else Phase.OPENING,
        toward=None,
        held=not to_new,
        window_open=to_new,
        since_lsn=since_lsn,
    )


def settle(record: Record, attempt: int, words: str) -> Record | None:
    """End the attempt. Needs no lease: no other process may hold this attempt."""
    if record.attempt != attempt or record.phase is Phase.SETTLED:
        return None
    return replace(record, phase=Phase.SETTLED, toward=None, held=False, words=words)


def close_window(record: Record, lsn: int) -> Record | None:
    """Legacy gets no more changes, and there is no way back. `lsn` is where its log ends now: what
    we publish is newer than any of our changes still on its way into legacy."""
    if record.writer is not Owner.NEW or not record.window_open:
        return None
    return replace(record, window_open=False, since_lsn=lsn + BEYOND)


def take_over(record: Record) -> Record | None:
    """The attempt's lease is over: another one ends it."""
    if record.phase is Phase.SETTLED or record.held:
        return None
    return replace(record, attempt=record.attempt + 1, held=True)


def give_up(record: Record, attempt: int) -> Record | None:
    """The process that began the attempt ends it: its earlier commands are void when they
    arrive."""
    if record.phase is Phase.SETTLED or record.attempt != attempt:
        return None
    return replace(record, attempt=attempt + 1, held=True)


def _ours(record: Record, attempt: int) -> bool:
    return record.attempt == attempt and record.held


def claim(fence: Fence, attempt: int) -> Fence | None:
    """From here on no older attempt changes the fence."""
    return replace(fence, attempt=attempt) if fence.attempt < attempt else None


def close(fence: Fence, attempt: int, epoch: int) -> Fence | None:
    """Legacy commits nothing from now on; `epoch` is the number after the switch."""
    if fence.attempt != attempt:
        return None
    return Fence(Owner.NEW, epoch, attempt)


def open_again(fence: Fence, attempt: int, epoch: int) -> Fence | None:
    """Legacy may commit."""
    return Fence(Owner.LEGACY, epoch, attempt) if fence.attempt <= attempt else None


class Ending(Enum):
    """What ends an abandoned attempt."""

    OPEN = "open the fence, then settle"
    SETTLE = "settle"


def ending(record: Record) -> Ending:
    """What the process that has taken the attempt over must do, in this order."""
    return Ending.OPEN if record.owner is Owner.LEGACY else Ending.SETTLE
