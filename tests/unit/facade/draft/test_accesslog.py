"""Lines as common servers write them."""

import json

import pytest

from facade.draft.accesslog import parse
from facade.draft.seen import Seen

WANTED = Seen("GET", "/reports/17", 200, size=512)


@pytest.mark.parametrize(
    "line",
    [
        # nginx and Apache, combined and common; with a virtual host before; gunicorn; HAProxy
        '10.0.0.1 - - [30/Nov/2026:10:00:00 +0000] "GET /reports/17?x=1 HTTP/1.1" 200 512 "-" "c"',
        '10.0.0.1 - me [30/Nov/2026:10:00:00 +0000] "GET /reports/17 HTTP/2.0" 200 512',
        'shop:80 10.0.0.1 - - [30/Nov/2026:10:00:00 +0000] "GET /reports/17 HTTP/1.0" 200 512',
        '[2026-11-30] app: "GET /reports/17#top HTTP/1.1" 200 512',
        # werkzeug, django's runserver
        '127.0.0.1 - - [30/Nov/2026 10:00:00] "GET /reports/17 HTTP/1.1" 200 512',
        # JSON: ours, nginx, Traefik, Caddy
        json.dumps({"method": "GET", "target": "/reports/17?x=1", "status": 200, "size": 512}),
        json.dumps({"request": "GET /reports/17 HTTP/1", "status": "200", "bytes_sent": "512"}),
        json.dumps({"RequestMethod": "GET", "RequestPath": "/reports/17", "DownstreamStatus": 200,
                    "DownstreamContentSize": 512}),
        json.dumps({"request": {"method": "GET", "uri": "/reports/17"}, "status": 200,
                    "size": 512}),
    ],
)  # fmt: skip
def test_the_request_is_read(line: str) -> None:
    assert parse(line) == WANTED


@pytest.mark.parametrize(
    "line",
    [
        "", "starting worker 3", '"-" 400 0', '"CONNECT host:443 HTTP/1.1" 405 0', "{", "{}", "[1]",
        '{"method": 1, "path": 2}', '10.0.0.1 - - [x] "\\x16\\x03\\x01" 400 150 "-" "-"',
    ],
)  # fmt: skip
def test_what_is_no_request_is_passed_over(line: str) -> None:
    assert parse(line) is None


def test_a_status_or_a_size_may_be_missing() -> None:
    assert parse('"GET /a HTTP/1.1" 304 -') == Seen("GET", "/a", 304)
    assert parse('"GET /a HTTP/1.1" - -') == Seen("GET", "/a")
    assert parse('{"method": "GET", "path": "/a", "status": "none"}') == Seen("GET", "/a")
