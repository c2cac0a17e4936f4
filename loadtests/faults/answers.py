"""What goes wrong around the body: status, headers, bytes."""

from collections.abc import Callable

import orjson

from chassis.web.app import JsonBytes

Spoiler = Callable[[JsonBytes], JsonBytes]


def _with_header(name: str, value: str) -> Spoiler:
    return lambda answer: JsonBytes(answer.body, answer.status_code, {name: value})


def _with_status(code: int) -> Spoiler:
    return lambda answer: JsonBytes(answer.body, code)


def _redirected(answer: JsonBytes) -> JsonBytes:
    return JsonBytes(answer.body, answer.status_code, {"Location": "/elsewhere"})


SPOILERS: dict[str, tuple[str, Spoiler]] = {
    "status-404": ("nothing is found", _with_status(404)),
    "status-500": ("everything fails, with the right body", _with_status(500)),
    "content-type": ("JSON is called HTML", _with_header("content-type", "text/html")),
    "cacheable": ("answers may be kept", _with_header("cache-control", "public, max-age=60")),
    "cookie-set": ("a cookie is set", _with_header("set-cookie", "seen=1; Path=/")),
    "location-set": ("a Location that leads away", _redirected),
    "body-cut": ("the body ends early", lambda a: JsonBytes(bytes(a.body)[:-9], a.status_code)),
    "body-empty": ("there is no body", lambda a: JsonBytes(b"", a.status_code)),
    "body-wrapped": (
        "the body is wrapped in another object",
        lambda a: JsonBytes(orjson.dumps({"data": orjson.loads(a.body)}), a.status_code),
    ),
}
