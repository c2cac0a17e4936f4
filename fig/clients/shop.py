"""The shop as one customer meets it: requests to the facade or to a server behind it, and a session
that is kept in the data folder.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final

from chassis.process.files import read_object, write_whole
from fig.errors import FigError

EMAIL: Final = "kunde007@example.org"
PASSWORD: Final = "wander-2016"  # the one every seeded customer has
SECONDS = 15.0
DECISION = "fig-decision"
FAILED = "failed"  # in place of a status: no answer came
OK, UNAUTHORIZED = 200, 401


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """An answer that leads elsewhere is an answer."""


# They are on this machine, never behind the proxy that HTTP_PROXY names.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)


@dataclass(frozen=True)
class Reply:
    """A whole answer, or why none came; header names in lower case."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)  # that it sets
    body: bytes = b""
    seconds: float = 0.0
    broken: str = ""

    @property
    def word(self) -> str:
        """The status, or `failed`."""
        return FAILED if self.broken else str(self.status)

    @property
    def decision(self) -> str:
        """Which side answered and why, as the facade says it; empty behind it."""
        return self.headers.get(DECISION, "")

    @property
    def json(self) -> Any:
        """What the body says; None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def ask(base: str, path: str, method: str = "GET", body: Any = None, **headers: str) -> Reply:
    """One request on a connection of its own. Header names with `_` for `-`."""
    named = {name.replace("_", "-"): text for name, text in headers.items() if text}
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        named["Content-Type"] = "application/json"
    request = urllib.request.Request(base.rstrip("/") + path, data, named, method=method)
    began = time.monotonic()
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            return _reply(answer, answer.read(), began)
    except urllib.error.HTTPError as error:
        with error:
            return _reply(error, error.read(), began)
    except urllib.error.URLError as error:
        why = getattr(error.reason, "strerror", None) or str(error.reason)
    except (OSError, HTTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Reply(broken=why, seconds=time.monotonic() - began)


def _reply(answer: Any, body: bytes, began: float) -> Reply:
    headers = {name.lower(): text for name, text in answer.headers.items()}
    cookies = {}
    for text in answer.headers.get_all("Set-Cookie") or ():
        name, _, value = text.partition(";")[0].partition("=")
        cookies[name] = value
    return Reply(int(answer.status), headers, cookies, body, time.monotonic() - began)


class Customer:
    """One of the seeded customers. The cookies are kept in `jar`, so that a later command goes on
    with the session: while the monolith is away a login fails."""

    def __init__(self, base: str, jar: Path, email: str = EMAIL) -> None:
        self._base, self._jar, self._email = base, jar, email
        self._cookies: dict[str, str] = read_object(jar) or {}

    def ask(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> Reply:
        """As this customer; logs in where the session that was kept does not count (any more).
        Raises FigError when the login fails."""
        if not self._cookies:
            self._log_in()
        reply = self._once(path, method, body, **headers)
        if reply.status == UNAUTHORIZED:
            self._cookies.clear()
            self._log_in()
            reply = self._once(path, method, body, **headers)
        return reply

    def _log_in(self) -> None:
        credentials = {"email": self._email, "password": PASSWORD}
        reply = self._once("/api/login", "POST", credentials)
        if reply.status != OK:
            raise FigError(f"{self._email} cannot log in: {reply.broken or reply.status}")

    def _once(self, path: str, method: str, body: Any, **headers: str) -> Reply:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        reply = ask(self._base, path, method, body, Cookie=cookie, **headers)
        if reply.cookies:
            self._cookies |= reply.cookies
            write_whole(self._jar, json.dumps(self._cookies), private=True)
        return reply
