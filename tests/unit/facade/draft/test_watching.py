"""What is read of the short-lived facade's log; tests/integration/packaging starts it."""

from facade.draft.seen import Seen
from facade.draft.watching import first_page, parse


def test_lines_of_requests_are_kept() -> None:
    lines = ['{"method": "GET", "target": "/a?b=1", "status": 200, "route": null}', "started", ""]
    assert parse(lines) == [Seen("GET", "/a", 200)]


def test_a_monolith_that_does_not_answer_is_nothing_seen() -> None:
    assert first_page("http://127.0.0.1:1") is None
