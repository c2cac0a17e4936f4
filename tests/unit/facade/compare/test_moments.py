"""Times of one moment are equal within `{seconds: n}`, whichever zone they are written in."""

from collections.abc import Callable
from typing import Any

import pytest

from facade.compare.verdict import Outcome, Verdict
from facade.routes.config.routefile import Tolerance

UTC = "2026-07-01T10:00:00Z"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (UTC, "2026-07-01T12:00:00+02:00", True),
        (UTC, "2026-07-01T12:00:01.5+02:00", True),
        (UTC, "2026-07-01 03:00:00-0700", True),
        (UTC, "2026-07-01T10:00:00.000000+00:00", True),
        (UTC, "Wed, 01 Jul 2026 10:00:00 GMT", True),
        (UTC, "Wed, 01 Jul 2026 12:00:00 +0200", True),
        ("2026-07-01T12:00:00+02:00", "2026-07-01T19:00:00+09:00", True),
        (UTC, "2026-07-01T10:00:00+02:00", False),  # two hours apart
        (UTC, "2026-07-01T10:00:03Z", False),
        (UTC, "2026-07-01T10:00:00", False),  # no zone: nobody knows which moment
        ("2026-07-01T10:00:00", "2026-07-01T10:00:01", True),
        ("2026-07-01T10:00:00", "2026-07-01 10:00:00", False),
        (UTC, None, False),
        (UTC, "2026-13-01T10:00:00Z", False),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", False),
        ("١٢٣٤-07-01", "1234-07-01", False),
    ],
)
def test_within_seconds(
    judge: Callable[..., Verdict], answer: Any, one: Any, other: Any, same: bool
) -> None:
    verdict = judge(
        answer({"t": one}), answer({"t": other}), tolerate=(Tolerance("$.t", seconds=2),)
    )
    assert (verdict.outcome is Outcome.MATCHED) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.00", "1.001", True),
        ("1_000", "1000", False),
        (" 1", "1", False),
        ("１", "1", False),
        ("nan", "nan ", False),
    ],
)
def test_only_what_is_written_as_a_number_is_near_one(
    judge: Callable[..., Verdict], answer: Any, one: str, other: str, same: bool
) -> None:
    near = (Tolerance("$.n", decimal=0.005),)
    verdict = judge(answer({"n": one}), answer({"n": other}), tolerate=near)
    assert (verdict.outcome is Outcome.MATCHED) is same
