"""A step whose effect lies in a system of record: its answers as outcomes of the step."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from chassis.readmodel.watermark import Watermark
from chassis.saga.definition import BadAnswer, Context, NotYet, Refused, Silent
from contracts.record import RecordAway, RecordRefused, RecordSilent

UNCONFIGURED = "no system of record is configured: set …_LEGACY_URL and …_SESSION_KEY"
CERTAIN_SECONDS = 60.0  # after that, what the feed has not delivered was never committed


@contextmanager
def as_a_step(callee: str) -> Iterator[None]:
    """Translate what the system of record says; refusals are each step's own. `callee` names it,
    for sagas that wait for it together."""
    try:
        yield
    except RecordAway as error:
        away = "" if error.answered or error.ours else callee
        raise NotYet(str(error), error.after, away, answered=error.answered) from error
    except RecordSilent as error:
        raise (BadAnswer if error.answered else Silent)(str(error)) from error


def refused(error: RecordRefused) -> Refused:
    """The refusal, with the answer for the client."""
    return Refused(str(error), {"status": error.status, "body": error.body})


def certain(watermark: Watermark, context: Context) -> bool:
    """Whether the feed has delivered all that the last attempt can have done. Call this before
    looking for its effect. Both clocks must agree: one that runs fast is not enough."""
    heard = watermark.micros >= (context.tried + CERTAIN_SECONDS) * 1e6
    return heard and context.age >= CERTAIN_SECONDS


class NoRecord:
    """Where a service was given no system of record: what is asked is refused, and never done."""

    async def refuse(self, *_: object, **__: object) -> NoReturn:
        """Raises RecordRefused."""
        raise RecordRefused(503, {"error": UNCONFIGURED})

    save = count = refuse
