"""Each failure: what the client is answered, and what the breaker counts."""

import pytest

from chassis.breaker.circuit import Outcome
from facade.http1.responses import ResponseHead
from facade.proxy import errors
from facade.proxy.errors import Failure
from facade.routes.trouble import Trouble


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        *((each, 502) for each in (errors.CONNECT, errors.CLOSED, errors.NONSENSE)),
        *((each, 504) for each in (errors.CONNECT_TIMEOUT, errors.FIRST_BYTE, errors.DEADLINE)),
        *((each, 503) for each in (errors.UNAVAILABLE, errors.BUSY, errors.DECLINED)),
        *((each, 503) for each in (errors.IDENTITY, errors.MEMORY)),
        *((errors.TRUNCATED, 502), (errors.STALLED, 504)),
    ],
)
def test_the_status_says_on_which_side_the_fault_is(failure: Failure, status: int) -> None:
    assert failure.status == status
    assert failure.stale is (failure is errors.CLOSED)  # that one may be worth a second try


def test_the_breaker_counts_what_it_is_told_to_count() -> None:
    counted = Trouble(("reset", "503"))
    assert errors.CLOSED.outcome(counted) is Outcome.FAILURE
    assert errors.FIRST_BYTE.outcome(counted) is Outcome.CANCELLED
    assert errors.DECLINED.outcome(counted) is Outcome.CANCELLED


def head(status: int, declined: bytes | None = None) -> ResponseHead:
    made = ResponseHead(status, b"", True, [])
    made.declined = declined
    return made


@pytest.mark.parametrize(
    ("status", "outcome"), [(503, Outcome.FAILURE), (502, Outcome.SUCCESS), (404, None)]
)
def test_an_answer_that_says_it_cannot_serve_is_counted_by_its_status(
    status: int, outcome: Outcome | None
) -> None:
    failure = errors.refusal(head(status), Trouble(("502", "503")))
    if outcome is None:
        assert failure is None
        return
    assert failure is not None
    assert (failure.phase, failure.status, failure.answered) == ("status", 503, status)
    assert failure.outcome(Trouble(("503",))) is outcome


def test_only_a_503_declines() -> None:
    for status, found in ((503, errors.DECLINED), (500, None)):
        assert errors.refusal(head(status, b"behind"), Trouble(())) is found


@pytest.mark.parametrize(
    ("error", "failure"),
    [(TimeoutError(), errors.CONNECT_TIMEOUT), (OSError(), errors.CONNECT)],
)
def test_a_connection_that_does_not_come_about(error: Exception, failure: Failure) -> None:
    assert errors.connecting(error) is failure
