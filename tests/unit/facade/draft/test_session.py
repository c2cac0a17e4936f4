"""Which cookie is taken for the session's."""

import pytest

from facade.draft.seen import Seen
from facade.draft.session import SessionCookie, find


def given(*names: str, http_only: tuple[str, ...] = ()) -> Seen:
    return Seen("GET", "/", 200, set_cookies=names, http_only=http_only)


def sent(*names: str) -> Seen:
    return Seen("GET", "/", 200, cookies=names)


@pytest.mark.parametrize(
    "name",
    ["session", "sessionid", "PHPSESSID", "JSESSIONID", "connect.sid", "laravel_session",
     "ASP.NET_SessionId", ".AspNetCore.Session", "_shop_session", "ci_session", "sid"],
)  # fmt: skip
def test_the_names_of_the_usual_frameworks(name: str) -> None:
    found = find([sent("_ga", "csrftoken", "theme", name), given("theme")])
    assert found == SessionCookie(name, "seen in 1 request")


def test_what_the_application_says_counts() -> None:
    assert find([sent("session")], "shop") == SessionCookie("shop", "as the application says")


def test_else_the_one_that_is_hidden_from_scripts() -> None:
    seen = [
        given("shop_auth", "csrf_token", http_only=("shop_auth", "csrf_token")),
        sent("shop_auth"),
    ]
    found = find(seen)
    assert found is not None
    assert found.name == "shop_auth"
    assert found.why == "seen in 1 request and 1 answer, and hidden from scripts (HttpOnly)"


@pytest.mark.parametrize("names", [(), ("theme",), ("csrftoken", "_ga", "xsrf-token")])
def test_none_is_made_up(names: tuple[str, ...]) -> None:
    assert find([sent(*names), given(*names)]) is None
