"""Which changes of a table are published while the table is read for the first time. Pure.

Rows the reading has not come to are left out: it will find them in a newer state. Thus no
projection sees a part of a row before it has seen the whole.
"""

from dataclasses import replace

from contracts.change import Change, Op, Row
from new_services.anticorruption.feed.jobs import Job
from new_services.anticorruption.feed.keys import Rank, rank


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
    """What is to be published of it.

    A row that comes from where the job has not read is an insert; perhaps one without a large
    value that the log did not repeat.
    """
    covered = [job.covers(key) for key in keys(change)]
    match covered:
        case [] | [True] | [True, True]:
            return change
        case [True, False]:
            return replace(change, op=Op.INSERT, before=None)
        case [False, True]:
            assert change.before is not None
            gone = {name: change.before[name] for name in change.key}
            return replace(change, op=Op.DELETE, key=gone, after=None)
        case _:
            return None
