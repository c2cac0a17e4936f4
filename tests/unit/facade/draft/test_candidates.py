"""What looks safe to copy, and what speaks against the rest."""

import pytest

from facade.draft.candidates import sort
from facade.draft.seen import Seen

OK = {"status": 200, "content_type": "text/html"}


def only(*requests: Seen, session: str = "session") -> tuple[str, str]:
    """The one template that was found, and what speaks against it."""
    found = sort(requests, (), session)
    [(one, reason)] = [*((read, "") for read in found.reads), *found.others]
    return f"{one.method} {one.template}", reason


def test_a_plain_read_looks_safe() -> None:
    assert only(Seen("GET", "/reports/1", **OK)) == ("GET /reports/{report}", "")
    assert only(Seen("HEAD", "/reports/1", **OK)) == ("GET /reports/{report}", "")
    assert only(Seen("GET", "/reports/1", **OK, set_cookies=("session",)))[1] == ""
    assert only(Seen("GET", "/reports/1"))[1] == ""  # its status is not known


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (Seen("POST", "/orders", **OK), "writes"),
        (Seen("DELETE", "/orders/1", **OK), "writes"),
        (Seen("GET", "/logout", **OK), "'logout' sounds as if it did something"),
        (Seen("GET", "/cart/add", **OK), "'add' sounds as if"),
        (Seen("GET", "/oauth2/callback", **OK), "'oauth2' sounds as if"),
        (Seen("GET", "/log-in", **OK), "'log-in' sounds as if"),
        (Seen("GET", "/events", 200, "text/event-stream"), "streams"),
        (Seen("GET", "/chat", 101), "streams"),
        (Seen("GET", "/start", **OK, set_cookies=("ad", "session")), "set cookies (ad)"),
        (Seen("GET", "/dump", 200, "text/csv", 3 * 1024 * 1024), "answers of up to 3 MiB"),
        (Seen("GET", "/old", 302), "redirects"),
        (Seen("GET", "/gone", 404), "no answer with 2xx"),
        (Seen("GET", "/broken", 500), "no answer with 2xx"),
    ],
)  # fmt: skip
def test_what_speaks_against_copying(request_: Seen, reason: str) -> None:
    assert reason in only(request_)[1]


def test_requests_are_counted_by_method_and_template() -> None:
    found = sort(
        [Seen("GET", f"/reports/{n}", **OK) for n in range(5)] + [Seen("GET", "/", **OK)], (), ""
    )
    assert [(one.template, one.requests) for one in found.reads] == [
        ("/reports/{report}", 5),
        ("/", 1),
    ]


@pytest.mark.parametrize("path", ["/static/a/b", "/site.css", "/img/x", "/favicon.ico", "/a/b.PNG"])
def test_static_files_are_counted_only(path: str) -> None:
    found = sort([Seen("GET", path, **OK)], (), "")
    assert (found.reads, found.others, found.files) == ((), (), 1)


def test_a_preflight_is_no_route_of_its_own() -> None:
    assert sort([Seen("OPTIONS", "/orders", 204)], (), "").others == ()


def test_a_url_map_names_what_was_not_seen_and_joins_what_was() -> None:
    known = [("GET", "/reports/{number}"), ("GET", "/help"), ("POST", "/reports")]
    known += [("OPTIONS", "/help"), ("GET", "/static/{filename*}"), ("GET", "/reports/{other}")]
    found = sort([Seen("GET", "/reports/7", **OK)], known, "")
    reads = {one.template: one.requests for one in found.reads}
    assert reads == {"/reports/{number}": 1, "/help": 0}
    assert [(one.method, one.template) for one, _ in found.others] == [("POST", "/reports")]
