"""Traffic through a short-lived facade: all of it goes to the monolith, and its log is read."""

import http.client
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from facade.draft import accesslog
from facade.draft.seen import Seen, kind_of
from facade.draft.traffic import set_cookies

ASK_SECONDS = 5.0
POLL_SECONDS = 0.05
END_SECONDS = 30.0
_ROUTES = 'upstreams: {{legacy: {{url: "{legacy}"}}}}\nfacade: {{access_log: on}}\n'


class CannotWatch(Exception):
    """The facade does not start; the message has its words."""


def watch(legacy: str, listen: str, seconds: float) -> list[Seen]:
    """What clients asked at `listen` (HOST:PORT) within so many seconds, or until Ctrl-C.

    Raises CannotWatch.
    """
    with tempfile.TemporaryDirectory(prefix="fig-init-") as folder:
        routes, log, errors = (Path(folder) / name for name in ("routes.yaml", "log", "errors"))
        routes.write_text(_ROUTES.format(legacy=legacy))
        command = [sys.executable, "-P", "-m", "facade", "run", "--routes", str(routes)]
        command += ["--listen", listen, "--admin", "127.0.0.1:0"]
        with log.open("wb") as out, errors.open("wb") as err:
            process = subprocess.Popen(command, stdout=out, stderr=err)
            try:
                _wait(process, seconds)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(END_SECONDS)
        if process.returncode != 0:
            raise CannotWatch(errors.read_text(errors="replace").strip() or "it said nothing")
        return parse(log.read_text(errors="replace").splitlines())


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    until = time.monotonic() + seconds
    try:
        while process.poll() is None and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        return


def parse(lines: Sequence[str]) -> list[Seen]:
    """The requests of the facade's access log."""
    return [one for line in lines if (one := accesslog.parse(line)) is not None]


def first_page(legacy: str) -> Seen | None:
    """One `GET /`, to see which cookies the monolith sets; None where it does not answer."""
    parts = urlsplit(legacy)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=ASK_SECONDS)
    try:
        connection.request("GET", "/", headers={"User-Agent": "fig init"})
        answer = connection.getresponse()
        given, guarded = set_cookies(answer.headers.get_all("Set-Cookie") or [])
        kind = kind_of(answer.headers.get("Content-Type", ""))
        return Seen("GET", "/", answer.status, kind, set_cookies=given, http_only=guarded)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
