"""Who comes past the facade: in the monolith's log, once in a while."""

from typing import Any

import pytest

from fig.stack.direct_log import caller_of

USUAL = {"REMOTE_ADDR": "10.0.0.9", "REQUEST_METHOD": "GET", "PATH_INFO": "/export",
         "HTTP_USER_AGENT": "cron: nightly"}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "caller"),
    [
        ({}, "10.0.0.9 (cron: nightly): GET /export"),
        ({"HTTP_VIA": "1.1 fig"}, None),
        ({"HTTP_VIA": "1.0 proxy, 1.1 fig"}, None),
        ({"HTTP_VIA": "1.1 figs"}, "10.0.0.9 (cron: nightly): GET /export"),
        ({"PATH_INFO": "/healthz"}, None),
        ({"PATH_INFO": "/a\nb"}, "10.0.0.9 (cron: nightly): GET /a?b"),
    ],
)
def test_what_the_facade_passed_on_is_no_caller(more: dict[str, Any], caller: str | None) -> None:
    assert caller_of({**USUAL, **more}) == caller
