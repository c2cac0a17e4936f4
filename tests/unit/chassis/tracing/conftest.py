"""What was recorded in this process belongs to one test."""

import pytest

from chassis.tracing.context import MOST_KEPT, recorded
from chassis.tracing.span import Span


@pytest.fixture(autouse=True)
def nothing_recorded() -> None:
    recorded.take(MOST_KEPT)
    recorded.dropped = 0


@pytest.fixture
def taken():
    def take() -> list[Span]:
        return recorded.take(MOST_KEPT)

    return take
