"""Judge the route file at a start, against what was in force when the facade stopped.

The same rules hold as for an edit, so that a stop gets round none of them: steps one at a time,
retired for good, no read model left behind. Steps that `fig flip` took meanwhile count as taken.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from facade.routes.config.routefile import RouteFile
from facade.routes.file.problems import Problem, RouteFileError
from facade.routes.file.reading import Loaded
from facade.routes.file.steps import check_retired, check_steps, stepped
from facade.routes.file.waiting import NotCaughtUp, check_lags
from facade.runtime.accepted import Accepted
from facade.runtime.lags import Lags
from facade.runtime.statefolder import steps_noted

log = logging.getLogger("facade.reload")

_STAYS = "the file was changed while the facade was stopped; what was in force before stays so"
_WAY = ': take the steps one at a time with fig flip, or start once with --force "why"'


@dataclass(frozen=True, slots=True)
class Start:
    """How the facade is started; `force` is the reason for a jump, if there is one."""

    routes: Path
    force: str
    lags: Callable[[], Lags]
    clock: Callable[[], float]  # unix seconds


def before_start(start: Start, was: Accepted) -> RouteFile:
    """What was in force, with the steps that were taken since."""
    return stepped(was.loaded.file, steps_noted(start.routes))


def judge_start(start: Start, loaded: Loaded, was: Accepted) -> None:
    """Raises RouteFileError when a step from the last table in force to this file is refused."""
    before = before_start(start, was)
    try:
        check_retired(loaded, before)
    except RouteFileError as error:
        raise _with(error, _STAYS) from None
    if not was.is_of(start.routes):
        log.warning("the runtime folder is of another route file, %s: of that one only what is"
                    " retired counts", was.place)  # fmt: skip
        return
    try:
        check_steps(loaded, before)
        check_lags(loaded, before, start.lags(), start.clock())
    except RouteFileError as error:
        if not start.force:
            early = isinstance(error, NotCaughtUp)
            raise error if early else _with(error, _STAYS + _WAY) from None
        for line in error.lines:
            log.warning("forced (%s): %s", start.force, line)


def _with(error: RouteFileError, words: str) -> RouteFileError:
    return RouteFileError(error.file, [*error.problems, Problem(1, 1, "", words)])
