"""Asking the running facade's admin API; without a library, so that commands start quickly."""

import json
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from typing import Any

from fig.errors import BadSetting, FigError

SECONDS = 5.0
# Loopback is never behind a proxy, whatever HTTP_PROXY says.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class AdminAway(FigError):
    """Nobody answers at the admin address."""


def get(base: str, path: str, **query: str | None) -> dict[str, Any]:
    """The JSON object at the path. Raises AdminAway, or BadSetting with what the API objects to."""
    return _ask("GET", base, path, query)


def post(base: str, path: str, **query: str | None) -> dict[str, Any]:
    """As `get`."""
    return _ask("POST", base, path, query)


def text(base: str, path: str, **query: str | None) -> str:
    """The text at the path; raises as `get`."""
    return _content("GET", base, path, query).decode("utf-8")


def _ask(method: str, base: str, path: str, query: dict[str, str | None]) -> dict[str, Any]:
    try:
        found = json.loads(_content(method, base, path, query))
    except ValueError as error:
        raise AdminAway(f"{base}{path}: not JSON; is this the admin port of a facade?") from error
    if not isinstance(found, dict):
        raise AdminAway(f"{base}{path}: not a JSON object; is this the admin port of a facade?")
    return found


def _content(method: str, base: str, path: str, query: dict[str, str | None]) -> bytes:
    given = urllib.parse.urlencode({name: value for name, value in query.items() if value})
    url = f"{base}{path}{'?' if given else ''}{given}"
    try:
        with _opener.open(urllib.request.Request(url, method=method), timeout=SECONDS) as answer:
            content: bytes = answer.read()
    except urllib.error.HTTPError as error:
        raise BadSetting(_complaint(error)) from error
    except (OSError, HTTPException) as error:
        raise AdminAway(
            f"the facade's admin API at {base} does not answer ({error});"
            " is the facade running, and is this its --admin address?"
        ) from error
    return content


def _complaint(error: urllib.error.HTTPError) -> str:
    """problem+json in one line, or the bare status."""
    try:
        problem = json.load(error)
        words = [str(problem[key]) for key in ("title", "detail") if problem.get(key)]
    except (OSError, ValueError, TypeError, AttributeError):
        words = []
    return ": ".join(words) or f"{error.url}: {error.code} {error.reason}"
