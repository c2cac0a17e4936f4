"""The file that is written: valid as it stands, and with every proposal taken."""

import re
from collections.abc import Sequence
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.draft import candidates, text
from facade.draft.candidates import METHODS
from facade.draft.seen import Seen
from facade.draft.session import SessionCookie
from facade.routes.file.reading import load
from facade.routes.stages import Stage

NEW = "http://127.0.0.1:7000"
COOKIE = SessionCookie("sid", "seen in 3 requests")


def written(
    requests: Sequence[Seen], new: str | None = NEW, cookie: SessionCookie | None = COOKIE,
    known: Sequence[tuple[str, str]] = (),
) -> str:  # fmt: skip
    found = candidates.sort(requests, known, cookie.name if cookie else "")
    draft = text.Draft("http://127.0.0.1:5000", new, cookie, found, ["some traffic"], "2026-11-30")
    return text.write(draft)


def with_proposals(draft: str) -> str:
    """As somebody would have it who takes them all."""
    return re.sub(r"^# (  .*|routes:)$", r"\1", draft, flags=re.MULTILINE)


REQUESTS = [
    *[Seen("GET", f"/reports/{n}", 200, "text/html") for n in range(4)],
    Seen("GET", "/reports", 200, "text/html"),
    Seen("POST", "/reports", 201),
    Seen("GET", "/logout", 302),
    Seen("GET", "/site.css", 200),
]


def test_reads_are_routes_in_legacy_and_the_rest_are_proposals() -> None:
    file = load(written(REQUESTS).encode()).file
    assert {name: one.urls for name, one in file.upstreams.items()} == {
        "legacy": ("http://127.0.0.1:5000",), "new": (NEW,),
    }  # fmt: skip
    assert [route.name for route in file.routes] == ["report", "reports"]
    assert {route.stage for route in file.routes} == {Stage.LEGACY}
    assert {route.new for route in file.routes} == {"new"}
    assert file.facade.session_cookie == "sid"
    taken = load(with_proposals(written(REQUESTS)).encode()).file
    assert [route.name for route in taken.routes] == ["report", "reports", "logout", "reports-post"]


def test_each_says_what_was_seen_and_why_it_is_a_proposal_only() -> None:
    draft = written(REQUESTS)
    assert "  # 4 requests, text/html\n  - name: report\n" in draft
    assert "#   # 1 request; 'logout' sounds as if it did something\n" in draft
    assert "# 1 request for static files: these stay with legacy" in draft
    assert "session_cookie: sid   # seen in 3 requests" in draft


def test_without_a_new_side_its_lines_wait_in_comments() -> None:
    file = load(written(REQUESTS, new=None).encode()).file
    assert {route.new for route in file.routes} == {None}
    assert "    # new: new\n" in written(REQUESTS, new=None)


def test_with_nothing_seen_it_is_valid_and_shows_an_example() -> None:
    draft = written([], new=None, cookie=None)
    assert load(draft.encode()).file.routes == ()
    assert "#   - name: report" in draft


@pytest.mark.parametrize("name", [".AspNetCore.Session", "connect.sid", 'a"b', "1", "true", "a#b"])
def test_any_cookie_can_be_named_or_is_refused_with_its_place(name: str) -> None:
    draft = written(REQUESTS, cookie=SessionCookie(name, "seen"))
    if name != 'a"b':  # no cookie's name
        assert load(draft.encode()).file.facade.session_cookie == name


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*METHODS, "HEAD", "OPTIONS", "BREW"]),
            st.lists(st.text() | st.sampled_from(["reports", "report", "a-b", "17"]), max_size=4),
            st.sampled_from([0, 101, 200, 302, 404, 500]),
        ),
        max_size=25,
    ),
    st.booleans(),
)
def test_whatever_was_seen_the_file_is_valid_with_and_without_its_proposals(
    seen: list[tuple[str, list[str], int]], new: bool
) -> None:
    requests = [
        Seen(method, "/" + "/".join(quote(one, safe="") for one in path), status)
        for method, path, status in seen
    ]
    draft = written(requests, NEW if new else None)
    load(draft.encode())
    if new:  # each names it
        load(with_proposals(draft).encode())
