"""One request, and what its page is made of."""

from typing import Any, cast

from fastapi import Request, Response

from chassis.web import headers
from new_services.storefront.visit import Visit


def visit(clock: Any = None, **sent: str) -> Visit:
    raw = [(name.lower().replace("_", "-").encode(), text.encode()) for name, text in sent.items()]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"a=1", "headers": raw}
    more = {"clock": clock} if clock else {}
    return Visit(Request(scope), cast(Any, None), 2.0, **more)


def test_its_time_runs_out_and_does_not_become_less_than_nothing() -> None:
    now = [10.0]
    made = visit(lambda: now[0])
    assert made.left == 2.0
    now[0] = 13.0
    assert made.left == 0.0


def test_the_page_is_as_old_as_its_oldest_part() -> None:
    made, response = visit(), Response()
    for known in ({"fig-watermark": "900", "age": "3"}, {"fig-watermark": "700", "age": "1"}, {}):
        made.learn(known)
    made.stamp(response)
    assert (response.headers[headers.WATERMARK], response.headers["age"]) == ("700", "3")
    assert headers.WAITED not in response.headers


def test_services_get_what_the_facade_said_and_nothing_else() -> None:
    made = visit(fig_after="5", fig_identity="x", cookie="session=s; cart=c")
    assert made.passed_on == {headers.AFTER: "5"}
    assert made.cookies == {"session": "s", "cart": "c"} and made.parameters == {"a": "1"}
