"""Limits and the routes that name them."""

import pytest

from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load

FILE = """\
facade: {{{facade}}}
upstreams: {{legacy: {{url: http://h}}}}
limits: {{a: {{rate: 1/s, key: {key}}}, b: {{rate: 1/s, key: [client]}}}}
routes:
  - {{name: one, match: GET /one, stage: legacy, limits: {limits}}}
  - {{name: two, match: GET /two, stage: legacy, limits: b}}
"""


def warnings(key: str = "[client]", limits: str = "[a]", facade: str = "") -> list[str]:
    found = load(FILE.format(key=key, limits=limits, facade=facade).encode()).warning_lines
    return [line.partition(": ")[2] for line in found]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ("[a, c]", "routes.one.limits: unknown limit 'c' (expected one of a, b)"),
        ("[a, a]", "a limit is named twice"),
        ("[]", "expected a list with at least one entry"),
    ],
)
def test_names(limits: str, said: str) -> None:
    with pytest.raises(RouteFileError) as refused:
        warnings(limits=limits)
    assert said.partition(": ")[2] in str(refused.value)


def test_a_limit_that_nobody_names() -> None:
    assert warnings() == []
    assert warnings(limits="b") == ["warning: limits.a: no route names this limit"]


@pytest.mark.parametrize("key", ["[session, client]", "['header:X-Key']", "['cookie:a', client]"])
def test_a_limit_that_a_client_can_get_round(key: str) -> None:
    (said,) = warnings(key)
    assert "a client that sends another value each time gets round this" in said
    assert warnings(key, "[a, b]") == [], "the other one holds"


@pytest.mark.parametrize("key", ["[client]", "[person, client]", "[client, session]"])
def test_a_limit_that_holds_for_anybody(key: str) -> None:
    assert warnings(key, facade="identity: {ask: /me}") == []
    assert warnings("[person]", facade="identity: {ask: /me}") != []


def test_a_session_that_changes() -> None:
    (said,) = warnings("[session]", "[a, b]", facade="session: {preset: laravel}")
    assert "the framework changes the session with its answers" in said
    assert warnings("[session]", "[a, b]", facade="session: {preset: django}") == []
