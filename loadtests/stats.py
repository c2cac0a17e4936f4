"""Appends one JSON line of figures per second to a file, for programs that watch the run.

The line is `Window.line` plus `orders` (`Ledger.figures`) and `state` ("running", at the end
"stopped").
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import gevent
from locust.env import Environment

from loadtests.absence import NeededLegacy
from loadtests.ledger import Ledger
from loadtests.window import Window

EVERY = 1.0  # seconds


class StatsWriter:
    """Listens to Locust's events; built once per Locust process."""

    def __init__(self, environment: Environment, path: Path, ledger: Ledger) -> None:
        self.environment = environment
        self.path = path
        self.ledger = ledger
        self.window = Window()
        self.writing: gevent.Greenlet | None = None

    def listen(self) -> None:
        """Subscribe. The file starts empty: an earlier run's figures would be taken for ours."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("")
        events: Any = self.environment.events
        events.request.add_listener(self.on_request)
        events.user_error.add_listener(self.on_crash)
        events.test_start.add_listener(lambda **_: self.start())
        # Not `quitting`: that one comes before the last visitors have left.
        events.quit.add_listener(lambda **_: self.write("stopped"))

    def start(self) -> None:
        if self.writing is None:
            self.writing = gevent.spawn(self.write_forever)

    def on_request(
        self,
        request_type: str,
        name: str,
        response_time: float | None = None,
        exception: BaseException | None = None,
        **_: Any,
    ) -> None:
        """Every finished request. A failed one's reason is the text of its exception."""
        name = f"{request_type} {name}"
        if isinstance(exception, NeededLegacy):
            name += f" ({exception.what})" if exception.what else ""
            self.window.excuse(time.time(), name, response_time or 0.0)
            return
        reason = None if exception is None else (str(exception) or repr(exception))[:300]
        self.window.add(time.time(), name, response_time or 0.0, reason)

    def on_crash(self, exception: BaseException, **_: Any) -> None:
        """A journey itself is broken: that must not pass for a shop without failures."""
        self.window.add(time.time(), "a journey", 0.0, f"crashed: {exception!r}"[:300])

    def write_forever(self) -> None:
        while True:
            gevent.sleep(EVERY)
            self.write("running")

    def write(self, state: str) -> None:
        users = self.environment.runner.user_count if self.environment.runner else 0
        figures = {"state": state, "orders": self.ledger.figures()}
        line = self.window.line(time.time(), users) | figures
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
