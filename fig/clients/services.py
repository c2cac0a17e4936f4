"""Asking a service of the running stack on its own port; without a library, to start quickly."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from fig.clients import running
from fig.errors import BadSetting, FigError
from fig.settings import Home
from fig.stack.ports import HOST

SECONDS = 10.0
NOT_FOUND = 404
# Loopback is never behind a proxy, whatever HTTP_PROXY says.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ServiceAway(FigError):
    """Nobody answers there."""


class ServiceRefused(FigError):
    """It answered, and said no; the message is its own."""


def address(home: Home, name: str, given: str | None) -> str:
    """Base URL of a service: the given one, or that of the running stack. Raises FigError."""
    return (given or f"http://{HOST}:{running.require(home).ports[name]}").rstrip("/")


def ask(
    method: str, base: str, path: str, query: dict[str, str] | None = None, body: Any = None
) -> Any:
    """The JSON it answers. Raises ServiceAway, ServiceRefused; BadSetting for what is not there."""
    url = base + path + (f"?{urllib.parse.urlencode(query)}" if query else "")
    raw = None if body is None else json.dumps(body).encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data=raw, method=method, headers=headers)
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        said = _complaint(error)
        raise (BadSetting if error.code == NOT_FOUND else ServiceRefused)(said) from error
    except (OSError, ValueError) as error:
        raise ServiceAway(
            f"nobody answers at {base} ({error}); `fig status` shows what runs"
        ) from error


def _complaint(error: urllib.error.HTTPError) -> str:
    """problem+json's detail, or the bare status."""
    try:
        detail = json.load(error)["detail"]
    except (OSError, ValueError, TypeError, KeyError):
        return f"{error.url}: {error.code} {error.reason}"
    return str(detail)
