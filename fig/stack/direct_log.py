"""gunicorn's logger for the monolith: it logs clients that do not come through the facade.

A caller (address, program, method and path) is written once in a while, not at each request. Our
own probes are left out; calls of the new services are not, for they need legacy too.
"""

import time
from collections.abc import Mapping
from typing import Any, Final

from gunicorn import glogging

AGAIN_SECONDS: Final = 5.0  # after so long the same caller is written again
MOST_CALLERS: Final = 1000  # remembered; then all are written again
LONGEST: Final = 200
WORDS: Final = "past the facade: "
_PROBE: Final = "/healthz"
_OURS: Final = "fig"  # our name in Via


def caller_of(environ: Mapping[str, Any]) -> str | None:
    """The client, in a line; None where the facade passed the request on, and for a probe."""
    if any(_OURS in one.split() for one in str(environ.get("HTTP_VIA", "")).split(",")):
        return None
    path = str(environ.get("PATH_INFO", ""))[:LONGEST]
    if path == _PROBE:
        return None
    agent = str(environ.get("HTTP_USER_AGENT", "no user agent"))[:LONGEST]
    line = f"{environ.get('REMOTE_ADDR', '?')} ({agent}): {environ.get('REQUEST_METHOD')} {path}"
    return "".join(sign if sign.isprintable() else "?" for sign in line)


class DirectLogger(glogging.Logger):  # type: ignore[misc]
    """gunicorn's own, and a line for callers that come past the facade."""

    def __init__(self, cfg: Any) -> None:
        super().__init__(cfg)
        self._written: dict[str, float] = {}

    def access(self, resp: Any, req: Any, environ: Mapping[str, Any], request_time: Any) -> None:
        """Called by the worker at the end of each request."""
        super().access(resp, req, environ, request_time)
        caller = caller_of(environ)
        if caller is None:
            return
        now = time.monotonic()
        if now - self._written.get(caller, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return
        if len(self._written) >= MOST_CALLERS:
            self._written.clear()
        self._written[caller] = now
        self.info("%s%s", WORDS, caller)
