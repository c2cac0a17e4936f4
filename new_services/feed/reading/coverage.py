"""Which changes of a table are published while the table is read for the first time. Pure.

Rows the reading has not come to are left out: it will find them in a newer state. Thus no
projection sees a part of a row before it has seen the whole. That a row is gone is always
published: a reading that died may have published rows beyond what is stored of its progress, or
there was an earlier one, and no reading finds what is not there.
"""

from dataclasses import replace

from contracts.feed.change import Change, Op, Row
from new_services.feed.log.keys import Rank, rank
from new_services.feed.reading.jobs import Job


def keys(change: Change) -> list[Rank]:
    """The keys that a change touches: the row's, and where it changed the old one."""
    if not change.key:
        return []  # truncate
    found = [_rank(change.key, change)]
    if change.before is not None and all(name in change.before for name in change.key):
        old = _rank(change.before, change)
        if old != found[0]:
            found.append(old)
    return found


def _rank(row: Row, change: Change) -> Rank:
    return rank(tuple(row[name] for name in change.key))


def visible(job: Job, change: Change) -> Change | None:
    """What is to be published of it; of a row that moves to where nothing was read, that it left.

    A row that comes from there is published as it is; perhaps without a large value that the log
    did not repeat.
    """
    covered = [job.covers(key) for key in keys(change)]
    if all(covered[:1]) or change.op is Op.DELETE:
        return change
    return left(change) if len(covered) > 1 else None


def arrives(job: Job, change: Change) -> bool:
    """Whether a row comes to where has been read from where has not."""
    return [job.covers(key) for key in keys(change)] == [True, False]


def left(change: Change) -> Change:
    """That the row is not at its old key any more."""
    assert change.before is not None
    gone = {name: change.before[name] for name in change.key}
    return replace(change, op=Op.DELETE, key=gone, after=None)
