"""A client's cookies, read as the monolith reads them."""

import pytest
from werkzeug.http import parse_cookie

from chassis.web.cookies import first_cookie


@pytest.mark.parametrize(
    "line",
    [
        "session=abc",
        "cart=A*1!B*2; session=abc; session=def",
        "session=; session=abc",
        "sessions=no; xsession=no; session=yes",
        "session=a=b==",
        " session = abc ;",
        'session="quoted"',
        "session",
        "; ;;session=abc",
        "",
    ],
)
def test_the_same_cookie_as_the_monolith(line: str) -> None:
    assert (first_cookie([line], "session") or "") == parse_cookie(line).get("session", "")


def test_of_several_lines_the_first_counts() -> None:
    assert first_cookie(["a=1", "session=x", "session=y"], "session") == "x"
    assert first_cookie([], "session") is None
