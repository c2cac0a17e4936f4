"""Calls to our own processes over HTTP; without a library, so that commands start quickly."""

import json
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any

from chassis.process.tokens import authorization

SECONDS = 5.0
Json = dict[str, Any]


class _UnixConnection(HTTPConnection):
    """A connection to a socket in the file system; the host is its path, percent-encoded."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(urllib.parse.unquote(self.host))


class _UnixHandler(urllib.request.AbstractHTTPHandler):
    """URLs of `http+unix`; their requests name the host `localhost`."""

    def open_unix(self, request: urllib.request.Request) -> Any:
        """The answer."""
        request.add_unredirected_header("Host", "localhost")
        return self.do_open(_UnixConnection, request)


# urllib finds a handler by the name of its method, and `+` is no part of one.
setattr(_UnixHandler, "http+unix_open", _UnixHandler.open_unix)

# They are on this machine or beside it, never behind the proxy that HTTP_PROXY names.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _UnixHandler)


class NoAnswer(Exception):
    """Nobody answers at the `url`, or not what was asked for; `why` says what came instead."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url}: {why}")
        self.why = why


class Refusal(NoAnswer):
    """An answer that says no: its `status`, and the `problem` it gives as JSON (or nothing)."""

    def __init__(self, error: urllib.error.HTTPError) -> None:
        super().__init__(error.url, f"{error.code} {error.reason}")
        self.status = error.code
        self.problem = _problem(error)

    def words(self, *names: str) -> str:
        """These members of the problem in one line, or the bare status where it has none."""
        return ": ".join(
            str(self.problem[name]) for name in names if self.problem.get(name)
        ) or str(self)


def call(
    url: str,
    query: Mapping[str, str | None] | None = None,
    *,
    method: str = "GET",
    body: Any = None,
    seconds: float = SECONDS,
) -> bytes:
    """The body of a 2xx answer. `query` without the members that are None or empty; `body` is sent
    as JSON; `seconds` is for each wait. Raises Refusal for another status, else NoAnswer."""
    given = urllib.parse.urlencode({name: text for name, text in (query or {}).items() if text})
    whole = f"{url if '://' in url else f'http://{url}'}{'?' if given else ''}{given}"
    data = None if body is None else json.dumps(body).encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    headers |= authorization(whole)
    request = urllib.request.Request(whole, data=data, method=method, headers=headers)
    try:
        with _opener.open(request, timeout=seconds) as answer:
            content: bytes = answer.read()
    except urllib.error.HTTPError as error:
        raise Refusal(error) from error
    except urllib.error.URLError as error:
        raise NoAnswer(whole, str(error.reason)) from error
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(whole, str(error)) from error
    return content


def call_json(
    url: str,
    query: Mapping[str, str | None] | None = None,
    *,
    method: str = "GET",
    body: Any = None,
    seconds: float = SECONDS,
) -> Any:
    """The JSON of the answer; raises as `call`, and NoAnswer where it is none."""
    try:
        return json.loads(call(url, query, method=method, body=body, seconds=seconds))
    except ValueError as error:
        raise NoAnswer(url, "not JSON") from error


def call_object(url: str, query: Mapping[str, str | None] | None = None, **more: Any) -> Json:
    """The JSON object of the answer; raises as `call_json`, and NoAnswer for anything else."""
    found = call_json(url, query, **more)
    if not isinstance(found, dict):
        raise NoAnswer(url, "not a JSON object")
    return found


def _problem(error: urllib.error.HTTPError) -> Json:
    try:
        found = json.load(error)
    except (OSError, HTTPException, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
