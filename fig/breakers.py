"""How the new side's breakers toward legacy stand, in words."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from fig.ports import HOST

SECONDS = 1.0
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(port: int) -> Mapping[str, Any] | None:
    """By the kind of call; None when the orders service does not answer. Ready or not, it tells."""
    try:
        with _opener.open(f"http://{HOST}:{port}/readyz", timeout=SECONDS) as answer:
            found = json.load(answer)
    except urllib.error.HTTPError as error:
        found = _body(error)
    except (OSError, ValueError):
        return None
    breakers = found.get("breakers") if isinstance(found, dict) else None
    return breakers if isinstance(breakers, dict) else None


def _body(error: urllib.error.HTTPError) -> Any:
    try:
        return json.load(error)
    except (OSError, ValueError):
        return None


def text(breakers: Mapping[str, Any]) -> str:
    """`toward legacy: read closed; write open for 3 s, next probe in 1.2 s: 6 of 9 calls failed`"""
    return "toward legacy: " + "; ".join(_one(kind, one) for kind, one in breakers.items())


def _one(kind: str, facts: Mapping[str, Any]) -> str:
    words = f"{kind} {facts['state']}"
    if facts["state"] == "closed":
        return words
    if facts["for"] is not None:
        words += f" for {facts['for']:.0f} s"
    if facts["next_probe_in"] is not None:
        words += f", next probe in {facts['next_probe_in']:.1f} s"
    return f"{words}: {facts['why']}" if facts["why"] else words
