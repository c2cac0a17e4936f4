"""What a process of ours says of itself on /readyz, ready or not."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from fig.stack.ports import HOST
from fig.supervise.state import StackState

SECONDS = 1.0
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def of(found: StackState, process: str) -> Mapping[str, Any]:
    """Of a process that listens on the port of its name; nothing when it does not run or answer."""
    running = found.process(process)
    return ask(found.ports[process]) if running is not None and running.alive else {}


def ask(port: int) -> Mapping[str, Any]:
    """Nothing when nobody answers there."""
    try:
        with _opener.open(f"http://{HOST}:{port}/readyz", timeout=SECONDS) as answer:
            said = json.load(answer)
    except urllib.error.HTTPError as error:
        said = _body(error)
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _body(error: urllib.error.HTTPError) -> Any:
    try:
        return json.load(error)
    except (OSError, ValueError):
        return None
