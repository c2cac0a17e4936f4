"""A saga's definition by its service: the steps, each beside its compensation.

A step's action reports its outcome. If it returns its result, a JSON object, it had its effect. If
it raises `Refused`, it has no effect and never will. If it raises `NotYet`, it certainly has no
effect so far, and another attempt may succeed. If it raises anything else, or takes too long, its
outcome is unknown. Then the step's `ask` is called, which returns the result or None for "no
effect", and raises while it does not know; a step without `ask` must be safe to repeat, and its
callee must remember a refusal. `BadAnswer`, and any error that is not a lost connection, counts as
an answer: a step has a budget of answers (`Retry.answers`), after which a person decides.

A compensation is repeated until it returns, must be safe to repeat, must do no harm where there is
nothing to undo, and must bar an action that arrives after it. A step that leaves nothing behind
says so: `undo=nothing`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

Data: TypeAlias = Mapping[str, Any]


class Refused(Exception):
    """The step had no effect and never will; `answer` is for the client that asked for the saga."""

    def __init__(self, reason: str, answer: Data | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.answer = answer


class NotYet(Exception):
    """The step had no effect so far; try again, not before `after` seconds where given.

    `callee` names the service that is away: all sagas that wait for it share one pause. `answered`:
    the callee answered "not now", which counts against the step's budget of answers.
    """

    def __init__(
        self, reason: str, after: float = 0.0, callee: str = "", *, answered: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.callee = callee
        self.answered = answered


class Silent(Exception):
    """No answer came: whether the step had its effect is unknown."""


class BadAnswer(Exception):
    """An answer came, and says nothing of use: whether the step had its effect is unknown."""


async def _stored_before(_: Any = None) -> None:
    """Of a step before which the saga was stored, or need not be."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a step gets to see.

    `tried` is when its action was last begun, in unix seconds of the store's clock, 0 if never;
    `age` is how many seconds ago that is, and at least so long. After `until` (seconds of this
    process's monotonic clock) the saga may be in other hands, so what cannot be repeated must not
    be begun any more. `reason` is why it goes back. `recalled`: the client no longer wants it,
    `given_up`: a person does not. `approved`: it was parked at this step, and a person who has read
    why resumed it. `doubt`: an attempt before this one may have had its effect.
    `promise` is for a step that `promises`: it stores that the step begins, in the open transaction
    of the connection that it is given, or at once; it raises LeaseLost, and then nothing may be
    begun.
    """

    saga_id: str
    request: Data
    results: Mapping[str, Data]
    attempt: int
    tried: float
    age: float
    until: float
    reason: str = ""
    recalled: bool = False
    given_up: bool = False
    approved: bool = False
    doubt: bool = False
    promise: Callable[..., Awaitable[None]] = field(default=_stored_before, compare=False)


Action: TypeAlias = Callable[[Context], Awaitable[Data | None]]
Ask: TypeAlias = Callable[[Context], Awaitable[Data | None]]
Undo: TypeAlias = Callable[[Context], Awaitable[None]]


async def nothing(_: Context) -> None:
    """The compensation of a step that leaves nothing behind."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How long to go on with one step. Seconds; a deadline of None never ends."""

    deadline: float | None = 30.0
    timeout: float = 2.0  # of one attempt
    first: float = 0.05  # pause after the first failure, doubled each time, with jitter
    most: float = 5.0
    answers: int = 25  # bad ones, in all; with the pauses after them about ten minutes
    most_after_answer: float = 30.0  # the longest pause after a bad answer


@dataclass(frozen=True, slots=True)
class Step:
    """One step. Before the pivot a failure compensates; from it on the saga only goes forward."""

    name: str
    do: Action
    undo: Undo | None = None
    ask: Ask | None = None
    pivot: bool = False
    retry: Retry = field(default_factory=Retry)
    # Its action calls `context.promise` before its effect, so nothing is stored before the action:
    # where the effect is a transaction of the store's own database, that is one commit for both.
    promises: bool = False


@dataclass(frozen=True)
class Saga:
    """A kind of saga. Raises ValueError where the steps cannot keep what a saga promises."""

    kind: str
    steps: Sequence[Step]
    onward: bool = False  # what it carries out has been decided elsewhere: there is no way back

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"{self.kind}: steps must be named, each once")
        if sum(step.pivot for step in self.steps) > 1:
            raise ValueError(f"{self.kind}: more than one pivot")
        for step in self.steps[: max(self.pivot, 0)]:
            if step.undo is None:
                raise ValueError(f"{self.kind}: {step.name} comes before the pivot, needs an undo")

    @cached_property
    def pivot(self) -> int:
        """The pivot's position; without a pivot, one past the end: every failure compensates."""
        if self.onward:
            return -1
        pivots = (position for position, step in enumerate(self.steps) if step.pivot)
        return next(pivots, len(self.steps))

    def guarded(self, position: int) -> bool:
        """Whether the step must not begin before it is stored that it does: it cannot be repeated,
        or it decides the direction."""
        return position == self.pivot or self.steps[position].ask is not None

    def stretch(self, position: int) -> int:
        """The last of the steps that may follow this one before the saga is stored again."""
        last = position
        while last + 1 < len(self.steps) and not self.guarded(last + 1):
            last += 1
        return last
