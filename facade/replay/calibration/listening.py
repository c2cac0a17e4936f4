"""What the calibration asks of a facade's admin port."""

import json
from http.client import HTTPException
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

SECONDS = 5.0
_opener = build_opener(ProxyHandler({}))  # the door is on this machine, whatever HTTP_PROXY says


class Silent(Exception):
    """The admin port gave no answer that can be read."""


def healthy(admin: str) -> bool:
    """Whether every worker decides by a table."""
    try:
        with _opener.open(f"{admin}/readyz", timeout=SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False


def comparison(admin: str) -> dict[str, Any]:
    """`GET /api/compare`. Raises Silent."""
    return asked(Request(f"{admin}/api/compare"))


def reset(admin: str) -> None:
    """Start the evidence of all routes anew. Raises Silent."""
    asked(Request(f"{admin}/api/compare/reset", method="POST"))


def asked(request: Request) -> dict[str, Any]:
    """The JSON object of an answer. Raises Silent."""
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            found = json.load(answer)
    except (OSError, HTTPException, ValueError) as error:
        raise Silent(f"{request.full_url}: {error}") from None
    if not isinstance(found, dict):
        raise Silent(f"{request.full_url}: not a JSON object")
    return found
